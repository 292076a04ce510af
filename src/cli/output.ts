import Table from 'cli-table3'
import yoctoSpinner from 'yocto-spinner'
import type { Waiting } from '../agent/protocol.ts'
import { describeError } from '../livepatch/errors.ts'
import { err, out } from './color.ts'

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
    head: head.map((title) => out.bold(title)),
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
  else process.stderr.write(`${err.red('error:')} ${described.message}\n`)
  process.exitCode = status
}

/** Changes what a progress display says; the same again shows nothing new. */
export type Update = (text: string) => void

/** Shows what takes longer than a second: with a spinner on a terminal, elsewhere as a line for each new state. */
export async function withProgress<T>(
  text: string,
  quiet: boolean,
  work: (update: Update) => Promise<T>,
): Promise<T> {
  if (quiet) return work(() => {})
  const show = process.stderr.isTTY ? spinner(text) : lines(text)
  try {
    return await work(show.update)
  } finally {
    show.stop()
  }
}

interface Display {
  update: Update
  stop(): void
}

function spinner(text: string): Display {
  const shown = yoctoSpinner({ text, stream: process.stderr })
  const timer = setTimeout(() => shown.start(), 1_000)
  return {
    update(now) {
      shown.text = now
    },
    stop() {
      clearTimeout(timer)
      shown.stop()
    },
  }
}

function lines(text: string): Display {
  let shown: string | undefined
  let current = text
  const show = (): void => {
    if (current !== shown) process.stderr.write(`${current} …\n`)
    shown = current
  }
  const timer = setTimeout(show, 1_000)
  return {
    update(now) {
      current = now
      if (shown !== undefined) show()
    },
    stop: () => clearTimeout(timer),
  }
}

/** What a transition waits for, in words. Without the age the words change only when something happens. */
export function waitsFor({ patch, tasks, oldest }: Waiting): string {
  const age = process.stderr.isTTY ? `, the oldest ${Math.round(oldest / 1000)} s` : ''
  return `patch '${patch}' waits for ${tasks} task${tasks === 1 ? '' : 's'}${age}`
}

/** `0.15 ms`: three digits that matter. */
export function milliseconds(value: number): string {
  return `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ms`
}
