import type { Node } from '../../instrument/parse.ts'
import type { Plan } from '../plan/plan.ts'
import type { Version } from '../read/folder.ts'
import { isUnheardOfNow } from './asked-for.ts'

/**
 * Methods that the new version's classes have no more, that nothing is inherited in place of, and that no code of it asks for:
 * what calls them, as functions do that the new version has no more either, shall go on.
 */
export function stayingMethods(plan: Plan, young: Version): Set<Node> {
  const removed = [...plan.files.values()].flatMap(({ pair }) => pair.removedMembers)
  return new Set(
    removed
      .filter(({ class: node, element: { key, computed } }) => {
        const isNamed = !computed && key.type === 'Identifier'
        return isNamed && !node.superClass && !(key.name in {}) && isUnheardOfNow(key.name, plan, young)
      })
      .map(({ element }) => element),
  )
}
