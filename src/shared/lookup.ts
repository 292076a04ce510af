/**
 * Lookups. They are closures made for each table, not methods: V8 compiles the buffer of a program's only table into
 * their machine code as a constant, its address and its length, which makes them half as slow again when they have to
 * be loaded from fields. What every lookup does is kept short for the same reason: with more instructions to a lookup
 * the processor has fewer of them under way at the same time, and they mostly wait for memory.
 */

import * as chains from './chains.ts'
import { enter, leave } from './grace.ts'
import * as keys from './keys.ts'
import type { Memory } from './layout.ts'
import * as layout from './layout.ts'
import { refuseInConstructor } from './messages.ts'
import { bytesAt } from './views.ts'

// A module's own constants are folded into machine code; imported and exported ones are loaded and checked each time.
const { BLOCK_HEADER, BUCKETS, COUNT, IN_CTOR, NEXT, REUSED, SIZE } = layout
const { bucketOf, find, isKey } = chains
const { hash, isSafe, lower, TWO_32, upper } = keys

/** An unsigned 64-bit integer: a non-negative safe integer, or a bigint. */
export type Key = number | bigint

export interface Lookups {
  get(obj: Key, id: Key): Uint8Array | undefined
  offsetOf(obj: Key, id: Key): number
}

/**
 * Loads that follow a pointer need no fence where the processor keeps loads in order and V8 does too, as it must not
 * invent or merge accesses to shared memory. An `Atomics.load` is a call in V8 (6 ns), four of them a lookup.
 */
const LOADS_ARE_ORDERED = globalThis.process?.arch === 'x64' || globalThis.process?.arch === 'ia32'

/**
 * While a table has at most this many buckets, `get` keeps the views that it makes: making one takes V8 as long as the
 * rest of a lookup. In larger tables most would be gone before they are asked for again, and cost time.
 */
const FEW_BUCKETS = 16_384
const MOST_PLACES = 32_768
const PLACE_MASK = (MOST_PLACES - 1) << 2

/** The lookups of the thread with this slot. */
export function lookups(memory: Memory, slot: number): Lookups {
  const { words } = memory
  // Lookups take it into a local of theirs: in the closure V8 would read it anew at each use.
  const shared = words
  const buckets = words[BUCKETS]!
  const inCtor = slot + IN_CTOR
  const none = memory.bytes.subarray(0, 0)
  /**
   * Four elements a place: entry and size of the view, which V8 reads faster here than from the view, the view, and
   * nothing. There is a place for every 32 bytes of the arena, the least that a block can have, up to the last one that
   * was asked for.
   */
  const kept: (Uint8Array | number)[] = [0, 0, none, none]

  /**
   * The entry, 0 where there is none, or -1 where that is unclear. It means nothing unless REUSED still is `reused`
   * afterwards: this takes no section, so that the memory may be reused under its feet.
   */
  function glance(obj: Key, id: Key, reused: number): number {
    if (typeof obj !== 'number' || typeof id !== 'number' || !isSafe(obj)) return -1
    const words = shared
    const idLo = id >>> 0
    if ((idLo !== id && !isSafe(id)) || words[inCtor] !== 0) return -1
    const objLo = obj | 0
    const objHi = (obj / TWO_32) | 0
    const idHi = idLo === id ? 0 : (id / TWO_32) | 0
    const count = words[COUNT]!
    let entry = words[(buckets + bucketOf(hash(objLo, objHi, idLo, idHi), count)) | 0]!
    while (entry !== 0) {
      if (isKey(words, entry, objLo, objHi, idLo | 0, idHi)) return entry
      if (words[REUSED] !== reused) return -1
      entry = words[(entry + NEXT) | 0]!
    }
    // Buckets that were split meanwhile could have taken the entry away.
    return words[COUNT] === count ? 0 : -1
  }

  function offsetOf(obj: Key, id: Key): number {
    const reused = words[REUSED]!
    const entry = glance(obj, id, reused)
    if (entry < 0 || words[REUSED] !== reused) return offsetInSection(obj, id)
    return entry === 0 ? -1 : ((entry + BLOCK_HEADER) << 2) >>> 0
  }

  /**
   * What is not a kept view goes the long way, and what becomes one too: V8 compiles a function into the loop that calls
   * it only while both have few enough instructions, and otherwise boxes each key.
   */
  function get(obj: Key, id: Key): Uint8Array | undefined {
    const words = shared
    const reused = words[REUSED]!
    const entry = glance(obj, id, reused)
    const size = words[(entry + SIZE) | 0]!
    if (entry >= 0 && words[REUSED] === reused) {
      if (entry === 0) return undefined
      const places = kept
      const at = (entry >>> 1) & PLACE_MASK
      if (at < places.length && places[at] === entry && places[at + 1] === size)
        return places[at + 2] as Uint8Array
      if (words[COUNT]! > FEW_BUCKETS) return bytesAt(memory, entry, size >>> 0)
    }
    return getInSection(obj, id)
  }

  function offsetInSection(obj: Key, id: Key): number {
    refuseInConstructor(words, slot)
    const objHi = upper(obj, 'obj')
    const idHi = upper(id, 'id')
    enter(memory, slot)
    try {
      const entry = find(words, lower(obj), objHi, lower(id), idHi)
      return entry === 0 ? -1 : (entry + BLOCK_HEADER) * 4
    } finally {
      leave(words, slot)
    }
  }

  function getInSection(obj: Key, id: Key): Uint8Array | undefined {
    refuseInConstructor(words, slot)
    const objHi = upper(obj, 'obj')
    const idHi = upper(id, 'id')
    enter(memory, slot)
    try {
      const entry = find(words, lower(obj), objHi, lower(id), idHi)
      return entry === 0 ? undefined : viewOf(entry, words[entry + SIZE]!)
    } finally {
      leave(words, slot)
    }
  }

  function viewOf(entry: number, size: number): Uint8Array {
    const at = (entry >>> 1) & PLACE_MASK
    if (at < kept.length && kept[at] === entry && kept[at + 1] === size) return kept[at + 2] as Uint8Array
    const view = bytesAt(memory, entry, size >>> 0)
    if (words[COUNT]! > FEW_BUCKETS) return view
    while (kept.length <= at) kept.push(0, 0, none, none)
    kept[at] = entry
    kept[at + 1] = size
    kept[at + 2] = view
    return view
  }

  return LOADS_ARE_ORDERED ? { get, offsetOf } : { get: getInSection, offsetOf: offsetInSection }
}
