import type { Node } from '../../../instrument/parse.ts'
import type { MemberValues } from './values.ts'

/** A function as a getter or setter of a literal, of which `key` is the name; undefined where it cannot be put there. */
export function accessorText(
  values: MemberValues,
  kind: 'get' | 'set',
  fn: Node,
  key: string,
): string | undefined {
  const text = values.text(fn, fn)
  return text && `${kind} ${key}${text.slice(text.indexOf('('))}`
}
