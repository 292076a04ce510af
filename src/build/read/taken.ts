import type { Node } from '../../instrument/parse.ts'

/** `{ key: x } = o`, which takes one member and does nothing else, as the declarator `x = o.key`. */
export function asMember(pattern: Node, init: Node | null, { start, end }: Node): Node | undefined {
  if (pattern.type !== 'ObjectPattern' || pattern.properties.length !== 1 || init === null) return undefined
  const [{ type, computed, key, value }] = pattern.properties
  if (type !== 'Property' || computed || key.type !== 'Identifier' || value.type !== 'Identifier')
    return undefined
  const member = { type: 'MemberExpression', object: init, property: key, computed: false, optional: false }
  return { type: 'VariableDeclarator', id: value, init: member, start, end } as unknown as Node
}
