import type { FunctionNode } from '../../instrument/scopes.ts'
import type { NewField } from '../plan/fields.ts'
import { raisesUnheard } from '../plan/unheard-errors.ts'
import { movedParameter } from '../read/moved-parameter.ts'
import { BY_HAND, Cannot } from './cannot.ts'
import { quote } from './edits.ts'
import { Part } from './part.ts'

/** Objects made before the patch that cannot be given what a function needs of them: the running version's serves them. */
export class OldObjects extends Part {
  /** The text that tells them; empty: it serves all. */
  told(fn: FunctionNode, old: FunctionNode, self: string): string {
    const needed = this.plan.fields.neededBy(fn.node, this.source)
    const tests = needed.length === 0 ? [] : [`!(${this.#given(needed, fn, self).join(' && ')})`]
    if (raisesUnheard(fn, this.file, this.plan)) tests.push(`${self}.listeners('error').length === 0`)
    const isOther = fn.node.params.length < old.node.params.length || movedParameter(fn, old.node)
    if (tests.length > 0 && isOther)
      throw new Cannot(
        fn.node,
        "it takes other parameters, and objects made before the patch need the running version's function",
        BY_HAND,
      )
    return tests.join(' || ')
  }

  /** How it is told that an object has each of some fields. */
  #given(needed: readonly NewField[], fn: FunctionNode, self: string): string[] {
    return needed.map((field) => {
      const { key, named } = field
      if (named !== undefined) {
        const edits = this.writer.naming.rewrite(named.node, fn, undefined)
        return `${this.writer.apply(named.node, edits)} in ${self}`
      }
      if (!key.startsWith('#')) return `${quote(key)} in ${self}`
      return `${this.writer.fields.field(field, fn.node)}.isGiven(${self})`
    })
  }
}
