import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { shape } from './shape.ts'
import { ownerOf, type SourceFile } from './source-file.ts'

/** What a function makes a value of: the value, and what it gives the variables in it. */
export interface MadeOf {
  nodes: Node[]
  /** The same for what makes the same. */
  text: string
}

export function madeOf(value: Node, fn: FunctionNode, source: SourceFile): MadeOf {
  const nodes: Node[] = []
  const texts: string[] = []
  const seen = new Set<Binding>()
  const add = (node: Node): void => {
    nodes.push(node)
    // A function is another one wherever it is.
    texts.push(isFunction(node) ? 'function' : shape(node))
    for (const use of isFunction(node) ? [] : source.usesIn(node)) {
      const binding = source.bindingOf(use)
      if (binding === undefined || seen.has(binding) || ownerOf(binding.scope) !== fn) continue
      seen.add(binding)
      for (const [target, given, operator] of givenTo(binding, fn, source)) {
        texts.push(...conditionsOf(given, fn, source), `${shape(target)} ${operator}`)
        add(given)
      }
    }
  }
  add(value)
  return { nodes, text: texts.join(' of ') }
}

/** What a variable of a function is declared with, or assigned: where, what, and how. */
function givenTo(
  binding: Binding,
  fn: FunctionNode,
  source: SourceFile,
): [target: Node, given: Node, operator: string][] {
  return source.usesOf(binding).flatMap((use) => {
    if (source.functionAt(use) !== fn) return []
    for (let at = use.node, up = source.parent(at); up !== undefined; at = up, up = source.parent(up)) {
      if (up.type === 'VariableDeclarator') return up.id === at && up.init ? [[at, up.init, '=']] : []
      if (up.type === 'AssignmentExpression') return up.left === at ? [[at, up.right, up.operator]] : []
      if (!/Pattern$|^(Property|RestElement)$/.test(up.type)) return []
    }
    return []
  })
}

/** The conditions around a node of a function. */
export function conditionsOf(node: Node, fn: FunctionNode, source: SourceFile): string[] {
  const found: string[] = []
  let at = node
  for (let parent = source.parent(at); parent !== undefined && at !== fn.node; parent = source.parent(at)) {
    if (parent.test && parent.test !== at)
      found.push(`${at === parent.alternate ? 'not ' : ''}${shape(parent.test)}`)
    if (parent.type === 'LogicalExpression' && parent.right === at) found.push(shape(parent.left))
    at = parent
  }
  return found
}
