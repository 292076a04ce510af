import Table from 'cli-table3'
import color from 'picocolors'
import yoctoSpinner from 'yocto-spinner'
import { describeError } from '../livepatch/errors.ts'

/** The one JSON document of `--json`. */
export function printJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
}

export function print(line = ''): void {
  process.stdout.write(`${line}\n`)
}

/** Rows under a head, without frames: what `ps` and `docker ps` look like. */
export function printTable(head: string[], rows: (string | number)[][]): void {
  const table = new Table({
    head: head.map((title) => color.bold(title)),
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  table.push(...rows)
  print(table.toString().replace(/[ \t]+$/gm, ''))
}

/** Tells what failed, on stderr for people or as JSON for scripts, and sets the exit status. */
export function fail(error: unknown, json: boolean, status = 1): void {
  const described = describeError(error)
  if (json) printJson({ error: described })
  else process.stderr.write(`${color.red('error:')} ${described.message}\n`)
  process.exitCode = status
}

/** Shows a spinner on a terminal when the work takes longer than a second. */
export async function withProgress<T>(text: string, quiet: boolean, work: () => Promise<T>): Promise<T> {
  if (quiet || !process.stderr.isTTY) return work()
  const spinner = yoctoSpinner({ text, stream: process.stderr })
  const timer = setTimeout(() => spinner.start(), 1_000)
  try {
    return await work()
  } finally {
    clearTimeout(timer)
    spinner.stop()
  }
}

/** `0.15 ms`: three digits that matter. */
export function milliseconds(value: number): string {
  return `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ms`
}
