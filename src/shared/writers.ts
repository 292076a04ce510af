/**
 * The critical sections: what attaches and detaches. Each takes the lock, and whatever ends it, leaves the table in
 * order: at worst by a recovery, which a thread runs for itself too when an exception cut its section short.
 *
 * Where the steps stand matters, since a thread can be terminated between any two of them: a block is in its owner's
 * slot (`pending`) only while it is private, and an entry is complete before it is linked.
 */

import { grow, isKey, link, place, unlink } from './chains.ts'
import { holdsBack, reclaim, retire } from './grace.ts'
import { allocate, setState } from './heap.ts'
import {
  BLOCK_HEADER,
  BUCKETS,
  COUNT,
  DATA_BYTES,
  ENTRIES,
  ID_HI,
  ID_LO,
  IN_CTOR,
  LINKED,
  type Memory,
  MIN_UNITS,
  NEXT,
  OBJ_HI,
  OBJ_LO,
  PENDING,
  PIN,
  SIZE,
  TOKEN,
  UNIT_BYTES,
} from './layout.ts'
import { acquire, isHeld, release } from './lock.ts'
import { refuseExpelled, refusePromise } from './messages.ts'
import { dropPending, reapAll } from './slots.ts'
import { viewOf } from './views.ts'

/** For how long an allocation waits for the readers that keep free memory from being reused, in milliseconds. */
export const GRACE_WAIT = 1000
const GRACE_STEP = 1

/** What a step of `removeSome` takes at most, so that the lock is not held for long. */
const ENTRIES_A_STEP = 64
const BUCKETS_A_STEP = 1024

/** What a synchronous function returns that is called for its effect: anything but a promise. */
export type Sync =
  // biome-ignore lint/suspicious/noConfusingVoidType: it is the result of a function, which may have none
  void | null | undefined | string | number | bigint | boolean | symbol | (object & { then?: never })

/** Fills new data in place, under the lock. Must be synchronous. */
export type Constructor = (view: Uint8Array) => Sync

/** The length of the block for `size` bytes, in units. */
export function unitsFor(size: number): number {
  return Math.max(MIN_UNITS, Math.ceil((BLOCK_HEADER * 4 + size) / UNIT_BYTES))
}

/**
 * A private block of this length, noted in the slot; 0 when there is no memory. If memory is only held back by
 * readers it waits for them for a moment, unless the caller is itself one of them: it would wait for itself.
 */
export function reserve(memory: Memory, slot: number, units: number): number {
  const { words } = memory
  let deadline = 0
  for (;;) {
    const found = tryReserve(memory, slot, units)
    if (found >= 0) return found
    const reader = -found
    deadline ||= performance.now() + GRACE_WAIT
    if (performance.now() > deadline) return 0
    const pin = Atomics.load(words, reader + PIN)
    if (pin !== 0) Atomics.wait(words, reader + PIN, pin, GRACE_STEP)
  }
}

/** The block; or 0 minus the slot of a reader in the way; or 0 when there is nothing to wait for. */
function tryReserve(memory: Memory, slot: number, units: number): number {
  const { words } = memory
  let done = false
  let reader = 0
  let block = 0
  acquire(memory, slot)
  try {
    // Left behind by an exception between reserving and attaching: the stack was used up.
    dropPending(words, slot)
    block = allocate(words, units, words[slot + TOKEN]!)
    if (block === 0) {
      reapAll(memory)
      reader = reclaim(memory)
      if (holdsBack(words, slot)) reader = 0
      block = allocate(words, units, words[slot + TOKEN]!)
    }
    words[slot + PENDING] = block
    done = true
  } finally {
    release(memory, done)
  }
  return block || -reader
}

/**
 * Attaches the reserved block under the key in its header. Returns the entry of that key: the block, or the one that
 * another thread was faster to attach, and then the block is free again. So it is when the constructor throws.
 */
export function attach(memory: Memory, slot: number, block: number, ctor: Constructor | undefined): number {
  const { words } = memory
  let failure: { error: unknown } | undefined
  let entry = 0
  let done = false
  acquire(memory, slot)
  try {
    const at = placeOf(words, block)
    entry = entryAt(words, at, block)
    if (entry === 0 && ctor !== undefined) {
      failure = construct(memory, slot, block, ctor)
      if (!isHeld(memory)) refuseExpelled()
    }
    if (entry === 0 && failure === undefined) {
      entry = block
      words[ENTRIES]! += 1
      publish(words, slot, at, block, 0)
      grow(words)
    } else dropPending(words, slot)
    done = true
  } finally {
    release(memory, done)
  }
  if (failure !== undefined) throw failure.error
  return entry
}

