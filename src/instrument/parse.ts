/**
 * Source text to syntax tree: ESTree with UTF-16 offsets and parentheses kept.
 *
 * Two parsers give the same tree, but for parentheses around what is assigned to. meriyah takes half the time, because no
 * tree has to pass from native code to JavaScript; oxc-parser, which is only loaded then, decides about texts that meriyah
 * refuses.
 */
import { createRequire } from 'node:module'
import { KEYS } from 'eslint-visitor-keys'
import { parse as parseQuickly } from 'meriyah'
import type { SourceType } from './types.ts'

const require = createRequire(import.meta.url)
const visitorKeys: Readonly<Record<string, readonly string[]>> = {
  ...KEYS,
  ParenthesizedExpression: ['expression'],
  AccessorProperty: ['decorators', 'key', 'value'],
  Decorator: ['expression'],
}

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

const options = {
  next: true,
  webcompat: true,
  preserveParens: true,
  ranges: { start: true, end: true },
  validateRegex: false, // the engine does, and they stay as they are
} as const

/** Where a comment stands, with what begins and ends it. */
export interface Comment {
  start: number
  end: number
}

/**
 * @param comments takes those of the text, in its order
 * @throws InstrumentError when the text does not parse, RangeError when it is nested too deeply
 */
export function parse(source: string, type: SourceType, url: string, comments: Comment[] = []): Node {
  try {
    const onComment = (_type: string, _value: string, start: number, end: number): void => {
      comments.push({ start, end })
    }
    return parseQuickly(source, { ...options, sourceType: type, onComment }) as unknown as Node
  } catch (error) {
    // Nested too deeply for the stack, which native code would overrun: that ends the process.
    if (error instanceof RangeError) throw error
    comments.length = 0
    return parseThoroughly(source, type, url, comments)
  }
}

function parseThoroughly(source: string, type: SourceType, url: string, comments: Comment[]): Node {
  const { parseSync } = require('oxc-parser') as typeof import('oxc-parser')
  const result = parseSync('file.js', source, { lang: 'js', sourceType: type })
  const error = result.errors.find((candidate) => candidate.severity === 'Error')
  if (error !== undefined) {
    const offset = error.labels[0]?.start
    const line = offset === undefined ? '' : `:${source.slice(0, offset).split('\n').length}`
    throw new InstrumentError(`${url}${line} cannot be prepared: ${error.message}`)
  }
  for (const { start, end } of result.comments) comments.push({ start, end })
  return result.program as unknown as Node
}

/** The fields of a node that hold its children, in source order. */
export function childKeys(node: Node): readonly string[] {
  return visitorKeys[node.type] ?? []
}

/** Without the parentheses around it: meriyah keeps them around what is assigned to as well, oxc-parser does not. */
export function unwrap(node: Node): Node {
  let inner = node
  while (inner.type === 'ParenthesizedExpression') inner = inner.expression
  return inner
}
