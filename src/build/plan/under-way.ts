import type { FunctionNode } from '../../instrument/scopes.ts'
import type { SourceFile } from '../read/source-file.ts'

/** What keeps a function that it is given, as far as names tell; listeners serve what is under way. */
export const KEEPERS =
  /^(push|unshift|add|addHook|set|use|tap(Async|Promise)?|register\w*|decorate\w*|defineProperty|defineProperties)$/

/** Whether what a function registers serves a call that ends by a promise. */
export function isUnderWay(fn: FunctionNode | undefined, file: SourceFile): boolean {
  for (let at = fn; at !== undefined; at = at.enclosing) {
    const made = file.parent(at.node)
    if (at.async || (made?.type === 'NewExpression' && made.callee.name === 'Promise')) return true
  }
  return false
}