/** Puts the reserved block in the place of the entry with its key. Returns that entry, now in limbo, or 0. */
export function replace(memory: Memory, slot: number, block: number): number {
  const { words } = memory
  let old = 0
  let done = false
  acquire(memory, slot)
  try {
    const at = placeOf(words, block)
    old = entryAt(words, at, block)
    words[ENTRIES]! += 1
    publish(words, slot, at, block, old)
    if (old === 0) grow(words)
    else retire(memory, old)
    done = true
  } finally {
    release(memory, done)
  }
  return old
}

/** Detaches the entry of this key. Returns it, now in limbo, or 0. */
export function remove(
  memory: Memory,
  slot: number,
  objLo: number,
  objHi: number,
  idLo: number,
  idHi: number,
): number {
  const { words } = memory
  let entry = 0
  let done = false
  acquire(memory, slot)
  try {
    const at = place(words, objLo, objHi, idLo, idHi)
    entry = words[at]!
    if (entry !== 0 && !isKey(words, entry, objLo, objHi, idLo, idHi)) entry = 0
    if (entry !== 0) {
      unlink(words, at, entry)
      retire(memory, entry)
    }
    done = true
  } finally {
    release(memory, done)
  }
  return entry
}

/**
 * Detaches some of the entries with this identifier, beginning with this bucket, and appends them to `removed`.
 * Returns the bucket to go on with; one past the last when there are no more. Buckets are only ever split into later
 * ones, so that whoever goes through all of them in steps meets everything that was there at the beginning.
 */
export function removeSome(
  memory: Memory,
  slot: number,
  from: number,
  idLo: number,
  idHi: number,
  removed: number[],
): number {
  const { words } = memory
  let bucket = from
  let done = false
  acquire(memory, slot)
  try {
    const end = Math.min(from + BUCKETS_A_STEP, words[COUNT]!)
    while (bucket < end && removed.length < ENTRIES_A_STEP) {
      sweep(memory, bucket, idLo, idHi, removed)
      bucket++
    }
    done = true
  } finally {
    release(memory, done)
  }
  return bucket
}

function sweep(memory: Memory, bucket: number, idLo: number, idHi: number, removed: number[]): void {
  const { words } = memory
  let at = words[BUCKETS]! + bucket
  for (;;) {
    const entry = words[at]!
    if (entry === 0) return
    if (words[entry + ID_LO] === idLo && words[entry + ID_HI] === idHi) {
      unlink(words, at, entry)
      retire(memory, entry)
      removed.push(entry)
    } else at = entry + NEXT
  }
}

function placeOf(words: Int32Array, block: number): number {
  return place(
    words,
    words[block + OBJ_LO]!,
    words[block + OBJ_HI]!,
    words[block + ID_LO]!,
    words[block + ID_HI]!,
  )
}

/** The entry that this word points to, if it has the block's key. */
function entryAt(words: Int32Array, at: number, block: number): number {
  const entry = words[at]!
  const same =
    entry !== 0 &&
    isKey(
      words,
      entry,
      words[block + OBJ_LO]!,
      words[block + OBJ_HI]!,
      words[block + ID_LO]!,
      words[block + ID_HI]!,
    )
  return same ? entry : 0
}

function publish(words: Int32Array, slot: number, at: number, block: number, old: number): void {
  words[slot + PENDING] = 0
  words[DATA_BYTES]! += words[block + SIZE]!
  setState(words, block, LINKED)
  link(words, at, block, old)
}

/** Runs the constructor on a block that nobody else sees. Returns what it threw. */
function construct(
  memory: Memory,
  slot: number,
  block: number,
  ctor: Constructor,
): { error: unknown } | undefined {
  const { words } = memory
  words[slot + IN_CTOR] = 1
  try {
    const result: unknown = ctor(viewOf(memory, block))
    refusePromise(result, 'a constructor of a shared shadow variable', 'it runs under the lock')
    return undefined
  } catch (error) {
    return { error }
  } finally {
    words[slot + IN_CTOR] = 0
  }
}
