import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, posix } from 'node:path'
import { exports as resolveExports } from 'resolve.exports'
import type { SourceType } from '../../instrument/types.ts'

export interface VersionFile {
  text: string
  type: SourceType
}

/** The JavaScript of one version: a package's folder, or a program's own. */
export interface Version {
  folder: string
  name: string | undefined
  version: string
  manifest: Record<string, unknown>
  /** Text by path below the folder, with forward slashes. */
  files: Map<string, VersionFile>
  /** What files are called in this version itself, where they stand under the names of another one. */
  ownNames?: ReadonlyMap<string, string>
  /** Files of the running version that have become others and are not compared: who has loaded one refuses the patch. */
  left?: readonly string[]
  /** Files of which the text is written where code has read it. */
  written?: ReadonlySet<string>
}

export const SKIPPED = /^(node_modules|\.git|\.nyc_output|coverage)$/

export function readVersion(folder: string): Version {
  const manifest = existsSync(join(folder, 'package.json'))
    ? (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>)
    : {}
  const files: Version['files'] = new Map()
  const types = new Map<string, SourceType>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.[cm]?js$/.test(entry.name)) continue
    const filename = join(entry.parentPath ?? entry.path, entry.name)
    const path = filename.slice(folder.length + 1).replaceAll('\\', '/')
    if (path.split('/').some((step) => SKIPPED.test(step))) continue
    files.set(path, { text: readFileSync(filename, 'utf8'), type: typeOf(filename, folder, types) })
  }
  const { name, version } = manifest
  return {
    folder,
    manifest,
    files,
    name: typeof name === 'string' ? name : undefined,
    version: typeof version === 'string' ? version : '',
  }
}

/** What a version is called: a program's folder where it has no package.json that says. */
export function nameOf({ folder, name, version }: Version): string {
  return `${name ?? basename(folder)}${version === '' ? '' : `@${version}`}`
}

function typeOf(filename: string, root: string, known: Map<string, SourceType>): SourceType {
  if (filename.endsWith('.mjs')) return 'module'
  if (filename.endsWith('.cjs')) return 'commonjs'
  return typeOfFolder(dirname(filename), root, known)
}

function typeOfFolder(folder: string, root: string, known: Map<string, SourceType>): SourceType {
  const cached = known.get(folder)
  if (cached !== undefined) return cached
  const manifest = join(folder, 'package.json')
  let type: SourceType = 'commonjs'
  if (existsSync(manifest)) {
    type = writtenType(manifest)
  } else if (folder !== root) type = typeOfFolder(dirname(folder), root, known)
  known.set(folder, type)
  return type
}

/** Packages have broken ones for their tests, too. */
function writtenType(manifest: string): SourceType {
  try {
    const { type } = JSON.parse(readFileSync(manifest, 'utf8')) as { type?: string }
    return type === 'module' ? 'module' : 'commonjs'
  } catch {
    return 'commonjs'
  }
}

/** Code that starts threads. */
const THREADS = /\bWorker\b/
/** The same, or processes. */
export const STARTS = /\bWorker\b|\bchild_process\b|\bexecPath\b/

