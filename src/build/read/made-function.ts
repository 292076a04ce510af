import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'

/** What the program goes on calling is the function inside, which is redirected if it changed. */
export function makesAFunction({ node, body }: FunctionNode): boolean {
  const statements: Node[] = node.body.type === 'BlockStatement' ? node.body.body : []
  const last = statements.findLast((one) => one.type === 'ReturnStatement')?.argument
  return last?.type === 'Identifier' && body.names.get(last.name)?.kind === 'function'
}
