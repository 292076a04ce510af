import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { boundNames } from '../../instrument/syntax.ts'
import { containsNode, isFunction, walk } from '../../livepatch/ast.ts'
import { changesObject, isRepeatable } from '../read/effects.ts'
import { memberPath } from '../read/expressions.ts'
import { isFresh, PureCalls } from '../read/pure-calls.ts'
import type { SourceFile, Use } from '../read/source-file.ts'
import { usesCall } from './initialiser.ts'

/** What makes a variable of a function: its declaration, and statements that do nothing else than give such variables values. */
export interface LocalMaker {
  /** Declarators, properties of patterns, functions and statements, in their order. */
  nodes: Node[]
  /** All that these give values. */
  makes: Set<Binding>
}

/** How variables of a function are made, where that can be done a second time. */
export class LocalMakers {
  readonly #owner: FunctionNode
  readonly #source: SourceFile
  readonly #pure: PureCalls

  constructor(owner: FunctionNode, source: SourceFile) {
    this.#owner = owner
    this.#source = source
    this.#pure = PureCalls.of(source)
  }

  /** Undefined where it cannot be done, or where what stands at `use` may exist without all of it having been done. */
  of(binding: Binding, use: Node): LocalMaker | undefined {
    const nodes = new Set<Node>()
    const makes = new Set([binding])
    for (const one of makes) {
      const found = this.#nodesOf(one)
      if (found === undefined || !found.every((node) => this.#onlyMakes(node) && this.#isReached(node, use)))
        return undefined
      for (const node of found) {
        nodes.add(node)
        for (const use of this.#source.usesIn(node))
          if (this.#isMadeBy(use)) makes.add(this.#source.bindingOf(use)!)
      }
    }
    return { nodes: [...nodes].sort((a, b) => a.start - b.start), makes }
  }

  /** Whether calls in which a closure has been made have come to a statement: none has returned before that. */
  #isReached(node: Node, use: Node): boolean {
    if (node.type === 'FunctionDeclaration') return true
    let closure: FunctionNode | undefined = this.#source.functionAround(use)
    while (closure !== undefined && closure.enclosing !== this.#owner) closure = closure.enclosing
    if (closure === undefined) return true
    const isLater = closure.node.type !== 'FunctionDeclaration' && closure.start > node.start
    return isLater || !topOf(this.#owner).some((one) => one.start < node.start && returns(one))
  }

  /** Whether a use gives a variable of the function a value, or changes what it holds, while the function itself runs. */
  #isMadeBy(use: Use): boolean {
    const isHere = this.#source.functionAt(use) === this.#owner
    return isHere && this.#isVariable(this.#source.bindingOf(use)) && this.#changes(use)
  }

  #changes(use: Use): boolean {
    const parent = this.#source.parent(use.node)
    return use.assigned || parent?.id === use.node || changesObject(use, this.#source)
  }

  #isVariable(binding: Binding | undefined): boolean {
    return binding?.scope === this.#owner.body
  }

  /** Undefined where something else may have a part in it. */
  #nodesOf(binding: Binding): Node[] | undefined {
    if (!this.#isVariable(binding)) return undefined
    const parts = topOf(this.#owner)
    const fn = parts.find(({ type, id }) => type === 'FunctionDeclaration' && id.name === binding.name)
    if (fn !== undefined && binding.assigned) return undefined
    const found = new Set(parts.filter((one) => one === fn || declares(one, binding.name)))
    for (const use of this.#source.usesOf(binding)) {
      if (this.#source.functionAt(use) !== this.#owner) continue
      const part = parts.find(({ start, end }) => start <= use.node.start && use.node.end <= end)
      if (this.#changes(use)) {
        if (part === undefined) return undefined
        found.add(part)
      } else if (this.#isGivenAway(use, binding)) return undefined
    }
    return [...found]
  }

  /** Whether somebody gets something that the variable alone has had, and may put something into it, or keep it. */
  #isGivenAway({ node }: Use, binding: Binding): boolean {
    const parent = this.#source.parent(node)
    if (!/^(Call|New)Expression$/.test(parent?.type ?? '') || parent!.callee === node) return false
    if (!isFresh(this.#source.declaredWith(binding))) return false
    return !isRepeatable(parent, this.#pure.isPure)
  }

  #isValue(node: Node | null | undefined): boolean {
    if (!node) return true
    return isRepeatable(node, this.#pure.isPure) && this.#pure.callsPure(node) && !usesCall(node)
  }

  #onlyMakes(node: Node): boolean {
    switch (node.type) {
      case 'EmptyStatement':
        return true
      case 'FunctionDeclaration':
        return !usesCall(node)
      case 'VariableDeclarator':
        return this.#isPattern(node.id) && this.#isValue(node.init)
      case 'Property':
        return this.#isPattern(node)
      case 'VariableDeclaration':
        return (node.declarations as Node[]).every((one) => this.#onlyMakes(one))
      case 'BlockStatement':
        return (node.body as Node[]).every((one) => this.#onlyMakes(one))
      case 'IfStatement':
        return (
          this.#isValue(node.test) &&
          this.#onlyMakes(node.consequent) &&
          (!node.alternate || this.#onlyMakes(node.alternate))
        )
      case 'ForInStatement':
      case 'ForOfStatement':
        return (
          !node.await &&
          node.left.type === 'VariableDeclaration' &&
          this.#isValue(node.right) &&
          this.#onlyMakes(node.body)
        )
      case 'ExpressionStatement':
        return this.#isMaking(unwrap(node.expression))
      default:
        return false
    }
  }

  #isMaking(node: Node): boolean {
    switch (node.type) {
      case 'AssignmentExpression':
        return this.#isTarget(node.left) && this.#isValue(node.right)
      case 'UpdateExpression':
        return this.#isTarget(node.argument)
      case 'UnaryExpression':
        return node.operator === 'delete' && this.#isTarget(node.argument)
      case 'SequenceExpression':
        return (node.expressions as Node[]).every((one) => this.#isMaking(unwrap(one)))
      case 'LogicalExpression':
        return this.#isValue(node.left) && this.#isMaking(unwrap(node.right))
      case 'CallExpression': {
        if (
          node.callee.type !== 'MemberExpression' ||
          !(node.arguments as Node[]).every((one) => this.#isValue(one))
        )
          return false
        const path = memberPath(node.callee)?.path
        return path === 'Object.assign'
          ? this.#isOwn(node.arguments[0])
          : FILLS.test(node.callee.property.name) && this.#isOwn(node.callee.object)
      }
      default:
        return false
    }
  }

  /** A variable of the function, or a member of what that has made. */
  #isTarget(target: Node): boolean {
    const node = unwrap(target)
    if (node.type === 'Identifier') return this.#isVariable(this.#source.bindingFor(node))
    if (node.type !== 'MemberExpression' || !this.#isOwn(node.object)) return false
    return !node.computed || this.#isValue(node.property)
  }

  #isOwn(object: Node): boolean {
    const node = unwrap(object)
    const binding = node.type === 'Identifier' ? this.#source.bindingFor(node) : undefined
    if (binding === undefined || !this.#isVariable(binding)) return false
    return !binding.assigned && isFresh(this.#source.declaredWith(binding))
  }

  #isPattern(pattern: Node): boolean {
    let isPlain = true
    walk(pattern, (node) => {
      if (node.type === 'AssignmentPattern') isPlain &&= this.#isValue(node.right)
      if (node.type === 'Property' || node.type === 'MemberExpression') isPlain &&= !node.computed
    })
    return isPlain
  }
}

const FILLS = /^(push|unshift|set|add|delete)$/

/** The statements of a function, of declarations what they declare, and what those take of something with a name. */
function topOf({ node: { body } }: FunctionNode): Node[] {
  if (body.type !== 'BlockStatement') return []
  return (body.body as Node[]).flatMap((one): Node[] =>
    one.type === 'VariableDeclaration' ? one.declarations.flatMap(partsOf) : [one],
  )
}

function partsOf(declarator: Node): Node[] {
  const { id, init } = declarator
  const isApart = id.type === 'ObjectPattern' && init?.type === 'Identifier'
  return isApart && id.properties.every(({ type }: Node) => type === 'Property')
    ? id.properties
    : [declarator]
}

function returns(part: Node): boolean {
  return containsNode(
    part,
    ({ type }, ancestors) => type === 'ReturnStatement' && !ancestors.some(isFunction) && !isFunction(part),
  )
}

function declares(part: Node, name: string): boolean {
  if (part.type === 'Property') return boundNames(part.value).includes(name)
  return part.type === 'VariableDeclarator' && [...boundNames(part.id)].includes(name)
}
