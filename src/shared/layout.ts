/**
 * Where everything lies in the one SharedArrayBuffer of a table. All indices are in 32-bit words.
 *
 *     0            64                320          BUCKETS            ARENA                  TOP        TOTAL
 *     ┌────────────┬─────────────────┬────────────┬──────────────────┬──────────────────────┬──────────┐
 *     │ header     │ bins of         │ slots, one │ buckets, one     │ arena: blocks, back  │ not yet  │
 *     │            │ free blocks     │ a thread   │ word each        │ to back              │ touched  │
 *     └────────────┴─────────────────┴────────────┴──────────────────┴──────────────────────┴──────────┘
 *     Those in capitals are kept in the header, where COUNT says how many of the buckets are in use.
 *
 *     a block: 8 words of header, then the bytes; always a multiple of 16 bytes, aligned to 16
 *     ┌──────┬───────┬───────┬──────┬──────┬──────┬──────┬──────┬───────────────────────────┐
 *     │ next │ objLo │ objHi │ idLo │ idHi │ size │ meta │ link │ data, `size` bytes, slack │
 *     └──────┴───────┴───────┴──────┴──────┴──────┴──────┴──────┴───────────────────────────┘
 *       meta = length in units of 16 bytes << 4 | PREVIOUS_FREE | MARK | state
 *       link = private: token of its owner · retired: next in the limbo list
 *     a free block uses `next` and `objLo` as next and previous of its bin, its last word repeats its length
 *
 *     a slot: what the table knows of one thread, on cache lines of its own
 *     ┌────────────────┬─────┬───────┬───────┬──────┬─────────┬────────┬──────────┬─────────┐
 *     │ identity (64b) │ pin │ depth │ token │ ctor │ pending │ exited │ threadId │ lives   │
 *     └────────────────┴─────┴───────┴───────┴──────┴─────────┴────────┴──────────┴─────────┘
 *
 * The buffer has its maximum size from the start: the operating system gives it real memory only where it is
 * touched, and views of a growable buffer are several times slower in V8 (docs/shared-table.md has figures).
 *
 * Two things are the truth: the chains that start in the buckets, and the lengths and states in the blocks.
 * Everything else (bins, limbo lists, counters) can be made anew from them, and is when a thread died while it
 * changed them: see recovery.ts. Hence the rule for everybody who writes here under the lock: chains, lengths and
 * states change by one store of one word that leads from one good picture to another.
 */

/** What a thread holds of a table: its memory, three views of it, and who it is there. */
export interface Memory {
  readonly words: Int32Array
  readonly wide: BigInt64Array
  readonly bytes: Uint8Array
  readonly buffer: SharedArrayBuffer
  /** The token of its slot, from `enroll` on. The slot has another once somebody took this thread for dead. */
  token: number
}

export const MAGIC = 0x756d6272
export const VERSION = 1

// What is written once, by `create`.
export const AT_MAGIC = 0
export const AT_VERSION = 1
export const AT_TOTAL = 2
export const AT_SLOTS = 3
export const AT_DEADLINE = 4

/** Beside what never changes: a lookup outside of sections does not read it, and every detach writes it. */
export const EPOCH = 8

// Each on a cache line of its own: who holds the lock; what readers look at on every lookup.
export const LOCK = 16
export const COUNT = 33
export const REUSED = 34
export const BUCKETS = 35
export const MAX_BUCKETS = 36
export const ARENA = 37

// Only under the lock.
export const TOP = 48
export const ENTRIES = 49
export const DATA_BYTES = 50
export const USED_UNITS = 51
export const FRESH_LIMBO = 52
export const AGED_LIMBO = 53
export const AGED_EPOCH = 54
export const FRESH_COUNT = 55
export const LIMBO_UNITS = 56
export const TAKEOVERS = 57
export const STALLS = 58
/** Not 0: a critical section did not come to its end, and whoever takes the lock next has to put the table in order. */
export const DIRTY = 59
/** When the last of the fresh list was buried. */
export const FRESH_EPOCH = 60

/** One past the highest slot ever claimed: raised by a compare-and-swap. */
export const SLOTS_SEEN = 61

export const BITMAP = 64
export const BITMAP_WORDS = 8
export const BINS = 80
export const BIN_COUNT = 208

export const SLOTS = 320
export const SLOT_WORDS = 32
// Offsets in a slot.
export const PIN = 2
export const DEPTH = 3
export const TOKEN = 4
export const IN_CTOR = 5
export const PENDING = 6
export const EXITED = 7
export const THREAD_ID = 8
export const LIVES = 9

// Offsets in a block.
export const NEXT = 0
export const OBJ_LO = 1
export const OBJ_HI = 2
export const ID_LO = 3
export const ID_HI = 4
export const SIZE = 5
export const META = 6
export const LINK = 7
export const BLOCK_HEADER = 8

// States of a block.
export const FREE = 0
export const PRIVATE = 1
export const LINKED = 2
export const RETIRED = 3
export const STATE_MASK = 3
export const MARK = 4
export const PREVIOUS_FREE = 8

export const UNIT_WORDS = 4
export const UNIT_BYTES = 16
export const MIN_UNITS = 2

/** Where the parts that depend on the options lie, in words. */
export interface Layout {
  readonly total: number
  readonly buckets: number
  readonly maxBuckets: number
  readonly arena: number
}

/** One bucket for every 64 bytes: with the smallest entries a full table has 1.3 entries a bucket. */
const BYTES_A_BUCKET = 64

export function layoutOf(totalWords: number, slots: number): Layout {
  const buckets = SLOTS + slots * SLOT_WORDS
  const maxBuckets = Math.max(16, Math.floor((totalWords * 4) / BYTES_A_BUCKET))
  const arena = Math.ceil((buckets + maxBuckets) / 16) * 16
  return { total: totalWords, buckets, maxBuckets, arena }
}

export function slotAt(index: number): number {
  return SLOTS + index * SLOT_WORDS
}

export function stateOf(words: Int32Array, block: number): number {
  return words[block + META]! & STATE_MASK
}

export function unitsOf(words: Int32Array, block: number): number {
  return words[block + META]! >>> 4
}

/** The block that lies directly behind this one; the arena's top if none does. */
export function behind(words: Int32Array, block: number): number {
  return block + unitsOf(words, block) * UNIT_WORDS
}
