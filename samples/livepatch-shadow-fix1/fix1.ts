// Stops the leak, after the kernel's livepatch-shadow-fix1.c. A dummy has no field for its buffer, and the dummies that
// exist already cannot be given one: the buffer becomes a shadow variable of the dummy.

import { definePatch, scope, shadowId } from 'umbra'

interface Dummy {
  id: number
  expires: number
}

interface PooledBuffer {
  bytes: Buffer
  release(): void
}

// Enumerable: unloading the patch visits every variable that is left.
const SV_LEAK = shadowId<PooledBuffer>('SV_LEAK', { enumerable: true })

function dummyAlloc(lifetime: number): Dummy {
  const dummy = { id: ++scope.lastId, expires: Date.now() + lifetime }
  SV_LEAK.attach(dummy, new scope.PooledBuffer(scope.BUFFER_SIZE))
  return dummy
}

function dummyFree(dummy: Dummy): void {
  // Dummies from before the patch have no shadow variable: their buffers are lost for good.
  if (!SV_LEAK.detach(dummy, leakDtor)) console.log(`livepatch_fix1_dummy_free: dummy ${dummy.id} leaked!`)
}

function leakDtor(dummy: object, buffer: PooledBuffer): void {
  console.log(
    `livepatch_fix1_dummy_free: dummy ${(dummy as Dummy).id}, prevented a leak of ${buffer.bytes.length} bytes`,
  )
  buffer.release()
}

export default definePatch({
  name: 'livepatch-shadow-fix1',
  targets: [{ module: './dummies.js', functions: { dummyAlloc, dummyFree } }],
  unload() {
    SV_LEAK.detachAll(leakDtor)
  },
})
