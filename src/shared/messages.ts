/** What the table says to people. */

import { IN_CTOR } from './layout.ts'
import type { SharedTableStats } from './stats.ts'

export function keyName(obj: number | bigint, id: number | bigint): string {
  return `<0x${obj.toString(16)}, 0x${id.toString(16)}>`
}

/** A value that was passed instead of what was asked for. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  return String(value)
}

/** Warns that a variable exists already; patch code must not crash its host, so this never throws. */
export function warnDuplicate(obj: number | bigint, id: number | bigint): void {
  const text =
    `shadow variable ${keyName(obj, id)} of a shared table exists already and was left as it is; ` +
    'use getOrAttach to take what is there, or updateOrAttach to replace it'
  const { process } = globalThis
  if (process?.emitWarning) process.emitWarning(text, { type: 'Warning', code: 'UMBRA_SHADOW_DUPLICATE' })
  else console.warn(`umbra/shared: ${text}`)
}

/** Says loudly that there was no memory: the caller only gets `undefined`, and may forget to look. */
export function reportOutOfMemory(
  obj: number | bigint,
  id: number | bigint,
  size: number,
  stats: SharedTableStats,
): void {
  console.error(
    `umbra/shared: out of memory: ${keyName(obj, id)} was not attached. Asked: ${size} bytes and a header of 32. ` +
      `Free: ${stats.freeBytes} bytes, at most ${stats.largestFreeBytes} in one piece; ` +
      `${stats.limboBytes} more wait for readers. The table was created with maxBytes: ${stats.maxBytes}`,
  )
}

/** Every verb asks this first: waiting for a lock that the thread itself holds would last for ever. */
export function refuseInConstructor(words: Int32Array, slot: number): void {
  if (words[slot + IN_CTOR] === 0) return
  throw new Error(
    'a shared table cannot be used inside one of its constructors, which run under its lock: ' +
      'get what the constructor needs before, or attach what depends on it afterwards',
  )
}

/** A thread that was reported dead and is not has lost its slot, and whatever it held: others have it now. */
export function refuseExpelled(): never {
  throw new Error(
    'this thread was reported as exited (table.threadExited or table.watch), and what it held of the shared table ' +
      'was given to others: open the table anew, and report only threads that have ended',
  )
}

/** Before anything is done: a destructor that cannot be called would be found out when its variable is gone. */
export function refuseUncallable(fn: unknown, name: string): void {
  if (fn === undefined || typeof fn === 'function') return
  throw new TypeError(`${name} must be a function, not ${describe(fn)}`)
}

/** What is not awaited must not be asynchronous. */
export function refusePromise(result: unknown, what: string, why: string): void {
  if (typeof (result as PromiseLike<unknown> | null | undefined)?.then !== 'function') return
  throw new TypeError(`${what} must be synchronous: ${why}`)
}
