import type { Node } from '../../instrument/parse.ts'
import { changesObject } from './effects.ts'
import type { SourceFile, Use } from './source-file.ts'

/**
 * Whether code that asks for a value can do without it: `a?.b`, `a ?? b`, `a && b`, `if (a)`, `typeof a`; of an empty object
 * `a.b` as well.
 */
export function canBeUnset(use: Use, source: SourceFile, isEmpty: boolean): boolean {
  const { node } = use
  const parent = source.parent(node)!
  if (parent.type === 'MemberExpression' && parent.object === node)
    return parent.optional || (isEmpty && !changesObject(use, source) && !isCallee(parent, source))
  if (parent.type === 'LogicalExpression') return parent.left === node
  if (parent.type === 'UnaryExpression') return /^(!|typeof|void)$/.test(parent.operator)
  if (parent.type === 'BinaryExpression')
    return /^[!=]==?$/.test(parent.operator) && [parent.left, parent.right].some(isNothingWritten)
  return /^(If|Conditional)/.test(parent.type) && parent.test === node
}

function isCallee(node: Node, source: SourceFile): boolean {
  const parent = source.parent(node)
  return /^(Call|New)Expression$/.test(parent?.type ?? '') && parent!.callee === node
}

function isNothingWritten({ type, name, value, operator }: Node): boolean {
  return (
    name === 'undefined' ||
    (type === 'Literal' && value === null) ||
    (type === 'UnaryExpression' && operator === 'void')
  )
}
