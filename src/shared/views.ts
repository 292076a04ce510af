import { BLOCK_HEADER, type Memory, SIZE } from './layout.ts'

interface ViewType<T> {
  readonly name: string
  /** A DataView has none: its length is in bytes. */
  readonly BYTES_PER_ELEMENT?: number
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T
}

/**
 * The same bytes as another kind of typed array, or as a DataView: `viewAs(Float64Array, view)`. The table's views are
 * aligned for every kind. Throws a RangeError where the bytes do not make a whole number of elements.
 */
export function viewAs<T>(type: ViewType<T>, view: Uint8Array): T {
  const length = view.byteLength / (type.BYTES_PER_ELEMENT ?? 1)
  if (!Number.isInteger(length)) {
    throw new RangeError(`${view.byteLength} bytes are not a whole number of elements of a ${type.name}`)
  }
  return new type(view.buffer, view.byteOffset, length)
}

/** The bytes of an entry, which nobody can free now. */
export function viewOf(memory: Memory, entry: number): Uint8Array {
  return bytesAt(memory, entry, memory.words[entry + SIZE]! >>> 0)
}

export function bytesAt(memory: Memory, entry: number, size: number): Uint8Array {
  return new Uint8Array(memory.buffer, (entry + BLOCK_HEADER) * 4, size)
}
