// Buffers that must be given back: what kmalloc is to the kernel's sample. The garbage collector cannot help here,
// just as it cannot with file handles, native memory or the slots of a cache.

const inUse = new Set()

export class PooledBuffer {
  constructor(size) {
    this.bytes = Buffer.alloc(size)
    inUse.add(this)
  }

  release() {
    if (!inUse.delete(this)) throw new Error('released a buffer that is not in use')
  }
}

export function buffersInUse() {
  return inUse.size
}
