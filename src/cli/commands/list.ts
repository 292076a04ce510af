import { Command } from 'commander'
import type { PatchRow } from '../../agent/commands.ts'
import { Client } from '../client.ts'
import { out as color } from '../color.ts'
import { findProcess } from '../find.ts'
import { print, printJson, printTable } from '../output.ts'

export function listCommand(): Command {
  return new Command('list')
    .description('list the patches of a process, the oldest first')
    .argument('<process>', 'pid or name')
    .option('--json', 'print one JSON document')
    .action(async (named: string, { json }: { json?: boolean }) => {
      const rows = await Client.ask<PatchRow[]>(await findProcess(named), { op: 'list' })
      if (json) return printJson(rows)
      if (rows.length === 0) return print('no patch is loaded')
      printTable(
        ['PATCH', 'VERSION', 'STATE', 'TARGETS'],
        rows.map((row) => [row.name, row.version ?? '-', state(row), row.targets.join(', ')]),
      )
    })
}

function state({ enabled, transition }: PatchRow): string {
  if (transition !== false) {
    const { to, tasks, oldest } = transition
    return color.yellow(
      `${to}: waits for ${tasks} task${tasks === 1 ? '' : 's'}, oldest ${Math.round(oldest / 1000)} s`,
    )
  }
  return enabled ? color.green('enabled') : color.dim('disabled')
}
