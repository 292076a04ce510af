import { Command } from 'commander'
import type { Request } from '../../agent/protocol.ts'
import { changeAll, type Report } from '../change.ts'
import { findAll, findProcess } from '../find.ts'
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
        changeAll(
          cards,
          { op: 'load', ...patch, wait },
          remove,
          (waiting) => waiting && update(waitsFor(waiting)),
        ),
      )
      if (json) return printJson(all ? reports : reports[0])
      for (const report of reports) describe(report)
    })
  return waiting(command)
}

/** A pre-patch callback has failed in one of several processes: the others give up the patch too. */
function remove(patch: string): Request[] {
  return [
    { op: 'disable', patch, wait: true },
    { op: 'unload', patch, wait: true },
  ]
}

function describe(report: Report): void {
  print(
    `${report.patch}: patching complete in process ${report.pid} (event loop held up ${milliseconds(report.prepare)} ` +
      `to prepare, ${milliseconds(report.switch)} to switch)`,
  )
  for (const note of report.notes) print(`  note: ${note}`)
}
