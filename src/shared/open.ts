/** Making a table's memory, and checking memory that came from somewhere else. */

import {
  ARENA,
  AT_DEADLINE,
  AT_MAGIC,
  AT_SLOTS,
  AT_TOTAL,
  AT_VERSION,
  BUCKETS,
  COUNT,
  EPOCH,
  layoutOf,
  MAGIC,
  MAX_BUCKETS,
  type Memory,
  TOKEN,
  TOP,
  UNIT_BYTES,
  VERSION,
} from './layout.ts'
import { acquire, release } from './lock.ts'
import { describe, refuseInConstructor } from './messages.ts'
import { claim, dropPending, MAX_SLOTS, reapAll } from './slots.ts'
import { currentThread, isObservable } from './thread.ts'

export interface SharedTableOptions {
  /** The size of the whole buffer in bytes, at most 4 GiB. Memory is taken from the system only as it is used. */
  maxBytes: number
  /** How many threads may have the table open at the same time; 64 by default, at most 1023. */
  maxThreads?: number
  /**
   * Milliseconds, 10,000 by default: for how long a writer waits for a lock whose holder's death cannot be known
   * (elsewhere than on Linux) before it gives up with an error.
   */
  lockDeadline?: number
}

/** What is sent to other threads; survives structured clone. */
export interface SharedTableHandle {
  readonly kind: 'umbra/shared'
  readonly version: number
  readonly buffer: SharedArrayBuffer
}

const MOST_BYTES = 2 ** 32 - UNIT_BYTES
const LEAST_ARENA_WORDS = 256
const FIRST_BUCKETS = 4

export function createMemory(options: SharedTableOptions): Memory {
  if (typeof options !== 'object' || options === null)
    throw new TypeError('SharedShadowTable.create needs options, { maxBytes } at least')
  const { maxBytes, maxThreads = 64, lockDeadline = 10_000 } = options
  checkInteger('maxThreads', maxThreads, 1, MAX_SLOTS)
  checkInteger('lockDeadline', lockDeadline, 1, 0x7fff_ffff)
  checkInteger('maxBytes', maxBytes, leastBytes(maxThreads), MOST_BYTES)
  const memory = viewsOf(allocateBuffer(Math.floor(maxBytes / UNIT_BYTES) * UNIT_BYTES))
  const { words } = memory
  const layout = layoutOf(words.length, maxThreads)
  words[AT_VERSION] = VERSION
  words[AT_TOTAL] = words.length
  words[AT_SLOTS] = maxThreads
  words[AT_DEADLINE] = lockDeadline
  words[BUCKETS] = layout.buckets
  words[MAX_BUCKETS] = layout.maxBuckets
  words[ARENA] = layout.arena
  words[TOP] = layout.arena
  words[COUNT] = FIRST_BUCKETS
  words[EPOCH] = 1
  Atomics.store(words, AT_MAGIC, MAGIC)
  return memory
}

export function openMemory(handle: SharedTableHandle): Memory {
  if (handle?.kind !== 'umbra/shared' || !(handle.buffer instanceof SharedArrayBuffer)) {
    throw new TypeError('SharedShadowTable.open needs the `handle` of a table, as another thread was sent it')
  }
  const { buffer } = handle
  if (buffer.byteLength < leastBytes(1) || buffer.byteLength % UNIT_BYTES !== 0)
    refuseBuffer('its size cannot be')
  const memory = viewsOf(buffer)
  const { words } = memory
  if (Atomics.load(words, AT_MAGIC) !== MAGIC) refuseBuffer('it does not begin like one')
  for (const version of [handle.version, words[AT_VERSION]!]) {
    if (version !== VERSION) {
      throw new Error(
        `this shared table has layout version ${version}, this copy of umbra reads ${VERSION}: ` +
          'load the same version of umbra in all threads of the program',
      )
    }
  }
  if (words[AT_TOTAL] !== words.length) {
    refuseBuffer(`it has ${buffer.byteLength} bytes, the table in it was made with ${words[AT_TOTAL]! * 4}`)
  }
  checkLayout(words)
  return memory
}

/** The slot of the calling thread in this table. */
export function enroll(memory: Memory): number {
  const slot = claim(memory)
  if (slot === 0) {
    const unseen = isObservable(currentThread())
      ? ''
      : ' or have exited without a report (table.watch(worker) makes it)'
    throw new Error(
      `${memory.words[AT_SLOTS]} threads have this shared table open${unseen}, which is all that it was made for: ` +
        'create it with a larger maxThreads',
    )
  }
  memory.token = memory.words[slot + TOKEN]!
  refuseInConstructor(memory.words, slot)
  acquire(memory, slot)
  let done = false
  try {
    dropPending(memory.words, slot)
    reapAll(memory)
    done = true
  } finally {
    release(memory, done)
  }
  return slot
}

function checkLayout(words: Int32Array): void {
  const slots = words[AT_SLOTS]!
  const layout = layoutOf(words.length, slots)
  const fits =
    slots >= 1 &&
    slots <= MAX_SLOTS &&
    words[BUCKETS] === layout.buckets &&
    words[MAX_BUCKETS] === layout.maxBuckets &&
    words[ARENA] === layout.arena &&
    words[COUNT]! >= FIRST_BUCKETS &&
    words[COUNT]! <= layout.maxBuckets &&
    words[TOP]! >= layout.arena &&
    words[TOP]! <= words.length
  if (!fits) refuseBuffer('its header contradicts itself')
}

function leastBytes(slots: number): number {
  const fixed = layoutOf(0, slots).arena + LEAST_ARENA_WORDS
  // A sixteenth of the whole is buckets.
  return Math.ceil((fixed * 4 * 16) / 15 / UNIT_BYTES) * UNIT_BYTES
}

function allocateBuffer(bytes: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(bytes)
  } catch (error) {
    throw new RangeError(`no shared buffer of ${bytes} bytes can be had: choose a smaller maxBytes`, {
      cause: error,
    })
  }
}

function viewsOf(buffer: SharedArrayBuffer): Memory {
  return {
    words: new Int32Array(buffer),
    wide: new BigInt64Array(buffer),
    bytes: new Uint8Array(buffer),
    buffer,
    token: 0,
  }
}

function checkInteger(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new RangeError(`${name} must be an integer from ${least} to ${most}, not ${describe(value)}`)
}

function refuseBuffer(why: string): never {
  throw new Error(`the buffer of this handle is no shared shadow table: ${why}`)
}
