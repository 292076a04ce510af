import { workerData } from 'node:worker_threads'
import { SharedShadowTable, viewAs } from 'umbra/shared'
import { BODIES, BODY_BYTES, SV_HITS, SV_LABEL } from './ids.js'

const HITS = 50_000
const table = SharedShadowTable.open(workerData.table)
const label = new TextEncoder().encode(workerData.name)

let seed = workerData.seed
for (let hit = 0; hit < HITS; hit++) {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  const body = Math.floor((seed / 2 ** 32) * BODIES) * BODY_BYTES

  // Whoever comes first makes the counter, both count in it. What is *in* a variable is the program's own affair:
  // two threads add to it, so they add atomically.
  const counter = table.getOrAttach(body, SV_HITS, 4)
  if (counter === undefined) throw new Error('the table is full')
  if (Atomics.add(viewAs(Uint32Array, counter), 0, 1) >= 9) table.getOrAttach(body, SV_LABEL, label)
}
