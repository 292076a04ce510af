import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction, isReference, walk } from '../../livepatch/ast.ts'
import { calledName, meant } from './expressions.ts'
import { RUNNERS } from './runners.ts'
import type { SourceFile } from './source-file.ts'

/** Where a function, or a part of it, speaks of its own `arguments`. */
export function argumentsIn(root: Node): Node[] {
  const found: Node[] = []
  walk(root, (node, ancestors) => {
    const isName = node.type === 'Identifier' && node.name === 'arguments'
    if (isName && isOwn(ancestors) && isReference(node, ancestors.at(-1))) found.push(node)
  })
  return found
}

/** Whether what stands there has the `arguments` of the function that was begun with. */
function isOwn(ancestors: readonly Node[]): boolean {
  const inner = ancestors.slice(1).filter((one) => isFunction(one) || one.type === 'PropertyDefinition')
  return inner.every(({ type }) => type === 'ArrowFunctionExpression')
}

/**
 * How many parameters a function has with those that a compiler writes as `arguments.length > 1 && arguments[1] !== undefined
 * ? arguments[1] : x`, or has a function that it hands them on to: these ask for nothing but parameters. Undefined: it uses
 * `arguments` for something else.
 */
export function parameterCount({ node }: FunctionNode): number | undefined {
  const asked = new Set<Node>()
  let count: number = node.params.length
  walk(node, (one, ancestors) => {
    const handed = isOwn(ancestors) ? handedOnTo(one) : undefined
    if (handed !== undefined) {
      count = Math.max(count, handed.count)
      asked.add(handed.use)
    }
    const index = one.type === 'ConditionalExpression' && isOwn(ancestors) ? askedIn(one) : undefined
    if (index === undefined) return
    count = Math.max(count, index + 1)
    for (const part of [one.test, one.consequent]) for (const use of argumentsIn(part)) asked.add(use)
    if (argumentsOfIndex(one.alternate) === index)
      for (const use of argumentsIn(one.alternate)) asked.add(use)
  })
  return argumentsIn(node).every((use) => asked.has(use)) ? count : undefined
}

/** How many parameters `arguments` are handed on to: `__awaiter(this, arguments, void 0, function (a, b) { … })`. */
function handedOnTo(call: Node): { count: number; use: Node } | undefined {
  if (call.type !== 'CallExpression') return undefined
  const [self, use, ...others] = call.arguments as Node[]
  const name = calledName({ ...call, callee: meant(call.callee) } as Node) ?? ''
  const last = others.at(-1)
  const runs = last && unwrap(last)
  if (!RUNNERS.test(name) || self?.type !== 'ThisExpression' || use?.name !== 'arguments') return undefined
  if (runs === undefined || !isFunction(runs) || argumentsIn(runs).length > 0) return undefined
  const params = runs.params as Node[]
  return params.some(({ type }) => type === 'RestElement') ? undefined : { count: params.length, use }
}

/** `arguments.length`, and `arguments[1]` where no parameter there is assigned: whether they are one with parameters does not show. */
export function isApart(use: Node, { node, parameters }: FunctionNode, source: SourceFile): boolean {
  const parent = source.parent(use)
  if (parent?.type !== 'MemberExpression' || parent.object !== use) return false
  const at = parent.property.value
  if (!parent.computed) return true
  return typeof at === 'number' && parameters.names.get(node.params[at]?.name)?.assigned !== true
}

/** Whether `arguments` are read, and kept nowhere, before any parameter is assigned: whether they are one does not show. */
export function readsFirst(uses: readonly Node[], fn: FunctionNode, source: SourceFile): boolean {
  const assigned = source
    .usesIn(fn.node)
    .filter((use) => use.assigned && source.bindingOf(use)?.scope === fn.parameters)
  const first = Math.min(...assigned.map(({ node }) => node.start))
  return (
    assigned.every((use) => source.functionAt(use) === fn) &&
    uses.every((use) => isRead(use, source) && endOfLoop(use, fn, source) < first)
  )
}

const READERS =
  /^(Call|New|Binary|Conditional|Array|Sequence|Unary)Expression$|^(Return|If|Switch)Statement$|^VariableDeclarator$|^AssignmentExpression$/

/** `arguments[i]`, and what makes a list of them. */
function isRead(use: Node, source: SourceFile): boolean {
  if (source.functionAround(use)?.arrow) return false
  const parent = source.parent(use)!
  const above = source.parent(parent)
  if (parent.type === 'SpreadElement') return true
  if (parent.type === 'CallExpression')
    return (
      parent.callee !== use &&
      /^(\[\]|Array(\.prototype)?)\.(slice\.call|from)$/.test(source.slice(parent.callee))
    )
  if (parent.type !== 'MemberExpression' || !parent.computed || parent.object !== use) return false
  const isTaken = READERS.test(above?.type ?? '') && above?.callee !== parent
  const isTarget = above?.type === 'AssignmentExpression' && above.left === parent
  return isTaken && !isTarget && above?.operator !== 'delete'
}

/** Where what stands there is done for the last time: the end of the outermost loop around it. */
function endOfLoop(node: Node, { node: root }: FunctionNode, source: SourceFile): number {
  let { end } = node
  for (let at = source.parent(node); at !== undefined && at !== root; at = source.parent(at))
    if (/^(For|While|DoWhile|Labeled)/.test(at.type)) end = at.end
  return end
}

/** The parameter that such an expression means. */
export function askedIn({ test, consequent, alternate }: Node): number | undefined {
  const condition = unwrap(test)
  const index = argumentsOfIndex(consequent)
  // `arguments.length > 1 ? arguments[1] : undefined`
  if (index !== undefined && comparesLength(condition, '>') === index)
    return isUndefined(alternate) ? index : undefined
  if (condition.type !== 'LogicalExpression') return undefined
  const [first, second] = [unwrap(condition.left), unwrap(condition.right)]
  if (condition.operator === '&&' && index !== undefined)
    return comparesLength(first, '>') === index && comparesValue(second, '!==') === index ? index : undefined
  const other = argumentsOfIndex(alternate)
  const isOld = condition.operator === '||' && other !== undefined && argumentsIn(consequent).length === 0
  return isOld && comparesLength(first, '<=') === other && comparesValue(second, '===') === other
    ? other
    : undefined
}

/** `arguments.length > 1` */
function comparesLength({ type, operator, left, right }: Node, how: string): number | undefined {
  const isLength =
    type === 'BinaryExpression' &&
    operator === how &&
    left.type === 'MemberExpression' &&
    !left.computed &&
    left.object.name === 'arguments' &&
    left.property.name === 'length'
  return isLength && typeof right.value === 'number' ? right.value : undefined
}

/** `arguments[1] !== undefined` */
function comparesValue({ type, operator, left, right }: Node, how: string): number | undefined {
  return type === 'BinaryExpression' && operator === how && isUndefined(right)
    ? argumentsOfIndex(left)
    : undefined
}

function argumentsOfIndex(node: Node): number | undefined {
  const { type, object, property, computed } = unwrap(node)
  const isIndex = type === 'MemberExpression' && computed && object.name === 'arguments'
  return isIndex && typeof property.value === 'number' ? property.value : undefined
}

/** `undefined`, `void 0` */
export function isUndefined(node: Node): boolean {
  const { type, name, operator, argument } = unwrap(node)
  return (
    (type === 'Identifier' && name === 'undefined') || (operator === 'void' && argument.type === 'Literal')
  )
}
