// A file may have variables of its own by the names of what the language has.
var Symbol = { for: undefined }
const [globalThis, Object, Reflect, Array, process, undefined_] = [{}, {}, {}, {}, {}, 1]
let Function = () => 'mine'
export function shown() {
  return [typeof Symbol.for, Function(), undefined_, [globalThis, Object, Reflect, Array, process].length]
}
class Base {
  constructor(x) {
    this.x = x
  }
}
class Derived extends Base {
  constructor(x) {
    super(x + 1)
  }
}
console.log(shown())
console.log(new Derived(1).x)
