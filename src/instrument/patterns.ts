/** Patterns that leave the header of a function: they mean and throw there what they did as parameters. */
import type { Node } from './parse.ts'
import { isAnonymousFunction } from './syntax.ts'

/** Around what an array pattern takes apart: V8 then words 'undefined is not iterable', without our variable. */
export const ANONYMOUS = ['(0,', ')'] as const

/** `{a: function() {}}.a` names the function, as a default of `a` did. */
export function keepsName(pattern: Node): [string, string] {
  if (pattern.left.type !== 'Identifier') return ['', '']
  if (!isAnonymousFunction(pattern.right)) return ['', '']
  const name: string = pattern.left.name
  return name === '__proto__' ? ["{['__proto__']:", "}['__proto__']"] : [`{${name}:`, `}.${name}`]
}

/** A pattern that fails in the same words as this one for undefined and null: its first property decides. */
export function patternHead(parameter: Node, source: string, prefix: string): string | undefined {
  if (parameter.type !== 'ObjectPattern') return undefined
  const first: Node | undefined = parameter.properties[0]
  const name = `${prefix}x`
  if (first === undefined) return '{}'
  if (first.type === 'RestElement') return `{...${name}}`
  if (first.computed) return `{['']:${name}}`
  const value = first.value.type === 'AssignmentPattern' ? `${name}=0` : name
  return `{${source.slice(first.key.start, first.key.end)}:${value}}`
}
