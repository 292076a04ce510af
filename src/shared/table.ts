import { enter, leave } from './grace.ts'
import { join, lower, upper } from './keys.ts'
import { BLOCK_HEADER, COUNT, ID_HI, ID_LO, type Memory, OBJ_HI, OBJ_LO, SIZE, VERSION } from './layout.ts'
import { acquire, release } from './lock.ts'
import { type Key, type Lookups, lookups } from './lookup.ts'
import {
  describe,
  refuseInConstructor,
  refusePromise,
  refuseUncallable,
  reportOutOfMemory,
  warnDuplicate,
} from './messages.ts'
import { createMemory, enroll, openMemory, type SharedTableHandle, type SharedTableOptions } from './open.ts'
import { reportExit } from './slots.ts'
import { gather, type SharedTableStats } from './stats.ts'
import { currentThreadId } from './thread.ts'
import { viewOf } from './views.ts'
import {
  attach,
  type Constructor,
  remove,
  removeSome,
  replace,
  reserve,
  type Sync,
  unitsFor,
} from './writers.ts'

/** Bytes to copy in, or how many zeroed bytes to attach. */
export type Data = ArrayBufferView | number

/**
 * Called with a variable that has just been removed: its parent, a number where it is a safe integer and a bigint
 * beyond, however it was written; and its data, which is good until the destructor returns. Must be synchronous.
 */
export type Destructor = (obj: Key, view: Uint8Array) => Sync

/**
 * T where it is not known to be a promise; never where it is or can be. What is generic in a caller is not known. (TypeScript
 * takes a T of the caller's for such a type only where no T whatever would make the condition true.)
 */
type NotPromise<T> = [Synchronous<T>] extends [never] ? never : T
type Synchronous<T> = [Extract<T, PromiseLike<unknown>>] extends [never]
  ? true
  : IsAny<T> extends true
    ? true
    : never
type IsAny<T> = 0 extends 1 & T ? true : false

/** The part of a `Worker` that `watch` needs. */
export interface Watched {
  readonly threadId: number
  once(event: 'exit', listener: () => void): unknown
}

/**
 * A table of shadow variables in one SharedArrayBuffer, for any number of threads of one process: the kernel's table.
 *
 * Lookups (`get`, `has`, `offsetOf`, `read`) take no lock and never wait. The other verbs take turns under one lock,
 * held for about a microsecond, or while a constructor runs. What is *in* the data is the callers' affair: the table
 * orders nothing between threads that write to one view (docs/shared-table.md says what to lock).
 *
 * Every verb throws a TypeError or RangeError for a key that is no unsigned 64-bit integer, a TypeError for a `ctor` or
 * `dtor` that is no function, and an Error when it is called inside a constructor of this table.
 */
export class SharedShadowTable {
  readonly #memory: Memory
  readonly #words: Int32Array
  readonly #slot: number

  /**
   * The data of `<obj, id>`, or `undefined`. A live view: it may be read and written while the caller sees to it that
   * nobody detaches the variable, or until the end of the `read` around it.
   */
  readonly get: (obj: Key, id: Key) => Uint8Array | undefined

  /**
   * Where in `buffer` the data of `<obj, id>` begins, in bytes, or -1: `get` for hot loops, which makes no view. A
   * multiple of 16. It stays good for as long as a view from `get` does.
   */
  readonly offsetOf: (obj: Key, id: Key) => number

  private constructor(memory: Memory, slot: number, lookups: Lookups) {
    // JavaScript has no private constructors.
    if (memory === undefined)
      throw new TypeError('a table is made by SharedShadowTable.create, and opened by SharedShadowTable.open')
    this.#memory = memory
    this.#words = memory.words
    this.#slot = slot
    this.get = lookups.get
    this.offsetOf = lookups.offsetOf
  }

  /** A new, empty table. Throws a RangeError for sizes that cannot be. */
  static create(options: SharedTableOptions): SharedShadowTable {
    const memory = createMemory(options)
    const slot = enroll(memory)
    return new SharedShadowTable(memory, slot, lookups(memory, slot))
  }

  /**
   * The table behind a handle, in this thread or another. A thread may open a table more than once.
   * Throws a TypeError for what is no handle, and an Error for a table of another version, for a buffer that was cut
   * or holds no table, and when `maxThreads` threads have it open.
   */
  static open(handle: SharedTableHandle): SharedShadowTable {
    const memory = openMemory(handle)
    const slot = enroll(memory)
    return new SharedShadowTable(memory, slot, lookups(memory, slot))
  }

  /** To be sent to other threads by `workerData` or `postMessage`. */
  get handle(): SharedTableHandle {
    return { kind: 'umbra/shared', version: VERSION, buffer: this.buffer }
  }

