import type { Node } from '../../instrument/parse.ts'
import { isFunction, walk } from '../../livepatch/ast.ts'
import { isUndefined } from './arguments.ts'
import { ownerOf, type SourceFile } from './source-file.ts'

/**
 * `let x = void 0`, as some compilers write `let x`: the value gets `live: null`, so that comparisons leave it out. A `var`
 * has it from the beginning as well, unless it may have got another one until then.
 */
export function markUndefined(source: SourceFile): void {
  walk(source.program, (node, ancestors) => {
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier') return
    if (!node.init || !isUndefined(node.init)) return
    if (ancestors.at(-1)!.kind !== 'var' || isFirst(node, ancestors, source)) node.init.live = null
  })
}

/** Whether nothing can have given a `var` a value before its declaration is reached, for the only time. */
function isFirst(declarator: Node, ancestors: readonly Node[], source: SourceFile): boolean {
  const inside = ancestors.slice(ancestors.findLastIndex(isFunction) + 1)
  if (inside.some(({ type }) => /^(For|While|DoWhile|Switch|Labeled)/.test(type))) return false
  const fn = source.functionAround(declarator)
  const { name } = declarator.id
  const binding = (fn?.body ?? source.analysis.module).names.get(name)
  // A parameter of that name is another variable, with the value that was passed.
  if (binding === undefined || fn?.parameters.names.has(name)) return false
  return source.usesIn(fn?.node ?? source.program).every((use) => {
    if (use.node.name !== name || use.node === declarator.id || source.bindingOf(use) !== binding) return true
    const isOwn = ownerOf(binding.scope) === source.functionAt(use)
    return isOwn ? use.node.start > declarator.start : !use.assigned
  })
}
