import { type Node, unwrap } from '../../instrument/parse.ts'
import { isUndefined } from '../read/arguments.ts'
import { functionOf } from '../read/unit-values.ts'
import type { FilePlan } from './file-plan.ts'

/** A function that the builder gives to its object, or calls as one of the patch. */
export function isPutByItself(file: FilePlan, key: string): boolean {
  const { onces, helpers, pair, inPlace } = file
  if (helpers.has(key) || pair.addedMembers.some(({ element }) => element.key.name === key)) return true
  if ([...inPlace.literals.values()].some((changes) => changes.some((one) => one.key === key))) return true
  return onces.some(({ pair: { added } }) =>
    added.some((unit) => {
      if (unit.key.startsWith('call Object.defineProperty '))
        return unwrap(unit.node.expression).arguments[1]?.value === key
      return functionOf(unit) && unit.targets?.some(({ path }) => path.split('.').at(-1) === key)
    }),
  )
}

/** A function whose end is told as that of a method. */
export function isTakenByItself(file: FilePlan, key: string): boolean {
  const { onces, pair } = file
  if (pair.removedMembers.some(({ element }) => element.key.name === key)) return true
  return onces.some(({ pair: { removed } }) =>
    removed.some(
      (unit) => functionOf(unit) && unit.targets?.some(({ path }) => path.split('.').at(-1) === key),
    ),
  )
}

/** Whether what an export comes to is another value than the one that is written, as far as that is. */
export function isOtherThan(written: Node | undefined, value: unknown): boolean {
  if (written === undefined) return false
  if (isUndefined(written)) return value !== undefined
  const isPlain = written.type === 'Literal' && !written.regex && !written.bigint
  return isPlain && written.value !== value
}
