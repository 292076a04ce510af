/** Several threads: how readers scale, and what the table saves against an owner thread that is sent messages. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
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

interface Rate {
  /** Lookups a second, of all readers together. */
  wall: number
  /** Lookups a second of CPU time of one reader, 0 where that cannot be known. */
  cpu: number
}

interface Readers {
  table: SharedShadowTable
  entries: number
  verb: 'get' | 'offsetOf'
  /** How many threads. */
  readers: number
  /** Beside a writer that is held to 5 % of a core. */
  writer: boolean
}

async function rate({ table, entries, verb, readers, writer }: Readers): Promise<Rate> {
  const counts = new Float64Array(new SharedArrayBuffer(8 * 16 * readers))
  const workers = Array.from({ length: readers }, (_, index) =>
    start({ kind: 'reader', verb, handle: table.handle, entries, counts, index }),
  )
  if (writer) workers.push(start({ kind: 'writer', handle: table.handle }))
  const tids = (await Promise.all(workers.map((one) => once(one, 'message')))).map(([tid]) => tid as number)
  const lookups = () => counts.reduce((sum, count) => sum + count, 0)
  const cpu = () => tids.slice(0, readers).reduce((sum, tid) => sum + cpuSeconds(tid), 0)
  await sleep(WINDOW)
  const before = { lookups: lookups(), cpu: cpu(), time: performance.now() }
  await sleep(WINDOW)
  const done = lookups() - before.lookups
  const seconds = cpu() - before.cpu
  const wall = (done / (performance.now() - before.time)) * 1000
  await stop(workers)
  return { wall, cpu: seconds === 0 ? 0 : done / seconds }
}

/** CPU time of a thread of this process; 0 where the kernel does not tell. */
function cpuSeconds(tid: number): number {
  try {
    return Number(readFileSync(`/proc/self/task/${tid}/schedstat`, 'latin1').split(' ')[0]) / 1e9
  } catch {
    return 0
  }
}

export async function benchScaling(name: string, entries: number, rounds: number): Promise<void> {
  const { table } = populate(entries, 1)
  const group = 'two reader threads against one'
  for (const writer of [false, true]) {
    const wall: number[] = []
    const cpu: number[] = []
    for (let round = 0; round < rounds; round++) {
      const one = await rate({ table, entries, verb: 'offsetOf', readers: 1, writer })
      const two = await rate({ table, entries, verb: 'offsetOf', readers: 2, writer })
      wall.push(two.wall / one.wall)
      if (one.cpu > 0) cpu.push((2 * two.cpu) / one.cpu)
    }
    const suffix = writer ? ', beside a writer at 5 % of a core' : ''
    report({ group, name: `${name} entries${suffix}`, unit: '×', ...summary(wall), bar: { atLeast: 1.8 } })
    if (cpu.length > 0)
      report({ group, name: `${name} entries${suffix}, by CPU time`, unit: '×', ...summary(cpu) })
  }
}

/**
 * An owner thread with a Map, asked by messages; many are under way at the same time, which favours the messages.
 * Lookups are made by as many threads as messages occupy, the one that asks and the owner; changes by one.
 */
export async function benchOwner(name: string, entries: number, rounds: number): Promise<void> {
  const { table, keys } = populate(entries, 50_000)
  const owner = start({ kind: 'owner', entries })
  await once(owner, 'message')
  const group = `against a Map behind messages to its owner, ${name} entries`
  const lookups = { offsetOf: [] as number[], get: [] as number[] }
  const writes: number[] = []
  const data = new Uint8Array(16)
  for (let round = 0; round < rounds; round++) {
    for (const verb of ['offsetOf', 'get'] as const) {
      const asked = await askOwner(owner, keys, 'get')
      const { wall } = await rate({ table, entries, verb, readers: 2, writer: false })
      lookups[verb].push((asked / 1000) * wall)
    }
    const sent = await askOwner(owner, keys.subarray(0, 5000), 'cycle')
    const cycled = timed(keys.length, () => {
      for (let index = 0; index < keys.length; index++) {
        table.attach(keys[index]!, ID + 1, data)
        table.detach(keys[index]!, ID + 1)
      }
    })
    writes.push(sent / cycled)
  }
  await stop([owner])
  const bar = { atLeast: 20 }
  report({ group, name: 'offsetOf, two threads', unit: '×', ...summary(lookups.offsetOf), bar })
  report({ group, name: 'get, two threads', unit: '×', ...summary(lookups.get), bar })
  report({ group, name: 'attach and detach, one thread', unit: '×', ...summary(writes) })
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
