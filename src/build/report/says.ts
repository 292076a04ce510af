import { type Node, unwrap } from '../../instrument/parse.ts'
import { containsNode } from '../../livepatch/ast.ts'
import { isRepeatable } from '../read/effects.ts'
import { memberPath } from '../read/expressions.ts'

/** Whether a statement does nothing but tell somebody something, perhaps under a condition: that is about its start alone. */
export function onlySays(node: Node | null | undefined): boolean {
  if (node === null || node === undefined) return true
  switch (node.type) {
    case 'BlockStatement':
      return (node.body as Node[]).every(onlySays)
    case 'IfStatement':
      return isRepeatable(node.test) && onlySays(node.consequent) && onlySays(node.alternate)
    case 'ExpressionStatement': {
      const call = unwrap(node.expression)
      if (call.type !== 'CallExpression' || !(call.arguments as Node[]).every((one) => isRepeatable(one)))
        return false
      return /^(console\.(log|info|warn|error|debug|trace)|process\.emitWarning)$/.test(
        memberPath(call.callee)?.path ?? '',
      )
    }
    default:
      return false
  }
}

/**
 * What `if (typeof a.b === 'function') use(a.b); else console.warn(…)` does where it holds: the statements inside, which
 * without what they use would have come to nothing.
 */
export function guarded({ type, test, consequent, alternate }: Node): Node[] | undefined {
  if (type !== 'IfStatement' || test.type !== 'BinaryExpression' || !onlySays(alternate)) return undefined
  const { left, right, operator } = test
  if (!/^===?$/.test(operator) || left.type !== 'UnaryExpression' || left.operator !== 'typeof')
    return undefined
  if (right.value !== 'function' && right.value !== 'object') return undefined
  const asked = memberPath(unwrap(left.argument))?.path
  const statements: Node[] = consequent.type === 'BlockStatement' ? consequent.body : [consequent]
  const uses = (root: Node): boolean =>
    containsNode(root, (node) => node.type === left.argument.type && memberPath(node)?.path === asked)
  return asked !== undefined && statements.every(uses) ? statements : undefined
}
