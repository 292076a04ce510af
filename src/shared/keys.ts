/**
 * Keys: `<obj, id>`, two unsigned 64-bit numbers, each as two signed halves of 32 bits.
 */

import { describe } from './messages.ts'

const MAX_64 = 0xffff_ffff_ffff_ffffn
export const TWO_32 = 4_294_967_296

/**
 * The upper half of an address or identifier. Throws where it is not an unsigned 64-bit integer.
 * @param name what is complained about: `obj` or `id`
 */
export function upper(value: number | bigint, name: string): number {
  if (typeof value === 'bigint' && value >= 0n && value <= MAX_64)
    return Number(BigInt.asIntN(32, value >> 32n))
  if (typeof value === 'number' && isSafe(value)) return (value / TWO_32) | 0
  return refuse(value, name)
}

/** The lower half of what `upper` has accepted. */
export function lower(value: number | bigint): number {
  return typeof value === 'number' ? value | 0 : Number(BigInt.asIntN(32, value))
}

/** Whether this number is a safe, non-negative integer; asked so, V8 needs ten instructions. */
export function isSafe(value: number): boolean {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value
}

/** The number that these halves make: a `bigint` where a number would not be exact. */
export function join(lo: number, hi: number): number | bigint {
  const number = (hi >>> 0) * TWO_32 + (lo >>> 0)
  return Number.isSafeInteger(number) ? number : (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0)
}

/** A hash of 32 good bits: addresses come in strides of 16 and 64, so every bit of the key must reach the low ones. */
export function hash(objLo: number, objHi: number, idLo: number, idHi: number): number {
  const { imul } = Math
  let h = objLo ^ imul(objHi, 0x85ebca6b) ^ imul(idLo ^ imul(idHi, 0x27d4eb2f), 0xc2b2ae35)
  h = imul(h ^ (h >>> 16), 0x7feb352d)
  h = imul(h ^ (h >>> 15), 0x846ca68b)
  return h ^ (h >>> 16)
}

function refuse(value: unknown, name: string): never {
  if (typeof value === 'number' || typeof value === 'bigint') {
    const advice = isInexact(value) ? '; pass it as a bigint' : ''
    throw new RangeError(
      `${name} must be an unsigned integer of at most 64 bits, not ${describe(value)}${advice}`,
    )
  }
  throw new TypeError(`${name} must be a number or a bigint, not ${describe(value)}`)
}

/** Whether this is a number that stands for several 64-bit integers. */
function isInexact(value: number | bigint): boolean {
  return typeof value === 'number' && value > Number.MAX_SAFE_INTEGER && value < 2 ** 64
}
