// Counts how often every dummy was checked, after the kernel's livepatch-shadow-fix2.c. It is loaded on top of fix1:
// `original` in its dummyFree is fix1's. getOrAttach gives a counter to dummies that were in flight already.

import { definePatch, original, shadowId } from 'umbra'

interface Dummy {
  id: number
  expires: number
}

const SV_COUNTER = shadowId<{ checks: number }>('SV_COUNTER', { enumerable: true })

function dummyCheck(this: unknown, dummy: Dummy, now: number): unknown {
  SV_COUNTER.getOrAttach(dummy, () => ({ checks: 0 })).checks++
  return original.call(this, dummy, now)
}

function dummyFree(this: unknown, dummy: Dummy): unknown {
  SV_COUNTER.detach(dummy, counterDtor)
  return original.call(this, dummy)
}

function counterDtor(dummy: object, { checks }: { checks: number }): void {
  console.log(`livepatch_fix2_dummy_free: dummy ${(dummy as Dummy).id} was checked ${checks} times`)
}

export default definePatch({
  name: 'livepatch-shadow-fix2',
  targets: [{ module: './dummies.js', functions: { dummyCheck, dummyFree } }],
  unload() {
    SV_COUNTER.detachAll()
  },
})
