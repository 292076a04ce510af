/** Source text to syntax tree. The tree is ESTree with UTF-16 offsets and parentheses kept, as oxc-parser gives it. */
import { parseSync, visitorKeys } from 'oxc-parser'
import type { SourceType } from './types.ts'

/** Any node: the walkers look at `type` and know the fields that ESTree gives it. */
export interface Node {
  type: string
  start: number
  end: number
  // biome-ignore lint/suspicious/noExplicitAny: a node's fields depend on its type
  [field: string]: any
}

/** The file cannot be given entry sites; it should be loaded as it is. */
export class InstrumentError extends Error {
  override name = 'InstrumentError'
}

/** @throws InstrumentError when the text does not parse. */
export function parse(source: string, type: SourceType, url: string): Node {
  const result = parseSync('file.js', source, { lang: 'js', sourceType: type })
  const error = result.errors.find((candidate) => candidate.severity === 'Error')
  if (error !== undefined) {
    const offset = error.labels[0]?.start
    const line = offset === undefined ? '' : `:${source.slice(0, offset).split('\n').length}`
    throw new InstrumentError(`${url}${line} cannot be prepared: ${error.message}`)
  }
  return result.program as unknown as Node
}

/** The fields of a node that hold its children, in source order. */
export function childKeys(node: Node): readonly string[] {
  return visitorKeys[node.type] ?? []
}
