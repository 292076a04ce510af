// The service: allocates a dummy every period, and from time to time frees those that have expired. It holds on to the
// functions of dummies.js, as services do: a patch has to reach them all the same.

import { BUFFER_SIZE, dummyAlloc, dummyCheck, dummyFree } from './dummies.js'
import { buffersInUse } from './pool.js'

// Milliseconds; PERIOD scales them all.
const ALLOC_PERIOD = Number(process.env.PERIOD ?? 1000)
const CLEANUP_PERIOD = 3 * ALLOC_PERIOD
const EXPIRE_PERIOD = 4 * CLEANUP_PERIOD

const dummies = new Set()

function allocate() {
  dummies.add(dummyAlloc(EXPIRE_PERIOD))
}

function cleanUp() {
  const now = Date.now()
  for (const dummy of dummies) {
    if (!dummyCheck(dummy, now)) continue
    dummies.delete(dummy)
    dummyFree(dummy)
  }
}

/** Every dummy that lives has a buffer by right; all others that are in use have been lost. */
function report() {
  const lost = Math.max(buffersInUse() - dummies.size, 0)
  console.log(
    `pool: ${dummies.size} dummies, ${buffersInUse()} buffers in use, ${lost * BUFFER_SIZE} bytes leaked`,
  )
}

setInterval(allocate, ALLOC_PERIOD)
setInterval(cleanUp, CLEANUP_PERIOD)
setInterval(report, CLEANUP_PERIOD)
