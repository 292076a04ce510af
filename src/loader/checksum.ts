/**
 * A checksum of what a pack holds, against damage and not against anybody. That of `node:zlib` is faster, by some 2 ms for a
 * thousand modules, but brings streams with it, which take more memory and time in most programs than all else that umbra does
 * at their start.
 */
export function checksum(bytes: Uint8Array, seed = 0): number {
  const { buffer, byteOffset, length } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
  const words = new Int32Array(buffer, byteOffset, length >> 2)
  let a = seed
  let b = length
  let c = 0
  let d = 0
  let i = 0
  // Four at a time, so that none waits for the one before; not by `mix`, as this runs before V8 has compiled it.
  for (const end = words.length - 3; i < end; i += 4) {
    a = Math.imul(((a << 13) | (a >>> 19)) ^ words[i]!, factor)
    b = Math.imul(((b << 13) | (b >>> 19)) ^ words[i + 1]!, factor)
    c = Math.imul(((c << 13) | (c >>> 19)) ^ words[i + 2]!, factor)
    d = Math.imul(((d << 13) | (d >>> 19)) ^ words[i + 3]!, factor)
  }
  let sum = mix(mix(mix(a, b), c), d)
  for (; i < words.length; i++) sum = mix(sum, words[i]!)
  for (let at = words.length * 4; at < length; at++) sum = mix(sum, bytes[at]!)
  return (sum ^ (sum >>> 15)) >>> 0
}

const factor = 0x5bd1e995

function mix(sum: number, word: number): number {
  return Math.imul(((sum << 13) | (sum >>> 19)) ^ word, factor)
}
