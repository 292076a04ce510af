import { type Node, unwrap } from '../../instrument/parse.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { memberKey, memberPath } from './expressions.ts'
import type { Unit } from './units.ts'

/** The function that a unit declares or assigns, if that is all that it does. */
export function functionOf(unit: Unit): Node | undefined {
  const node = unit.kind === 'function' ? unit.node : assignedValue(unit)
  return node !== undefined && isFunction(node) ? node : undefined
}

export function classOf(unit: Unit): Node | undefined {
  const node = unit.kind === 'class' ? unit.node : assignedValue(unit)
  return node?.type === 'ClassExpression' || node?.type === 'ClassDeclaration' ? node : undefined
}

/** The literal that a unit assigns, or whose members it gives to an object. */
export function objectOf(unit: Unit): Node | undefined {
  const call = unit.key.startsWith('call Object.assign ') ? unwrap(unit.node.expression) : undefined
  const node = call === undefined ? assignedValue(unit) : call.arguments.length === 2 && call.arguments[1]
  if (!node) return undefined
  return node.type === 'ObjectExpression' ? node : undefined
}

/** What a unit assigns in the end: the last value of `a = b.c = value`. */
export function assignedValue(unit: Unit): Node | undefined {
  let node: Node | undefined = unit.kind === 'variable' ? (unit.node.init ?? undefined) : unit.value
  if (node === undefined) return undefined
  node = unwrap(node)
  while (node.type === 'AssignmentExpression' && node.operator === '=') node = unwrap(node.right)
  return node
}

/** What a unit assigns to beside its names: `exports.a` and `module.exports` of `const a = exports.a = module.exports = …`. */
export function assignedPaths(unit: Unit): string[] {
  if (unit.targets !== undefined) return unit.targets.map(({ path }) => path)
  const paths: string[] = []
  let node: Node | null = unit.kind === 'variable' ? unit.node.init : null
  while (node !== null && unwrap(node).type === 'AssignmentExpression') {
    const assignment = unwrap(node)
    const target = memberPath(assignment.left)
    if (target !== undefined) paths.push(target.path)
    node = assignment.right as Node
  }
  return paths
}

/** The member in `a.__defineGetter__('b', …)` and `Object.defineProperty(a, 'b', …)`. */
export function definedMember({ node }: Unit): string | undefined {
  const call = node.type === 'ExpressionStatement' ? unwrap(node.expression) : undefined
  if (call?.type !== 'CallExpression' || call.callee.type !== 'MemberExpression') return undefined
  const isOld = /^__define[GS]etter__$/.test(memberKey(call.callee) ?? '')
  if (!isOld && memberPath(call.callee)?.path !== 'Object.defineProperty') return undefined
  const [holder, key] = isOld ? [call.callee.object, call.arguments[0]] : call.arguments
  const path = holder && memberPath(unwrap(holder))?.path
  return path === undefined || typeof key?.value !== 'string' ? undefined : `${path}.${key.value}`
}
