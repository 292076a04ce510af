import { basename, dirname, relative } from 'node:path/posix'
import { IMPORT, isAside, reachable, resolveFrom, type Version } from './folder.ts'
import { likeness, partsOf } from './renamed.ts'

/**
 * The new version with files that stand in another folder, or under another name, where they stand in the running one: what
 * the running one keeps in them, and objects of their classes, go on being used.
 */
export function withRunningPlaces(old: Version, young: Version): Version {
  const places = movedFiles(old, young)
  if (places.size === 0) return young
  const placeOf = (path: string): string => places.get(path) ?? path
  const files: Version['files'] = new Map()
  for (const [path, { text, type }] of young.files) {
    const led = text.replaceAll(IMPORT, (whole, specifier: string) => {
      const to = resolveFrom(path, specifier, (one) => young.files.has(one))
      if (to === undefined || (!places.has(to) && !places.has(path))) return whole
      return whole.replace(specifier, () => specifierOf(placeOf(path), placeOf(to)))
    })
    files.set(placeOf(path), { text: led, type })
  }
  const ownNames = new Map(young.ownNames)
  for (const [own, running] of places) ownNames.set(running, young.ownNames?.get(own) ?? own)
  return { ...young, files, ownNames }
}

function specifierOf(from: string, to: string): string {
  const path = relative(dirname(from), to)
  return path.startsWith('.') ? path : `./${path}`
}

/** Files of the new version that are what files at other places of the running version were. */
function movedFiles(old: Version, young: Version): Map<string, string> {
  const gone = candidates(old, young)
  if (gone.length === 0) return new Map()
  const pairs = candidates(young, old).flatMap(({ path, type, parts }) =>
    gone
      .filter((was) => was.type === type)
      .map((was) => ({ path, was: was.path, likeness: likeness(was.parts, parts) }))
      .filter((one) => one.likeness >= (basename(path) === basename(one.was) ? 0.4 : 0.6)),
  )
  const places = new Map<string, string>()
  const taken = new Set<string>()
  for (const { path, was } of pairs.sort((a, b) => b.likeness - a.likeness)) {
    if (places.has(path) || taken.has(was)) continue
    places.set(path, was)
    taken.add(was)
  }
  return places
}

/** Modules that another version does not have, that nothing outside of the package names, and that do not ask where they are. */
function candidates(
  version: Version,
  other: Version,
): { path: string; type: string; parts: ReadonlySet<string> }[] {
  const own = [...version.files].filter(([path]) => !other.files.has(path) && !isAside(path))
  if (own.length === 0) return []
  const named = JSON.stringify(version.manifest)
  const reached = reachable(version)
  // What is named otherwise than as a module cannot be named anew.
  const names = [...version.files.values()].map(({ text }) => text.replaceAll(IMPORT, '')).join()
  return own.flatMap(([path, { text, type }]) => {
    const quoted = new RegExp(`${escaped(stemOf(path))}(\\.\\w+)?['"\`]`)
    if (reached?.has(path) !== true || named.includes(path) || quoted.test(names)) return []
    const asks = /\b__(dirname|filename)\b|\bimport\.meta\b|\brequire\.resolve\b/.test(text)
    return asks ? [] : [{ path, type, parts: partsOf(text) }]
  })
}

function stemOf(path: string): string {
  return `/${basename(path).replace(/\.\w+$/, '')}`
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
