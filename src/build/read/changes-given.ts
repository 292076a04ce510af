import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { callsNothing, changesObject } from './effects.ts'
import type { SourceFile } from './source-file.ts'

/**
 * Whether what a function of the file is given at some place gets something by that: `define(table, 'a', 1)`, where `define` does
 * `table[key] = value`, or hands it on to another one that does.
 */
export function changesGiven(given: Node, file: SourceFile, seen = new Set<Node>()): boolean {
  const call = file.parent(given)
  if (!/^(Call|New)Expression$/.test(call?.type ?? '') || call!.callee === given) return false
  const index = (call!.arguments as Node[]).indexOf(given)
  const callee = unwrap(call!.callee)
  const binding = callee.type === 'Identifier' ? file.bindingFor(callee) : undefined
  const fn = binding
    ? (file.functionNamed(binding) ?? constructorOf(binding, file))
    : file.functionOf.get(callee)
  if (fn !== undefined) return changesParameter(fn, index, file, seen)
  // `const define = Object.defineProperty`
  const named = binding && !binding.assigned ? file.declaredWith(binding) : undefined
  return index === 0 && named !== undefined && callsNothing({ ...call, callee: unwrap(named) } as Node)
}

function constructorOf(binding: Binding, file: SourceFile): FunctionNode | undefined {
  if (binding.kind !== 'class') return undefined
  return file.analysis.functions.find(({ kind, class: of }) => {
    const id: Node | undefined = kind.endsWith('constructor') ? of?.node.id : undefined
    return id?.name === binding.name && file.bindingFor(id) === binding
  })
}

/** The same for what one of its parameters is. */
export function changesParameter(
  { node, parameters }: FunctionNode,
  index: number,
  file: SourceFile,
  seen = new Set<Node>(),
): boolean {
  const parameter: Node | undefined = node.params[index]
  if (parameter?.type !== 'Identifier' || seen.has(parameter)) return false
  seen.add(parameter)
  return file
    .usesOf(parameters.names.get(parameter.name))
    .some((use) => changesObject(use, file) || changesGiven(use.node, file, seen))
}
