import { Command } from 'commander'
import type { IdentifierRow, ObjectRow } from '../../agent/shadow.ts'
import { Client } from '../client.ts'
import { out as color } from '../color.ts'
import { findProcess } from '../find.ts'
import { print, printJson, printTable } from '../output.ts'

interface Options {
  json?: boolean
  object?: string
}

export function shadowCommand(): Command {
  return new Command('shadow')
    .description(
      'show the shadow variables of a process by identifier and thread, or those of one object of the main thread',
    )
    .argument('<process>', 'pid or name')
    .option(
      '--object <path or expression>',
      'an object: ./pool.js:cache.users[0] from what a module exports, or cache.users[0] from a global',
    )
    .option('--json', 'print one JSON document')
    .action(async (named: string, { json, object }: Options) => {
      const card = await findProcess(named)
      const request = { op: 'shadow', ...(object !== undefined && { object }) } as const
      const report = await Client.ask<{ identifiers: IdentifierRow[] } | ObjectRow>(card, request)
      if (json) return printJson(report)
      if ('identifiers' in report) printIdentifiers(report.identifiers)
      else printObject(report)
    })
}

function printIdentifiers(rows: IdentifierRow[]): void {
  if (rows.length === 0) return print('no shadow variable was ever attached')
  printTable(
    ['IDENTIFIER', 'THREAD', 'ATTACHED', 'DETACHED', 'RECLAIMED', 'LIVE', 'PARENTS'],
    rows.map(({ name, thread, attached, detached, reclaimed, live, classes = [] }) => [
      name,
      thread,
      attached,
      detached,
      reclaimed,
      live ?? '?',
      classes.map((one) => `${one.name} ${one.live}`).join(', ') || '-',
    ]),
  )
}

function printObject({ object, variables }: ObjectRow): void {
  print(color.dim(object))
  if (variables.length === 0) return print('has no shadow variables')
  for (const { name, data } of variables) print(`  ${color.bold(name)}  ${data.replaceAll('\n', '\n    ')}`)
}
