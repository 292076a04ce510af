import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { runTimeOf } from '../read/run-there.ts'
import type { SourceFile, Use } from '../read/source-file.ts'
import { parameterFor } from './holders.ts'

/**
 * Whether the call that makes a function does nothing with it but call it before it returns: nobody else gets it, neither by
 * itself nor with the literal of which it is a member (`const ways = { a: () => … }; const way = ways[key]; way()`), but for
 * functions of the file that do the same.
 */
export function isOnlyCalled(fn: FunctionNode, source: SourceFile): boolean {
  const owner = fn.enclosing
  return (
    owner !== undefined && !isSuspended(fn) && !isSuspended(owner) && new Calls(owner, source).only(fn.node)
  )
}

export function isSuspended({ async, generator }: FunctionNode): boolean {
  return async || generator
}

class Calls {
  readonly #owner: FunctionNode
  readonly #source: SourceFile
  readonly #seen: Set<Binding>

  constructor(owner: FunctionNode, source: SourceFile, seen = new Set<Binding>()) {
    this.#owner = owner
    this.#source = source
    this.#seen = seen
  }

  only(value: Node): boolean {
    let at = value
    let parent = this.#source.parent(at)
    for (; /^(Parenthesized|Conditional|Logical)/.test(parent?.type ?? ''); parent = this.#source.parent(at))
      at = parent!
    switch (parent?.type) {
      case 'CallExpression':
        return parent.callee === at || this.#onlyCalledBy(parent, at)
      case 'VariableDeclarator':
        return parent.init === at && this.#every(parent.id, (node) => this.only(node))
      case 'BinaryExpression':
        return /^[!=]==?$/.test(parent.operator)
      case 'UnaryExpression':
      case 'IfStatement':
        return true
      case 'Property':
        return parent.value === at && this.#onlyTaken(this.#source.parent(parent)!)
      default:
        return false
    }
  }

  /** Whether a function of the file that gets it does the same with it. */
  #onlyCalledBy(call: Node, given: Node): boolean {
    const parameter = parameterFor(call, given, this.#source)
    const taker = parameter && this.#source.functionAround(parameter)
    if (taker === undefined || isSuspended(taker) || taker.arguments) return false
    const calls = new Calls(taker, this.#source, this.#seen)
    return calls.#every(parameter!, (node) => calls.only(node))
  }

  /** Whether a literal is a variable's, of which others ask for members alone. */
  #onlyTaken(literal: Node): boolean {
    const made = this.#source.parent(literal)
    return (
      made?.type === 'VariableDeclarator' &&
      this.#every(made.id, (node) => {
        const member = this.#source.parent(node)
        return member?.type === 'MemberExpression' && member.object === node && this.only(member)
      })
    )
  }

  #every(id: Node, isHarmless: (node: Node) => boolean): boolean {
    const binding = id.type === 'Identifier' ? this.#source.bindingFor(id) : undefined
    if (binding === undefined || this.#seen.has(binding)) return false
    this.#seen.add(binding)
    const uses = this.#source.usesOf(binding).filter(({ node }) => node !== id)
    return uses.every((use) => this.#isInCall(use) && isHarmless(use.node))
  }

  /** Whether it is in the call itself, or in functions that are called on the spot. */
  #isInCall(use: Use): boolean {
    let at = this.#source.functionAt(use)
    while (
      at !== this.#owner &&
      at !== undefined &&
      !isSuspended(at) &&
      runTimeOf(at, this.#source) === 'at once'
    )
      at = at.enclosing
    return at === this.#owner
  }
}
