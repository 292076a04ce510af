import { createRequire } from 'node:module'
import { relative, resolve } from 'node:path'
import { Command } from 'commander'
import { UmbraError } from '../../livepatch/errors.ts'
import { type PreparedAhead, prepareAhead } from '../../loader/ahead.ts'
import { out as color } from '../color.ts'
import { print, printJson, withProgress } from '../output.ts'

export function prepareCommand(): Command {
  return new Command('prepare')
    .description(
      'fill the cache of prepared code, so that the first start of a program is as fast as later ones',
    )
    .argument(
      '<script...>',
      'main scripts, of worker threads too; a folder stands for what its package.json names',
    )
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nRun it where the program will run: under the same path, user, version of Node, NODE_OPTIONS and UMBRA_ variables.',
    )
    .action(async (scripts: string[], { json }: { json?: boolean }) => {
      const programs: PreparedAhead[] = []
      await withProgress('looking for modules', json === true, async (update) => {
        for (const script of scripts.map(find)) programs.push(await prepareAhead(script, update))
      })
      if (json) return printJson({ programs })
      for (const program of programs) show(program)
    })
}

function find(script: string): string {
  const path = resolve(script)
  try {
    return createRequire(path).resolve(path)
  } catch {
    throw new UmbraError('SCRIPT_NOT_FOUND', `there is no script ${script}`)
  }
}

function show({ script, modules, made, untouched, pack }: PreparedAhead): void {
  const name = relative('', script)
  print(
    `${name}: ${modules} modules are prepared, ${modules - made} of them were already  ${color.dim(pack)}`,
  )
  for (const { file, reason } of untouched) print(`${file}  ${color.yellow(`untouched: ${reason}`)}`)
}
