import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { mayBeChanged } from '../plan/state.ts'
import { namedDeclaratorsOf } from '../read/declarators.ts'
import { changesObject } from '../read/effects.ts'
import type { SourceFile } from '../read/source-file.ts'

/** Whether functions inside of another one put something into a variable of that, or may. */
export function closuresFill(owner: FunctionNode, binding: Binding | undefined, source: SourceFile): boolean {
  const init: Node | undefined =
    namedDeclaratorsOf(owner).find(({ id }) => id.name === binding?.name)?.init ?? undefined
  const changes = init === undefined ? changesObject : mayBeChanged(unwrap(init), false)
  return source
    .usesOf(binding)
    .some((use) => source.functionAt(use) !== owner && (use.assigned || changes(use, source)))
}
