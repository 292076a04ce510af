import { createContext, runInContext } from 'node:vm'
import { containsNode } from '../../livepatch/ast.ts'
import { resolveFrom, type Version } from './folder.ts'
import { type Given, moduleText } from './module-text.ts'
import { observed } from './observed-text.ts'
import { NEWER } from './platform.ts'
import { STARTED } from './realm.ts'
import { withoutRejections } from './rejections.ts'
import type { SourceFile } from './source-file.ts'
import type { Once } from './units.ts'

/** What start-up code of a module has made, in a realm of its own that has nothing but the language. */
export interface Rehearsed {
  exports: unknown
  /** What the names of scopes hold in the end, in the order of the scopes that were asked for. */
  names: Record<string, unknown>[]
  /** The same of each file. */
  namesOf: Map<string, Record<string, unknown>[]>
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
  /** Files whose start-up code ended with an exception: in an open world alone. */
  broken: Set<string>
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
  /** Whether anything else is there, and opaque: what start-up code asks for outside of the package fails otherwise. */
  isOpen?: boolean
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
  return files && runIn(world, files, path, first)
}

/**
 * The same of several modules, with the names of each, in a world where whatever is not of the package is opaque: to compare two
 * versions by, not to tell what a program has.
 */
export function rehearseOpen(
  version: Version['files'],
  [path, ...first]: readonly [string, ...string[]],
  oncesOf: (path: string) => readonly Once[],
  sourceOf: (path: string) => SourceFile | undefined,
): Rehearsed | undefined {
  const files: Record<string, RehearsedFile> = {}
  follow([path, ...first], version, files, (at) => {
    const { text, type } = version.get(at)!
    const onces = oncesOf(at)
    // Most files need not be read for that.
    if (onces.length === 0 && type !== 'module' && !/\bimport\b/.test(text))
      return { type, text, specifiers: requiredBy(text) }
    const source = sourceOf(at)
    return source && { type, ...rehearsedFile(source, onces, false) }
  })
  return files[path] && runIn(OPEN, files, path, first)
}

const OPEN: World = {
  platform: 'linux',
  version: 'v20.19.0',
  variable: undefined,
  hasMembers: true,
  hasNewer: true,
  isOpen: true,
}

function runIn(
  world: World,
  files: Record<string, RehearsedFile>,
  path: string,
  first: readonly string[],
): Rehearsed | undefined {
  const input = JSON.stringify({
    path,
    first,
    world,
    files,
    newer: world.isOpen ? [] : NEWER,
    outside: Object.getOwnPropertyNames(globalThis).map((name) => [name, typeofGlobal(name)]),
  })
  // Nothing but text comes from outside.
  const context = createContext(Object.assign(Object.create(null) as object, { input }), {
    microtaskMode: 'afterEvaluate',
  })
  try {
    const run = (): unknown => runInContext(STARTED, context, { timeout: TIME })
    const end = withoutRejections(run) as () => Rehearsed & { needs?: string }
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
): Record<string, RehearsedFile> | undefined {
  const found: Record<string, RehearsedFile> = {}
  let asksForMore = false
  follow([path, ...first], version, found, (at) => {
    const source = sourceOf(at)
    asksForMore ||= source === undefined || othersAskedFor(source)
    if (source === undefined || asksForMore) return undefined
    return { type: source.type, ...(at === path ? rehearsedFile(source, onces) : plainFile(source)) }
  })
  return asksForMore ? undefined : found
}

/** Reads files, and those that they lead to, with what each `require` of theirs means. */
function follow(
  roots: readonly string[],
  version: Version['files'],
  found: Record<string, RehearsedFile>,
  read: (path: string) => (Unresolved & { type: SourceFile['type'] }) | undefined,
): void {
  const queue = [...roots]
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (!version.has(at) || found[at] !== undefined) continue
    const own = read(at)
    if (own === undefined) continue
    const { type, ...text } = own
    const file: RehearsedFile = { ...text, modules: {} }
    found[at] = file
    for (const specifier of file.specifiers) {
      const to = resolveFrom(at, specifier, (one) => version.has(one))
      if (to === undefined) continue
      file.modules[specifier] = to
      const isModule = version.get(to)!.type === 'module'
      if (!to.endsWith('.json') && (!isModule || type === 'module')) queue.push(to)
    }
  }
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

/** @param isSeen with what closures see of the calls that made them */
function rehearsedFile(source: SourceFile, onces: readonly Once[], isSeen = true): Unresolved {
  if (source.type !== 'module')
    return { text: observed(source, onces, [], isSeen), specifiers: requiredBy(source.text) }
  const { edits, ...module } = moduleText(source)
  const text = observed(source, onces, edits, isSeen)
  return { text, specifiers: module.imports, ...module }
}

function requiredBy(text: string): string[] {
  const calls = text.matchAll(/\brequire\s*\(\s*(['"])(\.[^'"]*)\1\s*\)/g)
  return [...calls].map(([, , specifier]) => specifier!)
}
