import { type Node, unwrap } from '../../instrument/parse.ts'
import { fieldKey, memberKey } from '../read/expressions.ts'
import { shape } from '../read/shape.ts'
import type { SourceFile } from '../read/source-file.ts'
import { collectionOf } from './collections.ts'
import type { MadeField } from './initialiser.ts'
import type { Plan } from './plan.ts'

/** What becomes of a field that begins with another kind of collection, for objects that have the running one's. */
export interface Conversion {
  to: 'Map' | 'Set'
  /** The text of it, with what the object has in the field. */
  of(field: string): string
}

/** `{}` that became a `Map`, and a list that became a `Set`, of the same contents; undefined where what is put in has another form. */
export function conversionOf(was: MadeField, is: MadeField, plan: Plan): Conversion | undefined {
  const [from, to] = [collectionOf(was.value), collectionOf(is.value)]
  const isEmpty = typeof is.value === 'object' && (is.value.arguments as Node[] | undefined)?.length === 0
  const [verb, at] = to === 'Map' ? ['set', 1] : ['add', 0]
  const isKnown = (from === 'object' && to === 'Map') || (from === 'list' && to === 'Set')
  if (!isKnown || !isEmpty || was.key.startsWith('#') || was.key.startsWith('[')) return undefined
  const before = new Set(startingWith(was.value))
  const after: string[] = []
  for (const { pair } of plan.files.values()) {
    for (const one of putInto(was.key, pair.old, from === 'list' ? 'push' : undefined)) before.add(one)
    after.push(...putInto(was.key, pair.new, verb as string, at as number))
  }
  if (!after.every((one) => before.has(one))) return undefined
  if (to === 'Map' && hasOtherKeys(was.key, plan)) return undefined
  if (to === 'Map') return { to, of: (field) => `new Map(Object.entries(${field} ?? {}))` }
  return { to: 'Set', of: (field) => `new Set(${field} ?? [])` }
}

/** Whether code looks in a `Map` for what is no text: what was a property has one for its key. */
function hasOtherKeys(field: string, plan: Plan): boolean {
  const isOther = (key: Node, source: SourceFile): boolean => {
    const { type, value, operator } = key
    if (type === 'Literal') return typeof value !== 'string'
    if (type === 'BinaryExpression')
      return operator !== '+' || isOther(unwrap(key.left), source) || isOther(unwrap(key.right), source)
    if (type === 'Identifier') {
      const binding = source.bindingFor(key)
      const init = binding && source.declaredWith(binding)
      return init !== undefined && isOther(unwrap(init), source)
    }
    return /^(Update|This|Object|Array|New|Function|ArrowFunction)Expression$/.test(type)
  }
  for (const { pair } of plan.files.values())
    for (const [key] of callsOn(field, pair.new, /^(get|set|has|delete)$/))
      if (key !== undefined && isOther(unwrap(key), pair.new)) return true
  return false
}

function startingWith(value: MadeField['value']): string[] {
  if (typeof value !== 'object') return []
  const parts: Node[] = value.properties ?? value.elements ?? []
  return parts.map((one) => shape(one.value ?? one))
}

/** What code puts into a field: by a method, or without one under a key. */
function putInto(key: string, file: SourceFile, verb: string | undefined, at = 0): string[] {
  if (verb !== undefined)
    return callsOn(key, file, new RegExp(`^${verb}$`)).flatMap((args) =>
      args[at] ? [shape(unwrap(args[at]))] : [],
    )
  const found: string[] = []
  file.nodes.forEach(({ type, left, right }) => {
    if (
      type === 'AssignmentExpression' &&
      left.type === 'MemberExpression' &&
      isField(unwrap(left.object), key)
    )
      found.push(shape(unwrap(right)))
  })
  return found
}

/** The arguments of calls of a field's methods. */
function callsOn(key: string, file: SourceFile, verbs: RegExp): Node[][] {
  const found: Node[][] = []
  file.nodes.forEach(({ type, callee, arguments: args }) => {
    const isOne =
      type === 'CallExpression' && callee.type === 'MemberExpression' && verbs.test(memberKey(callee) ?? '')
    if (isOne && isField(unwrap(callee.object), key)) found.push(args)
  })
  return found
}

function isField(node: Node, key: string): boolean {
  return node.type === 'MemberExpression' && fieldKey(node) === key
}
