/**
 * A worker that stops for ever before the n-th access to shared memory of one operation, so that the test can
 * terminate it exactly there. It runs the stepwise build; `workerData` says what to do.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { SharedShadowTable, SharedTableHandle } from 'umbra/shared'

export interface Order {
  build: string
  handle: SharedTableHandle
  operation: Operation
  /** Before which access to stop; -1 to go on to the end and report their number. */
  step: number
}

export type Answer = { stopped: number } | { steps: number }

export const FAULT_HOOKS = `
const KEY = Symbol.for('umbra.test.step')
const step = () => globalThis[KEY]?.()
export function $load(view, i) { step(); return view[i] }
export function $store(view, i, value) { step(); return view[i] = value }
export function $atomic(name, view, ...rest) { step(); return Atomics[name](view, ...rest) }
export function $bulk(name, view, ...rest) { step(); return view[name](...rest) }
`

const ID = 7

/** Keys 2 to 5 are attached before, 3 is detached again; see faults.test.ts. */
export const operations = {
  attach: (t: SharedShadowTable) => t.attach(1, ID, Uint8Array.of(1, 1)),
  'attach with a constructor': (t: SharedShadowTable) => t.attach(1, ID, 8, (view) => view.fill(1)),
  'attach that splits buckets': (t: SharedShadowTable) => {
    for (const key of [10, 11, 12, 13]) t.attach(key, ID, Uint8Array.of(key, key))
  },
  getOrAttach: (t: SharedShadowTable) => t.getOrAttach(1, ID, 8, (view) => view.fill(1)),
  updateOrAttach: (t: SharedShadowTable) => t.updateOrAttach(2, ID, Uint8Array.of(5, 5, 5), () => {}),
  detach: (t: SharedShadowTable) => t.detach(2, ID, () => {}),
  detachAll: (t: SharedShadowTable) => t.detachAll(ID),
  'attach that must reclaim': (t: SharedShadowTable) => t.attach(14, ID, t.stats().freeBytes - 32),
  read: (t: SharedShadowTable) => t.read(() => t.get(2, ID)),
  open: () => {},
}
export type Operation = keyof typeof operations

if (parentPort !== null && workerData?.operation !== undefined) await obey(workerData as Order)

async function obey(order: Order): Promise<void> {
  const build = (await import(order.build)) as typeof import('umbra/shared')
  let steps = 0
  const arm = () => {
    Object.assign(globalThis, {
      [Symbol.for('umbra.test.step')]: () => {
        if (steps++ === order.step) stopHere(order.step)
      },
    })
  }
  if (order.operation === 'open') arm()
  const table = build.SharedShadowTable.open(order.handle)
  arm()
  operations[order.operation](table)
  parentPort!.postMessage({ steps } satisfies Answer)
}

function stopHere(step: number): void {
  parentPort!.postMessage({ stopped: step } satisfies Answer)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}
