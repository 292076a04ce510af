/** The call that code begins with where the thread that prepared it is not the one that runs it. */
import type { SourceType } from '../instrument/types.ts'
import { mapComment } from './source-map.ts'

/** Comments and directives before the first statement. */
const prologue = /^(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?:'[^'\n]*'|"[^"\n]*")[ \t]*(?:;|(?=\n)))*/
const hashbang = /^#![^\n]*\n/

/** The code with the call (there is no registry where it runs in a thread of hooks), on a line that is there already, and its map where one is of use. */
export function withEntry(code: string, cell: string, type: SourceType, map: string | undefined): string {
  const call = `globalThis[Symbol.for("umbra.registry")]?.enter("${cell}");`
  const skipped = hashbang.exec(code)?.[0].length ?? 0
  const at = type === 'module' ? skipped : skipped + (prologue.exec(code.slice(skipped))?.[0].length ?? 0)
  const before = code.slice(0, at)
  const line = before.split('\n').length - 1
  const comment = mapComment(map, { line, column: at - (before.lastIndexOf('\n') + 1), length: call.length })
  return before + call + code.slice(at) + comment
}
