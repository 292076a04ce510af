import { Command } from 'commander'
import { Client } from '../client.ts'
import { findProcess } from '../find.ts'
import { milliseconds, print, printJson, waitsFor, withProgress } from '../output.ts'

type Operation = 'enable' | 'disable' | 'unload' | 'force'

const DONE: Record<Operation, string> = {
  enable: 'patching complete',
  disable: 'unpatching complete',
  unload: 'unloaded',
  force: 'its transition has ended',
}

interface Options {
  json?: boolean
  wait?: boolean
}

export const enableCommand = (): Command =>
  waiting(switchCommand('enable', 'enable a loaded patch that was disabled'))
export const disableCommand = (): Command =>
  waiting(switchCommand('disable', 'revert a patch, and keep it loaded'))
export const unloadCommand = (): Command =>
  waiting(switchCommand('unload', 'remove a disabled patch from the process'))
export const forceCommand = (): Command =>
  switchCommand(
    'force',
    'end the wait of a patch in transition: tasks that hold it up see the change at once',
  )

export function waiting(command: Command): Command {
  return command.option('--wait', 'wait while another patch is in transition, however long')
}

function switchCommand(op: Operation, description: string): Command {
  return new Command(op)
    .description(description)
    .argument('<process>', 'pid or name')
    .argument('<patch>', "the patch's name")
    .option('--json', 'print one JSON document')
    .action(async (named: string, patch: string, { json = false, wait = false }: Options) => {
      const card = await findProcess(named)
      const request = op === 'force' ? { op, patch } : { op, patch, wait }
      const report = await withProgress(`${op} ${patch}`, json, (update) =>
        Client.change(card, request, (waiting) => waiting && update(waitsFor(waiting))),
      )
      if (json) return printJson({ pid: card.pid, ...report })
      const held = op === 'unload' ? '' : ` (event loop held up ${milliseconds(report.switch)} to switch)`
      print(`${report.patch}: ${DONE[op]} in process ${card.pid}${held}`)
      for (const note of report.notes) print(`  note: ${note}`)
    })
}
