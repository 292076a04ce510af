import { createContext, runInContext } from 'node:vm'
import { containsNode } from '../../livepatch/ast.ts'
import { resolveFrom, type Version } from './folder.ts'
import { type Given, moduleText } from './module-text.ts'
import { observed } from './observed-text.ts'
import { NEWER } from './platform.ts'
import type { SourceFile } from './source-file.ts'
import type { Once } from './units.ts'

/** What start-up code of a module has made, in a realm of its own that has nothing but the language. */
export interface Rehearsed {
  exports: unknown
  /** What the names of scopes hold in the end, in the order of the scopes that were asked for. */
  names: Record<string, unknown>[]
  /** What stands for something that no module made: objects of the language, and what is outside of the package. */
  known: Map<unknown, string>
  /** Global variables that the code has made, and what it loads files of other kinds by. */
  globals: Record<string, unknown>
  /** What closures see of the calls that made them. */
  seen: Map<unknown, () => Record<string, unknown>>
  /** What ES modules export, and their files. */
  namespaces: Map<unknown, string>
  /** The files of the package that were run. */
  paths: string[]
  /** What those that are no ES modules export, by their files. */
  modules: Map<string, unknown>
}

/** What a module can ask of the process that it runs in. */
export interface World {
  platform: string
  version: string
  /** Every environment variable. */
  variable: string | undefined
  /** Whether modules outside of the package have the functions and values that they are asked for. */
  hasMembers: boolean
  /** Whether it has what the language has got lately; asking for it is a need all the same. */
  hasNewer: boolean
}

/** What keeps start-up code of a package from holding up the builder. */
const TIME = 2000

/**
 * Evaluates a module, and those of the package that it requires or imports. Undefined where its start-up code needs anything
 * but the language: other modules, the process, the time, chance.
 * @param first other modules of the package that have been loaded before
 */
export function rehearse(
  version: Version['files'],
  path: string,
  onces: readonly Once[],
  sourceOf: (path: string) => SourceFile | undefined,
  world: World,
  first: readonly string[] = [],
): Rehearsed | undefined {
  const files = textsFor(version, path, onces, sourceOf, first)
  if (files === undefined) return undefined
  const input = JSON.stringify({
    path,
    first,
    world,
    files,
    newer: NEWER,
    outside: Object.getOwnPropertyNames(globalThis).map((name) => [name, typeofGlobal(name)]),
  })
  const context = createContext(Object.create(null) as object, { microtaskMode: 'afterEvaluate' })
  try {
    const text = `(${REALM})(${JSON.stringify(input)})`
    const end = runInContext(text, context, { timeout: TIME }) as () => Rehearsed & { needs?: string }
    const made = end()
    return made.needs === undefined ? made : undefined
  } catch {
    return undefined
  }
}

function typeofGlobal(name: string): string {
  const { value } = Object.getOwnPropertyDescriptor(globalThis, name)!
  // Some are made when they are asked for.
  return value === undefined && /^[A-Z]/.test(name) ? 'function' : typeof value
}

/** Names that tell other places than Node.js: no program of Node.js has them, as a rule. */
const ELSEWHERE =
  /^(window|document|self|define|WorkerGlobalScope|importScripts|location|navigator|HTMLElement|Element|Worker|XMLHttpRequest|Deno|Bun|YUI|ender|jQuery|angular|React|Ext|dojo)$/

/** What an ES module does not have. */
const OF_COMMONJS = /^(require|module|exports|__filename|__dirname)$/

const KNOWN = new Set([...Object.getOwnPropertyNames(globalThis), 'global', 'process', 'arguments'])

/** Whether a module asks for a global variable that some program may have made. */
function asksForOthers(source: SourceFile): boolean {
  const isOther = (name: string): boolean =>
    !KNOWN.has(name) && !ELSEWHERE.test(name) && !(source.type === 'module' && OF_COMMONJS.test(name))
  if (source.uses.some((use) => isOther(use.node.name) && source.bindingOf(use) === undefined)) return true
  return containsNode(source.program, (node, ancestors) => {
    if (node.type !== 'MemberExpression' || !/^(global|globalThis)$/.test(node.object.name ?? ''))
      return false
    const parent = ancestors.at(-1)
    const isMade = parent?.type === 'AssignmentExpression' && parent.left === node
    return !isMade && (node.computed || isOther(node.property.name))
  })
}

