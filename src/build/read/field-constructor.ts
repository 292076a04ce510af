import { type Node, unwrap } from '../../instrument/parse.ts'
import { containsNode } from '../../livepatch/ast.ts'
import { isRepeatable } from './effects.ts'
import { memberKey } from './expressions.ts'

/**
 * Whether a constructor that a class has had none of does the same as declarations of fields: it gives every object
 * values that depend on nothing, in fields that the running class knows nothing of.
 */
export function givesFieldsOnly({ kind, value }: Node, running: Node): boolean {
  if (kind !== 'constructor') return false
  const [first, ...others] = value.body.body as Node[]
  if (first === undefined) return running.superClass === null
  const hasSuper = Boolean(running.superClass)
  if (hasSuper ? !handsOn(first, value.params) : value.params.length > 0) return false
  return (hasSuper ? others : [first, ...others]).every((one) => isField(one, running))
}

/** `constructor(a, b) { super(a, b) }`: what a class does without a constructor, for those who pass no more. */
export function handsOnSome({ kind, value }: Node): boolean {
  if (kind !== 'constructor') return false
  const [first, ...others] = value.body.body as Node[]
  if (first?.type !== 'ExpressionStatement' || first.expression.callee?.type !== 'Super') return false
  const given = first.expression.arguments as Node[]
  const isOwn = (one: Node, i: number): boolean =>
    one.type === 'Identifier' && given[i]?.type === 'Identifier' && given[i].name === one.name
  return others.length === 0 && given.length === value.params.length && value.params.every(isOwn)
}

/** `super(...arguments)`, `super(...args)` of `constructor(...args)`: what a class does without a constructor. */
function handsOn({ type, expression }: Node, params: Node[]): boolean {
  if (type !== 'ExpressionStatement' || expression.callee?.type !== 'Super') return false
  const [given, ...more] = expression.arguments as Node[]
  if (given?.type !== 'SpreadElement' || more.length > 0 || params.length > 1) return false
  const [rest] = params
  const name = rest === undefined ? 'arguments' : rest.type === 'RestElement' ? rest.argument.name : undefined
  return name !== undefined && given.argument.name === name
}

/** `this.a = 1` of a class in which nothing is called so. */
function isField({ type, expression }: Node, running: Node): boolean {
  const assignment = type === 'ExpressionStatement' ? unwrap(expression) : undefined
  if (assignment?.type !== 'AssignmentExpression' || assignment.operator !== '=') return false
  const { left, right } = assignment
  if (left.type !== 'MemberExpression' || left.object.type !== 'ThisExpression') return false
  const key = memberKey(left)
  const asks = (node: Node): boolean =>
    (node.type === 'MemberExpression' && memberKey(node) === key) || node.key?.name === key
  const isOfCall = (node: Node): boolean => node.type === 'ThisExpression' || node.name === 'arguments'
  return (
    key !== undefined && isRepeatable(right) && !containsNode(right, isOfCall) && !containsNode(running, asks)
  )
}
