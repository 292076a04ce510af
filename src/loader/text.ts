const decoder = new TextDecoder()

/** The text of a module's source, as Node decodes it. */
export function textOf(source: string | Buffer): string {
  return typeof source === 'string' ? source : decoder.decode(source)
}

/** A module's source as load hooks hand it on. */
export function bufferOf(source: string | ArrayBuffer | NodeJS.TypedArray): string | Buffer {
  if (typeof source === 'string') return source
  if (!ArrayBuffer.isView(source)) return Buffer.from(source)
  return Buffer.from(source.buffer, source.byteOffset, source.byteLength)
}

/** UTF-8 without the byte order mark. */
export function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
}
