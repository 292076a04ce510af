import { basename, dirname, join } from 'node:path/posix'
import type { Version } from './folder.ts'

/** `chunks/dep-52909643.js`: bundlers name chunks by what is in them. */
const HASHED = /^(.*?[.-])?([\w-]{6,16})(\.[cm]?js)$/

/**
 * The new version with such files under the names that they have in the running one, where each is the next state of one
 * there: otherwise every file that names one of them would differ.
 */
export function withRunningChunkNames(old: Version, young: Version): Version {
  const names = renamedChunks(old, young)
  if (names.size === 0) return young
  const texts = new Map([...names].map(([own, running]) => [basename(own), basename(running)]))
  const pattern = new RegExp([...texts.keys()].map((name) => name.replaceAll(/[.$]/g, '\\$&')).join('|'), 'g')
  const rename = (text: string): string => text.replaceAll(pattern, (name) => texts.get(name)!)
  const files: Version['files'] = new Map()
  for (const [path, { text, type }] of young.files)
    files.set(names.get(path) ?? path, { text: rename(text), type })
  return { ...young, files, ownNames: new Map([...names].map(([own, running]) => [running, own])) }
}

/** The chunks that have other names, and what they are called in the running version. */
function renamedChunks(old: Version, young: Version): Map<string, string> {
  const gone = chunksOf(old, young)
  const candidates = [...chunksOf(young, old)].flatMap(([path, is]) =>
    [...gone]
      .filter(([, was]) => was.kind === is.kind)
      .map(([running, was]) => ({ path, running, likeness: likeness(was.parts, is.parts) })),
  )
  const names = new Map<string, string>()
  const taken = new Set<string>()
  for (const { path, running, likeness } of candidates.sort((a, b) => b.likeness - a.likeness)) {
    if (likeness < 0.3 || names.has(path) || taken.has(running)) continue
    names.set(path, running)
    taken.add(running)
  }
  return names
}

interface Chunk {
  /** Its name without what is made of its contents. */
  kind: string
  parts: ReadonlySet<string>
}

/** Files of such names that another version does not have. */
function chunksOf({ files, manifest }: Version, other: Version): Map<string, Chunk> {
  const found = new Map<string, Chunk>()
  const named = JSON.stringify(manifest)
  for (const [path, { text }] of files) {
    const [, head = '', hash, extension] = HASHED.exec(basename(path)) ?? []
    if (other.files.has(path) || hash === undefined || !isHash(hash)) continue
    if (named.includes(basename(path))) continue
    found.set(path, { kind: join(dirname(path), head + extension), parts: partsOf(text) })
  }
  return found
}

/** Letters of both cases or digits among them: no word. */
function isHash(name: string): boolean {
  return /\d/.test(name) || (/[a-z]/.test(name) && /[A-Z]/.test(name))
}

export function partsOf(text: string): Set<string> {
  return new Set(text.split(/[\n;{}]/).map((one) => one.trim()))
}

/** From 0 to 1: how much two texts have in common. */
export function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a]
  let both = 0
  for (const one of small) if (large.has(one)) both++
  return both / large.size
}
