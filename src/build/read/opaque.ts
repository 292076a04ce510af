/**
 * What stands for something outside of a realm in which start-up code is compared (see rehearsal.ts): one can call it, make
 * objects of it, extend it, put members on it, and whatever comes of that is opaque again. As text, since it runs in the realm;
 * `known` gets what is made, and its name.
 */
export const OPAQUE = `function (known) {
  const LIMIT = 20000
  const made = new Map()
  const opaque = (name) => {
    if (made.has(name)) return made.get(name)
    // Code that follows a chain to its end does not find one.
    if (made.size === LIMIT) throw new Error('too much is asked of what is outside')
    const own = new Map()
    const descriptor = (value) => ({ value, writable: true, enumerable: true, configurable: true })
    const one = new Proxy(function () {}.bind(), {
      get(_, key) {
        if (own.has(key)) return own.get(key).value
        if (key === Symbol.toPrimitive) return (hint) => (hint === 'number' ? NaN : name)
        if (key === Symbol.iterator) return function* () {}
        if (typeof key === 'symbol' || key === '__esModule' || key === 'then') return undefined
        if (key === 'length') return 0
        return opaque(name + '.' + key)
      },
      set(_, key, value, receiver) {
        if (receiver === one) own.set(key, descriptor(value))
        else Object.defineProperty(receiver, key, descriptor(value))
        return true
      },
      apply: () => opaque(name + '()'),
      has: (_, key) => own.has(key),
      ownKeys: () => [...own.keys()],
      getOwnPropertyDescriptor: (_, key) => own.get(key),
      defineProperty(_, key, { value }) { own.set(key, descriptor(value)); return true },
      deleteProperty(_, key) { own.delete(key); return true },
      setPrototypeOf: () => true,
      preventExtensions: () => false,
    })
    made.set(name, one)
    known.set(one, 'outside ' + name)
    return one
  }
  return opaque
}`
