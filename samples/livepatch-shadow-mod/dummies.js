// A module with a bug, after the Linux kernel's samples/livepatch/livepatch-shadow-mod.c. Every dummy needs an extra
// buffer, and dummyAlloc forgets to keep it: when the dummy is freed, nobody knows the buffer any more.

import { PooledBuffer } from './pool.js'

export const BUFFER_SIZE = 1024

let lastId = 0

export function dummyAlloc(lifetime) {
  const dummy = { id: ++lastId, expires: Date.now() + lifetime }
  // Oops, forgot to save the buffer!
  new PooledBuffer(BUFFER_SIZE)
  return dummy
}

export function dummyFree(dummy) {
  console.log(`dummy_free: dummy ${dummy.id}`)
}

export function dummyCheck(dummy, now) {
  return now > dummy.expires
}
