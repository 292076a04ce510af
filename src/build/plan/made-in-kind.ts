import { type Node, unwrap } from '../../instrument/parse.ts'
import { isFunction, walk } from '../../livepatch/ast.ts'
import { isRepeatable } from '../read/effects.ts'
import { isExportOnly } from '../read/exports.ts'
import { packageNameOf } from '../read/imports.ts'
import { assignedValue } from '../read/unit-values.ts'
import { type Once, type Unit, unitsNamed } from '../read/units.ts'
import type { OncePlan } from './once-plan.ts'

/**
 * Whether a value may be made once more as part of others that the new version makes otherwise: both are made by calls of the
 * same packages, as schemas are, and nothing but such values of the module is made of it.
 */
export function isMadeInKind({ pair, file, changed }: OncePlan, name: string): boolean {
  const once = pair.new
  const [own] = unitsNamed(once.units, name)
  const packages = own?.kind === 'variable' ? packagesOf(own, once) : undefined
  if (packages === undefined) return false
  const others = [
    ...pair.added,
    ...pair.pairs.filter((one) => one.changed).map((one) => one.new),
    ...once.units.filter(({ names }) => names.some((one) => changed.has(one))),
  ].map((unit) => assignedValue(unit))
  const exported = [...file.changedExports.keys()].map((key) => file.exports.new.get(key)?.value)
  const made = new Set([...others, ...exported].map((value) => value && packageBehind(rootOf(value), once)))
  return (
    packages.every((one) => made.has(one)) &&
    !file.isExported(name) &&
    [pair.old, once].every((one) => isForValues(name, one))
  )
}

/** The packages that have made a value, by calls of what is imported from them; undefined where others have made something of it. */
function packagesOf(unit: Unit, once: Once, seen = new Set<Unit>()): string[] | undefined {
  const value = assignedValue(unit)
  if (value === undefined || seen.has(unit)) return undefined
  seen.add(unit)
  const roots: Node[] = []
  walk(value, (node, ancestors) => {
    const isMade = /^(Call|New|TaggedTemplate)Expression$/.test(node.type) && !isRepeatable(node)
    if (isMade && !ancestors.some(isFunction)) roots.push(rootOf(node))
  })
  const found = roots.map((root) => {
    const from = packageBehind(root, once)
    if (from !== undefined) return [from]
    const other = unitsNamed(once.units, root.name).find(({ kind }) => kind === 'variable')
    return other && packagesOf(other, once, new Set(seen))
  })
  return found.length === 0 || found.includes(undefined) ? undefined : (found.flat() as string[])
}

/** The package that a name is imported from. */
function packageBehind({ type, name }: Node, { units }: Once): string | undefined {
  const [unit] = type === 'Identifier' ? unitsNamed(units, name) : []
  return unit?.kind === 'import' && unit.source !== undefined ? packageNameOf(unit.source) : undefined
}

/** `z` of `z.string().optional()` */
function rootOf(node: Node): Node {
  let at = unwrap(node)
  for (let inner = at; inner !== undefined; inner = at.callee ?? at.tag ?? at.object) at = unwrap(inner)
  return at
}

/** Whether start-up code uses a name for nothing but what variables hold, and exports. */
function isForValues(name: string, once: Once): boolean {
  return once.file.usesOf(once.scope.names.get(name)).every((use) => {
    const around = once.units.find(({ start, end }) => start <= use.node.start && use.node.end <= end)
    return around?.kind === 'variable' || (around !== undefined && isExportOnly(around, once))
  })
}
