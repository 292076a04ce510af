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

/** `constructor(a, b) { super(a, b); … }` begins as a class does without a constructor, for those who pass no more. */
export function handsOnSome({ kind, value }: Node): boolean {
  const [first]: Node[] = kind === 'constructor' ? value.body.body : []
  return first !== undefined && passesOwn(superArguments(first), value.params)
}

/** The arguments of `super(…)`, where a statement is that. */
function superArguments({ type, expression }: Node): Node[] | undefined {
  const isCall = type === 'ExpressionStatement' && expression.callee?.type === 'Super'
  return isCall ? expression.arguments : undefined
}

/** `super(a, b)` of `constructor(a, b)` */
function passesOwn(given: readonly Node[] | undefined, params: readonly Node[]): boolean {
  return (
    given?.length === params.length &&
    params.every((one, i) => one.type === 'Identifier' && given[i]!.name === one.name)
  )
}

/** `super(...arguments)`, `super(...args)` of `constructor(...args)`: what a class does without a constructor; `super(a)` for one parameter. */
function handsOn(statement: Node, params: Node[]): boolean {
  const all = superArguments(statement)
  if (all === undefined) return false
  if (passesOwn(all, params)) return params.length > 0
  const [given, ...more] = all
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
