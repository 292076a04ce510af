import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { threadId } from 'node:worker_threads'
import fc from 'fast-check'
import { type Destructor, SharedShadowTable, viewAs } from 'umbra/shared'
import { scaled } from '../support/scale.ts'
import { checkInvariants } from './support/invariants.ts'

const ID = 7
// A word of the table's memory: see src/shared/layout.ts.
const STALLS = 58
const SMALL = { maxBytes: 64 << 10 }

/** Runs `fn` and returns what was meanwhile printed as errors and as warnings with a code. */
async function heard(fn: () => void): Promise<{ errors: string[]; warnings: string[] }> {
  const errors: string[] = []
  const warnings: string[] = []
  const listener = (warning: Error & { code?: string }) => warnings.push(`${warning.code} ${warning.message}`)
  const { error } = console
  console.error = (line: string) => errors.push(line)
  process.on('warning', listener)
  try {
    fn()
    await new Promise(setImmediate)
  } finally {
    console.error = error
    process.off('warning', listener)
  }
  return { errors, warnings }
}

test('attach copies bytes in; get, has and offsetOf find them; the view is live', () => {
  const table = SharedShadowTable.create(SMALL)
  const source = Uint8Array.of(1, 2, 3)
  const view = table.attach(0x1000, ID, source)!
  source.fill(9)
  assert.deepEqual([...view], [1, 2, 3])
  view[0] = 7
  assert.deepEqual([...table.get(0x1000, ID)!], [7, 2, 3])
  assert.equal(table.has(0x1000, ID), true)
  assert.equal(table.offsetOf(0x1000, ID), view.byteOffset)
  assert.equal(table.offsetOf(0x1000, ID) % 16, 0)
  assert.equal(new Uint8Array(table.buffer)[table.offsetOf(0x1000, ID)], 7)
  assert.equal(table.get(0x1000, ID + 1), undefined)
  assert.equal(table.has(0x1001, ID), false)
  assert.equal(table.offsetOf(0, 0), -1)
})

test('data by size is zeroed, also where other data was before, and a constructor fills it in place', () => {
  const table = SharedShadowTable.create(SMALL)
  for (let round = 0; round < 100; round++) {
    assert.ok(table.attach(1, ID, 100)!.every((byte) => byte === 0))
    table.get(1, ID)!.fill(255)
    table.detach(1, ID)
  }
  const view = table.attach(2, ID, 4, (fresh) => {
    assert.deepEqual([...fresh], [0, 0, 0, 0])
    fresh.set([4, 3, 2, 1])
  })
  assert.deepEqual([...view!], [4, 3, 2, 1])
  assert.equal(table.attach(3, ID, 0)!.length, 0)
  assert.deepEqual([...table.attach(4, ID, Buffer.from('é'))!], [0xc3, 0xa9])
  assert.deepEqual([...table.attach(5, ID, new Uint16Array([258]))!], [2, 1])
})

test('a duplicate attach warns, changes nothing and returns undefined', async () => {
  const table = SharedShadowTable.create(SMALL)
  table.attach(0xabc, ID, Uint8Array.of(1))
  let called = false
  const { warnings } = await heard(() => {
    assert.equal(
      table.attach(0xabc, ID, 5, () => {
        called = true
      }),
      undefined,
    )
  })
  assert.equal(called, false)
  assert.deepEqual([...table.get(0xabc, ID)!], [1])
  assert.equal(warnings.length, 1)
  assert.match(warnings[0]!, /^UMBRA_SHADOW_DUPLICATE .*<0xabc, 0x7>/)
})

test('getOrAttach constructs once; updateOrAttach replaces and destroys the old; detach destroys', () => {
  const table = SharedShadowTable.create(SMALL)
  let calls = 0
  for (let round = 0; round < 3; round++) {
    const view = table.getOrAttach(1, ID, 2, (fresh) => {
      fresh[0] = ++calls
    })
    assert.deepEqual([...view!], [1, 0])
  }
  const destroyed: unknown[] = []
  const dtor = (obj: number | bigint, view: Uint8Array) => destroyed.push([obj, ...view])
  assert.deepEqual([...table.updateOrAttach(1, ID, Uint8Array.of(8, 8, 8), dtor)!], [8, 8, 8])
  assert.deepEqual([...table.updateOrAttach(2, ID, Uint8Array.of(9), dtor)!], [9])
  assert.deepEqual(destroyed, [[1, 1, 0]])
  assert.equal(table.detach(1, ID, dtor), true)
  assert.equal(table.detach(1, ID, dtor), false)
  // @ts-expect-error: nor do the types allow it
  assert.throws(() => table.detach(2, ID, async () => {}), /destructor .* must be synchronous/)
  assert.equal(table.has(2, ID), false)
  assert.deepEqual(destroyed, [
    [1, 1, 0],
    [1, 8, 8, 8],
  ])
})

