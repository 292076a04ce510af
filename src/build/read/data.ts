import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, posix } from 'node:path'
import type { Node } from '../../instrument/parse.ts'
import { isAside } from './aside.ts'
import { memberKey } from './expressions.ts'
import { entriesOf, IMPORT, importsOf, SKIPPED, type Version } from './folder.ts'
import { requiredModule } from './imports.ts'
import { type MadeName, madeNames } from './made-names.ts'
import { SourceFile } from './source-file.ts'
import { onceOf } from './units.ts'

/** What packages do not read when they run. */
export const NOT_DATA =
  /\.([cm]?[jt]sx?|md|markdown|map|lock|flow)$|(^|\/)(package(-lock)?|tsconfig[\w.]*|bower|component|composer|jsr|deno)\.json$|(^|\/)(\.[^/]+|([^/]+\.)?LICEN[CS]E[^/]*|CHANGELOG[^/]*|README[^/]*|AUTHORS)$/i

/** What tools read, as a rule. */
const HIDDEN = /(^|\/)\.[^/]+$/

/** Files of the new version that are no modules and differ from the running version's. */
function changedData(old: Version, young: Version): string[] {
  if (!existsSync(young.folder)) return []
  return readdirSync(young.folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const filename = join(entry.parentPath ?? entry.path, entry.name)
    const path = filename.slice(young.folder.length + 1).replaceAll('\\', '/')
    if (!entry.isFile() || (NOT_DATA.test(path) && !HIDDEN.test(path))) return []
    if (path.split('/').some((step) => SKIPPED.test(step))) return []
    const before = join(old.folder, path)
    if (existsSync(before) && readFileSync(before).equals(readFileSync(filename))) return []
    return isAside(path) && !isWritten(path, young) ? [] : [path]
  })
}

/** Whether a module loads a file, or has its name in it with its folder. */
function isWritten(path: string, { files }: Version): boolean {
  const plain = path.replace(/\.json$/, '')
  const withFolder = plain.split('/').slice(-2).join('/')
  const loaded = loadedIn(files)
  if (loaded.has(path) || loaded.has(plain)) return true
  return [...files.values()].some(({ text }) => text.includes(withFolder))
}

const loadedFiles = new WeakMap<Version['files'], Set<string>>()

/** Where the specifiers of all modules lead to, as they are written. */
function loadedIn(files: Version['files']): Set<string> {
  const known = loadedFiles.get(files)
  if (known !== undefined) return known
  const found = [...files].flatMap(([from, { text }]) =>
    [...text.matchAll(IMPORT)].map(([, specifier]) => posix.join(posix.dirname(from), specifier!)),
  )
  const all = new Set(found)
  loadedFiles.set(files, all)
  return all
}

/** The version with its JSON that differs as modules: what requires it takes it from the patch. */
export function withData(old: Version, young: Version): Version {
  const files = new Map(young.files)
  for (const path of changedData(old, young)) {
    if (HIDDEN.test(path)) continue
    const value = path.endsWith('.json') ? parsed(young, path) : undefined
    if (value === undefined || value === parsed(old, path)) continue
    files.set(path, { text: `module.exports = ${value}`, type: 'commonjs' })
  }
  if (asksForOther(old, young)) {
    const manifest = { ...young.manifest, version: old.version }
    files.set('package.json', { text: `module.exports = ${JSON.stringify(manifest)}`, type: 'commonjs' })
  }
  return { ...young, files }
}

/** Whether a module takes something from the package's own `package.json` that differs, but for the version. */
function asksForOther(old: Version, young: Version): boolean {
  const isOther = (keys: readonly string[]): boolean => {
    const [was, is] = [old, young].map(({ manifest }) => JSON.stringify(valueAt(manifest, keys)))
    return keys[0] !== 'version' && was !== is
  }
  const modules = [...young.files].filter(([, { text }]) => text.includes(MANIFEST))
  return modules.some(([path, { text, type }]) => {
    const source = SourceFile.readable(path, text, type)
    return source !== undefined && takenFromManifest(source).some(isOther)
  })
}

const MANIFEST = '/package.json'

