import { createContext, runInContext } from 'node:vm'
import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode } from '../../livepatch/ast.ts'
import { resolveFrom, type Version } from './folder.ts'
import { NEWER } from './platform.ts'
import { runsOnce } from './runs-once.ts'
import { ownerOf, type SourceFile } from './source-file.ts'
import type { Once } from './units.ts'

/** What start-up code of a module has made, in a realm of its own that has nothing but the language. */
export interface Rehearsed {
  exports: unknown
  /** What the names of scopes hold in the end, in the order of the scopes that were asked for. */
  names: Record<string, unknown>[]
  /** What stands for something that no module made: objects of the language, and what is outside of the package. */
  known: Map<unknown, string>
  /** Global variables that the code has made. */
  globals: Record<string, unknown>
  /** What closures see of the calls that made them. */
  seen: Map<unknown, () => Record<string, unknown>>
  /** The files of the package that were run. */
  paths: string[]
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
 * Evaluates a CommonJS module, and those of the package that it requires. Undefined where its start-up code needs anything
 * but the language: other modules, the process, the time, chance.
 */
export function rehearse(
  version: Version['files'],
  path: string,
  onces: readonly Once[],
  sourceOf: (path: string) => SourceFile | undefined,
  world: World,
): Rehearsed | undefined {
  const files = textsFor(version, path, onces, sourceOf)
  if (files === undefined) return undefined
  const input = JSON.stringify({
    path,
    world,
    files,
    newer: NEWER,
    outside: Object.getOwnPropertyNames(globalThis).map((name) => [name, typeofGlobal(name)]),
  })
  const context = createContext(Object.create(null) as object, { microtaskMode: 'afterEvaluate' })
  try {
    const made = runInContext(`(${REALM})(${JSON.stringify(input)})`, context, { timeout: TIME })
    return made.needs === undefined ? (made as Rehearsed) : undefined
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

const KNOWN = new Set([...Object.getOwnPropertyNames(globalThis), 'global', 'process', 'arguments'])

/** Whether a module asks for a global variable that some program may have made. */
function asksForOthers(source: SourceFile): boolean {
  const isOther = (name: string): boolean => !KNOWN.has(name) && !ELSEWHERE.test(name)
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
): Record<string, unknown> | undefined {
  const found: Record<string, { text: string; modules: Record<string, string> }> = {}
  const queue = [path]
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const file = version.get(at)
    if (file === undefined || file.type === 'module' || found[at] !== undefined) continue
    const source = sourceOf(at)
    if (source === undefined || asksForOthers(source)) return undefined
    const modules: Record<string, string> = {}
    found[at] = { text: observed(file.text, source, at === path ? onces : []), modules }
    for (const [, , specifier] of file.text.matchAll(/\brequire\s*\(\s*(['"])(\.[^'"]*)\1\s*\)/g)) {
      const to = resolveFrom(at, specifier!, (one) => version.has(one))
      if (to === undefined) continue
      modules[specifier!] = to
      queue.push(to)
    }
  }
  return found
}

/** The text, with what hands out the names of scopes where these begin, and of closures what they see. */
function observed(text: string, source: SourceFile, onces: readonly Once[]): string {
  const inserted = [
    ...onces.flatMap((once, i) => handedOut(once, i)),
    ...source.analysis.functions.flatMap((fn) => closureSeen(fn, source)),
  ]
  return inserted
    .map((one, order) => ({ ...one, order }))
    .sort((a, b) => b.at - a.at || b.order - a.order)
    .reduce((all, one) => `${all.slice(0, one.at)}${OPEN}${one.text}${CLOSE}${all.slice(one.at)}`, text)
}

const OPEN = '/*$umbra<*/'
const CLOSE = '/*>$umbra*/'

/** The text of a function as it stands in the module. */
export function textOf(fn: unknown): string {
  const text = Function.prototype.toString.call(fn)
  return text.replaceAll(/\/\*\$umbra<\*\/.*?\/\*>\$umbra\*\//gs, '')
}

interface Inserted {
  at: number
  text: string
}

function handedOut({ file, fn, scope }: Once, i: number): Inserted[] {
  const own = [...(fn?.parameters.names ?? []), ...scope.names]
  const names = own.filter(([, { kind }]) => kind !== 'wrapper').map(([name]) => name)
  const [first] = beginning(fn?.node.body.body ?? file.program.body, fn?.node.body)
  return [{ at: first, text: `;$umbra.names(${i}, ${getters(names)});` }]
}

/** Where statements begin, behind directives. */
function beginning(statements: Node[], block: Node | undefined): [at: number] {
  const directive = statements.findLast((one) => typeof one.directive === 'string')
  return [directive?.end ?? (block === undefined ? 0 : block.start + 1)]
}

function getters(names: readonly string[]): string {
  return `{ ${names.map((name) => `${JSON.stringify(name)}: () => ${name}`).join(', ')} }`
}

function closureSeen(fn: FunctionNode, source: SourceFile): Inserted[] {
  const names = seenOfCall(fn, source)
  if (names.length === 0) return []
  const { node } = fn
  if (node.type === 'FunctionDeclaration') {
    const { body } = fn.enclosing!.node
    if (body.type !== 'BlockStatement' || source.parent(node) !== body) return []
    return [{ at: beginning(body.body, body)[0], text: `;$umbra.sees(${node.id.name}, ${getters(names)});` }]
  }
  const parent = source.parent(node)
  if (parent?.type === 'MethodDefinition' || parent?.method || /^[gs]et$/.test(parent?.kind ?? '')) return []
  return [
    { at: node.start, text: '$umbra.sees(' },
    { at: node.end, text: `, ${getters(names)})` },
  ]
}

/** Variables of the call that makes a function which it uses. */
export function seenOfCall(fn: FunctionNode, source: SourceFile): string[] {
  const { start, end } = fn.node
  const seen = source.usesIn(fn.node).filter((use) => {
    const binding = source.bindingOf(use)
    const owner = binding && ownerOf(binding.scope)
    if (owner === undefined || (owner.node.start >= start && owner.node.end <= end)) return false
    return !runsOnce(owner, source)
  })
  return [...new Set(seen.map(({ node }) => node.name as string))]
}

/**
 * What runs in the realm, as text, so that code in it meets no object of the builder. Whatever is not of the language fails
 * when it is used, and code that catches that fails all the same.
 */
const REALM = `function (input) {
  'use strict'
  const { path, files, newer, outside, world: { platform, version, variable, hasMembers, hasNewer } } = JSON.parse(input)
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
  const load = (name) => {
    if (modules.has(name)) return modules.get(name).exports
    const module = { exports: {}, id: name, loaded: false, children: [], paths: [] }
    modules.set(name, module)
    const file = files[name]
    if (name.endsWith('.json')) return (module.exports = stranger(name))
    const require = (specifier) => {
      const to = file.modules[specifier]
      if (to !== undefined && files[to] !== undefined) return load(to)
      return stranger(String(specifier))
    }
    for (const key of ['main', 'cache', 'resolve', 'extensions'])
      Object.defineProperty(require, key, { get: () => fail('require.' + key) })
    const $umbra = {
      names: (i, getters) => { names[i] = getters },
      sees: (fn, getters) => { seen.set(fn, () => held(getters)); return fn },
    }
    const run = (0, eval)('(function (exports, require, module, __filename, __dirname, $umbra) {' + file.text + '\\n})')
    run.call(module.exports, module.exports, require, module, stranger('__filename'), stranger('__dirname'), $umbra)
    module.loaded = true
    return module.exports
  }
  const exports = load(path)
  for (const [one, keys] of before) {
    if (one === world) continue
    const now = ownKeys(one)
    const isSame = now.length === keys.length && keys.every(([key, was]) => {
      const is = getOwnPropertyDescriptor(one, key)
      return is !== undefined && Object.is(is.value, was.value) && is.get === was.get && is.set === was.set
    })
    if (!isSame) needs ??= 'objects of the language'
  }
  const globals = {}
  for (const name of ownKeys(world)) if (!after.includes(name)) globals[String(name)] = world[name]
  return { exports, names: names.map(held), known, globals, needs, seen, paths: [...modules.keys()] }
}`