test('a destructor may use the table, attach anew included, and its view stays good meanwhile', () => {
  const table = SharedShadowTable.create({ maxBytes: 16 << 10, maxThreads: 2 })
  table.attach(1, ID, new Uint8Array(64).fill(1))
  table.detach(1, ID, (obj, view) => {
    assert.equal(table.has(obj, ID), false)
    // None of this can be reused before the destructor returns, so that the memory runs low.
    while (table.stats().freeBytes > 1000) {
      table.attach(obj, ID, new Uint8Array(64).fill(2))
      table.detach(obj, ID)
    }
    table.attach(obj, ID, new Uint8Array(64).fill(2))
    assert.ok(view.every((byte) => byte === 1))
  })
  assert.equal(table.get(1, ID)![0], 2)
  checkInvariants(table.buffer)
})

const removing: Record<string, (table: SharedShadowTable, dtor: Destructor) => unknown> = {
  'an update replaces': (table, dtor) => table.updateOrAttach(1, ID, 8, dtor),
  'detachAll removes': (table, dtor) => table.detachAll(ID, dtor),
}

for (const [what, remove] of Object.entries(removing)) {
  test(`what ${what} stays good while it is destroyed`, () => {
    const table = SharedShadowTable.create({ maxBytes: 16 << 10, maxThreads: 2 })
    table.attach(1, ID, new Uint8Array(64).fill(1))
    let rounds = 0
    remove(table, (_obj, view) => {
      for (; table.stats().freeBytes > 1000 && rounds < 1000; rounds++) {
        table.attach(2, ID + 1, new Uint8Array(64).fill(2))
        table.detach(2, ID + 1)
      }
      assert.ok(view.every((byte) => byte === 1))
    })
    assert.ok(rounds > 50 && rounds < 1000, `${rounds} rounds used the memory up`)
    checkInvariants(table.buffer)
  })
}

test('detachAll finds what splits of buckets move while it goes through them', () => {
  const table = SharedShadowTable.create({ maxBytes: 4 << 20 })
  for (let obj = 0; obj < 1000; obj++) table.attach(obj, ID, 0)
  let others = 0
  const dtor = () => {
    while (others < 20_000) table.attach(others++, ID + 1, 0)
  }
  assert.equal(table.detachAll(ID, dtor), 1000)
  assert.equal(table.stats().entries, 20_000)
})

test('an allocation in a section that holds back the memory itself fails at once', async () => {
  const table = SharedShadowTable.create(SMALL)
  table.attach(1, ID, table.stats().largestFreeBytes - 32)
  const words = new Int32Array(table.buffer)
  const { errors } = await heard(() =>
    table.read(() => {
      table.detach(1, ID)
      assert.equal(table.attach(2, ID, 8), undefined)
    }),
  )
  assert.equal(errors.length, 1)
  // Every look at the slots in vain is counted; who waits takes one a millisecond.
  assert.ok(words[STALLS]! < 5, `${words[STALLS]} looks`)
  assert.ok(table.attach(2, ID, 8))
})

test('detachAll visits every variable of an identifier, and throws one error for all that destructors threw', () => {
  const table = SharedShadowTable.create({ maxBytes: 1 << 20 })
  for (let obj = 0; obj < 3000; obj++) {
    table.attach(obj, ID, Uint8Array.of(obj))
    table.attach(obj, ID + 1, Uint8Array.of(obj))
  }
  const visited = new Set<number | bigint>()
  assert.throws(
    () =>
      table.detachAll(ID, (obj, view) => {
        visited.add(obj)
        assert.equal(view[0], Number(obj) & 255)
        if (Number(obj) % 1000 === 0) throw new Error(`no ${obj}`)
      }),
    (error: AggregateError) => error instanceof AggregateError && error.errors.length === 3,
  )
  assert.equal(visited.size, 3000)
  assert.equal(table.stats().entries, 3000)
  assert.equal(table.detachAll(ID), 0)
  assert.equal(table.detachAll(ID + 1), 3000)
  checkInvariants(table.buffer)
})

