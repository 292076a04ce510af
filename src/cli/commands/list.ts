import { Command } from 'commander'
import type { ProcessRow } from '../../agent/requests.ts'
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
      const rows = await Client.ask<ProcessRow[]>(await findProcess(named), { op: 'list' })
      if (json) return printJson(rows)
      if (rows.length === 0) return print('no patch is loaded')
      printTable(
        ['PATCH', 'VERSION', 'STATE', 'THREADS', 'TARGETS'],
        rows.map((row) => [row.name, row.version ?? '-', state(row), threads(row), row.targets.join(', ')]),
      )
    })
}

function threads({ threads }: ProcessRow): string {
  const silent = threads.filter(({ enabled }) => enabled === null).length
  const without = threads.filter(({ missing }) => missing !== undefined).length
  return [
    threads.length,
    ...(silent === 0 ? [] : [`${silent} blocked`]),
    ...(without === 0 ? [] : [`${without} without it`]),
  ].join(', ')
}

function state({ enabled, threads }: ProcessRow): string {
  const waiting = threads.flatMap(({ transition }) => (transition === false ? [] : [transition]))
  const [first] = waiting
  if (first === undefined) return enabled ? color.green('enabled') : color.dim('disabled')
  const tasks = waiting.reduce((sum, one) => sum + one.tasks, 0)
  const oldest = Math.max(...waiting.map((one) => one.oldest))
  return color.yellow(
    `${first.to}: waits for ${tasks} task${tasks === 1 ? '' : 's'}, oldest ${Math.round(oldest / 1000)} s`,
  )
}
