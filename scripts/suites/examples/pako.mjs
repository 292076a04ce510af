import { createHash } from 'node:crypto'
import * as pako from 'pako'

const bytes = Uint8Array.from({ length: 50_000 }, (_, n) => ((n * n) % 251) ^ (n % 7))
const hash = (data) => createHash('sha256').update(data).digest('hex')
for (const level of [1, 6, 9]) {
  const packed = pako.deflate(bytes, { level })
  console.log(level, packed.length, hash(packed), hash(pako.inflate(packed)) === hash(bytes))
}
console.log(
  hash(pako.ungzip(pako.gzip(bytes))),
  hash(
    pako.inflateRaw(pako.deflateRaw(bytes, { dictionary: bytes.subarray(0, 500) }), {
      dictionary: bytes.subarray(0, 500),
    }),
  ),
)
const stream = new pako.Deflate({ chunkSize: 1000 })
let chunks = 0
stream.onData = () => chunks++
for (let at = 0; at < bytes.length; at += 7000)
  stream.push(bytes.subarray(at, at + 7000), at + 7000 >= bytes.length)
console.log(chunks, stream.err)
try {
  pako.inflate(Uint8Array.of(1, 2, 3, 4))
} catch (error) {
  console.log(String(error.message ?? error))
}