test('a constructor that throws leaves nothing attached, and every verb inside one throws', () => {
  const table = SharedShadowTable.create(SMALL)
  const again = SharedShadowTable.open(table.handle)
  table.attach(5, ID, 1)
  for (const t of [table, again]) {
    const verbs: (() => unknown)[] = [
      () => t.get(5, ID),
      () => t.has(5, ID),
      () => t.offsetOf(5, ID),
      () => t.attach(6, ID, 1),
      () => t.getOrAttach(6, ID, 1),
      () => t.updateOrAttach(5, ID, 1),
      () => t.detach(5, ID),
      () => t.detachAll(ID),
      () => t.read(() => 1),
      () => t.stats(),
      () => SharedShadowTable.open(t.handle),
    ]
    const boom = new Error('boom')
    assert.throws(
      () =>
        table.attach(1, ID, 8, () => {
          for (const verb of verbs) assert.throws(verb, /inside one of its constructors/)
          throw boom
        }),
      boom,
    )
  }
  assert.equal(table.has(1, ID), false)
  // @ts-expect-error: nor do the types allow it
  assert.throws(() => table.attach(1, ID, 8, async () => {}), /must be synchronous: it runs under the lock/)
  assert.equal(table.attach(1, ID, 8)!.length, 8)
  checkInvariants(table.buffer)
})

test('read can be wrapped by generic functions', () => {
  const table = SharedShadowTable.create(SMALL)
  // Each of these would be a type error where read takes only what it knows not to be a promise.
  const inSection = <T>(fn: (t: SharedShadowTable) => T): T => table.read(() => fn(table))
  const each = <T extends object>(makers: (() => T)[]): T[] => makers.map((make) => table.read(make))
  class Reader<T> {
    first(view: () => T | undefined): T | undefined {
      return table.read(view)
    }
  }
  const fromAny: unknown = table.read(() => JSON.parse('[1]'))
  assert.equal(inSection((t): boolean => t.has(1, ID)) satisfies boolean, false)
  assert.deepEqual(each([() => ({ a: 1 })]) satisfies { a: number }[], [{ a: 1 }])
  assert.equal(new Reader<number>().first(() => 3) satisfies number | undefined, 3)
  assert.deepEqual(fromAny, [1])
  const wrapped = <T>(fn: () => Promise<T>) =>
    // @ts-expect-error: a promise of whatever is one
    table.read(fn)
  assert.throws(() => wrapped(async () => 1), /synchronous/)
})

test('read gives back what its function returns, nests, and refuses promises', () => {
  const table = SharedShadowTable.create(SMALL)
  table.attach(1, ID, Uint8Array.of(1))
  const seen = table.read(() => {
    const view = table.get(1, ID)!
    table.read(() => table.detach(1, ID))
    for (let round = 0; round < 500; round++) {
      table.attach(2, ID, Uint8Array.of(2))
      table.detach(2, ID)
    }
    return view[0]
  })
  assert.equal(seen, 1)
  // @ts-expect-error: nor do the types allow it
  assert.throws(() => table.read(async () => 1), /synchronous/)
  // @ts-expect-error: nor what may be a promise
  assert.throws(() => table.read(() => Promise.resolve(1) as Promise<number> | number), /synchronous/)
  assert.throws(() => table.read(() => runInNewContext('Promise.resolve()')), /synchronous/)
  assert.throws(() => table.read(() => assert.fail('inner')), /inner/)
  table.detachAll(ID)
  const { arenaBytes } = table.stats()
  assert.ok(table.attach(3, ID, arenaBytes - 32), 'no section is left open')
})

