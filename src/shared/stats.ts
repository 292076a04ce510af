import { longestFree } from './heap.ts'
import {
  ARENA,
  AT_TOTAL,
  COUNT,
  DATA_BYTES,
  ENTRIES,
  LIMBO_UNITS,
  type Memory,
  SLOTS_SEEN,
  slotAt,
  TAKEOVERS,
  UNIT_BYTES,
  USED_UNITS,
} from './layout.ts'
import { identityAt } from './slots.ts'

export interface SharedTableStats {
  /** Attached variables. */
  entries: number
  buckets: number
  /** Bytes of the whole buffer. */
  maxBytes: number
  /** Bytes of the part that holds blocks. */
  arenaBytes: number
  /** Bytes of data in attached variables. */
  dataBytes: number
  /** Bytes of the blocks in use, headers included: attached, about to be, or in limbo. */
  usedBytes: number
  /** The part of them that waits for the end of a grace period. */
  limboBytes: number
  freeBytes: number
  /** The largest block that could be had now, header included. */
  largestFreeBytes: number
  /** 0 when all free memory is in one piece, towards 1 the more it is scattered. */
  fragmentation: number
  /** Threads that have the table open, and dead ones that nobody has noticed yet. */
  threads: number
  /** How often the lock was taken over from a thread that had died. */
  takeovers: number
}

/** Under the lock. */
export function gather(memory: Memory): SharedTableStats {
  const { words } = memory
  const arenaBytes = (words[AT_TOTAL]! - words[ARENA]!) * 4
  const usedBytes = words[USED_UNITS]! * UNIT_BYTES
  const freeBytes = arenaBytes - usedBytes
  const largestFreeBytes = longestFree(words) * UNIT_BYTES
  return {
    entries: words[ENTRIES]!,
    buckets: words[COUNT]!,
    maxBytes: words[AT_TOTAL]! * 4,
    arenaBytes,
    dataBytes: words[DATA_BYTES]! >>> 0,
    usedBytes,
    limboBytes: words[LIMBO_UNITS]! * UNIT_BYTES,
    freeBytes,
    largestFreeBytes,
    fragmentation: freeBytes === 0 ? 0 : 1 - largestFreeBytes / freeBytes,
    threads: openThreads(memory),
    takeovers: words[TAKEOVERS]!,
  }
}

function openThreads(memory: Memory): number {
  let threads = 0
  for (let index = 0; index < memory.words[SLOTS_SEEN]!; index++) {
    if (identityAt(memory, slotAt(index)) !== 0n) threads++
  }
  return threads
}
