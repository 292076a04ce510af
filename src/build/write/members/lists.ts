import { optional } from '../../plan/exposed.ts'
import { listOf } from '../../plan/lists.ts'
import { isName } from '../../read/expressions.ts'
import type { Member } from './member.ts'
import type { MemberValues } from './values.ts'

/** Lists that modules export get other elements, so that whoever holds one sees them. */
export function listElements(values: MemberValues): Member[] {
  const { changedExports, exports, pair } = values.file
  const [module] = pair.onces
  return [...changedExports].flatMap(([name, how]) => {
    const [was, is] = [exports.old.get(name), exports.new.get(name)]
    const isWhole = name === 'module.exports'
    if (how === 'added' || was === undefined || is === undefined || !(isName(name) || isWhole)) return []
    const [old, young] = [listOf(was, module!.old), listOf(is, module!.new)]
    const text =
      young && (young.isData ? pair.new.slice(young.value) : values.early?.early(young.value, young.value))
    if (old === undefined || text === undefined || name === 'default' || old.isSet !== young!.isSet) return []
    const holder = isWhole ? 'exports' : `exports.${name}`
    return {
      holder: optional(holder),
      enumerable: true,
      name: `elements of ${holder}`,
      node: is.value ?? is.unit.node,
      text,
      isList: true,
      ...(old.isData && { before: pair.old.slice(old.value) }),
    }
  })
}
