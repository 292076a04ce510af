import type { Node } from '../../instrument/parse.ts'
import { isUndefined } from '../read/arguments.ts'
import { memberPath } from '../read/expressions.ts'
import type { MadeField } from './initialiser.ts'

/** The kind of collection that a field begins with; empty: none. Undefined where that is not written there. */
export function collectionOf(value: MadeField['value']): string | undefined {
  if (typeof value !== 'object') return undefined
  switch (value.type) {
    case 'ArrayExpression':
      return 'list'
    case 'ObjectExpression':
      return 'object'
    case 'NewExpression':
      return /^(Weak)?(Map|Set)$|^Array$/.test(value.callee.name)
        ? value.callee.name.replace('Array', 'list')
        : undefined
    case 'CallExpression':
      return memberPath(value.callee)?.path === 'Object.create' ? 'object' : undefined
    case 'Literal':
      return ''
    default:
      return isUndefined(value) ? '' : undefined
  }
}

/** Whether it is one: which of two that are alike is meant makes a difference. */
export function isCollection(value: MadeField['value']): boolean {
  return (collectionOf(value) ?? '') !== ''
}

/** `list.push(value)`, `map.set(key, value)` */
export function isStore({ callee }: Node, value: Node): boolean {
  return callee !== value && /^(push|set|add|unshift|enqueue)$/.test(callee.property?.name ?? '')
}
