// Servers under load: what following tasks costs while no patch is in transition, and what loading and disabling a patch
// over and over does to latency at 60 % of saturation.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Request } from '#dist/agent/protocol.js'
import { bundlePatch } from '#dist/cli/bundle.js'
import type { Client } from '#dist/cli/client.js'
import { ratio, report } from '../measure.ts'
import { type Kind, Server } from './server.ts'

const ROUNDS = Number(process.env.UMBRA_BENCH_ROUNDS ?? 12)
const CYCLES = 200

await tasksCostNothing('plain')
await tasksCostNothing('20 awaits')
for (const kind of ['plain', 'express', 'fastify'] as const) await latencyUnderCycles(kind)

/** Entry sites are left out on the prepared side: what is compared is umbra's presence, tasks and control socket. */
async function tasksCostNothing(kind: Kind): Promise<void> {
  const sides = {
    without: await Server.start(kind, { prepared: false }),
    present: await Server.start(kind, { prepared: true, env: { UMBRA_EXCLUDE: '.,*' } }),
  }
  const rates: Record<keyof typeof sides, number[]> = { without: [], present: [] }
  for (const side of ['without', 'present'] as const) await sides[side].saturate(1)
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? (['without', 'present'] as const) : (['present', 'without'] as const)
    for (const side of order) rates[side].push(await sides[side].saturate(1))
  }
  for (const server of Object.values(sides)) server.stop()
  report({
    group: 'Requests per second while no patch is in transition, against plain Node',
    name: `http, ${kind}`,
    unit: '×',
    ...ratio(rates.present, rates.without),
    bar: { atLeast: 0.99 },
  })
}

/** 200 cycles spread over each run, against as many exchanges over the socket that change nothing. */
async function latencyUnderCycles(kind: Kind): Promise<void> {
  const server = await Server.start(kind, { prepared: true })
  const patch = await bundled()
  const client = await server.control()
  const rate = Math.round(0.6 * (await server.saturate(3)))
  const seconds = 10
  const spread = async (cycle: () => Promise<void>): Promise<void> => {
    const start = performance.now()
    for (let i = 0; i < CYCLES; i++) {
      await cycle()
      await sleep(Math.max(0, start + ((i + 1) * seconds * 1000) / CYCLES - performance.now()))
    }
  }
  const sides = {
    empty: () => spread(async () => void (await client.request({ op: 'hello' }))),
    cycles: () => spread(() => loadAndDisable(client, patch)),
  }
  const latencies: Record<keyof typeof sides, number[]> = { empty: [], cycles: [] }
  await loadAndDisable(client, patch)
  for (let round = 0; round < Math.ceil(ROUNDS / 3); round++) {
    const order = round % 2 === 0 ? (['empty', 'cycles'] as const) : (['cycles', 'empty'] as const)
    for (const side of order) latencies[side].push(await server.p99(rate, seconds, sides[side]))
  }
  client.close()
  server.stop()
  report({
    group: `p99 latency at 60 % of saturation, ${CYCLES} load and disable cycles against ${CYCLES} empty ones`,
    name: kind,
    unit: '×',
    ...ratio(latencies.cycles, latencies.empty),
    bar: { atMost: 1.2 },
  })
}

type Load = Extract<Request, { op: 'load' }>

async function bundled(): Promise<Load> {
  const folder = mkdtempSync(join(tmpdir(), 'umbra-bench-'))
  const file = join(folder, 'patch.ts')
  writeFileSync(
    file,
    `import { definePatch } from 'umbra'
    export default definePatch({ name: 'p', targets: [{ module: './lib.js', functions: { text: () => 'new' } }] })`,
  )
  const patch = await bundlePatch(file)
  rmSync(folder, { recursive: true })
  return { op: 'load', ...patch }
}

async function loadAndDisable(client: Client, load: Load): Promise<void> {
  for (const request of [load, { op: 'disable', patch: 'p' }, { op: 'unload', patch: 'p' }] as Request[]) {
    await client.prepare(request)
    await client.commit()
  }
}
