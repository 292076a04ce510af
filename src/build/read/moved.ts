import { basename, dirname, relative } from 'node:path/posix'
import { entriesOf, fileAt, IMPORT, reachable, resolveFrom, type Version } from './folder.ts'
import { handedOnBy } from './forwarders.ts'
import { likeness, partsOf } from './renamed.ts'

/**
 * The new version with files that stand in another folder, or under another name, where they stand in the running one: what
 * the running one keeps in them, and objects of their classes, go on being used.
 */
export function withRunningPlaces(old: Version, young: Version): Version {
  const { places, kept, left } = placesOf(old, young)
  if (places.size === 0) return young
  const placeOf = (path: string): string => places.get(path) ?? path
  const files: Version['files'] = new Map()
  for (const [path, { text, type }] of young.files) {
    if (left.has(path)) continue
    const led = text.replaceAll(IMPORT, (whole, specifier: string) => {
      const to = resolveFrom(path, specifier, (one) => young.files.has(one))
      if (to === undefined || (!places.has(to) && !places.has(path))) return whole
      return whole.replace(specifier, () => specifierOf(placeOf(path), kept.has(to) ? to : placeOf(to)))
    })
    files.set(placeOf(path), { text: led, type })
  }
  for (const path of kept) files.set(path, old.files.get(path)!)
  const ownNames = new Map(young.ownNames)
  for (const [own, running] of places) ownNames.set(running, young.ownNames?.get(own) ?? own)
  return { ...young, files, ownNames, manifest: withPlaces(young, placeOf, kept) }
}

function specifierOf(from: string, to: string): string {
  const path = relative(dirname(from), to)
  return path.startsWith('.') ? path : `./${path}`
}

/** What a package.json says of entries, with the running version's files. */
function withPlaces(
  { manifest, files }: Version,
  placeOf: (path: string) => string,
  kept: ReadonlySet<string>,
): Version['manifest'] {
  const placed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(placed)
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, placed(one)]))
    const path = typeof value === 'string' ? fileAt(value, (one) => files.has(one)) : undefined
    return path === undefined || kept.has(path) || placeOf(path) === path ? value : `./${placeOf(path)}`
  }
  const named = Object.entries(manifest).map(([key, value]) => {
    return [key, /^(main|module|exports|bin)$/.test(key) ? placed(value) : value]
  })
  return Object.fromEntries(named) as Version['manifest']
}

interface Places {
  /** Files of the new version, and which of the running one they are. */
  places: Map<string, string>
  /** Those that hand on another one in the running version, as they do there: that one has what is in them now. */
  kept: Set<string>
  /** Those that hand on another one now, which is what they were. */
  left: Set<string>
}

function placesOf(old: Version, young: Version): Places {
  const found: Places = { places: entryPlaces(old, young), kept: new Set(), left: new Set() }
  const { places, kept, left } = found
  for (const path of young.files.keys()) {
    if (!old.files.has(path)) continue
    const [was, is] = [handedOnBy(path, old), handedOnBy(path, young)]
    if (was !== undefined && is === undefined && isAlone(was, old, young)) {
      if (asks(path, young)) continue
      places.set(path, was)
      kept.add(path)
    } else if (was === undefined && is !== undefined && isAlone(is, young, old)) {
      if (asks(is, young)) continue
      places.set(is, path)
      left.add(path)
    }
  }
  const taken = new Set(places.values())
  for (const { path, was } of likePairs(old, young)) {
    if (places.has(path) || taken.has(was)) continue
    places.set(path, was)
    taken.add(was)
  }
  return found
}

/** What programs get by a name of the package, where that is a file that the other version does not have in both. */
function entryPlaces(old: Version, young: Version): Map<string, string> {
  const places = new Map<string, string>()
  const [before, after] = [entriesOf(old), entriesOf(young)]
  for (const [name, paths] of before ?? [])
    for (const was of paths) {
      const ofType = (path: string, { files }: Version): boolean =>
        files.get(path)!.type === old.files.get(was)!.type
      const [now, ...others] = (after?.get(name) ?? []).filter((path) => ofType(path, young))
      const isOne = others.length === 0 && paths.filter((path) => ofType(path, old)).length === 1
      if (now === undefined || !isOne || !isAlone(was, old, young) || !isAlone(now, young, old)) continue
      if (!asks(was, old) && !asks(now, young)) places.set(now, was)
    }
  return places
}

/** Whether one version alone has a file. */
function isAlone(path: string, version: Version, other: Version): boolean {
  return version.files.has(path) && !other.files.has(path)
}

/** Whether a file asks where it is. */
function asks(path: string, { files }: Version): boolean {
  return /\b__(dirname|filename)\b|\bimport\.meta\b|\brequire\.resolve\b/.test(files.get(path)!.text)
}

/** Files of the new version that are much like files at other places of the running version, those that are most alike first. */
function likePairs(old: Version, young: Version): { path: string; was: string }[] {
  const gone = candidates(old, young)
  if (gone.length === 0) return []
  const pairs = candidates(young, old).flatMap(({ path, type, parts }) =>
    gone
      .filter((was) => was.type === type)
      .map((was) => ({ path, was: was.path, likeness: likeness(was.parts, parts) }))
      .filter((one) => one.likeness >= (basename(path) === basename(one.was) ? 0.4 : 0.6)),
  )
  return pairs.sort((a, b) => b.likeness - a.likeness)
}

/** Modules that another version does not have, that nothing outside of the package names, and that do not ask where they are. */
function candidates(
  version: Version,
  other: Version,
): { path: string; type: string; parts: ReadonlySet<string> }[] {
  const own = [...version.files.keys()].filter((path) => !other.files.has(path))
  if (own.length === 0) return []
  const named = JSON.stringify(version.manifest)
  const reached = reachable(version)
  // What is named otherwise than as a module cannot be named anew.
  const names = [...version.files.values()].map(({ text }) => text.replaceAll(IMPORT, '')).join()
  return own.flatMap((path) => {
    const { text, type } = version.files.get(path)!
    const quoted = new RegExp(`${escaped(stemOf(path))}(\\.\\w+)?['"\`]`)
    if (reached?.has(path) !== true || named.includes(path) || quoted.test(names)) return []
    return asks(path, version) ? [] : [{ path, type, parts: partsOf(text) }]
  })
}

function stemOf(path: string): string {
  return `/${basename(path).replace(/\.\w+$/, '')}`
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
