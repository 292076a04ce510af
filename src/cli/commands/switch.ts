import { Command } from 'commander'
import type { OperationReport } from '../../livepatch/core.ts'
import { Client } from '../client.ts'
import { findProcess } from '../find.ts'
import { milliseconds, print, printJson, withProgress } from '../output.ts'

type Operation = 'enable' | 'disable' | 'unload'

const DONE: Record<Operation, string> = {
  enable: 'patching complete',
  disable: 'unpatching complete',
  unload: 'unloaded',
}

export const enableCommand = (): Command => switchCommand('enable', 'enable a loaded patch that was disabled')
export const disableCommand = (): Command => switchCommand('disable', 'revert a patch, and keep it loaded')
export const unloadCommand = (): Command =>
  switchCommand('unload', 'remove a disabled patch from the process')

function switchCommand(op: Operation, description: string): Command {
  return new Command(op)
    .description(description)
    .argument('<process>', 'pid or name')
    .argument('<patch>', "the patch's name")
    .option('--json', 'print one JSON document')
    .action(async (named: string, patch: string, { json }: { json?: boolean }) => {
      const card = findProcess(named)
      const report = await withProgress(`${op} ${patch}`, json === true, async () => {
        const client = await Client.open(card)
        try {
          await client.prepare({ op, patch })
          return await client.commit<OperationReport>()
        } finally {
          client.close()
        }
      })
      if (json) return printJson({ pid: card.pid, ...report })
      const held = op === 'unload' ? '' : ` (event loop held up ${milliseconds(report.switch)} to switch)`
      print(`${report.patch}: ${DONE[op]} in process ${card.pid}${held}`)
      for (const note of report.notes) print(`  note: ${note}`)
    })
}
