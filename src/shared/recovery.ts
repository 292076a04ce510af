/**
 * Putting the table in order after a thread died, or an exception was thrown, in the middle of a critical section.
 *
 * The chains say which entries are attached, lengths and states say what the blocks are, and each of these changes by
 * a single store. So there is nothing to undo: whatever else the table keeps is made anew from them, in time
 * proportional to the table, while readers go on. A recovery that is itself interrupted is simply begun again.
 */

import { firstForeign } from './chains.ts'
import { bury } from './grace.ts'
import { becomeFree, clearBins } from './heap.ts'
import {
  AGED_LIMBO,
  ARENA,
  BUCKETS,
  behind,
  COUNT,
  DATA_BYTES,
  ENTRIES,
  FREE,
  FRESH_COUNT,
  FRESH_LIMBO,
  LIMBO_UNITS,
  LINK,
  MARK,
  META,
  type Memory,
  NEXT,
  PENDING,
  PREVIOUS_FREE,
  PRIVATE,
  SIZE,
  slotAt,
  stateOf,
  TOP,
  UNIT_WORDS,
  USED_UNITS,
  unitsOf,
} from './layout.ts'
import { MAX_SLOTS, reapAll } from './slots.ts'

/** Under the lock. */
export function recover(memory: Memory): void {
  const { words } = memory
  clearMarks(words)
  markAttached(words)
  clearDerived(words)
  rebuild(words)
  reapAll(memory)
}

function clearMarks(words: Int32Array): void {
  for (let block = words[ARENA]!; block < words[TOP]!; block = behind(words, block))
    words[block + META]! &= ~MARK
}

/** Also finishes a split that was not: the old chain may still run on into the new bucket's. */
function markAttached(words: Int32Array): void {
  const count = words[COUNT]!
  for (let bucket = 0; bucket < count; bucket++) {
    const end = firstForeign(words, bucket, count)
    if (words[end] !== 0) Atomics.store(words, end, 0)
    for (let entry = words[words[BUCKETS]! + bucket]!; entry !== 0; entry = words[entry + NEXT]!) {
      words[entry + META]! |= MARK
    }
  }
}

function clearDerived(words: Int32Array): void {
  clearBins(words)
  for (const counter of [
    ENTRIES,
    DATA_BYTES,
    USED_UNITS,
    FRESH_LIMBO,
    AGED_LIMBO,
    FRESH_COUNT,
    LIMBO_UNITS,
  ]) {
    words[counter] = 0
  }
}

function rebuild(words: Int32Array): void {
  let gap = 0
  let gapUnits = 0
  for (let block = words[ARENA]!; block < words[TOP]!; ) {
    const next = behind(words, block)
    if (isFree(words, block)) {
      if (gapUnits === 0) gap = block
      gapUnits += (next - block) / UNIT_WORDS
    } else {
      keep(words, block)
      if (gapUnits > 0) becomeFree(words, gap, gapUnits)
      gapUnits = 0
    }
    block = next
  }
  if (gapUnits > 0) becomeFree(words, gap, gapUnits)
}

/** A private block that nobody's slot knows of belonged to a critical section that did not end. */
function isFree(words: Int32Array, block: number): boolean {
  const state = stateOf(words, block)
  if (state !== PRIVATE) return state === FREE
  return words[slotAt((words[block + LINK]! & MAX_SLOTS) - 1) + PENDING] !== block
}

function keep(words: Int32Array, block: number): void {
  const attached = (words[block + META]! & MARK) !== 0
  const state = stateOf(words, block)
  words[block + META]! &= ~(MARK | PREVIOUS_FREE)
  words[USED_UNITS]! += unitsOf(words, block)
  if (state === PRIVATE) return
  if (attached) {
    words[ENTRIES]! += 1
    words[DATA_BYTES]! += words[block + SIZE]!
  } else bury(words, block)
}
