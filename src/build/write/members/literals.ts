import { groupBy } from '../../../group-by.ts'
import { type Node, unwrap } from '../../../instrument/parse.ts'
import { isFunction } from '../../../livepatch/ast.ts'
import type { OncePlan } from '../../plan/once-plan.ts'
import { isData } from '../../read/effects.ts'
import { isExportOnly } from '../../read/exports.ts'
import { memberPath, propertyName } from '../../read/expressions.ts'
import { sameShape } from '../../read/shape.ts'
import { objectOf } from '../../read/unit-values.ts'
import type { Unit } from '../../read/units.ts'
import { propertyKey } from '../edits.ts'
import { accessorText } from './accessors.ts'
import type { Member } from './member.ts'
import type { MemberValues } from './values.ts'

/** `C.prototype = { … }` and `Object.assign(C.prototype, { … })`. */
export function literalMembers(values: MemberValues): Member[] {
  return values.file.onces.flatMap((once) => {
    const { added, pairs } = once.pair
    const changed = pairs.filter((one) => one.changed && one.new.kind === 'statement')
    const isGiven = ({ key }: Unit): boolean => key.startsWith('call Object.assign ')
    const given = added.filter(isGiven)
    const stale = pairs.filter((one) => !one.changed && isGiven(one.new) && values.file.stale.has(one.new))
    return [...changed, ...stale, ...given.map((unit) => ({ new: unit, old: undefined }))].flatMap(
      ({ new: unit, old }) => ofLiteral(values, once, unit, old) ?? [],
    )
  })
}

/** undefined: some of the literal cannot be put there. */
function ofLiteral(
  values: MemberValues,
  once: OncePlan,
  unit: Unit,
  old: Unit | undefined,
): Member[] | undefined {
  const [literal, before] = [objectOf(unit), old && objectOf(old)]
  if (literal === undefined || values.file.inPlace.literals.has(literal)) return undefined
  if (isExportOnly(unit, once.pair.new)) return undefined
  const target = unit.targets?.[0] ?? memberPath(unwrap(unit.node.expression).arguments?.[0] ?? literal)
  if ((old !== undefined && before === undefined) || target === undefined) return undefined
  if ((unit.targets?.length ?? 1) > 1 || !/^[\w$]+(\.[\w$]+)*$/.test(target.path)) return undefined
  const root = values.holder(target.root, once, unit.node)
  if (root === undefined) return undefined
  const holder = root + target.path.slice(target.root.length)
  // What `...others` stands for is not told.
  if ([literal, before].some((one) => one?.properties.some(({ type }: Node) => type !== 'Property')))
    return undefined
  const [all, running] = [literal, before].map((one) =>
    groupBy((one?.properties ?? []) as Node[], propertyName),
  )
  const members: (Member | undefined)[] = []
  for (const [name, parts] of all!) {
    const was = running!.get(name) ?? []
    running!.delete(name)
    if (name === undefined) return undefined
    const isSame = parts.length === was.length && parts.every((one, i) => sameShape(was[i]!, one))
    if (isSame && !parts.some((one) => values.plan.isOfChanged(values.file, one))) continue
    const at = { holder, name, unit }
    const isValue = [...parts, ...was].every(({ kind }) => kind === 'init')
    if (isValue) members.push(ofProperty(values, once, parts.at(-1)!, was.at(-1), at))
    else members.push(ofAccessors(values, parts, was, at))
  }
  for (const [name, was] of running!) members.push(lostFunction(values, was.at(-1)!, { holder, name, unit }))
  return members.every((one) => one !== undefined) ? members : undefined
}

interface Place {
  holder: string
  name: string
  unit: Unit
}

/** A property of a literal that is new, or has another value. */
function ofProperty(
  values: MemberValues,
  once: OncePlan,
  property: Node,
  was: Node | undefined,
  { holder, name, unit }: Place,
): Member | undefined {
  // What stands in the same words is another value.
  const isStale = was !== undefined && sameShape(was, property)
  if (was !== undefined && !isStale && !(isData(was.value) && isData(property.value))) return undefined
  const key = propertyKey(name)
  const text = values.value(property.value, once, was === undefined || isStale)
  if (text === undefined) return undefined
  const common = { holder, enumerable: true, name: `${holder}.${name}`, node: unit.node }
  const before = was === undefined ? { before: `${key}: undefined` } : values.before(key, was.value)
  return { ...common, text: `${key}: ${text}`, ...before }
}

/** A getter, a setter, or both, beside one of the same name that stays. */
function ofAccessors(
  values: MemberValues,
  parts: Node[],
  was: Node[],
  { holder, name, unit }: Place,
): Member | undefined {
  const added = parts.filter((one) => !was.some((old) => sameShape(old, one)))
  if (added.length === 0 || parts.length - added.length < was.length) return undefined
  const key = propertyKey(name)
  const texts = added.map(({ kind, value }) => kind !== 'init' && accessorText(values, kind, value, key))
  if (!texts.every(Boolean)) return undefined
  return { holder, enumerable: true, name: `${holder}.${name}`, node: unit.node, text: texts.join(', ') }
}

/** A function that a literal has no more. */
function lostFunction(
  values: MemberValues,
  { value, kind }: Node,
  { holder, name, unit }: { holder: string; name: string | undefined; unit: Unit },
): Member | undefined {
  if (name === undefined || kind !== 'init' || !isFunction(value)) return undefined
  const own = JSON.stringify(values.file.pair.old.slice(value))
  const at = `${holder}[${JSON.stringify(name)}]`
  const before = `...(String(${at}).endsWith(${own}) && { ${propertyKey(name)}: ${at} })`
  return { holder, enumerable: true, name: `${holder}.${name}`, node: unit.node, text: '', before }
}
