import { type Node, unwrap } from '../../instrument/parse.ts'
import type { OncePlan } from '../plan/once-plan.ts'
import { propertyName } from '../read/expressions.ts'
import { sameShape } from '../read/shape.ts'
import type { SourceFile } from '../read/source-file.ts'
import type { Unit } from '../read/units.ts'
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
    return match === undefined ? !isSeenOnly(one) : !sameShape(match, one)
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

/** `a: { enumerable: false }`: what the member is stays. */
function isSeenOnly({ value: { type, properties } }: Node): boolean {
  return (
    type === 'ObjectExpression' && properties.length === 1 && propertyName(properties[0]) === 'enumerable'
  )
}