test('keys are unsigned 64-bit integers, whichever way they are written; others are refused', () => {
  const table = SharedShadowTable.create(SMALL)
  const keys = [
    0,
    1,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 53 - 1,
    2n ** 53n,
    2n ** 63n,
    2n ** 64n - 1n,
  ]
  for (const [index, key] of keys.entries()) table.attach(key, key, Uint8Array.of(index))
  for (const [index, key] of keys.entries()) {
    assert.equal(table.get(key, BigInt(key))![0], index)
    assert.equal(table.get(BigInt(key), key)![0], index)
  }
  const objs: (number | bigint)[] = []
  for (const key of keys) table.detachAll(key, (obj) => objs.push(obj))
  assert.deepEqual(objs, keys)
  for (const key of keys) {
    const handed: unknown[] = []
    const dtor = (obj: number | bigint) => handed.push(obj)
    table.attach(BigInt(key), ID, 1)
    table.updateOrAttach(BigInt(key), ID, 1, dtor)
    table.detach(BigInt(key), ID, dtor)
    assert.deepEqual(handed, [key, key], 'a number where it is exact, however it was written')
  }
  table.attach(-0, ID, Uint8Array.of(1))
  assert.ok(table.has(0, ID))
  for (const bad of [-1, 0.5, Number.NaN, Infinity, 2 ** 53, -1n, 2n ** 64n]) {
    assert.throws(() => table.get(bad, ID), RangeError, `${bad}`)
    assert.throws(() => table.attach(1, bad, 1), RangeError)
    assert.throws(() => table.detach(bad, ID), RangeError)
    assert.throws(() => table.detachAll(bad), RangeError)
  }
  for (const bad of ['1', null, undefined, {}, Symbol('s')] as unknown as number[]) {
    assert.throws(() => table.get(bad, ID), TypeError)
    assert.throws(() => table.updateOrAttach(1, bad, 1), TypeError)
  }
})

test('what is wrong with a key, a size or an option is said in words', () => {
  const table = SharedShadowTable.create(SMALL)
  const said: [unknown, RegExp][] = [
    [undefined, /obj must be a number or a bigint, not undefined$/],
    [{}, /obj must be a number or a bigint, not an object$/],
    ['7', /obj must be a number or a bigint, not "7"$/],
    [-1n, /obj must be an unsigned integer of at most 64 bits, not -1n$/],
    [2 ** 53, /not 9007199254740992; pass it as a bigint$/],
    [Infinity, /not Infinity$/],
    [2 ** 64, /not 18446744073709552000$/],
  ]
  for (const [bad, message] of said) assert.throws(() => table.get(bad as number, ID), { message })
  assert.throws(() => table.attach(1, ID, null as unknown as number), { message: /of bytes, not null$/ })
  assert.throws(() => SharedShadowTable.create({ maxBytes: '65536' as unknown as number }), {
    message: /not "65536"$/,
  })
})

test('a constructor or destructor that is no function is refused before anything is done', () => {
  const table = SharedShadowTable.create(SMALL)
  const none = 'x' as unknown as () => void
  table.attach(1, ID, Uint8Array.of(1))
  assert.throws(() => table.attach(2, ID, 8, none), { message: 'ctor must be a function, not "x"' })
  assert.throws(() => table.getOrAttach(2, ID, 8, none), TypeError)
  assert.throws(() => table.updateOrAttach(1, ID, 8, none), TypeError)
  assert.throws(() => table.updateOrAttach(2, ID, 8, none), TypeError)
  assert.throws(() => table.detach(1, ID, none), { message: 'dtor must be a function, not "x"' })
  assert.throws(() => table.detachAll(ID, none), TypeError)
  assert.deepEqual([...table.get(1, ID)!], [1])
  assert.equal(table.stats().entries, 1)
})

test('sizes that lie are refused or cut to what is true', async () => {
  const table = SharedShadowTable.create(SMALL)
  for (const bad of [-1, 0.5, Number.NaN, Infinity, 2 ** 60]) {
    assert.throws(() => table.attach(1, ID, bad), RangeError)
  }
  for (const bad of ['8', null, [1], 8n, Object.create(null)] as unknown as number[])
    assert.throws(() => table.attach(1, ID, bad), /data must be a typed array/)
  class Liar extends Uint8Array {
    override get byteLength(): number {
      return 1
    }
    override get length(): number {
      return 1
    }
  }
  const neighbour = table.attach(2, ID, 16)!
  table.attach(3, ID, new Liar(4096).fill(255))
  assert.equal(table.get(3, ID)!.length, 1)
  assert.ok(neighbour.every((byte) => byte === 0))
  checkInvariants(table.buffer)
  const { errors } = await heard(() => assert.equal(table.attach(1, ID, Number.MAX_SAFE_INTEGER), undefined))
  assert.equal(errors.length, 1)
})

