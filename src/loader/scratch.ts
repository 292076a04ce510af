/**
 * Memory for bytes that are needed for a moment. It goes back to the system at once; that of a buffer does when V8 has
 * collected it, and where the allocator has made room for it among what stays, never.
 */
const most = 1 << 23
const memory = new ArrayBuffer(0, { maxByteLength: most })

/** Runs what needs a buffer of this length, which is gone afterwards. Such uses do not nest. */
export function withScratch<T>(length: number, use: (bytes: Buffer) => T): T {
  if (length > most) return use(Buffer.allocUnsafeSlow(length))
  memory.resize(length)
  try {
    return use(Buffer.from(memory, 0, length))
  } finally {
    memory.resize(0)
  }
}
