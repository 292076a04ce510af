import { type Node, unwrap } from '../../instrument/parse.ts'
import { walk } from '../../livepatch/ast.ts'
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
  if (to === 'Map') return { to, of: (field) => `new Map(Object.entries(${field} ?? {}))` }
  return { to: 'Set', of: (field) => `new Set(${field} ?? [])` }
}

function startingWith(value: MadeField['value']): string[] {
  if (typeof value !== 'object') return []
  const parts: Node[] = value.properties ?? value.elements ?? []
  return parts.map((one) => shape(one.value ?? one))
}

/** What code puts into a field: by a method, or without one under a key. */
function putInto(key: string, file: SourceFile, verb: string | undefined, at = 0): string[] {
  const found: string[] = []
  const isField = (node: Node): boolean => node.type === 'MemberExpression' && fieldKey(node) === key
  walk(file.program, ({ type, left, right, callee, arguments: args }) => {
    if (verb === undefined) {
      if (type === 'AssignmentExpression' && left.type === 'MemberExpression' && isField(unwrap(left.object)))
        found.push(shape(unwrap(right)))
    } else if (type === 'CallExpression' && callee.type === 'MemberExpression') {
      const isOne = memberKey(callee) === verb && isField(unwrap(callee.object)) && args[at] !== undefined
      if (isOne) found.push(shape(unwrap(args[at])))
    }
  })
  return found
}
