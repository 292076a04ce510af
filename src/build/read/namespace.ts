import type { Node } from '../../instrument/parse.ts'
import { shape } from './shape.ts'
import { assignedValue } from './unit-values.ts'
import type { Unit } from './units.ts'

/**
 * `var ns = Object.freeze({ __proto__: null, a: a })`, as bundlers write `import * as ns`: the members that the running one
 * has and the new one has not, if that is all that differs.
 */
export function lostFromNamespace(old: Unit, unit: Unit): Node[] | undefined {
  const [before, after] = [old, unit].map(namespaceOf)
  if (before === undefined || after === undefined) return undefined
  const shapes = (all: Node[]): Set<string> => new Set(all.map((one) => shape(one)))
  const [had, has] = [shapes(before), shapes(after)]
  return [...has].every((one) => had.has(one)) ? before.filter((one) => !has.has(shape(one))) : undefined
}

function namespaceOf(unit: Unit): Node[] | undefined {
  const call = unit.kind === 'variable' ? assignedValue(unit) : undefined
  const isFreeze = call?.type === 'CallExpression' && call.callee.property?.name === 'freeze'
  const members: Node[] | undefined = isFreeze ? call.arguments[0]?.properties : undefined
  return members?.[0]?.key?.name === '__proto__' ? members : undefined
}
