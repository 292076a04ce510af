import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import type { ChangedLocal } from '../plan/changed-locals.ts'
import { mayOutlive, outlives } from '../plan/outlives.ts'
import { isEmptyObject } from '../plan/state.ts'
import { namedDeclaratorsOf } from '../read/declarators.ts'
import { ownerOf, type SourceFile, type Use } from '../read/source-file.ts'
import { BY_HAND, Cannot } from './cannot.ts'
import { closuresFill } from './closures-fill.ts'
import { Part } from './part.ts'
import { staysAsMade } from './stays-as-made.ts'

/** What closures that exist already need of the variables of functions around them that are no once-scopes. */
export class Locals extends Part {
  /**
   * A variable of a function around it. Functions that the running version has made do not have it where it is new, or
   * have it with another value: then a block makes it, for each call of the function around.
   */
  needed(use: Use, binding: Binding, fn: FunctionNode | undefined): void {
    const owner = ownerOf(binding.scope)
    const old = owner && this.file.pair.functions.get(owner)
    if (old === undefined) return
    const closure = this.source.functionAt(use)
    const changed = this.plan.replaced.changedFor(closure, binding, this.file, owner!)
    try {
      if (fn !== undefined && changed === undefined) this.#checkMet(use, binding, fn, owner!, old)
      this.#needed(use, binding, owner!, old, changed)
    } catch (error) {
      const isOld = changed?.isIndirect || staysAsMade(binding, closure, owner!, old, this.file.pair)
      if (!(error instanceof Cannot) || changed === undefined || !isOld) throw error
      this.#goesOn(use.node, changed.why)
    }
  }

  /** A function that serves a call which an earlier one began finds nothing of what that would have put into a new variable. */
  #checkMet({ node }: Use, binding: Binding, fn: FunctionNode, owner: FunctionNode, old: FunctionNode): void {
    const isNew = ![old.body, old.parameters].some(({ names }) => names.has(binding.name))
    if (!isNew || fn.enclosing === owner || outlives(fn, this.source)) return
    if (!closuresFill(owner, binding, this.source)) return
    throw new Cannot(
      node,
      `'${binding.name}' is new, and the call that made it has put nothing into it`,
      BY_HAND,
    )
  }

  #needed(
    { node, assigned }: Use,
    binding: Binding,
    owner: FunctionNode,
    old: FunctionNode,
    changed: ChangedLocal | undefined,
  ): void {
    const { scope } = binding
    if (scope !== owner.body && scope !== owner.parameters) {
      if (changed === undefined) return
      throw new Cannot(node, `${changed.why}, and calls under way go on with theirs`, BY_HAND)
    }
    const isKnown = [old.body, old.parameters].some(({ names }) => names.has(node.name))
    if (isKnown && changed === undefined) {
      if (
        this.#isAssigned(node.name, old, this.file.pair.old) &&
        !this.#isAssigned(node.name, owner, this.source)
      )
        this.#goesOn(node, `'${node.name}' is given no other value any more`)
      if (!assigned) this.writer.madeLocals.makeAlike(binding, owner, old, node)
      return
    }
    if (changed !== undefined && this.#isFilled(old, node.name)) {
      const made = [old, owner].map(
        (fn) => namedDeclaratorsOf(fn).find(({ id }) => id.name === node.name)?.init,
      )
      // One is used like the other.
      if (!made.every((init) => init && isEmptyObject(unwrap(init))))
        throw new Cannot(node, `${changed.why}, and the running one holds what was put into it`, BY_HAND)
      return this.#goesOn(node, changed.why)
    }
    this.writer.madeLocals.make(owner, old, node.name, node)
  }

  /** Whether functions inside of another one give a variable of that a value. */
  #isAssigned(name: string, { body, parameters }: FunctionNode, source: SourceFile): boolean {
    const binding = body.names.get(name) ?? parameters.names.get(name)
    return (
      binding?.assigned === true &&
      source.uses.some((use) => {
        if (!use.assigned || use.node.name !== name || source.bindingOf(use) !== binding) return false
        return source.functionAt(use) !== ownerOf(binding.scope)
      })
    )
  }

  /** Whether functions that the running version has made put something into a variable, or may. */
  #isFilled(old: FunctionNode, name: string): boolean {
    const { old: before } = this.file.pair
    return closuresFill(old, old.body.names.get(name) ?? old.parameters.names.get(name), before)
  }

  /** A closure that lives on has what it is made from as it was. */
  #goesOn(node: Node, why: string): void {
    const fn = this.source.functionAround(node)
    if (fn === undefined || !mayOutlive(fn, this.source)) return
    this.plan.kept.set(`${this.file.path} ${why}`, {
      severity: 'note',
      file: this.file.path,
      line: this.source.lineOf(node.start),
      what: node.name,
      why: `${why}: functions made by the running version go on with theirs`,
      advice: 'have them made anew where that matters',
    })
  }
}
