/**
 * Slots: one for each thread that has the table open. A slot is claimed by a compare-and-swap of the 64-bit identity
 * of its thread, so it is never unclear whose it is; the slot of a dead thread is taken over in the same way, with all
 * that it had. Its token (slot and number of the claim) names one thread in one word: it is what the lock holds.
 */

import { free } from './heap.ts'
import {
  AT_SLOTS,
  DEPTH,
  EXITED,
  IN_CTOR,
  LIVES,
  type Memory,
  PENDING,
  PIN,
  SLOT_WORDS,
  SLOTS_SEEN,
  slotAt,
  THREAD_ID,
  TOKEN,
} from './layout.ts'
import {
  canSeeThreads,
  currentThread,
  currentThreadId,
  hasEnded,
  isNumbered,
  isObservable,
  numberOf,
} from './thread.ts'

const SLOT_BITS = 10
export const MAX_SLOTS = (1 << SLOT_BITS) - 1
const LIFE_MASK = 0xf_ffff

/** The slot of the calling thread, claimed if it has none yet; 0 when all are taken by live threads. */
export function claim(memory: Memory): number {
  const own = slotOf(memory, currentThread())
  if (own !== 0) return own
  const slot = takeOverFree(memory) || takeOverDead(memory)
  if (slot !== 0) begin(memory, slot)
  return slot
}

/** Whether the thread that had this token is gone for good. */
export function isGone(memory: Memory, token: number): boolean {
  const { words } = memory
  const slot = slotAt((token & MAX_SLOTS) - 1)
  return Atomics.load(words, slot + TOKEN) !== token || isDead(memory, slot)
}

/** What has to happen before the table can know whether this token's thread is dead; undefined when it knows. */
export function obstacle(memory: Memory, token: number): 'report' | 'proc' | undefined {
  if (!isObservable(identityAt(memory, slotAt((token & MAX_SLOTS) - 1)))) return 'report'
  return canSeeThreads() ? undefined : 'proc'
}

export function threadIdOf(memory: Memory, token: number): number {
  return memory.words[slotAt((token & MAX_SLOTS) - 1) + THREAD_ID]!
}

/** Notes that the thread with this `threadId` has exited: believed where that cannot be seen. */
export function reportExit(memory: Memory, threadId: number): void {
  for (let index = 0; index < memory.words[AT_SLOTS]!; index++) {
    const slot = slotAt(index)
    const thread = identityAt(memory, slot)
    if (thread === 0n || !isNumbered(thread, threadId)) continue
    Atomics.store(memory.words, slot + EXITED, numberOf(thread))
  }
}

/** Whether the slot is that of a thread which has ended. */
export function isDead(memory: Memory, slot: number): boolean {
  return deadThread(memory, slot) !== 0n
}

/** Under the lock: frees the slots of the dead, and the memory that they had not attached yet. */
export function reapAll(memory: Memory): void {
  for (let index = 0; index < Atomics.load(memory.words, SLOTS_SEEN); index++) reap(memory, slotAt(index))
}

/** Under the lock: frees this slot if its thread is dead; says whether it was. */
export function reap(memory: Memory, slot: number): boolean {
  const thread = deadThread(memory, slot)
  if (thread === 0n || !replaceIdentity(memory, slot, thread, currentThread())) return false
  Atomics.store(memory.words, slot + TOKEN, 0)
  dropPending(memory.words, slot)
  Atomics.store(memory.words, slot + PIN, 0)
  Atomics.store(memory.wide, slot >> 1, 0n)
  return true
}

/** Under the lock: frees the block that this slot's thread had allocated and did not get to attach. */
export function dropPending(words: Int32Array, slot: number): void {
  const block = words[slot + PENDING]!
  words[slot + PENDING] = 0
  if (block !== 0) free(words, block)
}

export function identityAt(memory: Memory, slot: number): bigint {
  return Atomics.load(memory.wide, slot >> 1)
}

function slotOf(memory: Memory, thread: bigint): number {
  for (let index = 0; index < memory.words[AT_SLOTS]!; index++) {
    const slot = slotAt(index)
    if (identityAt(memory, slot) === thread && memory.words[slot + TOKEN] !== 0) return slot
  }
  return 0
}

function takeOverFree(memory: Memory): number {
  for (let index = 0; index < memory.words[AT_SLOTS]!; index++) {
    const slot = slotAt(index)
    if (identityAt(memory, slot) === 0n && replaceIdentity(memory, slot, 0n, currentThread())) return slot
  }
  return 0
}

function takeOverDead(memory: Memory): number {
  for (let index = 0; index < memory.words[AT_SLOTS]!; index++) {
    const slot = slotAt(index)
    const thread = deadThread(memory, slot)
    if (thread !== 0n && replaceIdentity(memory, slot, thread, currentThread())) return slot
  }
  return 0
}

/** The new owner's first steps. What a dead one had not attached stays in `pending` until the lock is held. */
function begin(memory: Memory, slot: number): void {
  const { words } = memory
  const index = (slot - slotAt(0)) / SLOT_WORDS
  const life = (words[slot + LIVES]! + 1) & LIFE_MASK
  words[slot + LIVES] = life
  words[slot + DEPTH] = 0
  words[slot + IN_CTOR] = 0
  words[slot + EXITED] = 0
  words[slot + THREAD_ID] = currentThreadId()
  Atomics.store(words, slot + PIN, 0)
  Atomics.store(words, slot + TOKEN, (life << SLOT_BITS) | (index + 1))
  let seen = Atomics.load(words, SLOTS_SEEN)
  while (seen <= index) seen = Atomics.compareExchange(words, SLOTS_SEEN, seen, index + 1)
}

/** The slot's thread if it has ended, else 0. One look at the identity: a moment later the slot may be another's. */
function deadThread(memory: Memory, slot: number): bigint {
  const thread = identityAt(memory, slot)
  if (thread === 0n) return 0n
  return (hasEnded(thread) ?? isReported(memory, slot, thread)) ? thread : 0n
}

function replaceIdentity(memory: Memory, slot: number, before: bigint, after: bigint): boolean {
  return Atomics.compareExchange(memory.wide, slot >> 1, before, after) === before
}

function isReported(memory: Memory, slot: number, thread: bigint): boolean {
  const exited = Atomics.load(memory.words, slot + EXITED)
  return exited !== 0 && exited === numberOf(thread)
}
