import { type Node, unwrap } from '../../instrument/parse.ts'
import { memberPath } from './expressions.ts'
import { shape } from './shape.ts'

/** A member of a class that a compiler has made a function of. */
export interface CompiledMember {
  /** The function, or of another member all that stands there. */
  node: Node
  isStatic: boolean
  /** A method, getter or setter with a name that is written there. */
  plain?: { key: string; kind: 'value' | 'get' | 'set' }
}

/** `_createClass(C, [{ key: 'm', value: function m() {} }], [ … ])`, as Babel gives a class its members. */
export function isClassCall({ type, callee, arguments: args }: Node): boolean {
  if (type !== 'CallExpression' || args[0]?.type !== 'Identifier') return false
  const called = unwrap(callee)
  const last: Node = called.type === 'SequenceExpression' ? called.expressions.at(-1) : called
  return /createClass/i.test(memberPath(last)?.path ?? '')
}

/** The call by which a statement, `return` or not, gives a class its members. */
export function classCallIn({ expression, argument }: Node): Node | undefined {
  const given: Node | null | undefined = expression ?? argument
  const call = given ? unwrap(given) : undefined
  return call && isClassCall(call) ? call : undefined
}

/** The members that a statement gives a class, each by what it is. */
export function compiledMembers(statement: Node): Map<string, CompiledMember> | undefined {
  const [, ...lists] = (classCallIn(statement)?.arguments ?? []) as Node[]
  const members = new Map<string, CompiledMember>()
  for (const [i, list] of lists.entries()) {
    if (list.type === 'Literal' && list.value === null) continue
    if (list.type !== 'ArrayExpression' || list.elements.includes(null)) return undefined
    for (const element of list.elements as Node[]) {
      const plain = plainMembers(element, i > 0)
      for (const one of plain) members.set(`${i} ${one.plain!.kind} ${one.plain!.key}`, one)
      if (plain.length === 0) members.set(`${i} ${shape(element)}`, { node: element, isStatic: i > 0 })
    }
  }
  return lists.length === 0 ? undefined : members
}

/** `{ key: 'm', value: function () {} }`, `{ key: 'n', get: function () {}, set: function (x) {} }` */
function plainMembers({ properties }: Node, isStatic: boolean): CompiledMember[] {
  const [first, ...parts] = (properties ?? []) as Node[]
  const key: unknown = first?.key?.name === 'key' ? first.value.value : undefined
  const isPlain = parts.every(
    ({ key: kind, value }) => /^(value|get|set)$/.test(kind?.name) && value?.type === 'FunctionExpression',
  )
  if (typeof key !== 'string' || !isPlain) return []
  return parts.map(({ key: kind, value }) => ({ node: value, isStatic, plain: { key, kind: kind.name } }))
}
