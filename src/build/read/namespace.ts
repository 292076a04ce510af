import { isBuiltin } from 'node:module'
import type { Node } from '../../instrument/parse.ts'
import { interopHelper } from './imports.ts'
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

/**
 * Whether two helpers of bundlers make one namespace of a module of Node's, `_interopNamespace(path)` and
 * `_interopNamespaceDefault(path)`: they differ in what they make of ES modules.
 */
export function isSameNamespace(
  old: Unit,
  unit: Unit,
  units: { old: readonly Unit[]; new: readonly Unit[] },
): boolean {
  const [was, is] = [madeNamespaceOf(old, units.old), madeNamespaceOf(unit, units.new)]
  return was !== undefined && was === is && isBuiltin(was)
}

function madeNamespaceOf(unit: Unit, units: readonly Unit[]): string | undefined {
  const call = unit.kind === 'variable' ? assignedValue(unit) : undefined
  const helper = call && interopHelper(call)
  if (!/namespace|star|wildcard/i.test(helper?.name ?? '')) return undefined
  const [module] = call!.arguments as Node[]
  const imported = units.find(({ kind, names }) => kind === 'import' && names[0] === module!.name)
  return imported?.imported === '=' ? imported.source : undefined
}

function namespaceOf(unit: Unit): Node[] | undefined {
  const call = unit.kind === 'variable' ? assignedValue(unit) : undefined
  const isFreeze = call?.type === 'CallExpression' && call.callee.property?.name === 'freeze'
  const members: Node[] | undefined = isFreeze ? call.arguments[0]?.properties : undefined
  return members?.[0]?.key?.name === '__proto__' ? members : undefined
}
