import { writeFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { Finding } from '../../build/report/findings.ts'
import { findingText } from '../finding-text.ts'
import { type MadeBuild, madeBuild, type Order } from '../made-build.ts'
import { print, printJson, withProgress } from '../output.ts'

type Options = Order['options'] & {
  output?: string
  partial?: boolean
  explain?: boolean
  json?: boolean
}

export function buildCommand(): Command {
  return new Command('build')
    .description('make a patch from the difference between two versions')
    .argument('[old]', 'a package in the version that runs, name@version')
    .argument('[new]', 'the same package in the version to be had, name@version')
    .option('--from <folder>', "a program's own code, or an unpacked package, as it runs")
    .option('--to <folder>', 'the same in the version to be had')
    .option('--diff <file>', 'a unified diff of the sources under --root')
    .option('--root <folder>', 'the sources that --diff is applied to', '.')
    .option(
      '--run <command>',
      'the command that compiles the sources, run in a copy of --root before and after',
    )
    .option(
      '--main <file>',
      "the program's main script below its folder, where it is not at its top: 'dist/main.js'",
    )
    .option('-o, --output <file>', 'the patch; by default named after both versions')
    .option('--name <name>', "the patch's name")
    .addOption(
      new Option(
        '--fields <how>',
        'new fields of objects that exist already: shadow variables, or left to the author',
      )
        .choices(['shadow', 'author'])
        .default('shadow'),
    )
    .option('--no-dependencies', 'leave dependencies as they are that both versions pin to one version')
    .option('--bundles', 'compare long and minified files, too, that no entry of the package leads to')
    .option('--partial', 'write the patch even if a part of the change cannot be in it')
    .option('--explain', 'tell function by function what is done and why')
    .option('--json', 'print one JSON document')
    .action((old: string | undefined, young: string | undefined, options: Options) =>
      run(old, young, options),
    )
}

async function run(old: string | undefined, young: string | undefined, options: Options): Promise<void> {
  const quiet = options.json === true
  const made = await withProgress('building the patch', quiet, () => madeBuild({ old, young, options }))
  made.findings.sort(byPlace)
  const problems = made.findings.filter(({ severity }) => severity === 'problem')
  const isWritten = !made.empty && (problems.length === 0 || options.partial === true)
  const output = options.output ?? `${made.name.replace(/[@/]/g, '-').replace(/^-/, '')}.patch.mjs`
  if (isWritten) writeFileSync(output, made.code)
  if (options.json) {
    const { name, from, to, findings, deeds } = made
    printJson({ name, from, to, output: isWritten ? output : null, findings, deeds })
  } else tell(made, isWritten ? output : undefined, options)
  if (!isWritten) process.exitCode = 1
}

function tell(made: MadeBuild, output: string | undefined, { explain, partial }: Options): void {
  const problems = made.findings.filter(({ severity }) => severity === 'problem').length
  const without = problems > 0 ? `, ${problems} cannot` : ''
  print(
    `${made.from} → ${made.to}: ${count(made.deeds.length, 'part')} of the change can be applied${without}`,
  )
  if (explain) for (const { file, line, what, why } of made.deeds) print(`  ${file}:${line}: ${what}: ${why}`)
  if (made.findings.length > 0) print(findingText(made.findings))
  if (made.empty) print('nothing that a patch could do: no patch written')
  else if (output === undefined) {
    print(`no patch written: ${count(problems, 'part')} cannot be applied (--partial writes the rest)`)
  } else print(`${output} written${problems > 0 && partial ? `, without ${count(problems, 'part')}` : ''}`)
}

function byPlace(one: Finding, other: Finding): number {
  return one.file === other.file ? one.line - other.line : one.file < other.file ? -1 : 1
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}
