import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { memberPath } from '../read/expressions.ts'
import { shape } from '../read/shape.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'
import type { FilePlan } from './file-plan.ts'
import type { Plan } from './plan.ts'

/**
 * The variable whose object a closure is given to (`busboy.on('file', (name, stream, { filename }) => …)`), where that is another
 * one in this version: the one of a call under way goes on calling the closure as it did.
 */
export function calledByChanged(
  fn: FunctionNode,
  old: FunctionNode,
  file: FilePlan,
  plan: Plan,
): string | undefined {
  const source = file.pair.new
  const binding = givenTo(fn, source)
  const owner = binding && ownerOf(binding.scope)
  if (binding === undefined || owner === undefined || owner === fn || !file.pair.functions.has(owner))
    return undefined
  const changed = plan.replaced.changedFor(fn, binding, file, owner)
  if (changed === undefined) return undefined
  const isSame = makerOf(binding, source) === makerOf(wasOf(binding, owner, file), file.pair.old)
  return isSame && takenBy(fn) === takenBy(old) ? undefined : binding.name
}

/** The variable that a function is handed to, as an argument of a method: `x.on('data', f)`, `x.a.map(f)`. */
function givenTo(fn: FunctionNode, source: SourceFile): Binding | undefined {
  const given = source.wrapped(fn.node)
  const call = source.parent(given)
  if (call?.type !== 'CallExpression' || call.callee === given || call.callee.type !== 'MemberExpression')
    return undefined
  let root: Node = call
  while (/^(Call|Member)Expression$/.test(root.type))
    root = unwrap(root.type === 'CallExpression' ? root.callee : root.object)
  return root.type === 'Identifier' ? source.bindingFor(root) : undefined
}

function wasOf({ name }: Binding, owner: FunctionNode, { pair }: FilePlan): Binding | undefined {
  const old = pair.functions.get(owner)!
  return old.body.names.get(name) ?? old.parameters.names.get(name)
}

/** What makes the object that a variable holds: the name of the function or class. */
function makerOf(binding: Binding | undefined, source: SourceFile): string | undefined {
  const value = binding && source.declaredWith(binding)
  const made = value && unwrap(value)
  return made && /^(Call|New)Expression$/.test(made.type)
    ? `${made.type} ${memberPath(made.callee)?.path}`
    : undefined
}

/** How many parameters a function has, and what it takes out of them. */
function takenBy({ node }: FunctionNode): string {
  return (node.params as Node[]).map((one) => (one.type === 'Identifier' ? 'x' : shape(one))).join()
}
