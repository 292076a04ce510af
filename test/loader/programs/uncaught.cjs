function f() {
  throw new TypeError('boom')
}
function g() {
  f()
}
process.on('exit', (c) => console.log('exit', c))
g()
