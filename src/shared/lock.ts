/**
 * The writers' lock: one word, 0 or the token of its holder with a bit that says whether somebody waits (Drepper,
 * "Futexes Are Tricky", 2011). It is robust: whoever waits checks from time to time whether the holder's thread still
 * exists, and takes the lock over from a dead one after putting the table in order. Time alone never takes it away.
 */

import { REHEARSALS } from './grace.ts'
import { AT_DEADLINE, DIRTY, LOCK, type Memory, TAKEOVERS, TOKEN } from './layout.ts'
import { refuseExpelled } from './messages.ts'
import { recover } from './recovery.ts'
import { isGone, obstacle, threadIdOf } from './slots.ts'

const SPINS = 100
const FIRST_WAIT = 1
const LONGEST_WAIT = 10

/**
 * Takes the lock for the thread with this slot. The release is rehearsed first, one call deeper than it will be, so
 * that the stack suffices for it whatever happens under the lock.
 * Throws where the holder's death could not be known and the deadline has passed, and where this thread was taken for
 * dead itself; the lock is not taken then.
 */
export function acquire(memory: Memory, slot: number): void {
  const { words } = memory
  release(memory, true, REHEARSALS)
  const mine = memory.token << 1
  if (Atomics.compareExchange(words, LOCK, 0, mine) !== 0) contend(memory, mine)
  let ready = false
  try {
    if (words[slot + TOKEN] !== memory.token) refuseExpelled()
    if (words[DIRTY] !== 0) {
      recover(memory)
      words[DIRTY] = 0
    }
    ready = true
  } finally {
    if (!ready) release(memory, false)
  }
}

/** Whether the lock is this thread's still: it is until the thread was reported dead, and another has taken over. */
export function isHeld(memory: Memory): boolean {
  return Atomics.load(memory.words, LOCK) >>> 1 === memory.token
}

/**
 * Releases the lock. A critical section that is not `done` ended in an exception, as the engine throws out of any call
 * when the stack is used up; there is no stack to put the table in order then, so that the next holder has to.
 * Rehearsals are what they are in `leave`.
 */
export function release(memory: Memory, done: boolean, rehearsals = 0): void {
  if (rehearsals > 0) {
    if (rehearsals > 1) release(memory, done, rehearsals - 1)
    return
  }
  const { words } = memory
  if (!done) words[DIRTY] = 1
  const mine = memory.token << 1
  if (Atomics.compareExchange(words, LOCK, mine, 0) === mine) return
  if (Atomics.compareExchange(words, LOCK, mine | 1, 0) === (mine | 1)) Atomics.notify(words, LOCK, 1)
}

function contend(memory: Memory, mine: number): void {
  const { words } = memory
  for (let spins = 0; spins < SPINS; spins++) {
    if (Atomics.compareExchange(words, LOCK, 0, mine) === 0) return
  }
  if (!waitFor(memory, mine)) return
  // The lock is ours, and what it protects is as a dead thread, or an exception in this one, has left it.
  words[TAKEOVERS]! += 1
  words[DIRTY] = 1
}

/** Waits until the lock can be had, and takes it. Whether it had to be taken over, as its holder will not release it. */
function waitFor(memory: Memory, mine: number): boolean {
  const { words } = memory
  let patience = FIRST_WAIT
  let holder = 0
  let since = 0
  for (;;) {
    const held = Atomics.load(words, LOCK)
    if (held === 0) {
      // Others may be waiting still, and their bit went with the holder's release.
      if (Atomics.compareExchange(words, LOCK, 0, mine | 1) === 0) return false
      continue
    }
    if (held >>> 1 !== holder) {
      holder = held >>> 1
      since = performance.now()
    }
    if (holder === mine >>> 1) return true
    if ((held & 1) === 0 && Atomics.compareExchange(words, LOCK, held, held | 1) !== held) continue
    if (Atomics.wait(words, LOCK, held | 1, patience) !== 'timed-out') continue
    if (isGone(memory, holder)) {
      if (Atomics.compareExchange(words, LOCK, held | 1, mine | 1) === (held | 1)) return true
    } else checkDeadline(memory, holder, since)
    patience = Math.min(patience * 2, LONGEST_WAIT)
  }
}

function checkDeadline(memory: Memory, holder: number, since: number): void {
  const deadline = memory.words[AT_DEADLINE]!
  if (performance.now() - since < deadline) return
  const unknown = obstacle(memory, holder)
  if (unknown === undefined) return
  const thread = threadIdOf(memory, holder)
  const advice =
    unknown === 'proc'
      ? 'cannot be seen while /proc cannot be read: see whether the process has file descriptors left'
      : `cannot be seen here: that takes Linux, and leave to read /proc. If it has, report it with table.threadExited(${thread}), or once and for ` +
        'all with table.watch(worker), in the thread that started it'
  const error = new Error(
    `umbra/shared: thread ${thread} has held the table's lock for more than ${deadline} ms, and whether it has died ` +
      advice,
  )
  throw Object.assign(error, { code: 'UMBRA_SHARED_LOCK' })
}