/** The texts that a module leads to, with what each `require` of theirs means; undefined where one asks for too much. */
function textsFor(
  version: Version['files'],
  path: string,
  onces: readonly Once[],
  sourceOf: (path: string) => SourceFile | undefined,
  first: readonly string[],
): Record<string, unknown> | undefined {
  const found: Record<string, RehearsedFile> = {}
  const queue = [path, ...first]
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (!version.has(at) || found[at] !== undefined) continue
    const source = sourceOf(at)
    if (source === undefined || othersAskedFor(source)) return undefined
    const own = at === path ? rehearsedFile(source, onces) : plainFile(source)
    const file: RehearsedFile = { ...own, modules: {} }
    found[at] = file
    for (const specifier of file.specifiers) {
      const to = resolveFrom(at, specifier, (one) => version.has(one))
      if (to === undefined) continue
      file.modules[specifier] = to
      const isModule = version.get(to)!.type === 'module'
      if (!to.endsWith('.json') && (!isModule || source.type === 'module')) queue.push(to)
    }
  }
  return found
}

/** A file as the realm runs it. */
interface RehearsedFile {
  text: string
  specifiers: string[]
  /** The files of the package that these mean. */
  modules: Record<string, string>
  /** Of an ES module alone. */
  imports?: string[]
  given?: Given[]
  reExports?: Given[]
}

type Unresolved = Omit<RehearsedFile, 'modules'>

/** Files that many others lead to are read once for all of them. */
const plainFile = onceForEach((source) => rehearsedFile(source, []))
const othersAskedFor = onceForEach(asksForOthers)

function onceForEach<T>(find: (source: SourceFile) => T): (source: SourceFile) => T {
  const known = new WeakMap<SourceFile, T>()
  return (source) => {
    if (!known.has(source)) known.set(source, find(source))
    return known.get(source)!
  }
}

function rehearsedFile(source: SourceFile, onces: readonly Once[]): Unresolved {
  if (source.type !== 'module') {
    const calls = source.text.matchAll(/\brequire\s*\(\s*(['"])(\.[^'"]*)\1\s*\)/g)
    const specifiers = [...calls].map(([, , specifier]) => specifier!)
    return { text: observed(source, onces), specifiers }
  }
  const { edits, ...module } = moduleText(source)
  const text = observed(source, onces, edits)
  return { text, specifiers: module.imports, ...module }
}

/**
 * What runs in the realm, as text, so that code in it meets no object of the builder. Whatever is not of the language fails
 * when it is used, and code that catches that fails all the same.
 */
const REALM = `function (input) {
  'use strict'
  const { path, first, files, newer, outside, world: { platform, version, variable, hasMembers, hasNewer } } = JSON.parse(input)
  const world = globalThis
  const { ownKeys, getOwnPropertyDescriptor } = Reflect
  const isObject = (one) => (typeof one === 'object' && one !== null) || typeof one === 'function'
  let needs
  const fail = (what) => {
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
  for (const [owner, name] of [[Math, 'random'], [Date, 'now'], [WeakMap.prototype, 'set'], [WeakSet.prototype, 'add']])
    known.set(owner[name] = () => fail(name), name)
  world.Date = new Proxy(Date, { apply: () => fail('the time'), construct: () => fail('the time') })
  known.set(world.Date, 'Date')
  for (const name of ['Intl', 'WebAssembly', 'Atomics', 'SharedArrayBuffer']) delete world[name]

  const before = [...known.keys()].map((one) => [one, ownKeys(one).map((key) => [key, getOwnPropertyDescriptor(one, key)])])

  const strangers = new Map()
  const stranger = (name, kind) => {
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
  const env = new Proxy({}, { get: (_, key) => typeof key === 'string' ? variable : fail('process.env'), set: () => fail('process.env'), ownKeys: () => fail('process.env'), has: () => variable !== undefined })
  const tells = { platform, version, env, versions: Object.freeze({ node: version.slice(1) }), type: undefined, browser: undefined }
  world.process = new Proxy({}, {
    get: (_, key) => key in tells ? tells[key] : typeof key === 'string' ? stranger('process.' + key) : fail('process'),
    set: () => fail('process'), ownKeys: () => fail('process'), defineProperty: () => fail('process'), deleteProperty: () => fail('process'),
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
  const names = []
  const seen = new Map()
  const modules = new Map()
  const $umbra = {
    names: (i, getters) => { names[i] = getters },
    sees: (fn, getters) => { seen.set(fn, () => held(getters)); return fn },
    import: () => fail('import()'),
    get meta() { return fail('import.meta') },
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
    run.call(undefined, Object.assign(Object.create($umbra), { given, begin, itself: (one) => one }))
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
    run.call(module.exports, module.exports, require, module, stranger('__filename'), stranger('__dirname'), $umbra)
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
      if (!isSame) needs ??= 'objects of the language'
    }
    for (const [all] of namespaces)
      for (const key of ownKeys(all)) Object.defineProperty(all, key, { value: all[key], writable: true })
    const globals = Object.fromEntries(loaders)
    for (const name of ownKeys(world)) if (!after.includes(name)) globals[String(name)] = world[name]
    return { exports, names: names.map(held), known, globals, needs, seen, namespaces, paths: [...modules.keys()], modules: new Map([...modules].flatMap(([name, { exports }]) => files[name].imports === undefined ? [[name, exports]] : [])) }
  }
}`
