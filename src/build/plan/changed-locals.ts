import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { boundNames } from '../../instrument/syntax.ts'
import { isFunction, walk, walkOwn } from '../../livepatch/ast.ts'
import { changesObject } from '../read/effects.ts'
import { runTimeOf } from '../read/run-there.ts'
import { shape } from '../read/shape.ts'
import { ownerOf, type SourceFile, type Use } from '../read/source-file.ts'
import { asMember } from '../read/taken.ts'
import type { GrownLiterals } from './grown-literals.ts'
import { leavingsBefore } from './leavings.ts'

/** What makes the value of a variable, in the function whose variable it is. */
export interface Making {
  /** The nodes, and what decides whether they are reached. */
  nodes: Node[]
  /** Of each of them, in their order. */
  texts: string[]
  starts: number[]
  /** What is put into it afterwards, or throws it. */
  filled: string
  /** Without new fields that objects made before get by themselves. */
  isGrown: boolean
}

/** A variable that calls of the running version may have given another value. */
export interface ChangedLocal {
  why: string
  /** The text that makes it is the same, but for what it is made from or what is put into it. */
  isIndirect: boolean
  /** Where the first difference is; what a function returns before knows nothing of it. */
  from: number
}

/**
 * How each variable of a function gets its values, without what functions inside do with it later.
 * @param beside one of these: conditions under which it is made as well decide nothing for it
 * @param grown what is no difference
 */
export function makingsOf(
  fn: FunctionNode,
  source: SourceFile,
  beside?: FunctionNode,
  grown?: GrownLiterals,
): Map<Binding, Making> {
  const found = new Map<Binding, Making>()
  const add = (binding: Binding | undefined, nodes: Node[], isFilled = false): void => {
    if (binding === undefined) return
    const making = found.get(binding) ?? { nodes: [], texts: [], starts: [], filled: '', isGrown: false }
    found.set(binding, making)
    const was = nodes.map((node) => grown?.before(node) ?? node)
    const text = was.map((node) => `${shape(node)};`).join('')
    making.isGrown ||= was.some((node, i) => node !== nodes[i])
    making.nodes.push(...nodes)
    if (isFilled) making.filled += text
    else making.texts.push(text)
    if (!isFilled) making.starts.push(nodes[0]!.start)
  }
  for (const parameter of fn.node.params as Node[])
    for (const name of boundNames(parameter))
      add(fn.parameters.names.get(name), taking(name, parameter) ?? [parameter])
  /** Variables that a statement itself gives their values, where it uses them. */
  const addIn = (body: Node, pattern: Node, node: Node, isFilled: boolean): void => {
    for (const name of boundNames(pattern)) {
      const uses = source.usesIn(body).filter((use) => use.node.name === name)
      for (const binding of new Set(uses.map((use) => source.bindingOf(use))))
        if (binding !== undefined && ownerOf(binding.scope) === fn) add(binding, [node], isFilled)
    }
  }
  walkOwn(fn.node, (node) => {
    if (/^For(In|Of)Statement$/.test(node.type) && node.left.type === 'VariableDeclaration')
      addIn(node.body, node.left.declarations[0].id, node.right, false)
    // What was thrown then, a closure goes on with.
    if (node.type === 'TryStatement' && node.handler?.param)
      addIn(node.handler.body, node.handler.param, node.block, true)
  })
  for (const { binding, use, node, isAgain } of assignedIn(fn, source)) {
    const conditions = isAgain ? [] : conditionsOf(node, fn, source, binding, beside)
    if (grown?.isForOption(node, conditions)) continue
    add(
      binding,
      [...(node.type === 'VariableDeclarator' ? declaring(use.node.name, node) : [node]), ...conditions],
      !use.assigned && changesObject(use, source),
    )
  }
  return found
}

/** `{ name = 1 }` of a pattern that takes an object apart: what it takes besides is nothing to the variable. */
function taking(name: string, pattern: Node): Node[] | undefined {
  const [whole, ...otherwise] =
    pattern.type === 'AssignmentPattern' ? [pattern.left, pattern.right] : [pattern]
  if (whole.type !== 'ObjectPattern') return undefined
  const found = (whole.properties as Node[]).find(
    (one) => one.type === 'Property' && boundNames(one.value).includes(name),
  )
  return found && [found, ...otherwise]
}

/** The part of a declarator that one of its variables gets its value from. */
function declaring(name: string, declarator: Node): Node[] {
  const { id, init } = declarator
  const taken = taking(name, id)
  if (taken === undefined) return [declarator]
  // Nothing comes of asking for a variable once more.
  const one = { type: 'ObjectPattern', properties: [taken[0]] } as unknown as Node
  const member =
    init.type === 'Identifier' && taken.length === 1 ? asMember(one, init, declarator) : undefined
  return member ? [member] : [...taken, init]
}

