import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Request } from '#dist/agent/protocol.js'
import { bundlePatch } from '#dist/cli/bundle.js'
import type { Client } from '#dist/cli/client.js'
import { ratio, report } from '../measure.ts'
import { Load, paced } from './load.ts'
import { CONNECTIONS, type Kind, Server } from './server.ts'

const ROUNDS = 4
const CYCLES_A_ROUND = 50
/** From one cycle to the next. Milliseconds. */
const PACE = 100

type Side = 'empty' | 'cycles'
type Cycle = () => Promise<void>

/**
 * 200 cycles by one client that stays connected, ten a second, against as many empty ones by the same client: exchanges
 * over the socket that change nothing, as many as a cycle has.
 */
export async function latencyUnderCycles(kind: Kind): Promise<void> {
  const server = await Server.start(kind, { prepared: true })
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
  const latencies: Record<Side, number[]> = { empty: [], cycles: [] }
  for (let round = 0; round < ROUNDS; round++) {
    const order: Side[] = round % 2 === 0 ? ['empty', 'cycles'] : ['cycles', 'empty']
    for (const side of order) latencies[side].push(await p99(server, 0.6 * rate, sides[side]))
  }
  client.close()
  server.stop()
  report({
    group: `p99 latency at 60 % of saturation, ${ROUNDS * CYCLES_A_ROUND} load and disable cycles against as many empty ones`,
    name: kind,
    unit: '×',
    ...ratio(latencies.cycles, latencies.empty),
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

/** The 99th percentile of the latency while cycles are made at their pace. Milliseconds. */
async function p99(server: Server, rate: number, cycle: Cycle): Promise<number> {
  const latencies: number[] = []
  const load = await Load.open(server.url, CONNECTIONS, (_due, latency) => latencies.push(latency))
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
  return latencies.sort((a, b) => a - b)[Math.floor(latencies.length * 0.99)]!
}
