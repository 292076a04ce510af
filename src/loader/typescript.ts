/** TypeScript that Node itself would run without its types (from 22.18 on). */
import module from 'node:module'
import { sep } from 'node:path'

interface Options {
  mode: 'strip' | 'transform'
  sourceMap: boolean
  sourceUrl: string
}
type Strip = (text: string, options: Options) => string

const { stripTypeScriptTypes } = module as unknown as { stripTypeScriptTypes?: Strip }
const given = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ')
const transform = given.includes('--experimental-transform-types')

/** What Node's loader makes of such a file; undefined where it refuses it, and is left to say so itself. */
export function withoutTypes(text: string, filename: string, url: string): string | undefined {
  if (!stripTypeScriptTypes || filename.includes(`${sep}node_modules${sep}`)) return undefined
  const sourceMap = transform && process.sourceMapsEnabled
  const { emitWarning } = process
  process.emitWarning = () => {} // that the function is experimental is no news to the program, which did not call it
  try {
    return stripTypeScriptTypes(text, { mode: transform ? 'transform' : 'strip', sourceMap, sourceUrl: url })
  } catch {
    return undefined
  } finally {
    process.emitWarning = emitWarning
  }
}