/** A use of a variable that gives it its value, or changes what it holds. */
interface Assigning {
  binding: Binding
  use: Use
  node: Node
  /** By a function that goes on being called: it may do so again. */
  isAgain: boolean
}

const assigning = new WeakMap<FunctionNode, Assigning[]>()

/** Where a call of a function gives its variables their values; asked for with each closure that meets one of them. */
function assignedIn(fn: FunctionNode, source: SourceFile): Assigning[] {
  const known = assigning.get(fn)
  if (known !== undefined) return known
  const found: Assigning[] = []
  for (const use of source.usesIn(fn.node)) {
    const binding = source.bindingOf(use)
    if (binding === undefined || ownerOf(binding.scope) !== fn) continue
    const at = source.functionAt(use)
    const node = isOfCall(at, fn, source) ? madeAt(use, fn, source) : undefined
    if (node !== undefined) found.push({ binding, use, node, isAgain: goesOn(at, fn, source) })
  }
  assigning.set(fn, found)
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

/** Whether code runs while the call of a function does: its own, and that of functions inside which it calls there. */
function isOfCall(at: FunctionNode | undefined, fn: FunctionNode, source: SourceFile): boolean {
  if (at === undefined || at === fn) return at === fn
  if (!isOfCall(at.enclosing, fn, source)) return false
  return runTimeOf(at, source) === 'at once' || namedUses(at, source).some((use) => isCallIn(fn, use, source))
}

/** Whether a function inside is called after the call too: what it has not reached then, it may reach later. */
function goesOn(at: FunctionNode | undefined, fn: FunctionNode, source: SourceFile): boolean {
  if (at === undefined || at === fn) return false
  return namedUses(at, source).some((use) => !isCallIn(fn, use, source)) || goesOn(at.enclosing, fn, source)
}

/** Where a function is meant by the name that it is declared with. */
function namedUses(fn: FunctionNode, source: SourceFile): readonly Use[] {
  const parent = source.parent(source.wrapped(fn.node))
  const id = fn.node.id ?? (parent?.type === 'VariableDeclarator' ? parent.id : undefined)
  const uses = id?.type === 'Identifier' ? source.usesOf(source.bindingFor(id)) : []
  return uses.filter(({ node }) => node !== id)
}

function isCallIn(fn: FunctionNode, use: Use, source: SourceFile): boolean {
  return source.parent(use.node)?.callee === use.node && source.functionAt(use) === fn
}

const leavings = new WeakMap<Node, Node[]>()

/** What decides whether the body of a loop or a `try` is left; asked for with each variable that it gives a value. */
function leavingsOf(body: Node): Node[] {
  const known = leavings.get(body)
  if (known !== undefined) return known
  const decided = new Map<Node, boolean>()
  walk(body, (node, ancestors) => {
    if (node.type === 'IfStatement' && !ancestors.some(isFunction)) decided.set(node, false)
    if (!/^(Break|Continue|Throw)Statement$/.test(node.type)) return
    for (const one of ancestors) if (decided.has(one)) decided.set(one, true)
  })
  const found = [...decided].filter(([, isLeaving]) => isLeaving).map(([{ test }]) => test as Node)
  leavings.set(body, found)
  return found
}

/** What decides whether a statement that gives a variable its value is reached, where a closure beside it has been made. */
function conditionsOf(
  node: Node,
  fn: FunctionNode,
  source: SourceFile,
  binding: Binding,
  beside?: FunctionNode,
): Node[] {
  const found: Node[] = []
  const shared = beside === undefined ? new Set<Node>() : branchesAround(beside, fn, source, binding)
  const closures = beside === undefined ? source.functionsIn(fn) : [beside]
  for (
    let at = node, parent = source.parent(at);
    parent !== undefined && parent !== fn.node;
    parent = source.parent(at)
  ) {
    found.push(...leavingsBefore(at, parent, closures, source))
    const decides: Node | undefined = parent.test ?? parent.discriminant
    if (decides && decides !== at && !shared.has(at)) found.push(decides)
    if (parent.type === 'LogicalExpression' && parent.right === at) found.push(parent.left)
    if (parent.type === 'TryStatement' && parent.block !== at) found.push(...leavingsOf(parent.block))
    if (/^For(In|Of)Statement$/.test(parent.type) && parent.right !== at) found.push(parent.right)
    if (/^(For|While|DoWhile)/.test(parent.type) && parent.body === at) found.push(...leavingsOf(parent.body))
    at = parent
  }
  return found
}

/** The block that a variable is made in, each time that is entered: `for (…) { const one = … }`. */
function blockOf(binding: Binding, source: SourceFile): Node | undefined {
  if (binding.scope.kind !== 'block') return undefined
  const declarator = source.declarationOf(binding)
  const declaration = declarator?.type === 'VariableDeclarator' ? source.parent(declarator) : undefined
  return declaration && source.parent(declaration)
}

/**
 * The branches of conditions in which a closure stands, each of which is entered once at most: by a call of the function around
 * it, or for each variable of its own that a block of a loop has.
 */
function branchesAround(
  { node }: FunctionNode,
  fn: FunctionNode,
  source: SourceFile,
  binding: Binding,
): Set<Node> {
  const found = new Set<Node>()
  const block = blockOf(binding, source)
  let isEachTime = false
  for (
    let at: Node = node, parent = source.parent(at);
    parent !== undefined && parent !== fn.node;
    parent = source.parent(at)
  ) {
    isEachTime ||= at === block
    if (!isEachTime && /^(For|While|DoWhile)/.test(parent.type)) found.clear()
    if (/^(If|Conditional)/.test(parent.type)) found.add(at)
    at = parent
  }
  return found
}

/** A function of one version, and a closure that it makes. */
export interface Around {
  fn: FunctionNode
  source: SourceFile
  beside?: FunctionNode | undefined
}

/** Variables of a function, by those of the new version; `changedName` says which names of the module have changed. */
export function changedLocals(
  { fn: old, source: before, beside: running }: Around,
  { fn: young, source, beside }: Around,
  changedName: (use: Use) => string | undefined,
  grown: GrownLiterals,
): Map<Binding, ChangedLocal> {
  const makings = makingsOf(young, source, beside, grown)
  const [olds, youngs] = [textsOf(makingsOf(old, before, running)), textsOf(makings)]
  const changed = new Map<Binding, ChangedLocal>()
  for (const [binding, { nodes }] of makings) {
    const { name } = binding
    const [was, is] = [olds.get(name) ?? begun(name, old), youngs.get(name)!]
    if (was === undefined || isFunctionOnly(nodes) || (was.texts.length === 0 && isNothing(nodes))) continue
    const first = is.texts.findIndex((text, i) => text !== was.texts[i])
    const isOther = was.filled !== is.filled
    const isIndirect = first < 0 && was.texts.length === is.texts.length && !(is.isGrown && isOther)
    const why = `'${name}' has another value in this version`
    const from = (!isIndirect && is.starts[first]) || 0
    if (!isIndirect || isOther) changed.set(binding, { why, isIndirect, from })
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
      changed.set(binding, { why, isIndirect: true, from: 0 })
    }
  }
  return changed
}

