/** The call that code begins with where the thread that prepared it is not the one that runs it. */
import { ENTER_LISTENER } from '../instrument/cell.ts'
import type { SourceType } from '../instrument/types.ts'
import { type Insertion, mapComment } from './source-map.ts'

/** Comments and directives before the first statement. */
const prologue = /^(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?:'[^'\n]*'|"[^"\n]*")[ \t]*(?:;|(?=\n)))*/

/** Where the call stands in code, on a line that is there already; the original has its first statement there. */
export function entryOf(code: string, cell: string, type: SourceType): Insertion & { at: number } {
  const skipped = code.startsWith('#!') ? code.indexOf('\n') + 1 : 0
  const at = type === 'module' ? skipped : skipped + (prologue.exec(code.slice(skipped))?.[0].length ?? 0)
  const before = code.slice(0, at)
  return {
    at,
    line: before.split('\n').length - 1,
    column: at - (before.lastIndexOf('\n') + 1),
    length: callOf(cell).length,
  }
}

/** Nobody listens where the code runs in a thread of hooks. */
function callOf(cell: string): string {
  return `typeof ${ENTER_LISTENER}=="function"&&${ENTER_LISTENER}("${cell}");`
}

/** The code with the call, and its map where one is of use. */
export function withEntry(code: string, cell: string, type: SourceType, map: string | undefined): string {
  const entry = entryOf(code, cell, type)
  return code.slice(0, entry.at) + callOf(cell) + code.slice(entry.at) + mapComment(map, entry)
}
