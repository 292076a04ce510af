import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction, walk } from '../../livepatch/ast.ts'
import type { Substitute } from '../plan/substitutes.ts'
import { namedDeclaratorsOf } from '../read/declarators.ts'
import { changesObject, isRepeatable } from '../read/effects.ts'
import { sameShape } from '../read/shape.ts'
import { Part } from './part.ts'

/**
 * `settings` for `options || {}`, where the running version has `var settings = options || {}` and closures see that alone: parts
 * of what makes a variable that the running version has in another one.
 */
export class HeldParts extends Part {
  /** @param seenTo what something else stands for already */
  in(root: Node, owner: FunctionNode, old: FunctionNode, seenTo: readonly Substitute[]): Substitute[] {
    const found: Substitute[] = []
    const holders = this.#holders(old)
    if (holders.length === 0) return found
    const meets = (one: Node): boolean =>
      [...seenTo, ...found].some(({ start, end }) => start < one.end && one.start < end)
    walk(root, (node, ancestors) => {
      if (ancestors.some(isFunction) || !/Expression$/.test(node.type) || meets(node)) return
      const held = holders.find(({ init }) => sameShape(unwrap(init), node))
      if (held === undefined || !isRepeatable(node) || !this.#isLost(node, owner, old)) return
      found.push({ start: node.start, end: node.end, by: `${this.writer.scopeName}.${held.id.name}` })
    })
    return found
  }

  /** Declarations of variables that closures of the running version see, and that hold what they began with. */
  #holders(old: FunctionNode): Node[] {
    const { old: before } = this.file.pair
    return namedDeclaratorsOf(old).filter(({ id, init }) => {
      const binding = old.body.names.get(id.name)
      if (!init || binding === undefined || binding.assigned || !this.file.names.bindings.has(binding))
        return false
      return before.usesOf(binding).every((use) => !changesObject(use, before))
    })
  }

  /** Whether it takes a variable of the function that nothing leads to any more, and none that has another value now. */
  #isLost(node: Node, owner: FunctionNode, old: FunctionNode): boolean {
    const changed = this.plan.replaced.changedLocals(this.file, owner)
    let isLost = false
    for (const use of this.source.usesIn(node)) {
      if (this.plan.usesChanged(this.file, use) !== undefined) return false
      const meant = this.source.bindingOf(use)
      if (meant?.scope !== owner.body && meant?.scope !== owner.parameters) continue
      const was = old.body.names.get(meant.name) ?? old.parameters.names.get(meant.name)
      if (was === undefined || was.assigned || meant.assigned || changed.has(meant)) return false
      isLost ||= !this.file.names.bindings.has(was)
    }
    return isLost
  }
}
