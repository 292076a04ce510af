/**
 * The hash table proper: one chain of entries a bucket.
 *
 * It grows by linear hashing (Litwin 1980): one bucket at a time is split, its upper half goes into a new one at the
 * end. So that a split moves nothing under a reader's feet, chains are in split order (Shalev and Shavit 2003): sorted
 * by the hash with its bits reversed, which puts all entries that will ever leave a bucket behind those that stay. A
 * split is then three stores: the new bucket points into the old chain; the count goes up; the old chain is cut there.
 *
 * Readers hold no lock. Wherever they look they find a chain whose entries are whole, since an entry is complete before
 * the one store that links it. A reader that was under way in the old chain while it was cut can miss its entry; so
 * whoever finds nothing looks whether its key has another bucket by now (which happens at most 31 times to a key).
 */

import { hash } from './keys.ts'
import * as layout from './layout.ts'

// A module's own constants are folded into machine code; imported and exported ones are loaded and checked each time.
const { BUCKETS, COUNT, ENTRIES, ID_HI, ID_LO, MAX_BUCKETS, NEXT, OBJ_HI, OBJ_LO } = layout

/** In a read-side section: the entry of this key, 0 when there is none. Takes no lock. */
export function find(words: Int32Array, objLo: number, objHi: number, idLo: number, idHi: number): number {
  const h = hash(objLo, objHi, idLo, idHi)
  let bucket = bucketOf(h, Atomics.load(words, COUNT))
  for (;;) {
    let entry = Atomics.load(words, words[BUCKETS]! + bucket)
    while (entry !== 0 && !isKey(words, entry, objLo, objHi, idLo, idHi))
      entry = Atomics.load(words, entry + NEXT)
    const now = bucketOf(h, Atomics.load(words, COUNT))
    if (entry !== 0 || now === bucket) return entry
    bucket = now
  }
}

/**
 * Under the lock: the word that points, or would have to point, to the entry of this key.
 */
export function place(words: Int32Array, objLo: number, objHi: number, idLo: number, idHi: number): number {
  const h = hash(objLo, objHi, idLo, idHi)
  const rank = reversed(h)
  let at = words[BUCKETS]! + bucketOf(h, words[COUNT]!)
  for (;;) {
    const entry = words[at]!
    if (entry === 0 || isKey(words, entry, objLo, objHi, idLo, idHi)) return at
    if (reversed(hashOf(words, entry)) > rank) return at
    at = entry + NEXT
  }
}

/** Every lookup does this; `| 0` says that no sum goes beyond 32 bits, which would have to be checked. */
export function isKey(
  words: Int32Array,
  entry: number,
  objLo: number,
  objHi: number,
  idLo: number,
  idHi: number,
): boolean {
  return (
    words[(entry + OBJ_LO) | 0] === objLo &&
    words[(entry + ID_LO) | 0] === idLo &&
    words[(entry + OBJ_HI) | 0] === objHi &&
    words[(entry + ID_HI) | 0] === idHi
  )
}

/** Under the lock: makes a complete entry visible, in one store. It replaces `old` or, where that is 0, joins. */
export function link(words: Int32Array, at: number, entry: number, old: number): void {
  words[entry + NEXT] = old === 0 ? words[at]! : words[old + NEXT]!
  Atomics.store(words, at, entry)
}

/** Under the lock: takes an entry out of its chain. Readers that stand on it still find the way on. */
export function unlink(words: Int32Array, at: number, entry: number): void {
  Atomics.store(words, at, words[entry + NEXT]!)
}

/** Under the lock, after an entry was added: keeps at most three entries for four buckets while there is room. */
export function grow(words: Int32Array): void {
  for (let splits = 0; splits < 2; splits++) {
    const count = words[COUNT]!
    if (words[ENTRIES]! * 4 <= count * 3 || count >= words[MAX_BUCKETS]!) return
    split(words, count)
  }
}

/** Adds bucket `added`. The count must be up before the cut: it tells readers who are cut off where to look. */
function split(words: Int32Array, added: number): void {
  const at = firstForeign(words, bucketBefore(added), added + 1)
  const moved = words[at]!
  Atomics.store(words, words[BUCKETS]! + added, moved)
  Atomics.store(words, COUNT, added + 1)
  if (moved !== 0) Atomics.store(words, at, 0)
}

/** The word in the chain of a bucket that points to the first entry which belongs elsewhere, or is 0. */
export function firstForeign(words: Int32Array, bucket: number, count: number): number {
  let at = words[BUCKETS]! + bucket
  for (;;) {
    const entry = words[at]!
    if (entry === 0 || bucketOf(hashOf(words, entry), count) !== bucket) return at
    at = entry + NEXT
  }
}

/**
 * Of `count` buckets the one for this hash: its low bits, one bit less where that bucket was not split off yet. Without
 * a branch, which the processor could not foresee.
 */
export function bucketOf(h: number, count: number): number {
  const mask = -1 >>> Math.clz32(count - 1)
  const bucket = h & mask
  const splitOff = (bucket - count) >> 31
  return bucket & ((mask >>> 1) | splitOff)
}

/** The bucket that this one is split from. */
function bucketBefore(bucket: number): number {
  return bucket & (0x7fff_ffff >>> Math.clz32(bucket))
}

function hashOf(words: Int32Array, entry: number): number {
  return hash(words[entry + OBJ_LO]!, words[entry + OBJ_HI]!, words[entry + ID_LO]!, words[entry + ID_HI]!)
}

/** The bits of `h` in reverse, as an unsigned number. */
function reversed(h: number): number {
  let r = ((h >>> 1) & 0x5555_5555) | ((h & 0x5555_5555) << 1)
  r = ((r >>> 2) & 0x3333_3333) | ((r & 0x3333_3333) << 2)
  r = ((r >>> 4) & 0x0f0f_0f0f) | ((r & 0x0f0f_0f0f) << 4)
  r = ((r >>> 8) & 0x00ff_00ff) | ((r & 0x00ff_00ff) << 8)
  return ((r >>> 16) | (r << 16)) >>> 0
}