/** By which keys a module goes to something in `package.json`: `require('../package.json').engines.node`. */
function takenFromManifest(source: SourceFile): string[][] {
  const isManifest = (specifier: string | undefined): boolean =>
    specifier?.startsWith('.') === true && specifier.endsWith(MANIFEST)
  const units = onceOf(source, undefined).units.filter((unit) => isManifest(unit.source))
  const names = new Set(units.flatMap((unit) => unit.names))
  const whole = [
    ...source.requires.filter((call) => isManifest(requiredModule(call))),
    ...source.uses.flatMap(({ node }) => (names.has(node.name) ? [node] : [])),
  ]
  // `_package.default.engines`, as compilers write it.
  const ofManifest = ([first, ...keys]: string[]): string[] =>
    first === undefined || first === 'default' ? keys : [first, ...keys]
  const members = whole.map((node) => ofManifest(keysFrom(node, source))).filter(({ length }) => length > 0)
  const taken = units.flatMap(({ imported }) => (/^(=|\*|default)$/.test(imported!) ? [] : [[imported!]]))
  return [...taken, ...members]
}

/** The keys in `x.a['b'].c`, from `x` on. */
function keysFrom(node: Node, source: SourceFile): string[] {
  const member = source.parent(node)
  if (member?.type !== 'MemberExpression' || member.object !== node) return []
  const key = memberKey(member)
  return key === undefined ? [] : [key, ...keysFrom(member, source)]
}

/** What the keys lead to, as far as they are keys of data and not what texts and lists can do. */
function valueAt(value: unknown, [key, ...keys]: readonly string[]): unknown {
  if (key === undefined || typeof value !== 'object' || value === null) return value
  if (Object.hasOwn(value, key)) return valueAt((value as Record<string, unknown>)[key], keys)
  return key in value ? value : undefined
}

/** A file that differs, and where a module may read it in another way than the patch knows of. */
export interface OtherFile {
  path: string
  /** undefined: no module names it. */
  by: { path: string; line: number } | undefined
  isNew: boolean
  /** It is run in a process of its own, as `#!` or what starts it says. */
  isCommand: boolean
  /** The same, and what starts it changed with it. */
  isStartedAnew: boolean
  /** Its lines end in another way, and nothing else differs. */
  isSameText: boolean
  /** It says which release it is of, and nothing else differs. */
  isStamp: boolean
  /** What is in its folder is handed on to browsers as it is. */
  isServed: boolean
}

/** `express.static(folder)`, `serveStatic(folder)` */
const SERVES = /(^|\.)(serve_?)?static$/i

/** Code that starts processes. */
const PROCESSES = /\bchild_process\b|\bexecPath\b/

