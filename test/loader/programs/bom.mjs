export const f = function () { return new Error('bom').stack.split('\n')[1] }; console.log(f(), f.toString())
