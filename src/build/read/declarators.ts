import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'

/** `a = …` of the `const a = …` that stand at the top of a function's body, patterns included. */
export function declaratorsOf({ node }: FunctionNode): readonly Node[] {
  const known = found.get(node)
  if (known !== undefined) return known
  const statements: Node[] = node.body.type === 'BlockStatement' ? node.body.body : []
  const declarators = statements
    .filter(({ type }) => type === 'VariableDeclaration')
    .flatMap(({ declarations }) => declarations as Node[])
  found.set(node, declarators)
  return declarators
}

/** A module that a bundler has put into a function has thousands of them. */
const found = new WeakMap<Node, readonly Node[]>()

/** Those that declare one name each. */
export function namedDeclaratorsOf(fn: FunctionNode): Node[] {
  return declaratorsOf(fn).filter(({ id }) => id.type === 'Identifier')
}
