import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { isRepeatable } from './effects.ts'
import { belongsTo, type SourceFile } from './source-file.ts'

/** Whether a function that lives on after the call that made it goes on with nothing of that call but what stays as it is. */
export function keepsNothing(made: FunctionNode, by: FunctionNode, source: SourceFile): boolean {
  return source.usesIn(made.node).every((use) => {
    const binding = source.bindingOf(use)
    const isOfCall = binding && belongsTo(binding.scope, by) && !belongsTo(binding.scope, made)
    return !isOfCall || isForGood(binding, source)
  })
}

/** Whether a variable holds a function or a text or number, and no other ever. */
function isForGood(binding: Binding, source: SourceFile): boolean {
  if (source.functionNamed(binding) !== undefined || replacesItself(binding, source)) return true
  const value = binding.assigned ? undefined : source.declaredWith(binding)
  return value?.type === 'Literal' && !value.regex
}

/**
 * `var keys = function (o) { keys = Object.getOwnPropertyNames || function (o) { … }; return keys(o) }`, as compilers write it:
 * the first call finds out what the others go by.
 */
export function replacesItself(binding: Binding, source: SourceFile): boolean {
  const value = source.declaredWith(binding)
  const fn = value && source.functionOf.get(unwrap(value))
  if (fn === undefined) return false
  return source.usesOf(binding).every(({ node, assigned }) => {
    const parent = source.parent(node)!
    if (!assigned || parent.id === node) return true
    const isWithin = node.start >= fn.start && node.end <= fn.end
    return (
      isWithin &&
      parent.type === 'AssignmentExpression' &&
      parent.operator === '=' &&
      isFreeOf(fn, parent.right, source)
    )
  })
}

/** A value that can be made again, and in which nothing is of the call of a function. */
function isFreeOf(fn: FunctionNode, value: Node, source: SourceFile): boolean {
  const inside = source.analysis.functions.filter(
    ({ start, end }) => start >= value.start && end <= value.end,
  )
  return (
    isRepeatable(value) &&
    source.usesIn(value).every((use) => {
      const scope = source.bindingOf(use)?.scope
      return !scope || !belongsTo(scope, fn) || inside.some((one) => belongsTo(scope, one))
    })
  )
}
