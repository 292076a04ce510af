import { Command } from 'commander'
import type { LogEntry } from '../../livepatch/log.ts'
import { Client } from '../client.ts'
import { out as color } from '../color.ts'
import { findProcess, type ProcessCard } from '../find.ts'
import { print, printJson } from '../output.ts'

interface Options {
  json?: boolean
  follow?: boolean
}

export function logCommand(): Command {
  return new Command('log')
    .description("print a process's patch log, as dmesg does the kernel's")
    .argument('<process>', 'pid or name')
    .option('-f, --follow', 'go on with what is added, until interrupted or the process ends')
    .option('--json', 'print one JSON document; with --follow one object a line')
    .action(async (named: string, options: Options) => {
      const card = await findProcess(named)
      if (options.follow) return follow(card, options.json === true)
      const entries = await Client.ask<LogEntry[]>(card, { op: 'log' })
      if (options.json) return printJson(entries)
      for (const entry of entries) printEntry(entry)
    })
}

async function follow(card: ProcessCard, json: boolean): Promise<void> {
  const client = await Client.open(card)
  for await (const entry of client.follow() as AsyncGenerator<LogEntry>) {
    if (json) print(JSON.stringify(entry))
    else printEntry(entry)
  }
}

function printEntry({ time, thread, line }: LogEntry): void {
  const stamp = new Date(time).toISOString()
  const where = thread === 0 ? '' : ` [thread ${thread}]`
  print(`${color.dim(stamp + where)} ${line}`)
}
