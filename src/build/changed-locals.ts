import type { Node } from '../instrument/parse.ts'
import type { Binding, FunctionNode } from '../instrument/scopes.ts'
import { boundNames, isFunction, walk } from '../livepatch/ast.ts'
import { changesObject } from './effects.ts'
import { shape } from './shape.ts'
import { ownerOf, type SourceFile, type Use } from './source-file.ts'

/** What makes the value of a variable, in the function whose variable it is. */
export interface Making {
  /** The nodes, and what decides whether they are reached. */
  nodes: Node[]
  text: string
  /** What is put into it afterwards. */
  filled: string
}

/** A variable that calls of the running version may have given another value. */
export interface ChangedLocal {
  why: string
  /** The text that makes it is the same, but for what it is made from or what is put into it. */
  isIndirect: boolean
}

/** How each variable of a function gets its values, without what functions inside do with it later. */
export function makingsOf(fn: FunctionNode, source: SourceFile): Map<Binding, Making> {
  const found = new Map<Binding, Making>()
  const add = (binding: Binding | undefined, nodes: Node[], isFilled = false): void => {
    if (binding === undefined) return
    const making = found.get(binding) ?? { nodes: [], text: '', filled: '' }
    found.set(binding, making)
    making.nodes.push(...nodes)
    making[isFilled ? 'filled' : 'text'] += nodes.map((node) => `${shape(node)};`).join('')
  }
  for (const parameter of fn.node.params as Node[])
    for (const name of boundNames(parameter)) add(fn.parameters.names.get(name), [parameter])
  walk(fn.node, (node, ancestors) => {
    const isLoop = /^For(In|Of)Statement$/.test(node.type) && node.left.type === 'VariableDeclaration'
    if (!isLoop || ancestors.slice(1).some(isFunction)) return
    for (const name of boundNames(node.left.declarations[0].id)) {
      const uses = source.usesIn(node.body).filter((use) => use.node.name === name)
      for (const binding of new Set(uses.map((use) => source.bindingOf(use))))
        if (binding !== undefined && ownerOf(binding.scope) === fn) add(binding, [node.right])
    }
  })
  for (const use of source.usesIn(fn.node)) {
    const binding = source.bindingOf(use)
    if (binding === undefined || ownerOf(binding.scope) !== fn || source.functionAt(use) !== fn) continue
    const node = madeAt(use, fn, source)
    if (node !== undefined)
      add(binding, [node, ...conditionsOf(node, fn, source)], !use.assigned && changesObject(use, source))
  }
  return found
}

/** The declaration, assignment or call that gives a variable its value, or changes what it holds. */
function madeAt(use: Use, fn: FunctionNode, source: SourceFile): Node | undefined {
  const isChanged = changesObject(use, source)
  let at: Node = use.node
  for (
    let parent = source.parent(at);
    parent !== undefined && parent !== fn.node;
    parent = source.parent(at)
  ) {
    switch (parent.type) {
      case 'VariableDeclarator':
        return parent.id === at && parent.init ? parent : undefined
      case 'AssignmentExpression':
        if (parent.left === at && (use.assigned || isChanged)) return parent
        break
      case 'UpdateExpression':
        return use.assigned || isChanged ? parent : undefined
      case 'ForInStatement':
      case 'ForOfStatement':
        return parent.left === at && use.assigned ? parent.right : undefined
      case 'ExpressionStatement':
        return isChanged ? at : undefined
    }
    at = parent
  }
  return undefined
}

/** What decides whether a statement is reached. */
function conditionsOf(node: Node, fn: FunctionNode, source: SourceFile): Node[] {
  const found: Node[] = []
  for (
    let at = node, parent = source.parent(at);
    parent !== undefined && parent !== fn.node;
    parent = source.parent(at)
  ) {
    const decides: Node | undefined = parent.test ?? parent.discriminant
    if (decides && decides !== at) found.push(decides)
    if (/^For(In|Of)Statement$/.test(parent.type) && parent.right !== at) found.push(parent.right)
    at = parent
  }
  return found
}

/** Variables of a function, by those of the new version; `changedName` says which names of the module have changed. */
export function changedLocals(
  [old, before]: [FunctionNode, SourceFile],
  [young, source]: [FunctionNode, SourceFile],
  changedName: (use: Use) => string | undefined,
): Map<Binding, ChangedLocal> {
  const makings = makingsOf(young, source)
  const [olds, youngs] = [textsOf(makingsOf(old, before)), textsOf(makings)]
  const changed = new Map<Binding, ChangedLocal>()
  for (const [binding, { nodes }] of makings) {
    const { name } = binding
    const [was, is] = [olds.get(name), youngs.get(name)!]
    if (was === undefined || isFunctionOnly(nodes)) continue
    const isIndirect = was.text === is.text
    const why = `'${name}' has another value in this version`
    if (!isIndirect || was.filled !== is.filled) changed.set(binding, { why, isIndirect })
  }
  for (let size = -1; size !== changed.size; ) {
    size = changed.size
    for (const [binding, { nodes }] of makings) {
      if (changed.has(binding) || !olds.has(binding.name)) continue
      const use = nodes
        .flatMap((node) => source.usesIn(node))
        .find((one) => {
          if (source.functionAt(one) !== young) return false
          const meant = source.bindingOf(one)
          const isChanged = meant !== undefined && meant !== binding && changed.has(meant)
          return isChanged || changedName(one) !== undefined
        })
      if (use === undefined) continue
      const why = `'${binding.name}' is made from '${use.node.name}', which has another value in this version`
      changed.set(binding, { why, isIndirect: true })
    }
  }
  return changed
}

/** By name: which of two variables of one name is which, nothing tells. */
function textsOf(makings: Map<Binding, Making>): Map<string, { text: string; filled: string }> {
  const texts = new Map<string, { text: string; filled: string }>()
  for (const [{ name }, { text, filled }] of makings) {
    const known = texts.get(name) ?? { text: '', filled: '' }
    texts.set(name, { text: known.text + text, filled: known.filled + filled })
  }
  return texts
}

/** `const f = () => …`: a function is redirected, wherever it is kept. */
function isFunctionOnly([node, ...others]: Node[]): boolean {
  return others.length === 0 && node?.type === 'VariableDeclarator' && isFunction(node.init)
}
