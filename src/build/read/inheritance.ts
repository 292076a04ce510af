import { type Node, unwrap } from '../../instrument/parse.ts'
import { memberKey, memberPath, propertyName } from './expressions.ts'

/** A statement by which objects that a constructor function makes inherit from those of another one. */
export interface Inheritance {
  /** The path of the function. */
  of: string
  from: Node
}

/** However it is written; undefined where the statement does something else as well. */
export function inheritanceIn({ type, expression }: Node): Inheritance | undefined {
  const node = type === 'ExpressionStatement' ? unwrap(expression) : undefined
  if (node?.type === 'AssignmentExpression' && node.operator === '=') return assigned(node.left, node.right)
  if (node?.type !== 'CallExpression' || node.arguments.length !== 2) return undefined
  const [of, from] = node.arguments as [Node, Node]
  const callee =
    memberPath(node.callee)?.path ??
    (node.callee.type === 'MemberExpression' ? memberKey(node.callee) : undefined)
  if (callee === 'Object.setPrototypeOf') return between(prototypeOwner(of), prototypeOwner(from))
  // `inherits(C, S)`, `util.inherits(C, S)`, `__extends(C, S)`
  return /(^|[._])(inherits|extends)(Loose)?(\$\d+)?$/.test(callee ?? '') ? between(of, from) : undefined
}

/** `C.prototype = Object.create(S.prototype)`, `C.prototype.__proto__ = S.prototype` */
function assigned(left: Node, right: Node): Inheritance | undefined {
  const isProto = left.type === 'MemberExpression' && propertyOf(left) === '__proto__'
  if (isProto) return between(prototypeOwner(left.object), prototypeOwner(right))
  const call = unwrap(right)
  if (call.type !== 'CallExpression' || memberPath(call.callee)?.path !== 'Object.create') return undefined
  const [from, members] = call.arguments as Node[]
  const isPlain = ((members?.properties ?? []) as Node[]).every((one) => propertyName(one) === 'constructor')
  if (from === undefined || !isPlain || (members && members.type !== 'ObjectExpression')) return undefined
  return between(prototypeOwner(left), prototypeOwner(from))
}

function between(of: Node | undefined, from: Node | undefined): Inheritance | undefined {
  const path = of && memberPath(of)?.path
  return path === undefined || from === undefined || memberPath(from) === undefined
    ? undefined
    : { of: path, from }
}

/** The `C` of `C.prototype`. */
function prototypeOwner(node: Node): Node | undefined {
  const member = unwrap(node)
  return member.type === 'MemberExpression' && propertyOf(member) === 'prototype' ? member.object : undefined
}

function propertyOf({ computed, property }: Node): string | undefined {
  return computed ? undefined : property.name
}
