import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import satisfies from 'semver/functions/satisfies.js'
import validRange from 'semver/ranges/valid.js'
import { UmbraError } from './errors.ts'
import { entriesOf, type Package, packageOf } from './package.ts'

/** A target's name as written in a patch, understood (livepatch.md, "Names of targets"). */
export type TargetName =
  | { kind: 'file'; written: string; filename: string }
  | { kind: 'package'; written: string; name: string; range: string | undefined; subpath: string | undefined }

const PACKAGE = /^((?:@[^/@\s]+\/)?[^/@\s.][^/@\s]*)(?:@([^/]+))?(?:\/(.+))?$/
const LOOKS_LIKE_A_FILE = /\.[cm]?[jt]sx?$/

/**
 * Parses a target's name. Relative names are relative to the folder of the program's main script.
 *
 * @throws UmbraError TARGET_NAME
 */
export function parseTargetName(written: string, main: string | undefined): TargetName {
  if (/^\.\.?\//.test(written) || written.startsWith('/') || written.startsWith('file:')) {
    return { kind: 'file', written, filename: targetFile(written, main) }
  }
  const match = PACKAGE.exec(written)
  if (match === null) {
    throw new UmbraError(
      'TARGET_NAME',
      `'${written}' names no target: expected 'pkg', 'pkg@range/file.js' or './file.js'`,
    )
  }
  const [, name, range, subpath] = match
  if (range === undefined && subpath === undefined && LOOKS_LIKE_A_FILE.test(name!)) {
    throw new UmbraError(
      'TARGET_NAME',
      `'${written}' would be a package; a file of the program itself is './${written}'`,
    )
  }
  if (range !== undefined && validRange(range) === null) {
    throw new UmbraError('TARGET_NAME', `'${range}' in target '${written}' is not a range of versions`)
  }
  return { kind: 'package', written, name: name!, range, subpath }
}

function targetFile(written: string, main: string | undefined): string {
  const folder = main === undefined ? process.cwd() : dirname(main)
  const filename = written.startsWith('file:') ? fileURLToPath(written) : resolve(folder, written)
  // Modules are known by their real path, as Node loads them.
  return existsSync(filename) ? realpathSync(filename) : filename
}

/** A module that a patch brings along, by the name that it has while the program runs; those of packages stay as they are. */
export function broughtName(written: string, main: string | undefined): string {
  if (!/^(\.\.?\/|\/|file:)/.test(written)) return written
  const filename = targetFile(written, main)
  const folder = nearestFolder(filename)
  return join(realpathSync(folder), relative(folder, filename))
}

/** The innermost folder around a file that is there. */
function nearestFolder(filename: string): string {
  const folder = dirname(filename)
  return existsSync(folder) ? folder : nearestFolder(folder)
}

/** How a loaded file stands to a target: it is the one, the same one of a package in another version, or neither. */
export type Match = 'yes' | 'other version' | 'no'

export function matchTarget(target: TargetName, filename: string): Match {
  if (target.kind === 'file') return filename === target.filename ? 'yes' : 'no'
  // Cheap and almost always decisive: a file outside of any folder of that name cannot be meant.
  const owner = packageOf(filename)
  if (owner === undefined || owner.name !== target.name) return 'no'
  if (!isMeant(target.subpath, owner, filename)) return 'no'
  return takesVersion(target, owner.version) ? 'yes' : 'other version'
}

function takesVersion({ range }: { range: string | undefined }, version: string): boolean {
  return range === undefined || satisfies(version, range, { includePrerelease: true })
}

/** Whether a target is a file of this package, in this version. */
export function isOf(target: TargetName, { name, version }: Package): boolean {
  return target.kind === 'package' && target.name === name && takesVersion(target, version)
}

/** Whether targets name this package, and all of them in other versions than its own. */
export function isOtherVersion(targets: readonly TargetName[], owner: Package): boolean {
  const named = targets.filter((one) => one.kind === 'package' && one.name === owner.name)
  return named.length > 0 && !named.some((one) => isOf(one, owner))
}

function isMeant(subpath: string | undefined, owner: Package, filename: string): boolean {
  if (subpath !== undefined) return filename === join(owner.folder, ...subpath.split('/'))
  return entriesOf(owner).has(filename)
}