/** Files that differ, and that a module may read otherwise than by a plain `require`. */
export function otherFiles(
  old: Version,
  young: Version,
  isCarried: (name: MadeName) => boolean,
): OtherFile[] {
  const modules = [...young.files].filter(([path]) => !path.endsWith('.json'))
  const differing = changedData(old, young).filter(
    (path) => !path.endsWith('.json') || parsed(old, path) !== parsed(young, path),
  )
  const added = [...young.files.keys()].filter((path) => /\.[cm]?js$/.test(path) && !old.files.has(path))
  const changed = modules.flatMap(([path, { text }]) => {
    const was = old.files.get(path)?.text
    return was === undefined || was === text ? [] : [path]
  })
  if (differing.length + added.length + changed.length === 0) return []
  const names = madeNames(young)
  const isSpokenOf = (path: string, by: string): boolean =>
    young.files.get(by)?.text.includes(basename(path)) === true
  const isNamed = (path: string): boolean =>
    names.some((one) => one.means(path) && isSpokenOf(path, one.by)) || loadedIn(young.files).has(path)
  const data = differing.filter((path) => !HIDDEN.test(path) || isNamed(path))
  const required = new Set(modules.flatMap(([path]) => importsOf(path, young)))
  const entries = new Set([...(entriesOf(young)?.values() ?? [])].flat())
  const isNamedBy = (path: string, { by, isRequire, isResolved }: MadeName, how: RegExp): boolean => {
    const text = young.files.get(by)?.text ?? ''
    // What starts a process need not say what kind of file it is.
    const isShort = isResolved || how === PROCESSES
    const name = isShort ? basename(path).replace(/\.\w+$/, '') : basename(path)
    return (!isRequire || isResolved) && how.test(text) && text.includes(name)
  }
  // What is read as text is read from the running version's folder, also where the process has it as a module.
  const isRead = (path: string, name: MadeName): boolean => {
    if (/\breadFile/.test(name.givenTo)) return name.means(path)
    if (young.written?.has(path)) return false
    // Of a folder that is looked into what is found there may be loaded.
    const isFound = /\breaddir/.test(name.givenTo) && isLoaded(path)
    const isModule = required.has(path) || entries.has(path) || name.isResolved || isFound
    return !isModule && isNamedBy(path, name, /\breadFile/)
  }
  const mayRead = (path: string, { givenTo, by }: MadeName): boolean =>
    !SERVES.test(givenTo) && (/\bread/.test(givenTo) || isSpokenOf(path, by))
  const isServed = (path: string, name: MadeName): boolean =>
    SERVES.test(name.givenTo) && !names.some((one) => one.means(path) && mayRead(path, one))
  const isRun = (path: string, name: MadeName): boolean =>
    /js$/.test(path) && isNamedBy(path, name, PROCESSES) && !isRead(path, name)
  const isAnew = ({ by, within }: MadeName): boolean => old.files.get(by)?.text.includes(within) === false
  const kindOf = (path: string, name?: MadeName): Omit<OtherFile, 'path' | 'by'> => ({
    isNew: !existsSync(join(old.folder, path)),
    isSameText: hasSameLines(join(old.folder, path), join(young.folder, path)),
    isCommand: startOf(path, young) === '#!' || (name !== undefined && isRun(path, name)),
    isStartedAnew: name !== undefined && isRun(path, name) && isAnew(name),
    isStamp: isStamp(path, old, young),
    isServed: name !== undefined && isServed(path, name),
  })
  const isLoaded = (path: string): boolean => names.some((one) => one.isRequire && one.means(path))
  const of = (path: string, means: (name: MadeName) => boolean): OtherFile[] => {
    const name = names.find((one) => one.by !== path && one.means(path) && means(one) && !isCarried(one))
    if (name !== undefined) return [{ path, by: { path: name.by, line: name.line }, ...kindOf(path, name) }]
    if (required.has(path) || path.match(/js$/) || young.written?.has(path)) return []
    const by = modules.find(([, { text }]) => text.includes(basename(path)))?.[0]
    return [{ path, by: by === undefined ? undefined : { path: by, line: 1 }, ...kindOf(path) }]
  }
  return [
    ...data.flatMap((path) => of(path, () => true)),
    // What is loaded, and looked for as a file as well, is not found in the running version's folder.
    ...added.flatMap((path) => of(path, ({ isRequire }) => isRequire || isLoaded(path))),
    ...changed.flatMap((path) =>
      of(path, (name) => isServed(path, name) || isRead(path, name) || isRun(path, name)),
    ),
  ]
}

/** Whether two files are texts of the same lines. */
function hasSameLines(a: string, b: string): boolean {
  if (![a, b].every((filename) => existsSync(filename))) return false
  const [was, is] = [a, b].map((filename) =>
    readFileSync(filename).toString('latin1').replaceAll('\r\n', '\n'),
  )
  return was === is && !was!.includes('\0')
}

/** What tells a release in a file: when it was made, and of what. */
const MADE =
  /\b\d{4}-\d\d-\d\d(T[\d:.]+Z?)?|(?<="(commit|revision|gitHead|git_?sha|sha)"\s*:\s*")[0-9a-f]{7,40}(?=")/gi

/** Whether two files differ in what says which release they are of. */
function isStamp(path: string, old: Version, young: Version): boolean {
  const [was, is] = [old, young].map(({ folder, version }) => {
    const filename = join(folder, path)
    const text = existsSync(filename) ? readFileSync(filename, 'latin1') : undefined
    return text?.replaceAll(`${version}`, '').replace(MADE, '')
  })
  return was !== undefined && was === is
}

/** The first two characters of a file. */
function startOf(path: string, { folder, files }: Version): string {
  return files.get(path)?.text.slice(0, 2) ?? readFileSync(join(folder, path)).toString('latin1', 0, 2)
}

/** JSON in one form. */
function parsed({ folder }: Version, path: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(readFileSync(join(folder, path), 'utf8')))
  } catch {
    return undefined
  }
}
