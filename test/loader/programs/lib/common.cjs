exports.f = function (a) { return a }; exports.g = () => 1; Object.defineProperty(exports, '__esModule', { value: true })
