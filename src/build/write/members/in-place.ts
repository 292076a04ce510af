import { optional } from '../../plan/exposed.ts'
import { propertyKey } from '../edits.ts'
import type { Member } from './member.ts'
import type { MemberValues } from './values.ts'

/** Plain values of objects that the program holds. */
export function changedInside(values: MemberValues): Member[] {
  const { old } = values.file.pair
  return [...values.file.inPlace.literals].flatMap(([literal, changes]) =>
    changes.flatMap(({ holder, hidden, key, old: was, new: is, order }) => {
      const root = hidden && values.early?.earlyName(hidden.name, hidden.once, literal)
      if (hidden !== undefined && root === undefined) return []
      // The program may have taken one of them away.
      const way = hidden === undefined ? optional(holder) : [root, ...holder.split('.').slice(1)].join('?.')
      if (key === '__proto__')
        return {
          holder: way,
          enumerable: true,
          name: `${holder}.${key}`,
          node: literal,
          text: '__proto__: null',
          order,
        }
      const value = is && values.value(is)
      if (is !== undefined && value === undefined) {
        values.early?.cannot(is, `'${key}' is new there, and is made of names that cannot be reached`)
        return []
      }
      return {
        holder: way,
        enumerable: true,
        name: `${holder}.${key}`,
        node: is ?? literal,
        text: value === undefined ? '' : `${propertyKey(key)}: ${value}`,
        before: `${propertyKey(key)}: ${was === undefined ? 'undefined' : old.slice(was)}`,
        order,
      }
    }),
  )
}
