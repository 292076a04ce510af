import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Request } from '#dist/agent/protocol.js'
import { bundlePatch } from '#dist/cli/bundle.js'
import type { Client } from '#dist/cli/client.js'
import { report, type Summary, summary } from '../measure.ts'
import { Load, paced } from './load.ts'
import { giveProcessor } from './processor.ts'
import { CONNECTIONS, type Kind, Server } from './server.ts'

const ROUNDS = Number(process.env.UMBRA_BENCH_ROUNDS ?? 20)
const CYCLES_A_ROUND = 10
/** From one cycle to the next. Milliseconds. */
const PACE = 100
const SHARE_OF_SATURATION = 0.6

type Side = 'empty' | 'cycles'
type Cycle = () => Promise<void>

/**
 * 200 cycles by one client that stays connected, ten a second, against as many empty ones by the same client: exchanges
 * over the socket that change nothing, as many as a cycle has. The server has a processor of its own: who shares it with
 * its clients measures the clients.
 */
export async function latencyUnderCycles(kind: Kind): Promise<void> {
  const server = await Server.start(kind, { prepared: true, processor: 0 })
  giveProcessor(1)
  const client = await server.control()
  const steps = await cycleOfPatch()
  const sides: Record<Side, Cycle> = {
    empty: async () => {
      for (let i = 0; i < 2 * steps.length; i++) await client.request({ op: 'hello' })
    },
    cycles: async () => {
      for (const step of steps) await carryOut(client, step)
    },
  }
  await server.saturate(3)
  const { rate } = await server.saturate(3)
  const rounds: Record<Side, number[][]> = { empty: [], cycles: [] }
  for (let round = 0; round < ROUNDS; round++) {
    const order: Side[] = round % 2 === 0 ? ['empty', 'cycles'] : ['cycles', 'empty']
    for (const side of order)
      rounds[side].push(await latencies(server, SHARE_OF_SATURATION * rate, sides[side]))
  }
  client.close()
  server.stop()
  const group = `Latency at 60 % of saturation, ${ROUNDS * CYCLES_A_ROUND} load and disable cycles`
  for (const side of ['empty', 'cycles'] as const)
    report({
      group,
      name: `${kind}: p99, ${side}`,
      unit: 'ms',
      ...resampled([rounds[side]], (all) => p99(all)),
    })
  report({
    group,
    name: `${kind}: p99, cycles ÷ empty`,
    unit: '×',
    ...resampled([rounds.cycles, rounds.empty], (cycles, empty) => p99(cycles) / p99(empty)),
    bar: { atMost: 1.2 },
  })
}

/** Loading, disabling and unloading a patch, as requests. */
async function cycleOfPatch(): Promise<Request[]> {
  const folder = mkdtempSync(join(tmpdir(), 'umbra-bench-'))
  const file = join(folder, 'patch.ts')
  writeFileSync(
    file,
    `import { definePatch } from 'umbra'
    export default definePatch({ name: 'p', targets: [{ module: './lib.js', functions: { text: () => 'new' } }] })`,
  )
  const patch = await bundlePatch(file)
  rmSync(folder, { recursive: true })
  return [
    { op: 'load', ...patch },
    { op: 'disable', patch: 'p' },
    { op: 'unload', patch: 'p' },
  ]
}

async function carryOut(client: Client, request: Request): Promise<void> {
  await client.prepare(request)
  await client.commit()
}

/** The latency of every request that is made while cycles are made at their pace. Milliseconds. */
async function latencies(server: Server, rate: number, cycle: Cycle): Promise<number[]> {
  const all: number[] = []
  const load = await Load.open(server.url, CONNECTIONS, (_due, latency) => all.push(latency))
  let over = false
  const answers = load.run(paced(rate), () => over)
  const start = performance.now()
  for (let i = 1; i <= CYCLES_A_ROUND; i++) {
    await cycle()
    await sleep(Math.max(0, start + i * PACE - performance.now()))
  }
  over = true
  await answers
  load.close()
  return all
}

function p99(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)]!
}

/**
 * A figure of all requests of all rounds together, and how much it depends on which rounds there were: the quartiles of the
 * same figure where as many rounds are drawn from them, with repetitions.
 */
function resampled(sides: number[][][], figure: (...pooled: number[][]) => number): Summary {
  const draws = Array.from({ length: 100 }, () => {
    const drawn = Array.from({ length: ROUNDS }, () => Math.floor(Math.random() * ROUNDS))
    return figure(...sides.map((rounds) => drawn.flatMap((round) => rounds[round]!)))
  })
  return { ...summary(draws), median: figure(...sides.map((rounds) => rounds.flat())) }
}
