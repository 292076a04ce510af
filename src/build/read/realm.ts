import { OPAQUE } from './opaque.ts'

/**
 * What runs in the realm, as text, so that code in it meets no object of the builder. Whatever is not of the language fails
 * when it is used, and code that catches that fails all the same.
 */
const REALM = `function (input) {
  'use strict'
  const { path, first, files, newer, outside, world: { platform, version, variable, hasMembers, hasNewer, isOpen } } = JSON.parse(input)
  const world = globalThis
  const { ownKeys, getOwnPropertyDescriptor } = Reflect
  const isObject = (one) => (typeof one === 'object' && one !== null) || typeof one === 'function'
  let needs
  const fail = (what) => {
    if (isOpen) return opaque(what)
    needs ??= what
    throw new Error('needs ' + what)
  }
  const iterators = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()))
  for (const [owner, names] of newer) {
    const at = owner === '%IteratorPrototype%' ? iterators : owner.split('.').reduce((one, key) => one[key], world)
    const no = (name) => () => fail(owner + '.' + name)
    for (const name of names) {
      delete at[name]
      if (hasNewer) Object.defineProperty(at, name, { get: no(name), set: no(name), configurable: true })
    }
  }
  // Node.js 20 gives them to its own realm alone.
  for (const name of ['dispose', 'asyncDispose'])
    if (!(name in Symbol)) Object.defineProperty(Symbol, name, { value: Symbol('Symbol.' + name) })
  const known = new Map()
  const opaque = (${OPAQUE})(known)
  const know = (one, name) => {
    if (!isObject(one) || known.has(one)) return
    known.set(one, name)
    for (const key of ownKeys(one)) {
      const { value, get, set } = getOwnPropertyDescriptor(one, key)
      for (const part of [value, get, set]) know(part, name + '.' + String(key))
    }
    know(Object.getPrototypeOf(one), name + '.__proto__')
  }
  const own = ownKeys(world)
  for (const name of own) know(getOwnPropertyDescriptor(world, name).value, String(name))
  for (const one of [[][Symbol.iterator](), new Map().entries(), new Set().values(), function* () {}, async () => {}]) know(Object.getPrototypeOf(one), 'of the language')
  const hidden = isOpen ? [] : [[WeakMap.prototype, 'set'], [WeakSet.prototype, 'add']]
  for (const [owner, name] of [[Math, 'random'], [Date, 'now'], ...hidden])
    known.set(owner[name] = () => fail(name), name)
  world.Date = new Proxy(Date, { apply: () => fail('the time'), construct: () => fail('the time') })
  known.set(world.Date, 'Date')
  for (const name of ['Intl', 'WebAssembly', 'Atomics', 'SharedArrayBuffer']) delete world[name]

  const before = [...known.keys()].map((one) => [one, ownKeys(one).map((key) => [key, getOwnPropertyDescriptor(one, key)])])

  const strangers = new Map()
  const stranger = (name, kind) => {
    if (isOpen) return opaque(name)
    if (strangers.has(name)) return strangers.get(name)
    const no = () => fail(name)
    const made = new Proxy(kind === 'object' ? {} : function () {}, {
      get(_, key) {
        if (key === '__esModule') return undefined
        if (typeof key === 'symbol' || kind === 'object') return fail(name)
        return hasMembers || /^([A-Z]|prototype$|default$)/.test(key) ? stranger(name + '.' + key) : undefined
      },
      apply: no, construct: no, set: no, has: no, ownKeys: no, defineProperty: no, deleteProperty: no,
      getPrototypeOf: no, setPrototypeOf: no, getOwnPropertyDescriptor: no, isExtensible: no, preventExtensions: no,
    })
    strangers.set(name, made)
    known.set(made, 'outside ' + name)
    return made
  }
  for (const [name, kind] of outside)
    if (!(name in world) && (kind === 'object' || kind === 'function' || kind === 'undefined'))
      Object.defineProperty(world, name, { value: stranger(name, kind === 'function' ? kind : 'object'), configurable: true, writable: true })
  const env = new Proxy({}, { get: (_, key) => typeof key === 'string' ? variable : fail('process.env'), set: () => fail('process.env'), ownKeys: () => (fail('process.env'), []), has: () => variable !== undefined })
  const tells = { platform, version, env, versions: Object.freeze({ node: version.slice(1) }), type: undefined, browser: undefined }
  world.process = new Proxy({}, {
    get: (_, key) => key in tells ? tells[key] : typeof key === 'string' ? stranger('process.' + key) : fail('process'),
    set: () => fail('process'), ownKeys: () => (fail('process'), []), defineProperty: () => fail('process'), deleteProperty: () => fail('process'),
  })
  for (const one of [env, world.process, tells.versions]) known.set(one, 'process')
  Object.defineProperty(world, 'global', { value: world, configurable: true, writable: true })
  const after = ownKeys(world)

  const held = (getters) => {
    const values = Object.create(null)
    for (const name of Object.keys(getters)) {
      try { values[name] = getters[name]() } catch { values[name] = undefined }
    }
    return values
  }
  const namesOf = new Map()
  const broken = new Set()
  const seen = new Map()
  const modules = new Map()
  const $umbra = {
    sees: (fn, getters) => { seen.set(fn, () => held(getters)); return fn },
    import: () => fail('import()'),
    get meta() { return fail('import.meta') },
  }
  const observer = (name) => {
    const own = []
    namesOf.set(name, own)
    return Object.assign(Object.create($umbra), { names: (i, getters) => { own[i] = getters } })
  }
  const namespaces = new Map()
  const show = (on, key, get) => {
    if (!(key in on)) Object.defineProperty(on, key, { get, enumerable: true, configurable: true })
  }
  const loadModule = (name, file) => {
    const exports = Object.create(null)
    modules.set(name, { exports })
    namespaces.set(exports, name)
    const given = Object.create(null)
    const from = (specifier) => {
      const to = file.modules[specifier]
      return to === undefined || files[to] === undefined ? undefined : { all: load(to), isModule: files[to].imports !== undefined }
    }
    const taken = ({ from: specifier, name }) => {
      const other = from(specifier)
      if (other === undefined) return stranger(specifier + (name === '*' ? '' : '.' + name))
      if (name === '*') return other.isModule ? other.all : fail('all of a CommonJS module')
      if (name === 'default' && !other.isModule) return other.all
      return name in other.all ? other.all[name] : fail('an export')
    }
    const begin = (own) => {
      for (const key of Object.keys(own)) show(exports, key, own[key])
      for (const one of file.given) show(given, one.local, () => taken(one))
      for (const one of file.reExports) if (one.local !== '*') show(exports, one.local, () => taken(one))
      for (const specifier of file.imports) from(specifier)
      for (const one of file.reExports.filter(({ local }) => local === '*')) {
        const all = from(one.from)
        if (all === undefined) show(exports, '* ' + one.from, () => stranger(one.from))
        else if (!all.isModule) fail('all of a CommonJS module')
        else for (const key of ownKeys(all.all)) if (key !== 'default') show(exports, key, () => all.all[key])
      }
    }
    const run = (0, eval)('(function ($umbra) { "use strict";' + file.text + '\\n})')
    run.call(undefined, Object.assign(observer(name), { given, begin, itself: (one) => one }))
    return exports
  }
  // What others have put there cannot be asked for.
  const loaders = new Map()
  const asked = () => fail('require.extensions')
  const extensions = new Proxy({}, {
    set: (_, key, value) => { loaders.set('require.extensions ' + String(key), value); return true },
    get: asked, has: asked, ownKeys: asked, defineProperty: asked, deleteProperty: asked, getPrototypeOf: asked,
  })
  known.set(extensions, 'require.extensions')
  const load = (name) => {
    if (modules.has(name)) return modules.get(name).exports
    if (!isOpen) return loadFile(name)
    try { return loadFile(name) } catch { broken.add(name) }
    return modules.get(name)?.exports
  }
  const loadFile = (name) => {
    const file = files[name]
    if (file.imports !== undefined) return loadModule(name, file)
    const module = { exports: {}, id: name, loaded: false, children: [], paths: [] }
    modules.set(name, module)
    const require = (specifier) => {
      const to = file.modules[specifier]
      return files[to] === undefined || files[to].imports !== undefined ? stranger(String(to ?? specifier)) : load(to)
    }
    Object.defineProperty(require, 'extensions', { get: () => extensions })
    for (const key of ['main', 'cache', 'resolve'])
      Object.defineProperty(require, key, { get: () => fail('require.' + key) })
    const run = (0, eval)('(function (exports, require, module, __filename, __dirname, $umbra) {' + file.text + '\\n})')
    run.call(module.exports, module.exports, require, module, stranger('__filename'), stranger('__dirname'), observer(name))
    module.loaded = true
    return module.exports
  }
  for (const one of first) load(one)
  const exports = load(path)
  // What is put off is done when this is over.
  return () => {
    for (const [one, keys] of before) {
      if (one === world) continue
      const now = ownKeys(one)
      const isSame = now.length === keys.length && keys.every(([key, was]) => {
        const is = getOwnPropertyDescriptor(one, key)
        return is !== undefined && Object.is(is.value, was.value) && is.get === was.get && is.set === was.set
      })
      if (!isSame && !isOpen) needs ??= 'objects of the language'
    }
    for (const [all] of namespaces)
      for (const key of ownKeys(all)) Object.defineProperty(all, key, { value: all[key], writable: true })
    const globals = Object.fromEntries(loaders)
    for (const name of ownKeys(world)) if (!after.includes(name)) globals[String(name)] = world[name]
    for (const [name, getters] of namesOf) namesOf.set(name, getters.map(held))
    return { exports, names: namesOf.get(path), namesOf, broken, known, globals, needs, seen, namespaces, paths: [...modules.keys()], modules: new Map([...modules].flatMap(([name, { exports }]) => files[name].imports === undefined ? [[name, exports]] : [])) }
  }
}`

/** Runs it with the input that stands in a global variable. */
export const STARTED = `{ const { input } = globalThis; delete globalThis.input; (${REALM})(input) }`
