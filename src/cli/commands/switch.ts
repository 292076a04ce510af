import { Command } from 'commander'
import type { Request } from '../../agent/protocol.ts'
import type { ProcessRow } from '../../agent/requests.ts'
import { UmbraError } from '../../livepatch/errors.ts'
import { changeAll } from '../change.ts'
import { Client } from '../client.ts'
import { findAll, findProcess, type ProcessCard } from '../find.ts'
import { milliseconds, print, printJson, waitsFor, withProgress } from '../output.ts'

type Operation = 'enable' | 'disable' | 'unload' | 'force'

const DONE: Record<Operation, string> = {
  enable: 'patching complete',
  disable: 'unpatching complete',
  unload: 'unloaded',
  force: 'its transition has ended',
}

/** What takes a change back in other processes, where a callback has failed in one. */
const UNDO: Record<Operation, (patch: string) => Request[]> = {
  enable: (patch) => [{ op: 'disable', patch, wait: true }],
  disable: (patch) => [{ op: 'enable', patch, wait: true }],
  unload: () => [],
  force: () => [],
}

interface Options {
  json?: boolean
  all?: boolean
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
    .option('--all', 'in every process of that name that has the patch, or in none')
    .option('--json', 'print one JSON document')
    .action(async (named: string, patch: string, { json = false, all, wait = false }: Options) => {
      const cards = all ? await havingPatch(await findAll(named), patch) : [await findProcess(named)]
      const request = op === 'force' ? { op, patch } : { op, patch, wait }
      const reports = await withProgress(`${op} ${patch}`, json, (update) =>
        changeAll(cards, request, UNDO[op], (waiting) => waiting && update(waitsFor(waiting))),
      )
      if (json) return printJson(all ? reports : reports[0])
      for (const report of reports) {
        const held = op === 'unload' ? '' : ` (event loop held up ${milliseconds(report.switch)} to switch)`
        print(`${report.patch}: ${DONE[op]} in process ${report.pid}${held}`)
        for (const note of report.notes) print(`  note: ${note}`)
      }
    })
}

/** Those of several processes that have the patch: one that was forked since has not. */
async function havingPatch(cards: ProcessCard[], patch: string): Promise<ProcessCard[]> {
  const lists = await Promise.all(cards.map((card) => Client.ask<ProcessRow[]>(card, { op: 'list' })))
  const having = cards.filter((_, i) => lists[i]!.some(({ name }) => name === patch))
  if (having.length > 0) return having
  throw new UmbraError(
    'PATCH_NOT_FOUND',
    `patch '${patch}' is loaded in none of the processes ${cards.map(({ pid }) => pid).join(', ')}`,
  )
}
