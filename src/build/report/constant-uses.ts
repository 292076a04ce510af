import type { Node } from '../../instrument/parse.ts'
import type { Scope } from '../../instrument/scopes.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { OncePlan } from '../plan/once-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { memberKey } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'

/**
 * Where code of any file uses a constant of a module.
 * @param steps a member of it, if that is meant
 */
export function usesOf(
  plan: Plan,
  file: FilePlan,
  once: OncePlan,
  name: string,
  steps: readonly string[] = [],
): [Node, SourceFile][] {
  const found: [Node, SourceFile][] = []
  const take = (source: SourceFile, scope: Scope, local: string, path: readonly string[]): void => {
    for (const use of source.usesOf(scope.names.get(local))) {
      if (use.assigned) continue
      const member = memberOf(use.node, path, source)
      if (member !== undefined) found.push([member, source])
    }
  }
  take(file.pair.new, once.scope, name, steps)
  const exported = [...file.exports.new.values()].filter(({ local }) => local === name)
  for (const other of plan.files.values())
    for (const unit of other === file ? [] : other.module.pair.new.units) {
      const from = unit.kind === 'import' ? plan.resolve(other.path, unit.source!) : undefined
      if (from === undefined) continue
      for (const one of exported) {
        const isWhole = unit.imported === '=' || unit.imported === '*'
        const origin = plan.origin(from, isWhole ? one.name : unit.imported!)
        if (origin.path !== file.path || origin.name !== one.name) continue
        // `module.exports = table` is the table itself.
        const path = isWhole && one.name !== 'module.exports' ? [one.name, ...steps] : steps
        take(other.pair.new, other.module.scope, unit.names[0]!, path)
      }
    }
  return found
}

/** `x.a.b` around an `x`. */
function memberOf(node: Node, steps: readonly string[], source: SourceFile): Node | undefined {
  let at = node
  for (const step of steps) {
    const parent = source.parent(at)
    if (parent?.type !== 'MemberExpression' || parent.object !== at || memberKey(parent) !== step)
      return undefined
    at = parent
  }
  return at
}
