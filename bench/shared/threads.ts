/** Several threads: how readers scale, and what the table saves against an owner thread that is sent messages. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { SharedShadowTable } from 'umbra/shared'
import { report, summary } from '../measure.ts'
import { ID, populate } from './lookup.ts'
import type { Task } from './worker.ts'

const WINDOW = 400
const worker = new URL('./worker.js', import.meta.url)

function start(task: Task): Worker {
  return new Worker(worker, { workerData: task })
}

async function stop(workers: Worker[]): Promise<void> {
  await Promise.all(workers.map((one) => one.terminate()))
}

/** Lookups a second of this many reader threads, beside a writer that is held to 5 % of a core if asked for. */
async function throughput(
  table: SharedShadowTable,
  entries: number,
  readers: number,
  writer: boolean,
): Promise<number> {
  const counts = new Float64Array(new SharedArrayBuffer(8 * 16 * readers))
  const workers = Array.from({ length: readers }, (_, index) =>
    start({ kind: 'reader', handle: table.handle, entries, counts, index }),
  )
  if (writer) workers.push(start({ kind: 'writer', handle: table.handle }))
  await Promise.all(workers.map((one) => once(one, 'message')))
  const total = () => counts.reduce((sum, count) => sum + count, 0)
  await sleep(WINDOW)
  const [before, from] = [total(), performance.now()]
  await sleep(WINDOW)
  const rate = (total() - before) / (performance.now() - from)
  await stop(workers)
  return rate * 1000
}

export async function benchScaling(name: string, entries: number, rounds: number): Promise<void> {
  const { table } = populate(entries, 1)
  const group = 'two reader threads against one'
  for (const writer of [false, true]) {
    const ratios: number[] = []
    for (let round = 0; round < rounds; round++) {
      const one = await throughput(table, entries, 1, writer)
      const two = await throughput(table, entries, 2, writer)
      ratios.push(two / one)
    }
    const suffix = writer ? ', beside a writer at 5 % of a core' : ''
    report({ group, name: `${name} entries${suffix}`, unit: '×', ...summary(ratios), bar: { atLeast: 1.8 } })
  }
}

/** An owner thread with a Map, asked by messages; many are under way at the same time, which favours the messages. */
export async function benchOwner(name: string, entries: number, rounds: number): Promise<void> {
  const { table, keys } = populate(entries, 50_000)
  const owner = start({ kind: 'owner', entries })
  await once(owner, 'message')
  const group = `against a Map behind messages to its owner, ${name} entries`
  const lookups: number[] = []
  const writes: number[] = []
  for (let round = 0; round < rounds; round++) {
    const asked = await askOwner(owner, keys.subarray(0, 5000), 'get')
    const looked = timed(keys.length, () => {
      for (let index = 0; index < keys.length; index++) table.get(keys[index]!, ID)
    })
    lookups.push(asked / looked)
    const sent = await askOwner(owner, keys.subarray(0, 5000), 'cycle')
    const data = new Uint8Array(16)
    const cycled = timed(keys.length, () => {
      for (let index = 0; index < keys.length; index++) {
        table.attach(keys[index]!, ID + 1, data)
        table.detach(keys[index]!, ID + 1)
      }
    })
    writes.push(sent / cycled)
  }
  await stop([owner])
  report({ group, name: 'lookups', unit: '×', ...summary(lookups), bar: { atLeast: 20 } })
  report({ group, name: 'attach and detach', unit: '×', ...summary(writes) })
}

function timed(operations: number, fn: () => void): number {
  const from = performance.now()
  fn()
  return (performance.now() - from) / operations
}

/** Milliseconds a question, with 1,000 of them under way. */
async function askOwner(owner: Worker, keys: Float64Array, verb: 'get' | 'cycle'): Promise<number> {
  const from = performance.now()
  await new Promise<void>((resolve) => {
    let sent = 0
    let answered = 0
    const ask = () => owner.postMessage(verb === 'get' ? { verb, key: keys[sent++]! } : cycle(keys[sent++]!))
    const onAnswer = () => {
      if (++answered === keys.length) {
        owner.off('message', onAnswer)
        resolve()
      } else if (sent < keys.length) ask()
    }
    owner.on('message', onAnswer)
    while (sent < Math.min(1000, keys.length)) ask()
  })
  return (performance.now() - from) / keys.length
}

function cycle(key: number): unknown {
  return { verb: 'cycle', key, data: new Uint8Array(16) }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