test('options, handles and buffers that cannot be are refused with the reason', () => {
  for (const bad of [0, -1, 100, Number.NaN, 1.5, 2 ** 33, '1' as unknown as number]) {
    assert.throws(() => SharedShadowTable.create({ maxBytes: bad }), /maxBytes must be an integer/)
  }
  assert.throws(() => SharedShadowTable.create({ maxBytes: 1 << 20, maxThreads: 0 }), /maxThreads/)
  assert.throws(() => SharedShadowTable.create({ maxBytes: 1 << 20, maxThreads: 5000 }), /maxThreads/)
  assert.throws(() => SharedShadowTable.create({ maxBytes: 1 << 20, lockDeadline: -1 }), /lockDeadline/)

  for (const bad of [undefined, null, 1 << 20] as unknown as (typeof SMALL)[]) {
    assert.throws(() => SharedShadowTable.create(bad), /create needs options/)
  }

  const { handle } = SharedShadowTable.create(SMALL)
  const open = (other: object) => SharedShadowTable.open({ ...handle, ...other } as typeof handle)
  for (const none of [undefined, null, 1, {}, { buffer: handle.buffer }]) {
    assert.throws(() => SharedShadowTable.open(none as unknown as typeof handle), TypeError)
  }
  assert.throws(() => open({ buffer: new ArrayBuffer(65536) }), TypeError)
  assert.throws(() => open({ buffer: new SharedArrayBuffer(65536) }), /does not begin like one/)
  assert.throws(() => open({ buffer: new SharedArrayBuffer(64) }), /its size cannot be/)
  assert.throws(() => open({ version: 2 }), /layout version 2/)
  const copy = (bytes: number, change: (words: Int32Array) => void) => {
    const buffer = new SharedArrayBuffer(bytes)
    new Uint8Array(buffer).set(new Uint8Array(handle.buffer, 0, Math.min(bytes, handle.buffer.byteLength)))
    change(new Int32Array(buffer))
    return buffer
  }
  const nothing = () => {}
  assert.throws(
    () => open({ buffer: copy(32768, nothing) }),
    /it has 32768 bytes, the table in it was made with 65536/,
  )
  assert.throws(() => open({ buffer: copy(65536, (words) => words.fill(9, 1, 2)) }), /layout version 9/)
  for (const word of [3, 33, 35, 36, 37, 48]) {
    for (const lie of [-1, 0, 1, 0x7fffffff]) {
      const buffer = copy(65536, (words) => words.fill(lie, word, word + 1))
      if (word === 3 && lie === 1) continue
      assert.throws(() => open({ buffer }), /its header contradicts itself/, `word ${word} is ${lie}`)
    }
  }
  assert.equal(SharedShadowTable.open(structuredClone(handle)).stats().entries, 0)
})

test('a report needs the number of a thread', () => {
  const table = SharedShadowTable.create(SMALL)
  for (const bad of [-1, 0.5, Number.NaN, '1', undefined] as number[]) {
    assert.throws(() => table.threadExited(bad), /threadId is a non-negative integer/)
    assert.throws(() => table.watch({ threadId: bad, once: assert.fail }), /-1 once it has exited/)
  }
  assert.throws(() => table.threadExited(threadId), /it is the one that reports this/)
})

test('get hands out the view of what is there now, though it keeps views', () => {
  const table = SharedShadowTable.create({ maxBytes: 2 << 20 })
  for (let obj = 0; obj < 9000; obj++) table.attach(obj, ID, Uint8Array.of(obj, obj >> 8))
  // More than are kept, so that they take each other's place.
  for (let round = 0; round < 2; round++) {
    for (let obj = 0; obj < 9000; obj++) assert.deepEqual([...table.get(obj, ID)!], [obj & 255, obj >> 8])
  }
  table.detachAll(ID)
  const lengths = new Map<number, Set<number>>()
  for (let round = 0; round < 5000; round++) {
    table.attach(round, ID, 1 + (round % 13))
    const view = table.get(round, ID)!
    assert.equal(view.length, 1 + (round % 13))
    lengths.set(view.byteOffset, (lengths.get(view.byteOffset) ?? new Set()).add(view.length))
    table.detach(round, ID)
  }
  assert.ok(
    [...lengths.values()].some((seen) => seen.size > 1),
    'one place had data of several lengths',
  )
})

