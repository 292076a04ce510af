import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { exports as resolveExports } from 'resolve.exports'

/**
 * The package that a file belongs to: what is installed in `node_modules`, also where a folder in it has a package.json with a
 * name of its own (`preact/hooks`); elsewhere the nearest folder above it whose package.json has a name.
 */
export interface Package {
  name: string
  version: string
  /** Absolute, without a trailing separator. */
  folder: string
}

type Manifest = { name?: unknown; version?: unknown; exports?: unknown; main?: unknown }

const folders = new Map<string, Package | undefined>()

/** Finds a file's package; undefined for files outside of any. Results are kept: packages do not change while loaded. */
export function packageOf(filename: string): Package | undefined {
  return packageOfFolder(dirname(filename))
}

function packageOfFolder(folder: string): Package | undefined {
  if (!folders.has(folder)) folders.set(folder, findPackage(folder))
  return folders.get(folder)
}

function findPackage(folder: string): Package | undefined {
  const root = installedAt(folder)
  const installed = root === undefined || root === folder ? undefined : packageOfFolder(root)
  if (installed !== undefined && installed.folder === root) return installed
  const manifest = readManifest(folder)
  if (typeof manifest?.name === 'string')
    return { name: manifest.name, version: String(manifest.version ?? '0.0.0'), folder }
  const parent = dirname(folder)
  return parent === folder ? undefined : packageOfFolder(parent)
}

const MODULES = `${sep}node_modules${sep}`

/** The folder of the innermost `node_modules` around that a folder is, or is in. */
function installedAt(folder: string): string | undefined {
  const at = folder.lastIndexOf(MODULES)
  if (at === -1) return undefined
  const start = at + MODULES.length
  const parts = folder.slice(start).split(sep)
  return folder.slice(0, start) + parts.slice(0, parts[0]!.startsWith('@') ? 2 : 1).join(sep)
}

function readManifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  } catch {
    return undefined
  }
}

/** The file that a package's bare name leads to from `importer`, also where `require` has no way to it. @throws Error */
export function entryOfPackage(name: string, importer: string): string {
  const { resolve } = createRequire(importer)
  try {
    return resolve(name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error
    const folder = resolve
      .paths(name)
      ?.map((path) => join(path, name))
      .find(existsSync)
    const owner = folder === undefined ? undefined : packageOfFolder(realpathSync(folder))
    const [entry] = owner === undefined ? [] : entriesOf(owner)
    if (entry === undefined) throw error
    return entry
  }
}

const entries = new Map<string, Set<string>>()

/** The files that `import name` and `require(name)` reach in this package: its entry, by every set of conditions. */
export function entriesOf(owner: Package): Set<string> {
  const known = entries.get(owner.folder) ?? findEntries(owner)
  entries.set(owner.folder, known)
  return known
}

function findEntries({ folder }: Package): Set<string> {
  const manifest = readManifest(folder) ?? {}
  const found = new Set<string>()
  if (manifest.exports !== undefined && manifest.exports !== null) {
    for (const conditions of conditionSets()) {
      for (const file of resolveEntry(manifest, conditions)) found.add(join(folder, file))
    }
    return found
  }
  try {
    found.add(createRequire(join(folder, 'package.json')).resolve(folder))
  } catch {
    // A package without a main file has no entry: nothing of it can be meant by its bare name.
  }
  return found
}

function resolveEntry(manifest: Manifest, options: { require: boolean; conditions: string[] }): string[] {
  try {
    return [...(resolveExports(manifest as Parameters<typeof resolveExports>[0], '.', options) ?? [])].slice(
      0,
      1,
    )
  } catch {
    return []
  }
}

/** The conditions of Node's two loaders, with and without `module-sync`, which newer versions add. */
function conditionSets(): { require: boolean; conditions: string[] }[] {
  const own = process.execArgv.flatMap((arg, i, all) => {
    const inline = /^(?:--conditions|-C)=(.+)$/.exec(arg)?.[1]
    return inline ?? (arg === '-C' || arg === '--conditions' ? (all[i + 1] ?? []) : [])
  })
  const sync = ['module-sync', ...own]
  return [false, true].flatMap((require) => [
    { require, conditions: own },
    { require, conditions: sync },
  ])
}
