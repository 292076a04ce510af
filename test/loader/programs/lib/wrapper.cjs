exports.wrapper = arguments.callee.toString().slice(0, 80)
