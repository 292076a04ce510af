import { type Node, unwrap } from '../../instrument/parse.ts'
import { memberPath } from './expressions.ts'

/** A method, getter or setter of a class that a compiler has made a function of. */
export interface CompiledMember {
  key: string
  kind: 'value' | 'get' | 'set'
  fn: Node
  isStatic: boolean
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

/** The members that a statement gives a class; undefined where something else than functions may be among them. */
export function compiledMembers(statement: Node): Map<string, CompiledMember> | undefined {
  const call = classCallIn(statement)
  if (call === undefined) return undefined
  const [, ...lists] = call.arguments as Node[]
  const members = new Map<string, CompiledMember>()
  for (const [i, list] of lists.entries()) {
    if (list.type === 'Literal' && list.value === null) continue
    if (list.type !== 'ArrayExpression') return undefined
    for (const element of list.elements as (Node | null)[]) {
      const parts = element?.type === 'ObjectExpression' ? membersOf(element, i > 0) : undefined
      if (parts === undefined) return undefined
      for (const one of parts) members.set(`${i} ${one.kind} ${one.key}`, one)
    }
  }
  return members
}

function membersOf({ properties }: Node, isStatic: boolean): CompiledMember[] | undefined {
  const [first, ...parts] = properties as Node[]
  if (first?.key?.name !== 'key' || typeof first.value?.value !== 'string' || parts.length === 0)
    return undefined
  const key: string = first.value.value
  const found = parts.map(({ key: kind, value }) => ({ key, kind: kind?.name, fn: value, isStatic }))
  const isOne = ({ kind, fn }: CompiledMember): boolean =>
    /^(value|get|set)$/.test(kind) && fn?.type === 'FunctionExpression'
  return found.every(isOne) ? found : undefined
}
