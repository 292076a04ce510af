import type { FunctionNode } from '../../instrument/scopes.ts'
import type { SourceFile } from './source-file.ts'

/** What compilers run generators and async functions by. */
export const RUNNERS = /^__(awaiter|generator|async|asyncGenerator|asyncDelegator|asyncValues|values)$/

/** Whether a function stands in one of these: what they make serves one call, and ends with it. */
export function isInRunner(fn: FunctionNode, source: SourceFile): boolean {
  for (let at: FunctionNode | undefined = fn; at !== undefined; at = at.enclosing) {
    let parent = source.parent(source.wrapped(at.node))
    while (/^(Logical|Parenthesized)Expression$/.test(parent?.type ?? '')) parent = source.parent(parent!)
    if (parent?.type === 'VariableDeclarator' && RUNNERS.test(parent.id.name ?? '')) return true
  }
  return false
}
