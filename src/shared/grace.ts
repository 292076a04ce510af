/**
 * Read-side sections and grace periods: epoch-based reclamation (Fraser 2004), the kernel's RCU in other words.
 *
 * A reader writes the current epoch into the `pin` of its own slot, and clears it at its end. A writer that removes an
 * entry puts its block in limbo: into the fresh list, which is stamped with the epoch, and the epoch advances. From time
 * to time the fresh list becomes the aged one. The aged blocks are free as soon as no slot is pinned at their stamp or
 * before: a reader that pinned later has pinned after they were unlinked, and cannot have met them.
 *
 * An epoch that a reader pins late is only too old, which holds memory back a little and is safe. Epochs are odd, so
 * that 0 can mean "not reading", and compared by their difference, so that they may wrap.
 */

import { free, setState } from './heap.ts'
import {
  AGED_EPOCH,
  AGED_LIMBO,
  DATA_BYTES,
  DEPTH,
  ENTRIES,
  EPOCH,
  FRESH_COUNT,
  FRESH_EPOCH,
  FRESH_LIMBO,
  LIMBO_UNITS,
  LINK,
  type Memory,
  PIN,
  RETIRED,
  REUSED,
  SIZE,
  SLOTS_SEEN,
  STALLS,
  slotAt,
  TOKEN,
  unitsOf,
} from './layout.ts'
import { refuseExpelled } from './messages.ts'
import { reap } from './slots.ts'

/** A fresh list of this many blocks is worth a look at all the slots. */
const BATCH = 64

/** How many calls deeper than the end of a section its rehearsal goes: compiled anew, a function can need more stack. */
export const REHEARSALS = 6

/** So many fruitless looks go by before the dead are looked for among those that read (a system call for each). */
const PATIENCE = 16

/**
 * Begins a read-side section of the thread with this slot, or nests one deeper. Its end is rehearsed first, one call
 * deeper than it will be: where the stack suffices for that it suffices for the end, so that a section which an
 * exhausted stack cuts short is always closed. For the same reason nothing is called once the pin is set.
 */
export function enter(memory: Memory, slot: number): void {
  const { words } = memory
  if (words[slot + TOKEN] !== memory.token) refuseExpelled()
  leave(words, slot, REHEARSALS)
  const depth = words[slot + DEPTH]!
  if (depth === 0) Atomics.exchange(words, slot + PIN, Atomics.load(words, EPOCH))
  words[slot + DEPTH] = depth + 1
}

/** Ends it. A rehearsal changes nothing; it calls itself, as V8 leaves no trace of it where it inlines all of it. */
export function leave(words: Int32Array, slot: number, rehearsals = 0): void {
  if (rehearsals > 0) {
    if (rehearsals > 1) leave(words, slot, rehearsals - 1)
    return
  }
  const depth = words[slot + DEPTH]! - 1
  words[slot + DEPTH] = depth
  if (depth === 0) Atomics.store(words, slot + PIN, 0)
}

/** Under the lock: puts an entry that was just unlinked in limbo. */
export function retire(memory: Memory, entry: number): void {
  const { words } = memory
  words[ENTRIES]! -= 1
  words[DATA_BYTES]! -= words[entry + SIZE]!
  bury(words, entry)
  if (words[FRESH_COUNT]! % BATCH === 0) reclaim(memory)
}

/** Under the lock: puts the block, which nobody can meet from now on, at the head of the fresh list. */
export function bury(words: Int32Array, entry: number): void {
  words[entry + LINK] = words[FRESH_LIMBO]!
  setState(words, entry, RETIRED)
  words[FRESH_LIMBO] = entry
  words[FRESH_COUNT]! += 1
  words[LIMBO_UNITS]! += unitsOf(words, entry)
  const epoch = words[EPOCH]!
  words[FRESH_EPOCH] = epoch
  Atomics.store(words, EPOCH, epoch + 2)
}

/** Under the lock: frees what no reader can see any more. Returns a slot whose reader is in the way, or 0. */
export function reclaim(memory: Memory): number {
  const { words } = memory
  for (let lists = 0; lists < 2; lists++) {
    if (words[AGED_LIMBO] === 0) age(words)
    const reader = words[AGED_LIMBO] === 0 ? 0 : readerBefore(memory, words[AGED_EPOCH]!)
    if (reader !== 0) return reader
    freeAged(words)
  }
  return 0
}

function age(words: Int32Array): void {
  if (words[FRESH_LIMBO] === 0) return
  words[AGED_LIMBO] = words[FRESH_LIMBO]!
  words[FRESH_LIMBO] = 0
  words[FRESH_COUNT] = 0
  words[AGED_EPOCH] = words[FRESH_EPOCH]!
}

/** Lookups outside read-side sections notice by REUSED that what they have walked through may not be what it was. */
function freeAged(words: Int32Array): void {
  if (words[AGED_LIMBO] === 0) return
  Atomics.store(words, REUSED, words[REUSED]! + 1)
  for (let block = words[AGED_LIMBO]!; block !== 0; ) {
    const next = words[block + LINK]!
    words[LIMBO_UNITS]! -= unitsOf(words, block)
    free(words, block)
    block = next
  }
  words[AGED_LIMBO] = 0
}

/** A slot that is pinned at this epoch or before, 0 if none is. Dead ones are freed now and then. */
function readerBefore(memory: Memory, epoch: number): number {
  const { words } = memory
  for (let index = 0; index < Atomics.load(words, SLOTS_SEEN); index++) {
    const slot = slotAt(index)
    if (!isPinnedBefore(words, slot, epoch)) continue
    words[STALLS]! += 1
    if (words[STALLS]! % PATIENCE !== 0 || !reap(memory, slot)) return slot
  }
  return 0
}

/** Under the lock: whether the reader with this slot keeps the aged blocks from being freed. */
export function holdsBack(words: Int32Array, slot: number): boolean {
  return words[AGED_LIMBO] !== 0 && isPinnedBefore(words, slot, words[AGED_EPOCH]!)
}

function isPinnedBefore(words: Int32Array, slot: number, epoch: number): boolean {
  const pin = Atomics.load(words, slot + PIN)
  return pin !== 0 && ((pin - epoch) | 0) <= 0
}
