/**
 * Columns in stack traces. A site moves what stands behind it on its line; prepared code needs no source map for that to
 * be put right. Node makes the text of a stack by joining the engine's call sites, and what is joined is asked for
 * `Symbol.toPrimitive` first: call sites get one, which takes the text that they give and corrects the column of frames
 * in prepared files. Nothing is done before somebody reads a `stack`; `Error.prepareStackTrace` stays the program's.
 */
import { Columns } from '../instrument/columns.ts'
import { entryOf } from './enter.ts'
import { type PreparedFile, registry } from './registry.ts'

type CallSite = NodeJS.CallSite

/** To be called once a thread, at its start. */
export function correctColumns(): void {
  if (Object.isFrozen(Error)) return // --frozen-intrinsics
  Object.defineProperty(callSitePrototype(), Symbol.toPrimitive, {
    value: function (this: CallSite): string {
      const text = this.toString()
      try {
        return corrected(this, text)
      } catch {
        return text
      }
    },
    configurable: true,
  })
}

function callSitePrototype(): object {
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  Error.prepareStackTrace = (_, frames) => frames
  const [frame] = new Error().stack as unknown as CallSite[]
  if (before) Object.defineProperty(Error, 'prepareStackTrace', before)
  else delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace
  return Object.getPrototypeOf(frame)
}

function corrected(site: CallSite, text: string): string {
  // What `eval` has compiled has no file, but says where the call of `eval` stands.
  if (site.isEval())
    return text.replace(/\(([^()]+):(\d+):(\d+)\)/g, (_, script, line, column) => {
      return `(${script}:${line}:${columnIn(script, Number(line), Number(column))})`
    })
  const script = site.getFileName()
  const [line, column] = [site.getLineNumber(), site.getColumnNumber()]
  if (!script || line === null || column === null) return text
  const original = columnIn(script, line, column)
  if (original === column) return text
  const at = text.lastIndexOf(`:${column}`)
  return `${text.slice(0, at)}:${original}${text.slice(at + 1 + String(column).length)}`
}

function columnIn(script: string, line: number, column: number): number {
  const file = registry.byScript(script)
  return file === undefined ? column : columnsOf(file)(line, column)
}

type OriginalColumn = (line: number, column: number) => number

/** Of files that have been in a stack. */
const known = new WeakMap<PreparedFile, OriginalColumn>()

function columnsOf(file: PreparedFile): OriginalColumn {
  const before = known.get(file)
  if (before) return before
  const columns = new Columns(file.sites().shifts)
  const made: OriginalColumn = (line, column) => columns.original(line, column)
  const entry = file.entered ? entryOf(file.source(), file.cell, file.type) : undefined
  const found: OriginalColumn = entry
    ? (line, column) => {
        const behind = column - 1 - entry.column
        return made(
          line,
          line === entry.line + 1 && behind > 0 ? column - Math.min(behind, entry.length) : column,
        )
      }
    : made
  known.set(file, found)
  return found
}
