exports.f = function () { return new Error('bom').stack.split('\n')[1] }; console.log(exports.f(), exports.f.toString())