/** A variable that begins with nothing, as functions give it a value later. */
function begun(name: string, { body }: FunctionNode): Omit<Making, 'nodes'> | undefined {
  return body.names.has(name) ? { texts: [], starts: [], filled: '', isGrown: false } : undefined
}

/** `let timer = null` for `let timer`: nobody tells one from the other. */
function isNothing([node, ...others]: Node[]): boolean {
  if (others.length > 0 || node?.type !== 'VariableDeclarator' || node.init?.type !== 'Literal') return false
  return node.init.value === null || node.init.value === false
}

/** By name: which of two variables of one name is which, nothing tells. */
function textsOf(makings: Map<Binding, Making>): Map<string, Omit<Making, 'nodes'>> {
  const texts = new Map<string, Omit<Making, 'nodes'>>()
  for (const [{ name }, making] of makings) {
    const known = texts.get(name)
    texts.set(name, {
      texts: [...(known?.texts ?? []), ...making.texts],
      starts: known === undefined ? making.starts : [],
      filled: (known?.filled ?? '') + making.filled,
      isGrown: known?.isGrown || making.isGrown,
    })
  }
  return texts
}

/** Whether a function leaves with a closure before a variable can have got its other value. */
export function isReturnedBefore(
  closure: FunctionNode,
  { from }: ChangedLocal,
  owner: FunctionNode,
  source: SourceFile,
): boolean {
  let at: Node = closure.node
  let isReturned = false
  for (
    let parent = source.parent(at);
    parent !== undefined && at !== owner.node;
    parent = source.parent(at)
  ) {
    if (/^(For|While|DoWhile)/.test(at.type)) return false
    if (isFunction(at) && at !== closure.node) return false
    isReturned ||= at.type === 'ReturnStatement'
    at = parent
  }
  return isReturned && closure.end <= from
}

/** `const f = () => …`: a function is redirected, wherever it is kept. */
function isFunctionOnly([node, ...others]: Node[]): boolean {
  return others.length === 0 && node?.type === 'VariableDeclarator' && isFunction(node.init)
}
