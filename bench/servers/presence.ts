import { ratio, report } from '../measure.ts'
import { giveProcessor } from './processor.ts'
import { type Kind, Server } from './server.ts'

const ROUNDS = Number(process.env.UMBRA_BENCH_ROUNDS ?? 40)
const SECONDS = 0.5

type Side = 'without' | 'present'

/**
 * Saturates a server with and one without umbra by turns. Entry sites are left out: what is compared is umbra's presence,
 * tasks and control socket.
 */
export async function costOfBeingPresent(kind: Kind): Promise<void> {
  const servers: Record<Side, Server> = {
    without: await Server.start(kind, { prepared: false, processor: 0 }),
    present: await Server.start(kind, { prepared: true, processor: 0, env: { UMBRA_EXCLUDE: '.,*' } }),
  }
  giveProcessor(1)
  for (const server of Object.values(servers)) await server.saturate(2)
  const rates: Record<Side, number[]> = { without: [], present: [] }
  const costs: Record<Side, number[]> = { without: [], present: [] }
  for (let round = 0; round < ROUNDS; round++) {
    const order: Side[] = round % 2 === 0 ? ['without', 'present'] : ['present', 'without']
    for (const side of order) {
      const { rate, cost } = await servers[side].saturate(SECONDS)
      rates[side].push(rate)
      costs[side].push(cost)
    }
  }
  for (const server of Object.values(servers)) server.stop()
  const common = { group: 'Umbra present, no patch in transition: against plain Node', unit: '×' }
  const requests = ratio(rates.present, rates.without)
  report({ ...common, name: `${kind}: requests per second`, ...requests, bar: { atLeast: 0.99 } })
  report({ ...common, name: `${kind}: CPU time of a request`, ...ratio(costs.present, costs.without) })
}
