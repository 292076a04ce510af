import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { importsOf, isAside, SKIPPED, type Version } from './folder.ts'

/** What packages do not read when they run. */
const NOT_DATA =
  /\.([cm]?[jt]sx?|md|markdown|map|lock|flow|ya?ml)$|(^|\/)(package(-lock)?|tsconfig[\w.]*|bower|component|composer|jsr|deno)\.json$|(^|\/)(\.[^/]+|LICEN[CS]E[^/]*|CHANGELOG[^/]*|README[^/]*|AUTHORS)$/i

/** Files of the new version that are no modules and differ from the running version's. */
function changedData(old: Version, young: Version): string[] {
  if (!existsSync(young.folder)) return []
  return readdirSync(young.folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const filename = join(entry.parentPath ?? entry.path, entry.name)
    const path = filename.slice(young.folder.length + 1).replaceAll('\\', '/')
    if (!entry.isFile() || NOT_DATA.test(path) || isAside(path)) return []
    if (path.split('/').some((step) => SKIPPED.test(step))) return []
    const before = join(old.folder, path)
    return existsSync(before) && readFileSync(before).equals(readFileSync(filename)) ? [] : [path]
  })
}

/** The version with its JSON that differs as modules: what requires it takes it from the patch. */
export function withData(old: Version, young: Version): Version {
  const files = new Map(young.files)
  for (const path of changedData(old, young)) {
    const value = path.endsWith('.json') ? parsed(young, path) : undefined
    if (value === undefined || value === parsed(old, path)) continue
    files.set(path, { text: `module.exports = ${value}`, type: 'commonjs' })
  }
  return { ...young, files }
}

/** A file that differs and that a module names without requiring it. */
interface OtherFile {
  path: string
  by: string
  /** It is run by itself (`#!`). */
  isCommand: boolean
}

export function otherFiles(old: Version, young: Version): OtherFile[] {
  const paths = changedData(old, young)
  if (paths.length === 0) return []
  const modules = [...young.files].filter(([path]) => !isAside(path) && !path.endsWith('.json'))
  const required = new Set(modules.flatMap(([path]) => importsOf(path, young)))
  return paths
    .filter((path) => !path.endsWith('.json') || parsed(old, path) !== parsed(young, path))
    .filter((path) => !required.has(path))
    .flatMap((path) => {
      const by = modules.find(([, { text }]) => text.includes(basename(path)))
      const isCommand = readFileSync(join(young.folder, path)).subarray(0, 2).toString() === '#!'
      return by === undefined ? [] : [{ path, by: by[0], isCommand }]
    })
}

/** JSON in one form. */
function parsed({ folder }: Version, path: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(readFileSync(join(folder, path), 'utf8')))
  } catch {
    return undefined
  }
}
