import { Command } from 'commander'
import type { Hello } from '../../agent/protocol.ts'
import { describeError } from '../../livepatch/errors.ts'
import { Client } from '../client.ts'
import { type ProcessCard, preparedProcesses } from '../find.ts'
import { print, printJson, printTable } from '../output.ts'

interface Row {
  pid: number
  name: string
  node: string
  /** Enabled patches; null where the process does not answer. */
  patches: string[] | null
}

export function psCommand(): Command {
  return new Command('ps')
    .description('list the prepared processes of this user')
    .option('--json', 'print one JSON document')
    .action(async ({ json }: { json?: boolean }) => {
      const rows = (await Promise.all((await preparedProcesses()).map(describe))).flat()
      if (json) return printJson(rows)
      if (rows.length === 0)
        return print("no prepared process is running; start one with 'umbra run <script>'")
      printTable(
        ['PID', 'NAME', 'NODE', 'PATCHES'],
        rows.map(({ pid, name, node, patches }) => [pid, name, node, patchesCell(patches)]),
      )
    })
}

/** Nothing for a process that has ended by now, or whose socket turns out to be that of an older one. */
async function describe(card: ProcessCard): Promise<Row[]> {
  const { pid, name, node } = card
  try {
    const { patches } = await Client.ask<Hello>(card, { op: 'hello' })
    return [{ pid, name, node, patches }]
  } catch (error) {
    return describeError(error).code === 'PROCESS_BLOCKED' ? [{ pid, name, node, patches: null }] : []
  }
}

function patchesCell(patches: string[] | null): string {
  if (patches === null) return '(does not answer)'
  return patches.join(', ') || '-'
}
