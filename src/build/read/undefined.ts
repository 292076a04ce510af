import type { Node } from '../../instrument/parse.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { isUndefined } from './arguments.ts'
import { ownerOf, type SourceFile } from './source-file.ts'

/**
 * `let x = void 0`, as some compilers write `let x`: the value gets `live: null`, so that comparisons leave it out. A `var`
 * has it from the beginning as well, unless it may have got another one until then.
 */
export function markUndefined(source: SourceFile): void {
  source.nodes.forEach((node) => {
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier') return
    if (!node.init || !isUndefined(node.init)) return
    if (source.parent(node)!.kind !== 'var' || isFirst(node, source)) node.init.live = null
  })
}

/** Whether nothing can have given a `var` a value before its declaration is reached, for the only time. */
function isFirst(declarator: Node, source: SourceFile): boolean {
  for (let at = source.parent(declarator); at !== undefined && !isFunction(at); at = source.parent(at))
    if (/^(For|While|DoWhile|Switch|Labeled)/.test(at.type)) return false
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
