/** Questions to a piece of the tree or the text that need no scopes. */
import type { Node } from './parse.ts'

export function isSimple(parameters: readonly Node[]): boolean {
  return parameters.every((parameter) => parameter.type === 'Identifier')
}

export function hasDirective(block: Node, directive: string): boolean {
  if (!Array.isArray(block.body)) return false
  for (const statement of block.body) {
    if (typeof statement.directive !== 'string') return false
    if (statement.directive === directive) return true
  }
  return false
}

/** The next position that is neither white space nor a comment. */
export function skipTrivia(source: string, from: number): number {
  let at = from
  for (;;) {
    const next = source[at]
    if (next === '/' && source[at + 1] === '/') {
      while (at < source.length && !/[\n\r\u2028\u2029]/.test(source[at]!)) at++
    } else if (next === '/' && source[at + 1] === '*') at = source.indexOf('*/', at + 2) + 2
    else if (next !== undefined && /\s/.test(next)) at++
    else return at
  }
}
