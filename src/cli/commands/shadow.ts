import { Command } from 'commander'
import { Client } from '../client.ts'
import { findProcess } from '../find.ts'
import { print, printJson } from '../output.ts'

export function shadowCommand(): Command {
  return new Command('shadow')
    .description('show the shadow variables of a process by identifier')
    .argument('<process>', 'pid or name')
    .option('--json', 'print one JSON document')
    .action(async (named: string, options: { json?: boolean }) => {
      const report = await Client.ask<unknown>(await findProcess(named), { op: 'shadow' })
      if (options.json) return printJson(report)
      print(JSON.stringify(report))
    })
}
