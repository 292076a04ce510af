import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import type { SourceFile } from '../read/source-file.ts'
import { isNeeded } from '../read/unset.ts'

/** The first parameter which the running function does not declare, and that the new one cannot do without. */
export function neededParameter(
  fn: FunctionNode,
  old: FunctionNode,
  source: SourceFile,
): { name: string; index: number } | undefined {
  const params = fn.node.params as Node[]
  const index = params.findIndex(({ type, name }, i) => {
    const binding =
      type === 'Identifier' && i >= old.node.params.length ? fn.parameters.names.get(name) : undefined
    return binding !== undefined && isNeeded(source.usesOf(binding), source)
  })
  return index < 0 ? undefined : { name: params[index]!.name, index }
}
