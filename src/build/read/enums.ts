import { type Node, unwrap } from '../../instrument/parse.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'

/** `(function (E) { E[E["A"] = 0] = "A" })(E || (exports.E = E = {}))`, as compilers write an enum. */
export interface Enum {
  name: string
  body: Node
  isExported: boolean
}

export function enumOf({ type, expression }: Node): Enum | undefined {
  const call = type === 'ExpressionStatement' ? unwrap(expression) : undefined
  if (call?.type !== 'CallExpression' || call.arguments.length !== 1) return undefined
  const fn = unwrap(call.callee)
  // `E = exports.E || (exports.E = {})` in older compilers.
  const argument = unwrap(call.arguments[0])
  const given = argument.type === 'AssignmentExpression' ? unwrap(argument.right) : argument
  const named: Node = argument.left
  const [parameter] = (isFunction(fn) ? fn.params : []) as Node[]
  if (parameter?.type !== 'Identifier' || given.type !== 'LogicalExpression' || named.type !== 'Identifier')
    return undefined
  const fills = ({ type, expression }: Node): boolean =>
    type === 'ExpressionStatement' &&
    expression.type === 'AssignmentExpression' &&
    expression.right.type === 'Literal' &&
    expression.left.object?.name === parameter.name
  if (fn.body.type !== 'BlockStatement' || !(fn.body.body as Node[]).every(fills)) return undefined
  const isExported = containsNode(given.right, ({ type }) => type === 'MemberExpression')
  return { name: named.name, body: fn.body, isExported }
}
