import { Command } from 'commander'
import { Client } from '../client.ts'
import { findProcess } from '../find.ts'
import { print, printJson } from '../output.ts'

interface Info {
  name: string
  version?: string
  enabled: boolean
  transition: false | { to: string; tasks: number; names: string[] }
  filename: string
  consistency: string
  replace: boolean
  states: { id: string; version: number }[]
  details: {
    module: string
    loaded: boolean
    files: string[]
    functions: string[]
    callbacks: string[]
    left: string[]
  }[]
}

export function infoCommand(): Command {
  return new Command('info')
    .description('show everything about a loaded patch')
    .argument('<process>', 'pid or name')
    .argument('<patch>', "the patch's name")
    .option('--json', 'print one JSON document')
    .action(async (named: string, patch: string, { json }: { json?: boolean }) => {
      const info = await Client.ask<Info>(await findProcess(named), { op: 'info', patch })
      if (json) return printJson(info)
      describe(info)
    })
}

function describe(info: Info): void {
  print(
    `${info.name}${info.version ? ` ${info.version}` : ''}: ${info.transition ? info.transition.to : info.enabled ? 'enabled' : 'disabled'}`,
  )
  if (info.transition)
    print(`  waits for    ${info.transition.tasks} tasks: ${info.transition.names.join(', ')}`)
  print(`  from         ${info.filename}`)
  print(`  consistency  ${info.consistency}${info.replace ? ', replaces all others' : ''}`)
  for (const { id, version } of info.states) print(`  state        ${id} version ${version}`)
  for (const target of info.details) {
    print(`  target       ${target.module}${target.loaded ? '' : '  (not loaded: the patch waits for it)'}`)
    for (const file of target.files) print(`    file       ${file}`)
    for (const name of target.functions) print(`    function   ${name}`)
    for (const name of target.callbacks) print(`    callback   ${name}`)
    for (const note of target.left) print(`    note       ${note}`)
  }
}