test('typed views are aligned for every kind, and must fit', () => {
  const table = SharedShadowTable.create(SMALL)
  for (let size = 0; size < 200; size += 8) {
    const view = table.attach(size, ID, size)!
    const floats = viewAs(Float64Array, view)
    assert.equal(floats.length, size / 8)
    viewAs(BigUint64Array, view).fill(5n)
    assert.ok([...view].every((byte, index) => byte === (index % 8 === 0 ? 5 : 0)))
  }
  assert.throws(() => viewAs(Float64Array, table.attach(1000, ID, 12)!), /12 bytes are not a whole number/)
})

test('out of memory is loud and harmless', async () => {
  const table = SharedShadowTable.create({ maxBytes: 32 << 10, maxThreads: 4 })
  let attached = 0
  const { errors } = await heard(() => {
    while (table.attach(attached, ID, new Uint8Array(100).fill(attached)) !== undefined) attached++
    assert.equal(table.getOrAttach(attached, ID, 100), undefined)
    assert.equal(table.updateOrAttach(1, ID, 200), undefined)
    assert.equal(table.attach(99999, ID, 1e9), undefined)
  })
  assert.equal(errors.length, 4)
  assert.match(errors[0]!, new RegExp(`out of memory: <0x${attached.toString(16)}, 0x7>.*Asked: 100 bytes`))
  for (let obj = 0; obj < attached; obj++) assert.equal(table.get(obj, ID)![99], obj & 255)
  checkInvariants(table.buffer)
  assert.ok(table.detach(0, ID))
  assert.ok(table.attach(0, ID, 100))
})

test('a size beyond the whole table is out of memory, however large, and touches nothing', async () => {
  const table = SharedShadowTable.create(SMALL)
  for (let obj = 0; obj < 40; obj++) table.attach(obj, ID, new Uint8Array(200).fill(obj + 1))
  for (let obj = 0; obj < 10; obj++) table.detach(obj, ID)
  const sizes = [2 ** 32, 2 ** 36 - 32, 2 ** 36 + 64, 2 ** 36 + 600, 2 ** 40 + 1000, Number.MAX_SAFE_INTEGER]
  const { errors } = await heard(() => {
    for (const size of sizes) assert.equal(table.attach(5, ID, size), undefined, `${size}`)
  })
  assert.equal(errors.length, sizes.length)
  for (let obj = 10; obj < 40; obj++) assert.ok(table.get(obj, ID)!.every((byte) => byte === obj + 1))
  checkInvariants(table.buffer)
})

test('a free block that fits is found, also behind many of its bin that do not', () => {
  const table = SharedShadowTable.create({ maxBytes: 256 << 10 })
  const sized = (units: number) => units * 16 - 32
  table.attach(0, ID, sized(71))
  table.attach(1, ID, 8)
  for (let hole = 2; hole < 82; hole += 2) {
    table.attach(hole, ID, sized(64))
    table.attach(hole + 1, ID, 8)
  }
  table.attach(1000, ID, table.stats().largestFreeBytes - 32)
  // What is detached last is freed first, and lies deepest in its bin.
  for (let hole = 80; hole >= 0; hole -= 2) table.detach(hole, ID)
  assert.equal(table.attach(2000, ID, sized(70))?.length, sized(70))
  checkInvariants(table.buffer)
})

test('data of two gigabytes and more has its length in every view', () => {
  // The memory is not touched: what is attached is small, and then said to be large.
  const table = SharedShadowTable.create({ maxBytes: 2 ** 32 - 16 })
  const offset = table.attach(1, ID, 8)!.byteOffset
  new Int32Array(table.buffer)[offset / 4 - 3] = 2 ** 31
  assert.equal(table.get(1, ID)!.length, 2 ** 31)
  assert.equal(table.get(1n, ID)!.length, 2 ** 31)
  assert.equal(table.getOrAttach(1, ID, 8)!.length, 2 ** 31)
  let length = 0
  table.detach(1, ID, (_obj, view) => {
    length = view.length
  })
  assert.equal(length, 2 ** 31)
})

