import type { Request } from '../agent/protocol.ts'
import type { OperationReport } from '../livepatch/core.ts'
import { describeError, UmbraError } from '../livepatch/errors.ts'
import { Client, type OnWaiting } from './client.ts'
import type { ProcessCard } from './find.ts'

/** What a change has done in one process. */
export type Report = OperationReport & { pid: number }

/**
 * Makes one change in several processes: every one checks and prepares it before the first one carries it out. One in
 * which a callback fails at that point makes the others undo it.
 *
 * @throws UmbraError as `Client.prepare` and `Client.commit` do; with several processes the message says which
 */
export async function changeAll(
  cards: ProcessCard[],
  request: Request,
  undo: (patch: string) => Request[],
  onWaiting: OnWaiting,
): Promise<Report[]> {
  const clients: Client[] = []
  const naming = (client: Client) => (error: unknown) => {
    throw clients.length > 1 ? named(client, error) : error
  }
  try {
    for (const card of cards) clients.push(await Client.open(card))
    await Promise.all(clients.map((client) => client.prepare(request, onWaiting).catch(naming(client))))
    const results = await Promise.allSettled(
      clients.map((client) => client.commit(onWaiting).catch(naming(client))),
    )
    const failed = results.find((result) => result.status === 'rejected')
    const reports = results.flatMap((result, i) =>
      result.status === 'fulfilled' ? [{ pid: cards[i]!.pid, ...result.value }] : [],
    )
    if (failed === undefined) return reports
    await takeBack(cards, reports, undo)
    throw failed.reason
  } finally {
    for (const client of clients) client.close()
  }
}

/** Of several processes one has to be named. */
function named({ process: { pid } }: Client, error: unknown): unknown {
  const { code, message } = describeError(error)
  return new UmbraError(code, message.includes(`process ${pid}`) ? message : `process ${pid}: ${message}`)
}

async function takeBack(
  cards: ProcessCard[],
  reports: Report[],
  undo: (patch: string) => Request[],
): Promise<void> {
  await Promise.all(
    reports.map(async ({ pid, patch }) => {
      const card = cards.find((one) => one.pid === pid)!
      for (const request of undo(patch)) await Client.change(card, request)
    }),
  )
}
