/**
 * The allocator: blocks back to back from the start of the arena to TOP, free neighbours always merged, free blocks in
 * bins by length (eight bins to a power of two, after TLSF: Masmano et al. 2004), the bins that are not empty in a
 * bitmap. Allocating and freeing take constant time, but for the last look before memory counts as used up, which goes
 * through all of one bin. Everything here happens under the lock.
 *
 * A block is cut or merged by the one store of a `meta` word; bins, marks and the copies of lengths that make merging
 * quick are only derived from those, and `recovery.ts` makes them anew.
 */

import {
  AT_TOTAL,
  BIN_COUNT,
  BINS,
  BITMAP,
  BITMAP_WORDS,
  behind,
  FREE,
  LINK,
  META,
  MIN_UNITS,
  PREVIOUS_FREE,
  PRIVATE,
  STATE_MASK,
  stateOf,
  TOP,
  UNIT_WORDS,
  USED_UNITS,
  unitsOf,
} from './layout.ts'

const NEXT_FREE = 0
const PREVIOUS_IN_BIN = 1

/** How many blocks of a bin are tried, where not all of them are long enough, before untouched memory is taken. */
const TRIES = 32

/** A private block of `units` × 16 bytes that belongs to the thread of this token, or 0. Its bytes are not cleared. */
export function allocate(words: Int32Array, units: number, token: number): number {
  if (units * UNIT_WORDS > words.length) return 0
  const block =
    takeFromBins(words, units, token, TRIES) ||
    takeFromTop(words, units, token) ||
    takeFromBins(words, units, token, Number.POSITIVE_INFINITY)
  if (block !== 0) words[USED_UNITS]! += unitsOf(words, block)
  return block
}

/** Gives a block back that no reader can see any more. */
export function free(words: Int32Array, block: number): void {
  let start = block
  let units = unitsOf(words, block)
  words[USED_UNITS]! -= units
  const next = behind(words, block)
  if (next < words[TOP]! && stateOf(words, next) === FREE) {
    removeFromBin(words, next)
    units += unitsOf(words, next)
  }
  if (words[block + META]! & PREVIOUS_FREE) {
    const before = words[block - 1]!
    start = block - before * UNIT_WORDS
    removeFromBin(words, start)
    units += before
  }
  becomeFree(words, start, units)
}

/** Makes the given stretch one free block, or part of what lies behind TOP. Its neighbours are not free. */
export function becomeFree(words: Int32Array, block: number, units: number): void {
  words[block + META] = (units << 4) | FREE
  const next = block + units * UNIT_WORDS
  if (next === words[TOP]!) {
    words[TOP] = block
    return
  }
  words[next - 1] = units
  words[next + META]! |= PREVIOUS_FREE
  addToBin(words, block, units)
}

export function setState(words: Int32Array, block: number, state: number): void {
  words[block + META] = (words[block + META]! & ~STATE_MASK) | state
}

export function clearBins(words: Int32Array): void {
  words.fill(0, BITMAP, BITMAP + BITMAP_WORDS)
  words.fill(0, BINS, BINS + BIN_COUNT)
}

/** The length of the longest block that can be allocated, in units. */
export function longestFree(words: Int32Array): number {
  let longest = (words[AT_TOTAL]! - words[TOP]!) >>> 2
  for (let block = words[BINS + lastBin(words)]!; block !== 0; block = words[block + NEXT_FREE]!) {
    longest = Math.max(longest, unitsOf(words, block))
  }
  return longest
}

function takeFromBins(words: Int32Array, units: number, token: number, tries: number): number {
  const own = binOf(units)
  const roomy = binFrom(words, isExact(units) ? own : own + 1)
  const block = roomy < BIN_COUNT ? words[BINS + roomy]! : searchBin(words, own, units, tries)
  if (block === 0) return 0
  removeFromBin(words, block)
  const rest = unitsOf(words, block) - units
  if (rest < MIN_UNITS) occupy(words, block, rest + units, token)
  else cut(words, block, units, rest, token)
  return block
}

function cut(words: Int32Array, block: number, units: number, rest: number, token: number): void {
  const remainder = block + units * UNIT_WORDS
  words[remainder + META] = (rest << 4) | FREE
  words[block + LINK] = token
  words[block + META] = (units << 4) | PRIVATE
  words[remainder + rest * UNIT_WORDS - 1] = rest
  addToBin(words, remainder, rest)
}

function occupy(words: Int32Array, block: number, units: number, token: number): void {
  words[block + LINK] = token
  words[block + META] = (units << 4) | PRIVATE
  words[behind(words, block) + META]! &= ~PREVIOUS_FREE
}

function takeFromTop(words: Int32Array, units: number, token: number): number {
  const block = words[TOP]!
  const end = block + units * UNIT_WORDS
  if (end > words[AT_TOTAL]!) return 0
  words[block + LINK] = token
  words[block + META] = (units << 4) | PRIVATE
  words[TOP] = end
  return block
}

function searchBin(words: Int32Array, bin: number, units: number, most: number): number {
  let block = words[BINS + bin]!
  for (let tries = 0; block !== 0 && tries < most; tries++) {
    if (unitsOf(words, block) >= units) return block
    block = words[block + NEXT_FREE]!
  }
  return 0
}

function addToBin(words: Int32Array, block: number, units: number): void {
  const bin = binOf(units)
  const first = words[BINS + bin]!
  words[block + NEXT_FREE] = first
  words[block + PREVIOUS_IN_BIN] = 0
  if (first !== 0) words[first + PREVIOUS_IN_BIN] = block
  words[BINS + bin] = block
  words[BITMAP + (bin >>> 5)]! |= 1 << (bin & 31)
}

function removeFromBin(words: Int32Array, block: number): void {
  const next = words[block + NEXT_FREE]!
  const previous = words[block + PREVIOUS_IN_BIN]!
  if (next !== 0) words[next + PREVIOUS_IN_BIN] = previous
  if (previous !== 0) {
    words[previous + NEXT_FREE] = next
    return
  }
  const bin = binOf(unitsOf(words, block))
  words[BINS + bin] = next
  if (next === 0) words[BITMAP + (bin >>> 5)]! &= ~(1 << (bin & 31))
}

/** Below 16 units a bin holds blocks of one length. */
function isExact(units: number): boolean {
  return units < 16
}

function binOf(units: number): number {
  if (units < 8) return units
  const shift = 28 - Math.clz32(units)
  return ((shift + 1) << 3) | ((units >>> shift) & 7)
}

/** The first bin from this one on that is not empty; BIN_COUNT if there is none. */
function binFrom(words: Int32Array, bin: number): number {
  let index = bin >>> 5
  let bits = words[BITMAP + index]! & (-1 << (bin & 31))
  while (bits === 0) {
    if (++index >= BITMAP_WORDS) return BIN_COUNT
    bits = words[BITMAP + index]!
  }
  return (index << 5) | (31 - Math.clz32(bits & -bits))
}

function lastBin(words: Int32Array): number {
  for (let index = BITMAP_WORDS - 1; index >= 0; index--) {
    const bits = words[BITMAP + index]!
    if (bits !== 0) return (index << 5) | (31 - Math.clz32(bits))
  }
  return 0
}
