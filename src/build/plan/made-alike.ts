import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'

/** What gives something that is another one each time. */
const MAKES = /^(Call|New|Import|Object|Array|Function|ArrowFunction|Class|TaggedTemplate|Await|Yield)/

/**
 * Whether a variable of a function may as well be made once more, where nothing leads to the running one: nobody can tell the
 * two apart. A function keeps nothing of its own, and is only called.
 */
export function isMadeAlike(binding: Binding, source: SourceFile): boolean {
  if (binding.assigned || source.usesOf(binding).some((use) => use.assigned)) return false
  if (source.functionNamed(binding) !== undefined) return othersOnlyCall(binding, source)
  const init = source.declaredWith(binding)
  if (init === undefined) return false
  const isPlain =
    !init.regex && !containsNode(init, (node) => MAKES.test(node.type) || node.regex !== undefined)
  return isPlain || (othersOnlyCall(binding, source) && !hasState(init, source))
}

/** Whether functions other than the one whose variable it is do no more than call it. */
function othersOnlyCall(binding: Binding, source: SourceFile): boolean {
  return source.usesOf(binding).every((use) => {
    const parent = source.parent(use.node)
    const isCall = parent?.type === 'CallExpression' && parent.callee === use.node
    return isCall || source.functionAt(use) === ownerOf(binding.scope)
  })
}

/** Whether something that is made there may be changed later: objects, and variables of functions that make closures. */
function hasState(root: Node, source: SourceFile, seen = new Set<FunctionNode>()): boolean {
  return containsNode(root, (node, ancestors) => {
    if (ancestors.some(isFunction) || isFunction(node) || !MAKES.test(node.type)) return false
    const callee =
      node.type === 'CallExpression' && node.callee.type === 'Identifier' ? node.callee : undefined
    const binding = callee && source.bindingFor(callee)
    const maker = binding && source.functionNamed(binding)
    if (maker === undefined) return true
    if (seen.has(maker)) return false
    seen.add(maker)
    return leavesState(maker, source) || hasState(maker.node.body, source, seen)
  })
}

function leavesState(maker: FunctionNode, source: SourceFile): boolean {
  return source.usesIn(maker.node).some((use) => {
    const binding = source.bindingOf(use)
    return binding?.assigned === true && ownerOf(binding.scope) === maker && source.functionAt(use) !== maker
  })
}
