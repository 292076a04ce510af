import { type Node, unwrap } from '../../instrument/parse.ts'
import { walk } from '../../livepatch/ast.ts'

/**
 * Makes statements of `_C_a = new WeakMap(), _C_b = new WeakMap(), _C_m = function () { … };`, as compilers write private members
 * beside the class: each is compared by itself.
 */
export function separatePrivateMembers(program: Node): void {
  walk(program, (node) => {
    if (!/^(Program|BlockStatement)$/.test(node.type)) return
    if ((node.body as Node[]).some(isOfMembers)) node.body = (node.body as Node[]).flatMap(separated)
  })
}

function separated(statement: Node): Node[] {
  if (!isOfMembers(statement)) return [statement]
  return statement.expression.expressions.map((expression: Node) => {
    const { start, end } = expression
    return { ...statement, expression, start, end }
  })
}

function isOfMembers({ type, expression }: Node): boolean {
  if (type !== 'ExpressionStatement' || expression.type !== 'SequenceExpression') return false
  const all = expression.expressions as Node[]
  return all.every(isNamed) && all.some(({ right }) => isWeak(unwrap(right)))
}

function isNamed({ type, operator, left }: Node): boolean {
  return type === 'AssignmentExpression' && operator === '=' && left.type === 'Identifier'
}

function isWeak({ type, callee }: Node): boolean {
  return type === 'NewExpression' && /^Weak(Map|Set)$/.test(callee.name ?? '')
}
