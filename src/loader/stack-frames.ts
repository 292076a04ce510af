/**
 * Stack traces. A site moves what stands behind it on its line, and V8 may call an anonymous arrow by the name of a
 * site's variable; neither needs a source map to be put right. Node makes the text of a stack by joining the engine's
 * call sites, and what is joined is asked for `Symbol.toPrimitive` first: call sites get one, which takes the text that
 * they give and corrects it for frames in prepared files. Nothing is done before somebody reads a `stack`, and
 * `Error.prepareStackTrace` stays the program's.
 */
import { Columns } from '../instrument/columns.ts'
import { entryOf } from './enter.ts'
import { type PreparedFile, registry } from './registry.ts'
import type { Insertion } from './source-map.ts'

type CallSite = NodeJS.CallSite

/** To be called once a thread, at its start. */
export function correctStackFrames(): void {
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
  if (site.isEval()) return text.replace(evalOrigin, originOf)
  const script = site.getFileName()
  const file = script ? registry.byScript(script) : undefined
  const [line, column] = [site.getLineNumber(), site.getColumnNumber()]
  if (file === undefined || line === null || column === null) return text
  return withoutName(withPosition(text, { line, column }, file), site.getFunctionName(), file)
}

const evalOrigin = /(\S+) \(([^()]+):(\d+):(\d+)\)/g

function originOf(text: string, name: string, script: string, line: string, column: string): string {
  const file = registry.byScript(script)
  if (file === undefined) return text
  const anonymous = inferred.test(name) && !file.source().includes(name)
  const original = positionIn(file, { line: Number(line), column: Number(column) })
  return `${anonymous ? '<anonymous>' : name} (${script}:${original.line}:${original.column})`
}

function withPosition(text: string, position: Position, file: PreparedFile): string {
  const written = ({ line, column }: Position) => `:${line}:${column}`
  const at = text.lastIndexOf(written(position))
  const end = text.slice(at + written(position).length)
  return text.slice(0, at) + written(positionIn(file, position)) + end
}

/** Names of variables of sites, which V8 puts behind what it knows of where an arrow stands. */
const inferred = /(?:^|\.)(\$u(?:\d+_)?[a-z]\d*)$/

function withoutName(text: string, name: string | null, file: PreparedFile): string {
  const own = name ? inferred.exec(name) : null
  if (name === null || own === null || file.source().includes(own[1]!)) return text
  const before = name.slice(0, own.index)
  const at = text.indexOf(name)
  const [start, end] = [text.slice(0, at), text.slice(at + name.length)]
  if (before !== '') return start + before + end
  // `Type.name [as method] (place)` of a method call, `name (place)` of others
  if (start.endsWith('.'))
    return start + end.replace(/^(?: \[as (.+?)\])?/, (_, method = '<anonymous>') => method)
  return start + end.replace(/^ \((.*)\)$/, '$1')
}

/** 1-based. */
interface Position {
  line: number
  column: number
}

/** Where this of the prepared code is in the original; within a site, where the engine finds the stack full, behind it. */
function positionIn(file: PreparedFile, { line, column }: Position): Position {
  const { columns, entry } = shiftsOf(file)
  const behind = entry?.line === line - 1 ? Math.max(0, column - 1 - entry.column) : 0
  const original = columns.original(line, column - Math.min(behind, entry?.length ?? 0))
  const found = { line, column: original.column }
  return original.inserted ? nextToken(file.source(), found) : found
}

interface Shifts {
  columns: Columns
  /** The call that the code begins with, if it does. */
  entry: Insertion | undefined
}

/** Of files that have been in a stack. */
const known = new WeakMap<PreparedFile, Shifts>()

function shiftsOf(file: PreparedFile): Shifts {
  const before = known.get(file)
  if (before) return before
  const entry = file.entered ? entryOf(file.source(), file.cell, file.type) : undefined
  const shifts = { columns: new Columns(file.sites().shifts), entry }
  known.set(file, shifts)
  return shifts
}

const lineEnd = /\r\n|[\n\r\u2028\u2029]/g

function nextToken(source: string, { line, column }: Position): Position {
  const starts = [0, ...Array.from(source.matchAll(lineEnd), ({ index, 0: end }) => index + end.length)]
  const trivia = /(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*/y
  trivia.lastIndex = starts[line - 1]! + column - 1
  trivia.test(source)
  const at = trivia.lastIndex
  const below = starts.findLastIndex((start) => start <= at)
  return { line: below + 1, column: at - starts[below]! + 1 }
}
