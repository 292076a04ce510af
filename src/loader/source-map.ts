/** Maps at the end of prepared code, for whoever reads maps in this process. */
import { createRequire } from 'node:module'

type Codec = typeof import('@jridgewell/sourcemap-codec')

const inspected = /(?:^|\s)--inspect/.test([...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' '))
const covered = Boolean(process.env.NODE_V8_COVERAGE)

/** Text that was inserted into prepared code: 0-based line and column, length. */
export interface Insertion {
  line: number
  column: number
  length: number
}

let elsewhere: (() => boolean) | undefined

/** True when somebody in this process reads maps; a program may begin to at any time. */
export function wantsMaps(): boolean {
  return inspected || covered || process.sourceMapsEnabled || elsewhere?.() === true
}

/** Has a thread of hooks ask the thread that it works for. */
export function askForMaps(wanted: () => boolean): void {
  elsewhere = wanted
}

/** The comment with a map, on a line of its own; nothing without one: lines need none, the instrumenter keeps them. */
export function mapComment(map: string | undefined, inserted?: Insertion): string {
  if (map === undefined) return ''
  const json = inserted ? moved(map, inserted) : map
  return `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(json).toString('base64')}`
}

function moved(json: string, { line, column, length }: Insertion): string {
  const { decode, encode } = createRequire(import.meta.url)('@jridgewell/sourcemap-codec') as Codec
  const map = JSON.parse(json) as { mappings: string }
  const mappings = decode(map.mappings)
  for (const segment of mappings[line] ?? []) if (segment[0] >= column) segment[0] += length
  return JSON.stringify({ ...map, mappings: encode(mappings) })
}
