import { Command } from 'commander'
import type { OperationReport } from '../../livepatch/core.ts'
import type { BundledPatch } from '../bundle.ts'
import { Client } from '../client.ts'
import { findAll, findProcess, type ProcessCard } from '../find.ts'
import { milliseconds, print, printJson, withProgress } from '../output.ts'

interface Options {
  json?: boolean
  all?: boolean
}

export function loadCommand(): Command {
  return new Command('load')
    .description('load a patch into a running process and enable it')
    .argument('<process>', 'pid or name')
    .argument('<file>', 'a patch module, TypeScript or JavaScript')
    .option('--all', 'load into every process of that name, or into none')
    .option('--json', 'print one JSON document')
    .action(async (named: string, file: string, options: Options) => {
      const cards = options.all ? findAll(named) : [findProcess(named)]
      const quiet = options.json === true
      const patch = await withProgress('bundling the patch', quiet, async () => {
        // The bundler is big; every other command does without it.
        const { bundlePatch } = await import('../bundle.ts')
        return bundlePatch(file)
      })
      const reports = await withProgress('loading', quiet, () => loadInto(cards, patch))
      if (options.json) return printJson(options.all ? reports : reports[0])
      for (const report of reports) describe(report)
    })
}

type Report = OperationReport & { pid: number }

/** Every process checks and compiles before the first one switches. */
async function loadInto(cards: ProcessCard[], patch: BundledPatch): Promise<Report[]> {
  const clients = await Promise.all(cards.map((card) => Client.open(card)))
  try {
    await Promise.all(clients.map((client) => client.prepare({ op: 'load', ...patch })))
    return await Promise.all(
      clients.map(async (client) => ({
        pid: client.process.pid,
        ...(await client.commit<OperationReport>()),
      })),
    )
  } finally {
    for (const client of clients) client.close()
  }
}

function describe(report: Report): void {
  print(
    `${report.patch}: patching complete in process ${report.pid} (event loop held up ${milliseconds(report.prepare)} ` +
      `to prepare, ${milliseconds(report.switch)} to switch)`,
  )
  for (const note of report.notes) print(`  note: ${note}`)
}