test('it grows from nothing to its maximum: lookups stay right, and chains stay short', () => {
  const table = SharedShadowTable.create({ maxBytes: scaled({ quick: 8, ci: 32, full: 256 }) << 20 })
  const most = scaled({ quick: 100_000, ci: 400_000, full: 3_000_000 })
  for (let index = 0; index < most; index++) table.attach(0x7f00_0000_0000 + index * 64, ID, 8)![0] = index
  const { entries, buckets } = table.stats()
  assert.equal(entries, most)
  assert.ok(buckets > most, `${buckets} buckets`)
  for (let index = 0; index < most; index += 7) {
    assert.equal(table.get(0x7f00_0000_0000 + index * 64, ID)![0], index & 255)
    assert.equal(table.has(0x7f00_0000_0000 + index * 64 + 16, ID), false)
  }
  assert.equal(table.detachAll(ID), most)
  checkInvariants(table.buffer)
})

test('strides of addresses spread evenly over the buckets', () => {
  for (const stride of [1, 8, 16, 64, 4096, 2 ** 20, 2 ** 32]) {
    const table = SharedShadowTable.create({ maxBytes: 4 << 20 })
    for (let index = 0; index < 20_000; index++) table.attach(index * stride, ID, 0)
    const words = new Int32Array(table.buffer)
    const longest = longestChain(words)
    assert.ok(longest <= 10, `stride ${stride}: a chain of ${longest}`)
  }
})

function longestChain(words: Int32Array): number {
  let longest = 0
  for (let bucket = 0; bucket < words[33]!; bucket++) {
    let length = 0
    for (let entry = words[words[35]! + bucket]!; entry !== 0; entry = words[entry]!) length++
    longest = Math.max(longest, length)
  }
  return longest
}

test('any sequence of verbs does what a Map would do, and leaves the memory in order', () => {
  const key = fc.oneof(
    fc.integer({ min: 0, max: 40 }).map((n) => n * 64),
    fc.bigInt({ min: 2n ** 64n - 4n, max: 2n ** 64n - 1n }),
  )
  const verb = fc.record({
    name: fc.constantFrom('attach', 'getOrAttach', 'updateOrAttach', 'detach', 'get', 'detachAll', 'read'),
    obj: key,
    id: fc.constantFrom(1, 2, 2n ** 40n),
    data: fc.uint8Array({ maxLength: 300 }),
  })
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    fc.assert(
      fc.property(fc.array(verb, { maxLength: 300 }), (verbs) => {
        const table = SharedShadowTable.create({ maxBytes: 256 << 10 })
        const model = new Map<string, Uint8Array>()
        for (const { name, obj, id, data } of verbs) obey(table, model, name, obj, id, data)
        for (const [name, data] of model) {
          const [obj, id] = name.split(':').map(BigInt) as [bigint, bigint]
          assert.deepEqual(table.get(obj, id)!.slice(), data.slice())
        }
        assert.equal(table.stats().entries, model.size)
        checkInvariants(table.buffer)
      }),
      { numRuns: scaled({ quick: 50, ci: 200, full: 3000 }) },
    )
  } finally {
    process.emitWarning = emitWarning
  }
})

