/** Questions to a piece of the tree or the text that need no scopes. */
import { type Node, unwrap } from './parse.ts'

export function isSimple(parameters: readonly Node[]): boolean {
  return parameters.every((parameter) => parameter.type === 'Identifier')
}

export function hasDirective(block: Node, directive: string): boolean {
  if (!Array.isArray(block.body)) return false
  for (const statement of block.body) {
    if (typeof statement.directive !== 'string') return false
    if (statement.directive === directive) return true
  }
  return false
}

/** The next position that is neither white space nor a comment. */
export function skipTrivia(source: string, from: number): number {
  let at = from
  for (;;) {
    const next = source[at]
    if (next === '/' && source[at + 1] === '/') {
      while (at < source.length && !/[\n\r\u2028\u2029]/.test(source[at]!)) at++
    } else if (next === '/' && source[at + 1] === '*') at = source.indexOf('*/', at + 2) + 2
    else if (next !== undefined && /\s/.test(next)) at++
    else return at
  }
}

/** The names that a pattern binds. */
export function boundNames(pattern: Node | null): string[] {
  return boundIdentifiers(pattern).map(({ name }) => name)
}

/** The identifiers that a pattern binds. */
export function boundIdentifiers(pattern: Node | null): Node[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern]
    case 'ObjectPattern':
      return pattern.properties.flatMap((one: Node) =>
        boundIdentifiers(one.type === 'RestElement' ? one.argument : one.value),
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap(boundIdentifiers)
    case 'AssignmentPattern':
      return boundIdentifiers(pattern.left)
    case 'RestElement':
      return boundIdentifiers(pattern.argument)
    default:
      return []
  }
}

/** A function or class that gets the name of what it is assigned to. */
export function isAnonymousFunction(node: Node): boolean {
  const value = unwrap(node)
  if (value.type === 'ArrowFunctionExpression') return true
  return (value.type === 'FunctionExpression' || value.type === 'ClassExpression') && value.id === null
}
