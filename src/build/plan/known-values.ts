import type { Node } from '../../instrument/parse.ts'
import type { Text } from './substitutes.ts'

/** What is known of a value: that it is a primitive, or an object without anything that is new. */
export type Known = { value: unknown } | typeof BARE | typeof ENDED

export const BARE = { isBare: true } as const
/** The value of an optional chain that has ended. */
export const ENDED = { isEnded: true } as const

/** What an expression comes to, and what can be written in its place. */
export interface Value {
  known: Known | undefined
  text: Text | string
}

export function whole(node: Node): Text {
  return { node, substitutes: [] }
}

export function unknown(node: Node): Value {
  return { known: undefined, text: whole(node) }
}

export function known(value: string | number | boolean | undefined): Value {
  return { known: { value }, text: textOf(value) }
}

/** A number may be -1, which stands behind another minus, -0, or none at all. */
function textOf(value: string | number | boolean | undefined): string {
  if (typeof value === 'number') return `(${Object.is(value, -0) ? '-0' : value})`
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

export function primitive(value: Known): unknown {
  return 'value' in value ? value.value : undefined
}

export function isNothing(value: Known): boolean {
  return value === ENDED || ('value' in value && (value.value === undefined || value.value === null))
}

export function isTrue(value: Known): boolean {
  return value === BARE || ('value' in value && Boolean(value.value))
}

/** Comparisons of what is the same wherever they are made. */
export function compare(operator: string, a: unknown, b: unknown): boolean | undefined {
  const isSame = a === b
  const isBothNothing = (a ?? undefined) === undefined && (b ?? undefined) === undefined
  const isNumbers = typeof a === 'number' && typeof b === 'number'
  switch (operator) {
    case '===':
    case '!==':
      return isSame === (operator === '===')
    case '==':
    case '!=':
      return typeof a === typeof b || isNothing({ value: a }) || isNothing({ value: b })
        ? (isSame || isBothNothing) === (operator === '==')
        : undefined
    case '<':
      return isNumbers ? a < b : undefined
    case '>':
      return isNumbers ? a > b : undefined
    default:
      return undefined
  }
}
