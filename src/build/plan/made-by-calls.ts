import type { Node } from '../../instrument/parse.ts'
import { memberKey } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import { functionOf } from '../read/unit-values.ts'
import type { Unit } from '../read/units.ts'
import type { FilePlan } from './file-plan.ts'
import { heldFunctions } from './held-functions.ts'
import type { OncePlan } from './once-plan.ts'

/**
 * What start-up code has made by functions that ask an object for some of its members: `const all = listOf('a')`, `table.b =
 * table.like('a')`. Where such a member is changed in the object, that stays as it is.
 */
export function madeByCalls(
  file: FilePlan,
  once: OncePlan,
  name: string,
  asksFor: (file: FilePlan, use: { node: Node }) => boolean,
): Unit[] {
  const source = file.pair.new
  const binding = once.scope.names.get(name)
  return once.pair.new.units.filter((unit) => {
    if (!makesSomething(unit)) return false
    return calledBy(file, once, unit).some((fn) =>
      source.usesIn(fn).some((use) => source.bindingOf(use) === binding && asksFor(file, use)),
    )
  })
}

/** Whether start-up code gives something a value that is no function: those are redirected. */
export function makesSomething(unit: Unit): boolean {
  const isMade = unit.kind === 'variable' || (unit.targets ?? []).length > 0
  return isMade && functionOf(unit) === undefined
}

/** The functions of the scope that a piece of start-up code calls, by their names or as members of an object. */
function calledBy(file: FilePlan, once: OncePlan, unit: Unit): Node[] {
  const { calls, uses } = once.effects.of(unit)
  const own = [...calls].flatMap((name) => {
    const called = once.unitOf(name)
    return (called && functionOf(called)) ?? []
  })
  const members = uses.flatMap(({ node }) => {
    const key = memberCalled(node, file.pair.new)
    const holder = key === undefined ? undefined : once.unitOf(node.name)
    return holder === undefined ? [] : heldFunctions(file, holder, key)
  })
  return [...own, ...members]
}

/** `f` of `x.f()` */
function memberCalled(node: Node, source: SourceFile): string | undefined {
  const member = source.parent(node)
  if (member?.type !== 'MemberExpression' || member.object !== node) return undefined
  const call = source.parent(member)
  return call?.type === 'CallExpression' && call.callee === member ? memberKey(member) : undefined
}
