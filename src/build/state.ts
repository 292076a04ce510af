import type { Node } from '../instrument/parse.ts'
import type { FunctionNode } from '../instrument/scopes.ts'
import { functionOf } from './compare.ts'
import { changesObject, type EffectsOf } from './effects.ts'
import type { SourceFile, Use } from './source-file.ts'
import type { Once, Unit } from './units.ts'

/**
 * Where the program puts something into what a name of a scope holds: a place in a function that goes on being called. What
 * start-up code alone puts there can be made again.
 */
export function keptIn(name: string, once: Once, effects: EffectsOf, made: readonly Unit[]): Use | undefined {
  const { file, scope } = once
  const initialising = new Set(made.flatMap((unit) => [...effects.of(unit).calls]))
  return file.uses.find((use) => {
    if (use.node.name !== name || file.bindingOf(use)?.scope !== scope) return false
    if (!use.assigned && !changesObject(use, file)) return false
    const fn = outermost(file.functionAt(use), once.fn)
    if (fn === undefined || isCalledOnTheSpot(fn, file)) return false
    const names = once.units.find((one) => functionOf(one) === fn.node)?.names ?? []
    return !names.some((one) => initialising.has(one) && isForStartUp(one, once))
  })
}

/** A function that nothing but start-up code can call. */
function isForStartUp(name: string, { file, scope, fn, units }: Once): boolean {
  const unit = units.find((one) => one.names.includes(name))!
  const own = functionOf(unit)
  if (/^Export/.test(file.parent(unit.node)?.type ?? '')) return false
  return file.uses.every((use) => {
    if (use.node.name !== name || file.bindingOf(use)?.scope !== scope) return true
    const around = outermost(file.functionAt(use), fn)
    if (around !== undefined) return around.node === own
    const parent = file.parent(use.node)
    return use.node === own?.id || parent?.type === 'VariableDeclarator' || parent?.callee === use.node
  })
}

function outermost(fn: FunctionNode | undefined, within: FunctionNode | undefined): FunctionNode | undefined {
  if (fn === undefined || fn === within) return undefined
  let at = fn
  while (at.enclosing !== undefined && at.enclosing !== within) at = at.enclosing
  return at
}

/** `list.forEach(function …)`: it is over when the statement is. */
export function isCalledOnTheSpot({ node }: FunctionNode, file: SourceFile): boolean {
  const call: Node | undefined = file.parent(node)
  if (call?.type !== 'CallExpression' || call.callee === node) return call?.callee === node
  const { type, computed, property } = call.callee
  return (
    type === 'MemberExpression' && !computed && /^(forEach|map|filter|reduce|some|every)$/.test(property.name)
  )
}
