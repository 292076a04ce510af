import { type Node, unwrap } from '../../instrument/parse.ts'

/** The expression of a function that does nothing but return it. */
export function returnedBy({ type, body }: Node): Node | undefined {
  if (type === 'ArrowFunctionExpression' && body.type !== 'BlockStatement') return body as Node
  const [only, ...more] = (body.body ?? []) as Node[]
  return more.length === 0 && only?.type === 'ReturnStatement' ? only.argument : undefined
}

/** `a.b.c`, `a['b']`; a plain `a` is one too (`exports = module.exports = …`). */
export function memberPath(node: Node): { root: string; path: string } | undefined {
  if (node.type === 'Identifier') return { root: node.name, path: node.name }
  if (node.type !== 'MemberExpression') return undefined
  const object = memberPath(unwrap(node.object))
  if (object === undefined) return undefined
  const { property } = node
  const name = !node.computed
    ? property.name
    : property.type === 'Literal'
      ? property.value
      : property.type === 'MemberExpression'
        ? `[${memberPath(property)?.path}]`
        : undefined
  return name === undefined ? undefined : { root: object.root, path: `${object.path}.${name}` }
}

/** The name that a member expression asks for, if it is written there. */
export function memberKey({ property, computed }: Node): string | undefined {
  if (property.type === 'PrivateIdentifier') return `#${property.name}`
  if (!computed) return property.name
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined
}

/** The name by which something is called: of `f(…)` and `x.f(…)`. */
export function calledName({ callee }: Node): string | undefined {
  return callee.type === 'MemberExpression' ? memberKey(callee) : callee.name
}

/** The same as `memberKey` for a field: also `[x]` and `[x.y]`, where a name stands for the key, as for a symbol. */
export function fieldKey(node: Node): string | undefined {
  const { property, computed } = node
  const plain = memberKey(node)
  if (plain !== undefined || !computed) return plain
  const isName =
    property.type === 'Identifier' ||
    (property.type === 'MemberExpression' && !property.computed && property.object.type === 'Identifier')
  return isName ? `[${memberPath(property)!.path}]` : undefined
}

/** Whether what stands before a member or an argument list may end the whole chain: `a?.b.c`, `a?.b.c(d)`. */
export function isInChain(node: Node): boolean {
  for (let at: Node | undefined = node; at !== undefined; at = at.object ?? at.callee) {
    if (at.type !== 'MemberExpression' && at.type !== 'CallExpression') return false
    if (at.optional) return true
  }
  return false
}

/** Whether a property can stand behind a dot. */
export function isName(text: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(text)
}

/** The name of a member of a literal or class, if it is written there: `...others` has none. */
export function propertyName({ key, computed }: Node): string | undefined {
  if (computed || key === undefined) return undefined
  return key.type === 'Identifier' ? key.name : String(key.value)
}

/** What a call calls: of `(0, x.f)`, as compilers write it, the last. */
export function meant(callee: Node): Node {
  const node = unwrap(callee)
  return node.type === 'SequenceExpression' ? meant((node.expressions as Node[]).at(-1)!) : node
}

export function nameOf(callee: Node): string | undefined {
  if (callee.type === 'Identifier') return callee.name
  if (callee.type !== 'MemberExpression') return undefined
  const { property, computed } = callee
  if (property.type === 'PrivateIdentifier') return `#${property.name}`
  if (!computed) return property.name
  if (property.type === 'Identifier') return `[${property.name}]`
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined
}

/** `x.a = …`. */
export function isAssigned(node: Node, parent: Node | undefined): boolean {
  return parent?.type === 'AssignmentExpression' && parent.left === node && parent.operator === '='
}
