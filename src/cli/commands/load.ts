import { Command } from 'commander'
import type { OperationReport } from '../../livepatch/core.ts'
import { describeError, UmbraError } from '../../livepatch/errors.ts'
import type { PatchSource } from '../../livepatch/patch.ts'
import { Client, type OnWaiting } from '../client.ts'
import { findAll, findProcess, type ProcessCard } from '../find.ts'
import { milliseconds, print, printJson, waitsFor, withProgress } from '../output.ts'
import { waiting } from './switch.ts'

interface Options {
  json?: boolean
  all?: boolean
  wait?: boolean
}

export function loadCommand(): Command {
  const command = new Command('load')
    .description('load a patch into a running process and enable it')
    .argument('<process>', 'pid or name')
    .argument('<file>', 'a patch module, TypeScript or JavaScript')
    .option('--all', 'load into every process of that name, or into none')
    .option('--json', 'print one JSON document')
    .action(async (named: string, file: string, { json = false, all, wait = false }: Options) => {
      const cards = all ? await findAll(named) : [await findProcess(named)]
      const patch = await withProgress('bundling the patch', json, async () => {
        // The bundler is big; every other command does without it.
        const { bundlePatch } = await import('../bundle.ts')
        return bundlePatch(file)
      })
      const reports = await withProgress('loading', json, (update) =>
        loadInto(cards, patch, wait, (waiting) => waiting && update(waitsFor(waiting))),
      )
      if (json) return printJson(all ? reports : reports[0])
      for (const report of reports) describe(report)
    })
  return waiting(command)
}

type Report = OperationReport & { pid: number }

/** Every process checks and compiles before the first one switches. */
async function loadInto(
  cards: ProcessCard[],
  patch: PatchSource,
  wait: boolean,
  onWaiting: OnWaiting,
): Promise<Report[]> {
  const clients = await Promise.all(cards.map((card) => Client.open(card)))
  try {
    const request = { op: 'load', ...patch, wait } as const
    await Promise.all(
      clients.map((client) =>
        client.prepare(request, onWaiting).catch((error) => {
          throw cards.length > 1 ? named(client, error) : error
        }),
      ),
    )
    const results = await Promise.allSettled(clients.map((client) => client.commit(onWaiting)))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) {
      await takeBack(
        cards.filter((_, i) => results[i]!.status === 'fulfilled'),
        results,
      )
      throw failed.reason
    }
    return results.map((result, i) => ({
      pid: cards[i]!.pid,
      ...(result as PromiseFulfilledResult<OperationReport>).value,
    }))
  } finally {
    for (const client of clients) client.close()
  }
}

/** Of several processes one has to be named. */
function named({ process: { pid } }: Client, error: unknown): unknown {
  const { code, message } = describeError(error)
  return new UmbraError(code, message.includes(`process ${pid}`) ? message : `process ${pid}: ${message}`)
}

/** A pre-patch callback has failed in one of several processes: the others give up the patch too. */
async function takeBack(
  cards: ProcessCard[],
  results: PromiseSettledResult<OperationReport>[],
): Promise<void> {
  const loaded = results.find((result) => result.status === 'fulfilled')
  if (loaded === undefined) return
  const { patch } = loaded.value
  await Promise.all(
    cards.map(async (card) => {
      await Client.change(card, { op: 'disable', patch, wait: true })
      await Client.change(card, { op: 'unload', patch, wait: true })
    }),
  )
}

function describe(report: Report): void {
  print(
    `${report.patch}: patching complete in process ${report.pid} (event loop held up ${milliseconds(report.prepare)} ` +
      `to prepare, ${milliseconds(report.switch)} to switch)`,
  )
  for (const note of report.notes) print(`  note: ${note}`)
}
