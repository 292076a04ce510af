import type { Node } from '../../instrument/parse.ts'
import { memberPath } from './expressions.ts'

/**
 * Makes statements of `exports.a = f, exports.b = g;`, as minifiers write what a module exports, and of `_C_a = new WeakMap(), _C_m =
 * function () { … };`, as compilers write private members beside the class: each is compared by itself.
 *
 * @returns whether there were any
 */
export function separateAssignments(nodes: readonly Node[]): boolean {
  const blocks = nodes.filter(
    ({ type, body }) =>
      (type === 'BlockStatement' || type === 'Program') && (body as Node[]).some(isSequence),
  )
  for (const block of blocks) block.body = (block.body as Node[]).flatMap(separated)
  return blocks.length > 0
}

function separated(statement: Node): Node[] {
  if (!isSequence(statement)) return [statement]
  return statement.expression.expressions.map((expression: Node) => {
    const { start, end } = expression
    return { ...statement, expression, start, end }
  })
}

function isSequence({ type, expression }: Node): boolean {
  if (type !== 'ExpressionStatement' || expression.type !== 'SequenceExpression') return false
  return (expression.expressions as Node[]).every(isAssignment)
}

function isAssignment({ type, operator, left }: Node): boolean {
  return type === 'AssignmentExpression' && operator === '=' && memberPath(left) !== undefined
}
