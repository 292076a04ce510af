import { Command } from 'commander'
import { installedFiles, installedPrograms, programIn, scriptPath } from '../../agent/install-folder.ts'
import { nextGoesWithout } from '../../agent/probation.ts'
import type { ProcessRow } from '../../agent/requests.ts'
import { Client } from '../client.ts'
import { preparedProcesses } from '../find.ts'
import { print, printJson, printTable } from '../output.ts'

/** What a patch is in one process; `no answer` where its event loop is blocked. */
type State = 'enabled' | 'disabled' | 'not loaded' | 'no answer'

interface Row {
  program: string
  patch: string
  installed: boolean
  /** True when the next start goes without it, because one that had applied it died. */
  skippedNext: boolean
  processes: { pid: number; state: State }[]
}

interface Running {
  pid: number
  program: string | undefined
  patches: ProcessRow[] | undefined
}

export function statusCommand(): Command {
  return new Command('status')
    .description('compare the patches that are installed with those that run')
    .option('--json', 'print one JSON document')
    .action(async ({ json }: { json?: boolean }) => {
      const running = await Promise.all((await preparedProcesses()).map(lookAt))
      const rows = [...installedRows(running), ...onlyRunning(running)]
      if (json) return printJson(rows)
      if (rows.length === 0) return print('no patch is installed, and none is loaded')
      printTable(
        ['PROGRAM', 'PATCH', 'INSTALLED', 'RUNNING'],
        rows.map((row) => [row.program, row.patch, installedCell(row), processesCell(row)]),
      )
    })
}

async function lookAt(
  card: { pid: number; main?: string } & Parameters<typeof Client.ask>[0],
): Promise<Running> {
  const program = card.main === undefined ? undefined : scriptPath(card.main)
  const patches = await Client.ask<ProcessRow[]>(card, { op: 'list' }).catch(() => undefined)
  return { pid: card.pid, program, patches }
}

function installedRows(running: Running[]): Row[] {
  return installedPrograms().flatMap((folder) => {
    const files = installedFiles(folder)
    const program = programIn(folder)
    if (files.length === 0 || program === undefined) return []
    const skippedNext = nextGoesWithout(folder)
    const processes = running.filter((one) => one.program === program)
    return files.map(({ name }) => ({
      program,
      patch: name,
      installed: true,
      skippedNext,
      processes: processes.map(({ pid, patches }) => ({ pid, state: stateOf(name, patches) })),
    }))
  })
}

function stateOf(name: string, patches: ProcessRow[] | undefined): State {
  if (patches === undefined) return 'no answer'
  const row = patches.find((one) => one.name === name)
  return row === undefined ? 'not loaded' : row.enabled ? 'enabled' : 'disabled'
}

/** Patches that are lost with the next restart. */
function onlyRunning(running: Running[]): Row[] {
  const installed = new Set(installedRows([]).map(({ program, patch }) => `${program}\n${patch}`))
  return running.flatMap(({ pid, program = '?', patches = [] }) =>
    patches
      .filter(({ name }) => !installed.has(`${program}\n${name}`))
      .map(({ name, enabled }) => ({
        program,
        patch: name,
        installed: false,
        skippedNext: false,
        processes: [{ pid, state: enabled ? ('enabled' as const) : ('disabled' as const) }],
      })),
  )
}

function installedCell({ installed, skippedNext }: Row): string {
  if (!installed) return 'no'
  return skippedNext ? 'yes, but skipped: a start with it died within 10 s' : 'yes'
}

function processesCell({ processes }: Row): string {
  return processes.map(({ pid, state }) => `${pid} ${state}`).join(', ') || '-'
}
