import { fieldKey } from '../read/expressions.ts'
import { isCollection } from './collections.ts'
import type { Found } from './fields.ts'
import type { MadeField, Maker } from './initialiser.ts'
import { insteadOf, sameValue } from './renamed-fields.ts'

type Value = MadeField['value']

/**
 * What an object has in a new field that is one object with a field which it had before (`this.list = []; this.all =
 * this.list`): what it has there. A new one would be without what has been put into that.
 * @param made all fields of the new version
 */
export function sharedField(
  { key, value }: Pick<MadeField, 'key' | 'value'>,
  made: readonly MadeField[],
  before: Maker,
): Found['initialiser'] | undefined {
  const first = firstValue(value, made)
  if (typeof value !== 'object' || !isCollection(first)) return undefined
  const isShared = (one: MadeField): boolean => one.key !== key && firstValue(one.value, made) === first
  const beganSo = (one: MadeField): boolean =>
    before.fields.some((was) => was.key === one.key && sameValue(was.value, first))
  const other = made.find((one) => /^[\w$]+$/.test(one.key) && isShared(one) && beganSo(one))
  if (other === undefined) return undefined
  return insteadOf(value, `this.${other.key}`)
}

/** The value that a field gets by way of others: of `this.b = this.a`, what `this.a` was given. */
export function firstValue(value: Value, made: readonly MadeField[]): Value {
  if (typeof value !== 'object' || value.object?.type !== 'ThisExpression') return value
  const all = made.filter((one) => one.key === fieldKey(value))
  const [other] = all
  // One that stands behind it, or is given itself, has given it nothing.
  if (all.length !== 1 || other!.node.end > value.start) return value
  return firstValue(other!.value, made)
}
