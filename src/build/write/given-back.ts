import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import type { OncePlan } from '../plan/once-plan.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'
import { Part } from './part.ts'

/**
 * `var A = (function (B) { function A() { … A.prototype … } return A })(B)`, as compilers write classes: what a function that is
 * called where it stands gives back is the same by the name around it, which the function itself has no way to: its own hides that.
 */
export class GivenBack extends Part {
  /** The path of the exports by which a variable is found that nothing else leads to. */
  find(binding: Binding): { once: OncePlan; path: string } | undefined {
    const owner = ownerOf(binding.scope)
    const old = owner && this.file.pair.functions.get(owner)
    const was = old?.body.names.get(binding.name)
    if (was === undefined || this.file.names.bindings.has(was)) return undefined
    const isSame = ({ kind, assigned }: Binding): boolean => /^(function|class)$/.test(kind) && !assigned
    if (!isSame(binding) || !isSame(was)) return undefined
    const [outside, before] = [
      holderOf(owner!, binding.name, this.source),
      holderOf(old!, was.name, this.file.pair.old),
    ]
    const once = outside && this.file.onceOf(outside.scope)
    if (once === undefined) return undefined
    const running = once.pair.renamed.get(outside!.name) ?? outside!.name
    const path = running === before?.name ? this.file.exposed.path(once.pair, running) : undefined
    return path === undefined ? undefined : { once, path }
  }
}

/** The variable that is declared with what a function gives back, if that is what it calls by a name. */
function holderOf({ node }: FunctionNode, name: string, source: SourceFile): Binding | undefined {
  const last: Node | undefined = node.body.type === 'BlockStatement' ? node.body.body.at(-1) : undefined
  if (last?.type !== 'ReturnStatement' || last.argument?.name !== name) return undefined
  const callee = source.wrapped(node)
  const call = source.parent(callee)
  if (call?.type !== 'CallExpression' || call.callee !== callee) return undefined
  const declared = source.parent(source.wrapped(call))
  const id = declared?.type === 'VariableDeclarator' ? declared.id : undefined
  const holder = id?.type === 'Identifier' ? source.bindingFor(id) : undefined
  return holder?.assigned === false ? holder : undefined
}