  /** The memory that all views are views of; for views of one's own that go with `offsetOf`. */
  get buffer(): SharedArrayBuffer {
    return this.#memory.buffer
  }

  /**
   * Runs `fn` as a read-side critical section and returns what it returns. Views obtained in it stay the bytes of
   * their variables until it ends, whatever other threads detach meanwhile. May be nested; must be synchronous:
   * throws a TypeError when `fn` returns a promise. Keep it short: memory that others free waits for its end.
   */
  read<T>(fn: () => NotPromise<T>): T {
    refuseInConstructor(this.#words, this.#slot)
    let result: NotPromise<T>
    enter(this.#memory, this.#slot)
    try {
      result = fn()
    } finally {
      leave(this.#words, this.#slot)
    }
    refusePromise(result, 'the function of read()', 'its section has ended before the promise is settled')
    return result
  }

  /** Whether `<obj, id>` exists. */
  has(obj: Key, id: Key): boolean {
    return this.offsetOf(obj, id) !== -1
  }

  /**
   * Attaches bytes, or `data` zeroed bytes, to `<obj, id>`; `ctor` may then fill them in place, under the lock.
   * Returns the view. Where the variable exists: warns (`UMBRA_SHADOW_DUPLICATE`), changes nothing, returns
   * `undefined`. Out of memory: prints an error line and returns `undefined`. Throws what `ctor` throws, with nothing
   * attached.
   */
  attach(obj: Key, id: Key, data: Data, ctor?: Constructor): Uint8Array | undefined {
    refuseUncallable(ctor, 'ctor')
    if (this.has(obj, id)) {
      warnDuplicate(obj, id)
      return undefined
    }
    const block = this.#reserve(obj, id, data)
    if (block === 0) return undefined
    const view = viewOf(this.#memory, block)
    if (attach(this.#memory, this.#slot, block, ctor) === block) return view
    warnDuplicate(obj, id)
    return undefined
  }

  /**
   * The data of `<obj, id>`, attached first if it did not exist: of threads that race for one key exactly one attaches,
   * and all get its data. `ctor` runs for that one only. Otherwise like `attach`.
   */
  getOrAttach(obj: Key, id: Key, data: Data, ctor?: Constructor): Uint8Array | undefined {
    const existing = this.get(obj, id)
    if (existing !== undefined) return existing
    refuseUncallable(ctor, 'ctor')
    const block = this.#reserve(obj, id, data)
    if (block === 0) return undefined
    enter(this.#memory, this.#slot)
    try {
      return viewOf(this.#memory, attach(this.#memory, this.#slot, block, ctor))
    } finally {
      leave(this.#words, this.#slot)
    }
  }

  /**
   * Makes bytes, or `data` zeroed bytes, the data of `<obj, id>`, in one step: readers see the old bytes or the new
   * ones, each whole. Then `dtor` gets the old data, if there was any. Returns the new view. Out of memory: prints an
   * error line, returns `undefined`, and the old data stays.
   */
  updateOrAttach(obj: Key, id: Key, data: Data, dtor?: Destructor): Uint8Array | undefined {
    refuseInConstructor(this.#words, this.#slot)
    refuseUncallable(dtor, 'dtor')
    const block = this.#reserve(obj, id, data)
    if (block === 0) return undefined
    enter(this.#memory, this.#slot)
    try {
      const old = replace(this.#memory, this.#slot, block)
      const view = viewOf(this.#memory, block)
      if (old !== 0 && dtor !== undefined) this.#destroy(old, dtor)
      return view
    } finally {
      leave(this.#words, this.#slot)
    }
  }

  /**
   * Removes `<obj, id>`, then calls `dtor` with its data; it may use the table. Returns whether there was something to
   * remove. Throws what `dtor` throws; the variable is removed nevertheless.
   */
  detach(obj: Key, id: Key, dtor?: Destructor): boolean {
    refuseUncallable(dtor, 'dtor')
    if (!this.has(obj, id)) return false
    if (dtor === undefined) return this.#remove(obj, id) !== 0
    // The section keeps the memory from being reused while the destructor runs.
    enter(this.#memory, this.#slot)
    try {
      const entry = this.#remove(obj, id)
      if (entry !== 0) this.#destroy(entry, dtor)
      return entry !== 0
    } finally {
      leave(this.#words, this.#slot)
    }
  }

  /**
   * Removes every `<*, id>` that exists when it is called and returns how many; O(table), in steps that let others at
   * the lock in between. `dtor` is called for each, with nothing locked; if any throws, the others are still visited,
   * and one AggregateError follows at the end.
   */
  detachAll(id: Key, dtor?: Destructor): number {
    refuseInConstructor(this.#words, this.#slot)
    refuseUncallable(dtor, 'dtor')
    const idHi = upper(id, 'id')
    const idLo = lower(id)
    const errors: unknown[] = []
    let removed = 0
    for (let bucket = 0; bucket < Atomics.load(this.#words, COUNT); ) {
      const entries: number[] = []
      enter(this.#memory, this.#slot)
      try {
        bucket = removeSome(this.#memory, this.#slot, bucket, idLo, idHi, entries)
        if (dtor !== undefined) this.#destroyAll(entries, dtor, errors)
      } finally {
        leave(this.#words, this.#slot)
      }
      removed += entries.length
    }
    if (errors.length > 0)
      throw new AggregateError(errors, `${errors.length} of ${removed} destructors threw`)
    return removed
  }

  /** How much the table holds and how its memory is doing. Takes the lock. */
  stats(): SharedTableStats {
    refuseInConstructor(this.#words, this.#slot)
    let done = false
    acquire(this.#memory, this.#slot)
    try {
      const stats = gather(this.#memory)
      done = true
      return stats
    } finally {
      release(this.#memory, done)
    }
  }

  /**
   * Reports that a thread has exited, by its `threadId`. Needed only elsewhere than on Linux, and there only by the
   * thread that started it: so that what it held can be taken over. Reporting a thread that runs is an error that
   * nobody can detect before that thread uses the table again, which then throws; what it still writes until then, into
   * views or into a variable that it was about to attach, may lie where others have theirs. Throws a RangeError for what
   * is no `threadId`, that of a Worker is -1 after its exit, and for the caller's own.
   */
  threadExited(threadId: number): void {
    checkThreadId(threadId)
    if (threadId === currentThreadId())
      throw new RangeError(`thread ${threadId} has not exited: it is the one that reports this`)
    reportExit(this.#memory, threadId)
  }

  /** Reports the worker's exit when it comes. Throws a RangeError where it has come already. */
  watch(worker: Watched): void {
    const { threadId } = worker
    checkThreadId(threadId)
    worker.once('exit', () => this.threadExited(threadId))
  }

  /** A block with its key and data in it that only this thread knows of; 0 when there is no memory. */
  #reserve(obj: Key, id: Key, data: Data): number {
    const words = this.#words
    const objHi = upper(obj, 'obj')
    const idHi = upper(id, 'id')
    const bytes = bytesOf(data)
    const size = bytes === undefined ? sizeOf(data as number) : bytes.length
    const block = reserve(this.#memory, this.#slot, unitsFor(size))
    if (block === 0) {
      reportOutOfMemory(obj, id, size, this.stats())
      return 0
    }
    words[block + OBJ_LO] = lower(obj)
    words[block + OBJ_HI] = objHi
    words[block + ID_LO] = lower(id)
    words[block + ID_HI] = idHi
    words[block + SIZE] = size
    const start = (block + BLOCK_HEADER) * 4
    if (bytes === undefined) this.#memory.bytes.fill(0, start, start + size)
    else this.#memory.bytes.set(bytes, start)
    return block
  }

  #remove(obj: Key, id: Key): number {
    return remove(this.#memory, this.#slot, lower(obj), upper(obj, 'obj'), lower(id), upper(id, 'id'))
  }

  #destroy(entry: number, dtor: Destructor): void {
    const obj = join(this.#words[entry + OBJ_LO]!, this.#words[entry + OBJ_HI]!)
    const result: unknown = dtor(obj, viewOf(this.#memory, entry))
    refusePromise(result, 'a destructor of a shared shadow variable', 'the memory is reused once it returns')
  }

  #destroyAll(entries: number[], dtor: Destructor, errors: unknown[]): void {
    for (const entry of entries) {
      try {
        this.#destroy(entry, dtor)
      } catch (error) {
        errors.push(error)
      }
    }
  }
}

/** The bytes of a view, by an array of our own: a subclass could lie about its length. */
function bytesOf(data: Data): Uint8Array | undefined {
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : undefined
}

function checkThreadId(threadId: number): void {
  if (Number.isInteger(threadId) && threadId >= 0) return
  throw new RangeError(
    `a threadId is a non-negative integer, not ${describe(threadId)}; that of a Worker is -1 once it has exited: ` +
      'take it, or watch the worker, when it is started',
  )
}

function sizeOf(data: number): number {
  if (Number.isSafeInteger(data) && data >= 0) return data
  if (typeof data === 'number')
    throw new RangeError(`a size must be a non-negative integer of bytes, not ${describe(data)}`)
  throw new TypeError(`data must be a typed array to copy or a number of bytes, not ${describe(data)}`)
}