/** The specifier of a file of the package. */
export const IMPORT = /(?:require\s*\(|from|import\s*\(?)\s*['"](\.{1,2}(?:\/[^'"]*)?)['"]/g

/** What a file is called with which a thread or a process begins: `join(__dirname, 'worker.js')`. */
const BESIDE =
  /(?:\b__dirname\s*[,+]|\brequire\.resolve\s*\(|\bnew URL\s*\()\s*['"](?:\.?\/)?([\w.-][^'"]*)['"]/g

/** The files of the same version that a file names: in imports and requires, or as what threads begin with. */
export function importsOf(path: string, version: Version): string[] {
  return namedIn(path, version, THREADS)
}

/** `if (typeof XMLHttpRequest !== 'undefined') { … }`: what programs of Node.js do not run, as a rule. */
const OF_BROWSERS =
  /\bif\s*\(\s*typeof\s+(?:XMLHttpRequest|window|document|self|importScripts)\s*!==?\s*(['"])undefined\1\s*\)\s*(?:\{[^{}]*\}|[^;{}]*;)/g

function namedIn(path: string, { files }: Version, starts: RegExp, isOfNode = false): string[] {
  const specifiers = specifiersIn(files.get(path)!, starts, isOfNode)
  return specifiers.flatMap((one) => resolveFrom(path, one, (other) => files.has(other)) ?? [])
}

/** What files name that have been asked for it, by what they were asked. */
const specifiers = new WeakMap<VersionFile, Map<string, readonly string[]>>()

/**
 * @param starts what the text of a module has that starts others by their places
 * @param isOfNode whether what is for browsers alone does not count
 */
function specifiersIn(file: VersionFile, starts: RegExp, isOfNode: boolean): readonly string[] {
  const asked = specifiers.get(file) ?? new Map<string, readonly string[]>()
  const key = `${starts.source} ${isOfNode}`
  const known = asked.get(key)
  if (known !== undefined) return known
  const text = isOfNode ? file.text.replaceAll(OF_BROWSERS, '') : file.text
  const found = [
    ...[...text.matchAll(IMPORT)].map(([, specifier]) => specifier!),
    ...(starts.test(text) ? [...text.matchAll(BESIDE)].map(([, name]) => `./${name}`) : []),
  ]
  specifiers.set(file, asked.set(key, found))
  return found
}

/** The file that a relative specifier leads to, among those that there are. */
export function resolveFrom(
  path: string,
  specifier: string,
  has: (path: string) => boolean,
): string | undefined {
  // Queries and escapes are for URLs, which take twenty times as long to make.
  const isPath = !/[?#%\\]/.test(specifier)
  const to = isPath
    ? posix.join(posix.dirname(path), specifier)
    : new URL(specifier, `file:///${path}`).pathname.slice(1)
  return fileAt(to, has)
}

const SUFFIXES = ['', '.js', '.cjs', '.mjs', '.json', '/index.js']

/** The file that a path leads to, where it may be a folder's: the package's own, too. */
export function fileAt(path: string, has: (path: string) => boolean): string | undefined {
  if (path !== '' && has(path)) return path
  const plain = path.replace(/^\.(\/|$)/, '').replace(/\/$/, '')
  return SUFFIXES.map((suffix) => (plain + suffix).replace(/^\//, '')).find(has)
}

/** Packages that a version can be taken to find installed. */
export function dependenciesOf({ manifest, name }: Version): Set<string> {
  const lists = ['dependencies', 'peerDependencies', 'optionalDependencies'].map((key) => manifest[key] ?? {})
  return new Set([
    ...lists.flatMap((list) => Object.keys(list as object)),
    ...(name === undefined ? [] : [name]),
  ])
}

/** Files that differ from those of another version, and those that import one of them, or of `more`, however indirectly. */
export function concerned(old: Version, young: Version, more: readonly string[] = []): Set<string> {
  const importers = new Map<string, string[]>()
  for (const path of young.files.keys())
    for (const next of importsOf(path, young)) importers.set(next, [...(importers.get(next) ?? []), path])
  const queue = [...differing(old, young), ...more]
  const found = new Set<string>()
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue
    found.add(path)
    queue.push(...(importers.get(path) ?? []))
  }
  return found
}

/** Files of a version that are new in it, or others. */
export function differing(old: Version, young: Version): string[] {
  return [...young.files]
    .filter(([path, { text }]) => old.files.get(path)?.text !== text)
    .map(([path]) => path)
}

/** The files that programs get by the package's names, by name: `.`, `./sub`. Undefined where they cannot be told. */
export function entriesOf({ manifest, files }: Version): Map<string, string[]> | undefined {
  const entries = new Map<string, string[]>()
  const add = (name: string, paths: string[]): void => {
    const found = [...new Set(paths.flatMap((path) => fileAt(path, (one) => files.has(one)) ?? []))]
    if (found.length > 0) entries.set(name, found)
  }
  const exported = manifest.exports
  if (exported === undefined || exported === null) {
    add('.', [typeof manifest.main === 'string' ? manifest.main : 'index.js'])
    if (entries.size === 0) add('.', ['index.js'])
  } else {
    const names = typeof exported === 'object' ? Object.keys(exported) : []
    if (names.some((name) => name.includes('*'))) return undefined
    const subpaths = names.some((name) => name.startsWith('.')) ? names : ['.']
    for (const name of subpaths) add(name, resolveByNode(manifest, name))
  }
  return entries
}

/** The files that are programs by themselves, as package.json says. */
export function commandsOf({ manifest: { bin } }: Version): string[] {
  const paths = typeof bin === 'string' ? [bin] : Object.values((bin ?? {}) as Record<string, unknown>)
  return paths.map((one) => posix.normalize(String(one)))
}

/** The file that `require` gets by a name of the package, `.` or `./sub`: what `import` gets where there is no other. */
export function entryFor({ manifest, files, folder }: Version, name: string): string | undefined {
  const isJson = (one: string): boolean => one.endsWith('.json') && existsSync(join(folder, one))
  const found = (one: string): string | undefined => fileAt(one, (file) => files.has(file))
  if (manifest.exports === undefined || manifest.exports === null) {
    const main = typeof manifest.main === 'string' ? manifest.main : 'index.js'
    const plain = name === '.' ? [main, 'index.js'] : [name.slice(2)]
    return plain.find(isJson) ?? plain.map(found).find((one) => one !== undefined)
  }
  return resolveByNode(manifest, name)
    .map((one) => (isJson(one) ? posix.normalize(one) : found(one)))
    .findLast((one) => one !== undefined)
}

/** Where Node's two loaders find an entry: that of `import`, and that of `require`. */
function resolveByNode(manifest: Version['manifest'], name: string): string[] {
  return [false, true].flatMap((require) => {
    try {
      const found = resolveExports(manifest as Parameters<typeof resolveExports>[0], name, { require })
      return found?.slice(0, 1) ?? []
    } catch {
      return []
    }
  })
}

/** The files that the package's entries lead to; undefined where they cannot be told. */
export function reachable(version: Version): Set<string> | undefined {
  return ledTo([...(entriesOf(version)?.values() ?? [])].flat(), version)
}

/** What its entries or, where these cannot be told, the package's own name and its commands lead to; threads and processes, too. */
export function ledByNames(version: Version): Set<string> | undefined {
  const entries = entriesOf(version)
  const starts = entries === undefined ? mainOf(version) : [...entries.values()].flat()
  const commands = commandsOf(version).filter((path) => version.files.has(path))
  return starts.length === 0 ? undefined : ledTo([...starts, ...commands], version, STARTS)
}

/** The same for its main entry alone: what a program of Node.js gets by the package's own name. */
export function reachableByName(version: Version): Set<string> | undefined {
  return ledTo(mainOf(version), version, THREADS, true)
}

function mainOf(version: Version): string[] {
  const { exports } = version.manifest
  return exports === undefined || exports === null
    ? (entriesOf(version)?.get('.') ?? [])
    : resolveByNode(version.manifest, '.').flatMap(
        (path) => fileAt(path, (one) => version.files.has(one)) ?? [],
      )
}

export function ledTo(
  queue: string[],
  version: Version,
  starts = THREADS,
  isOfNode = false,
): Set<string> | undefined {
  if (queue.length === 0) return undefined
  const found = new Set<string>()
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue
    found.add(path)
    queue.push(...namedIn(path, version, starts, isOfNode))
  }
  return found
}