function obey(
  table: SharedShadowTable,
  model: Map<string, Uint8Array>,
  verb: string,
  obj: number | bigint,
  id: number | bigint,
  data: Uint8Array,
): void {
  const name = `${obj}:${id}`
  const old = model.get(name)
  const destroyed: Uint8Array[] = []
  const dtor = (_obj: number | bigint, view: Uint8Array) => destroyed.push(view.slice())
  const same = (view: Uint8Array | undefined, expected: Uint8Array | undefined) =>
    assert.deepEqual(view?.slice(), expected?.slice())
  switch (verb) {
    case 'attach':
      same(table.attach(obj, id, data), old === undefined ? data : undefined)
      if (old === undefined) model.set(name, data)
      break
    case 'getOrAttach':
      same(table.getOrAttach(obj, id, data), old ?? data)
      if (old === undefined) model.set(name, data)
      break
    case 'updateOrAttach':
      same(table.updateOrAttach(obj, id, data, dtor), data)
      assert.deepEqual(destroyed, old === undefined ? [] : [old.slice()])
      model.set(name, data)
      break
    case 'detach':
      assert.equal(table.detach(obj, id, dtor), model.delete(name))
      assert.deepEqual(destroyed, old === undefined ? [] : [old.slice()])
      break
    case 'detachAll': {
      const names = [...model.keys()].filter((other) => other.endsWith(`:${id}`))
      assert.equal(table.detachAll(id, dtor), names.length)
      assert.equal(destroyed.length, names.length)
      for (const other of names) model.delete(other)
      break
    }
    default:
      same(verb === 'get' ? table.get(obj, id) : table.read(() => table.get(obj, id)), old)
  }
}

test('a thousand million bytes go through 64 MB: nothing leaks, and memory does not fall to pieces', () => {
  const table = SharedShadowTable.create({ maxBytes: 64 << 20 })
  const total = scaled({ quick: 5e7, ci: 3e8, full: 1e9 })
  const live: number[] = []
  let seed = 1
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  let worst = 0
  let bytes = 0
  for (let obj = 0; bytes < total; obj++) {
    const size = random(10) === 0 ? random(100_000) : random(500)
    while (table.stats().usedBytes + size > 40 << 20) {
      const [victim] = live.splice(random(live.length), 1, live.at(-1)!)
      live.pop()
      assert.ok(table.detach(victim!, ID))
    }
    assert.ok(table.attach(obj, ID, size), `after ${bytes} bytes`)
    live.push(obj)
    bytes += size
    if (obj % 1000 === 0) worst = Math.max(worst, table.stats().fragmentation)
  }
  // A third of the memory is free; the largest piece of it must stay far larger than anything that is asked for.
  assert.ok(worst < 0.9, `fragmentation was ${worst}`)
  assert.equal(table.detachAll(ID), live.length)
  checkInvariants(table.buffer)
  const { arenaBytes } = table.stats()
  assert.ok(table.attach(1, ID, arenaBytes - 32), 'all of it is there, in one piece')
})

test('detachAll lets others at the lock after some', () => {
  const table = SharedShadowTable.create({ maxBytes: 1 << 20 })
  for (let key = 0; key < 500; key++) table.attach(key, ID, 8)
  let left: number | undefined
  const removed = table.detachAll(ID, () => {
    left ??= table.stats().entries
  })
  assert.equal(removed, 500)
  // A step takes 64, and what is in the bucket of the last.
  assert.ok(left! > 400, `${left} are there still when the first is destroyed`)
})

test('a block that fits is found behind one of its bin that does not', () => {
  const table = SharedShadowTable.create({ maxBytes: 1 << 20 })
  // Two lengths of one bin: 16 and 17 units.
  const [shorter, longer] = [16 * 16 - 32, 17 * 16 - 32]
  const [first, second] = [2, 3]
  table.attach(first, ID, shorter)
  table.attach(1000, ID, 8)
  table.attach(second, ID, longer)
  for (let key = 1001; key < 1200; key++) table.attach(key, ID, 8)
  const fitting = table.offsetOf(second, ID)
  // What was removed first is freed last, and then the first of its bin. Neighbours stay, so that nothing is merged.
  table.detach(first, ID)
  table.detach(second, ID)
  for (let key = 1002; key < 1130; key += 2) table.detach(key, ID)
  assert.ok(table.stats().limboBytes < 256, 'they were freed')
  table.attach(1, ID, longer)
  assert.equal(table.offsetOf(1, ID), fitting)
})

test('a thread takes little memory for a table of which it uses little', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const { handle } = SharedShadowTable.create({ maxBytes: 64 << 20 })
  const memory = () => {
    collect()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const before = memory()
  const opened = Array.from({ length: 200 }, () => SharedShadowTable.open(handle))
  for (const table of opened) table.updateOrAttach(1, ID, 8)
  const bytes = (memory() - before) / opened.length
  assert.ok(opened.every((table) => table.get(1, ID)?.length === 8))
  assert.ok(bytes < 32_000, `${bytes} bytes for each`)
})
