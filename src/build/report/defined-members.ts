import { type Node, unwrap } from '../../instrument/parse.ts'
import { initialisersIn, type OncePlan } from '../plan/once-plan.ts'
import { isEmptyObject } from '../plan/state.ts'
import { EffectsOf } from '../read/effects.ts'
import { propertyName } from '../read/expressions.ts'
import type { Version } from '../read/folder.ts'
import { sameShape } from '../read/shape.ts'
import type { SourceFile } from '../read/source-file.ts'
import { unitBehind } from '../read/unit-behind.ts'
import { assignedValue } from '../read/unit-values.ts'
import type { Once, Unit } from '../read/units.ts'
import { isUnheardOf } from './asked-for.ts'
import { API, NOTHING, type Report } from './report.ts'
import type { Written } from './unapplied.ts'

const SEEN = 'which members are seen when they are enumerated stays as it is'

/**
 * `Object.defineProperties(A.prototype, { … })` that changed by members which nothing else of the package uses, or by whether members
 * are enumerable alone: tells so.
 */
export function tellsDefined(unit: Unit, once: OncePlan, { plan, young }: Written, report: Report): boolean {
  const { file, pair } = once
  const { old } = pair.pairs.find((one) => one.new === unit)!
  const [was, is] = [old, unit].map(({ node }) => node.expression && unwrap(node.expression).arguments?.[1])
  if (was?.type !== 'ObjectExpression' || is?.type !== 'ObjectExpression') return false
  // What `...others` stands for is not told.
  if ([...was.properties, ...is.properties].some((one: Node) => one.type !== 'Property')) return false
  const before = new Map((was.properties as Node[]).map((one) => [keyOf(one, pair.old.file), one]))
  const differing = (is.properties as Node[]).filter((one) => {
    const key = keyOf(one, pair.new.file)
    const match = before.get(key)
    before.delete(key)
    return match === undefined ? !isSeenOnly(one.value, pair.new, young) : !sameShape(match, one)
  })
  const names = differing.map((one) => propertyName(one))
  if (before.size > 0 || names.some((name) => name === undefined || !isUnheardOf(name, plan, young)))
    return false
  const line = (node: Node): number => file.pair.new.lineOf(node.start)
  for (const one of differing) report.note(file.path, line(one), propertyName(one)!, API, NOTHING)
  if (differing.length === 0)
    report.note(file.path, line(unit.node), 'Object.defineProperties', SEEN, NOTHING)
  return true
}

/** A property of descriptors; a computed one by its text. */
function keyOf(property: Node, source: SourceFile): string {
  return propertyName(property) ?? `[${source.slice(property.key)}]`
}

/** `{ enumerable: false }`, or a name that stands for such a descriptor: what the member is stays. */
function isSeenOnly(descriptor: Node, once: Once, young: Version): boolean {
  const isPlain = (keys: (string | undefined)[]): boolean => keys.every((key) => key === 'enumerable')
  const { type, properties, name } = unwrap(descriptor)
  if (type === 'ObjectExpression') return isPlain(properties.map(propertyName))
  const found = type === 'Identifier' ? unitBehind(name, once, young) : undefined
  const value = found && assignedValue(found.unit)
  if (value === undefined || !(value.type === 'ObjectExpression' || isEmptyObject(value))) return false
  // `const d = Object.create(null); d.enumerable = true`
  const [own] = found!.unit.names
  const given = initialisersIn(own!, found!.once, EffectsOf.in(found!.once))
  const paths = given.map(({ targets }) => targets?.map(({ path }) => path).join())
  return (
    isPlain((value.properties ?? []).map(propertyName)) && paths.every((path) => path === `${own}.enumerable`)
  )
}
