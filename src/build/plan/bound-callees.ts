import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isAssigned, nameOf } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import type { Callees } from './callees.ts'

/** The function of `f.bind(…)`. */
export function boundBy({ type, callee }: Node): Node | undefined {
  const isBind = type === 'CallExpression' && callee.type === 'MemberExpression'
  return isBind && callee.property.name === 'bind' ? callee.object : undefined
}

/** `const g = f.bind(x)` in a function that does nothing with it but to call it, each call of which binds anew. */
export function isBoundForCalls(
  bind: Node,
  source: SourceFile,
  isOnce: (fn: FunctionNode) => boolean,
): boolean {
  const around = source.functionAround(bind)
  const parent = source.parent(source.wrapped(bind))
  if (around === undefined || isOnce(around) || parent?.type !== 'VariableDeclarator') return false
  if (bind.arguments.length > 1 || bind.arguments[0]?.type === 'SpreadElement') return false
  const binding = parent.id.type === 'Identifier' ? source.bindingFor(parent.id) : undefined
  if (binding === undefined || binding.assigned) return false
  return source.usesOf(binding).every((use) => {
    if (use.node === parent.id) return true
    const call = source.parent(use.node)
    return call?.type === 'CallExpression' && call.callee === use.node && source.functionAt(use) === around
  })
}

/**
 * `this.m = this.m.bind(this)`, as constructors write it: callers find the method behind it. Whether the package only calls
 * the member, by its name.
 */
export function isBoundToItself(bind: Node, source: SourceFile, callees: Callees): boolean {
  const parent = source.parent(source.wrapped(bind))
  const { object: fn } = bind.callee as Node
  const isThis = (node: Node): boolean =>
    node.type === 'MemberExpression' && !node.computed && node.object.type === 'ThisExpression'
  const [key, given] = [nameOf(fn)!, bind.arguments as Node[]]
  if (given.length !== 1 || given[0]!.type !== 'ThisExpression' || !isThis(fn)) return false
  if (parent?.type !== 'AssignmentExpression' || !isThis(parent.left) || nameOf(parent.left) !== key)
    return false
  return (
    callees.patternsOf(key).length === 0 &&
    callees.membersOf(key).every(([file, node]) => {
      const at = file.parent(node)!
      const isCalled = at.type === 'CallExpression' && at.callee === node
      return isCalled || isAssigned(node, at) || boundBy(file.parent(at) ?? at) === node
    })
  )
}
