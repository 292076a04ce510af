import { Command } from 'commander'
import type { FileRow, FunctionRow } from '../../agent/commands.ts'
import { Client } from '../client.ts'
import { out as color } from '../color.ts'
import { findProcess } from '../find.ts'
import { print, printJson, printTable } from '../output.ts'

interface Sites {
  files: FileRow[]
  untouched: { url: string; reason: string }[]
}

interface Options {
  json?: boolean
  summary?: boolean
}

export function sitesCommand(): Command {
  return new Command('sites')
    .description(
      'list the functions of a process that can be patched, and those that cannot, with the reason',
    )
    .argument('<process>', 'pid or name')
    .argument('[file]', 'only files whose path contains this')
    .option('--summary', 'count only')
    .option('--json', 'print one JSON document')
    .action(async (named: string, file: string | undefined, { json, summary }: Options) => {
      const request = { op: 'sites', ...(file !== undefined && { file }) } as const
      const sites = await Client.ask<Sites>(await findProcess(named), request)
      if (summary) return json ? printJson(summarise(sites)) : printSummary(sites)
      if (json) return printJson(sites)
      for (const row of sites.files) printFile(row)
      for (const { url, reason } of sites.untouched) print(`${url}  ${color.yellow(`untouched: ${reason}`)}`)
    })
}

function printFile({ url, functions }: FileRow): void {
  print(color.bold(url))
  for (const { path, line, kind, patched, missing } of functions) {
    const mark = missing !== undefined ? color.yellow('-') : patched ? color.green('P') : ' '
    print(
      `  ${mark} ${path}  ${color.dim(`${kind}, line ${line}`)}${missing ? `  ${color.yellow(missing)}` : ''}`,
    )
  }
}

interface Summary {
  files: number
  functions: number
  sites: number
  /** Percentage of functions that carry a site. */
  coverage: number
  missing: Record<string, number>
  untouched: number
}

function summarise({ files, untouched }: Sites): Summary {
  const functions: FunctionRow[] = files.flatMap((file) => file.functions)
  const missing: Record<string, number> = {}
  for (const one of functions)
    if (one.missing !== undefined) missing[one.missing] = (missing[one.missing] ?? 0) + 1
  const sites = functions.filter((one) => one.missing === undefined).length
  const coverage = functions.length === 0 ? 100 : (100 * sites) / functions.length
  return {
    files: files.length,
    functions: functions.length,
    sites,
    coverage,
    missing,
    untouched: untouched.length,
  }
}

function printSummary(all: Sites): void {
  const summary = summarise(all)
  print(
    `${summary.files} files, ${summary.functions} functions, ${summary.sites} with a site (${summary.coverage.toFixed(2)} %), ` +
      `${summary.untouched} files untouched`,
  )
  const reasons = Object.entries(summary.missing).sort(([, a], [, b]) => b - a)
  if (reasons.length > 0)
    printTable(
      ['FUNCTIONS', 'WITHOUT A SITE BECAUSE'],
      reasons.map(([why, n]) => [n, why]),
    )
}
