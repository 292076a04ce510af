import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'

/** `a = …` of the `const a = …` that stand at the top of a function's body, patterns included. */
export function declaratorsOf(fn: FunctionNode): Node[] {
  const { body } = fn.node
  const statements: Node[] = body.type === 'BlockStatement' ? body.body : []
  return statements
    .filter(({ type }) => type === 'VariableDeclaration')
    .flatMap(({ declarations }) => declarations as Node[])
}

/** Those that declare one name each. */
export function namedDeclaratorsOf(fn: FunctionNode): Node[] {
  return declaratorsOf(fn).filter(({ id }) => id.type === 'Identifier')
}
