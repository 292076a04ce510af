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
import { bytesAt, viewOf } from './views.ts'

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

const UNKNOWN = -1

/**
 * While a table has at most this many buckets, `get` keeps the views that it makes: making one takes V8 as long as the
 * rest of a lookup. In larger tables most would be gone before they are asked for again, and cost time.
 */
const FEW_BUCKETS = 16_384
const KEPT_BITS = 13

/** The lookups of the thread with this slot. */
export function lookups(memory: Memory, slot: number): Lookups {
  const { words } = memory
  const buckets = words[BUCKETS]!
  const none = memory.bytes.subarray(0, 0)
  /** Entry and size of each view that is kept: V8 reads them from here faster than from the view itself. */
  const keptOf = new Int32Array(2 ** (KEPT_BITS + 1))
  const kept = Array.from({ length: 2 ** KEPT_BITS }, () => none)

  /**
   * The entry, 0 where there is none, or UNKNOWN. Takes no section, so the memory may be reused under its feet: then
   * REUSED has changed before, and what was found means nothing.
   */
  function glance(obj: Key, id: Key): number {
    if (!LOADS_ARE_ORDERED || typeof obj !== 'number' || typeof id !== 'number') return UNKNOWN
    const idLo = id | 0
    if (!isSafe(obj) || !((idLo === id && idLo >= 0) || isSafe(id)) || words[slot + IN_CTOR] !== 0)
      return UNKNOWN
    const objLo = obj | 0
    const objHi = (obj / TWO_32) | 0
    const idHi = idLo === id && idLo >= 0 ? 0 : (id / TWO_32) | 0
    const reused = words[REUSED]!
    const count = words[COUNT]!
    let entry = words[(buckets + bucketOf(hash(objLo, objHi, idLo, idHi), count)) | 0]!
    while (entry !== 0) {
      if (isKey(words, entry, objLo, objHi, idLo, idHi)) return words[REUSED] === reused ? entry : UNKNOWN
      if (words[REUSED] !== reused) return UNKNOWN
      entry = words[(entry + NEXT) | 0]!
    }
    // Buckets that were split meanwhile could have taken the entry away.
    return words[REUSED] === reused && words[COUNT] === count ? 0 : UNKNOWN
  }

  function offsetOf(obj: Key, id: Key): number {
    const entry = glance(obj, id)
    if (entry > 0) return ((entry + BLOCK_HEADER) << 2) >>> 0
    return entry === 0 ? -1 : offsetInSection(obj, id)
  }

  function get(obj: Key, id: Key): Uint8Array | undefined {
    const reused = words[REUSED]
    const entry = glance(obj, id)
    if (entry === 0) return undefined
    const size = words[entry + SIZE]! >>> 0
    if (entry < 0 || words[REUSED] !== reused) return getInSection(obj, id)
    return words[COUNT]! > FEW_BUCKETS ? bytesAt(memory, entry, size) : keptView(entry, size)
  }

  function keptView(entry: number, size: number): Uint8Array {
    const place = Math.imul(entry, 0x9e3779b1) >>> (32 - KEPT_BITS)
    const of = place << 1
    if (keptOf[of] === entry && keptOf[of + 1] === (size | 0)) return kept[place]!
    const view = bytesAt(memory, entry, size)
    kept[place] = view
    keptOf[of] = entry
    keptOf[of + 1] = size
    return view
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
    enter(memory, slot)
    try {
      const offset = offsetInSection(obj, id)
      return offset === -1 ? undefined : viewOf(memory, offset / 4 - BLOCK_HEADER)
    } finally {
      leave(words, slot)
    }
  }

  return { get, offsetOf }
}
