// A simulation keeps its bodies in a SharedArrayBuffer: 24 bytes each, written years ago, known to other programs. Now
// two of its workers need something more for some bodies: how often each was hit, and a label. Nothing in the bodies'
// own memory may change, so both become shadow variables: parents are the bodies' offsets.
//
//   node samples/shared-table/main.js
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { SharedShadowTable, viewAs } from 'umbra/shared'
import { BODIES, BODY_BYTES, SV_HITS, SV_LABEL } from './ids.js'

const bodies = new SharedArrayBuffer(BODIES * BODY_BYTES)
const table = SharedShadowTable.create({ maxBytes: 16 << 20 })

const workers = ['asteroids', 'comets'].map(
  (name, index) =>
    new Worker(new URL('./worker.js', import.meta.url), {
      workerData: { table: table.handle, bodies, name, seed: index + 1 },
    }),
)
for (const worker of workers) table.watch(worker)
await Promise.all(workers.map((worker) => once(worker, 'exit')))

let hits = 0
let hitBodies = 0
let labelled = 0
for (let body = 0; body < bodies.byteLength; body += BODY_BYTES) {
  table.read(() => {
    const counter = table.get(body, SV_HITS)
    if (counter !== undefined) {
      hitBodies++
      hits += viewAs(Uint32Array, counter)[0]
    }
    if (table.has(body, SV_LABEL)) labelled++
  })
}
console.log(`${hits} hits on ${hitBodies} of ${BODIES} bodies, ${labelled} of them labelled`)
console.log(
  `the bodies themselves: ${new Uint8Array(bodies).every((byte) => byte === 0) ? 'untouched' : 'changed'}`,
)

const first = []
const removed = table.detachAll(SV_LABEL, (body, view) => {
  if (first.length < 3) first.push(`${body}: ${new TextDecoder().decode(view.slice())}`)
})
console.log(`${removed} labels removed, among them ${first.length > 0 ? first.join(', ') : 'none'}`)
const { entries, usedBytes, fragmentation } = table.stats()
console.log(`${entries} variables left in ${usedBytes} bytes, fragmentation ${fragmentation.toFixed(2)}`)
