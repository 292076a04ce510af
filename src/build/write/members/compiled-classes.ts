import type { OncePlan } from '../../plan/once-plan.ts'
import { type CompiledMember, classCallIn, compiledMembers } from '../../read/compiled-class.ts'
import type { Unit } from '../../read/units.ts'
import { propertyKey } from '../edits.ts'
import { accessorText } from './accessors.ts'
import type { Member } from './member.ts'
import type { MemberValues } from './values.ts'

/** What `_createClass(C, [ … ])` puts on a class that the running one has not. */
export function compiledClassMembers(values: MemberValues): Member[] {
  return values.file.onces.flatMap((once) => {
    const { added, pairs } = once.pair
    const changed = pairs.filter((one) => one.changed && one.new.kind === 'statement')
    return [...added.map((unit) => ({ new: unit, old: undefined })), ...changed].flatMap(
      ({ new: unit, old }) => ofClass(values, once, unit, old) ?? [],
    )
  })
}

/** undefined: some of it cannot be put there. */
function ofClass(
  values: MemberValues,
  once: OncePlan,
  unit: Unit,
  old: Unit | undefined,
): Member[] | undefined {
  const [is, was] = [compiledMembers(unit.node), old ? compiledMembers(old.node) : new Map<string, never>()]
  if (is === undefined || was === undefined || [...was.keys()].some((key) => !is.has(key))) return undefined
  const holder = values.holder(classCallIn(unit.node)!.arguments[0].name, once, unit.node)
  if (holder === undefined) return undefined
  // Functions that both have are compared as such.
  const added = [...is].filter(([key]) => !was.has(key))
  const members = added.map(([, one]) => memberOf(values, once, one, holder, unit))
  return members.every((one) => one !== undefined) ? members : undefined
}

function memberOf(
  values: MemberValues,
  once: OncePlan,
  { node: fn, isStatic, plain }: CompiledMember,
  owner: string,
  { node }: Unit,
): Member | undefined {
  if (plain === undefined) return undefined
  const { key, kind } = plain
  const holder = isStatic ? owner : `${owner}.prototype`
  const name = propertyKey(key)
  const value = kind === 'value' ? values.value(fn, once, true) : undefined
  const text = kind === 'value' ? value && `${name}: ${value}` : accessorText(values, kind, fn, name)
  return text ? { holder, enumerable: false, name: `${holder}.${key}`, node, text } : undefined
}
