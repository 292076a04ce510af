import type { Node } from '../../instrument/parse.ts'
import { propertyName } from './expressions.ts'
import { objectOf } from './unit-values.ts'
import type { Once, Unit } from './units.ts'

/**
 * Whether the new version gives a member its value in another place: `table.a = wrap(table.a)` was start-up code of the running one,
 * and what is left is `table = { a: … }`, or another assignment.
 */
export function isStillMade({ targets }: Unit, { units }: Once): boolean {
  const paths = (targets ?? []).map(({ path }) => path).filter((path) => path.includes('.'))
  return paths.some((path) => {
    const [root, key, ...more] = path.split('.')
    if (units.some((unit) => unit.targets?.some((one) => one.path === path))) return true
    const made = more.length === 0 ? units.find(({ names }) => names.includes(root!)) : undefined
    const literal = made && objectOf(made)
    return (
      literal?.type === 'ObjectExpression' &&
      (literal.properties as Node[]).some((one) => propertyName(one) === key)
    )
  })
}
