import type { Node } from '../../instrument/parse.ts'
import type { AddedMethod } from '../plan/added-methods.ts'
import { BY_HAND, Cannot } from './cannot.ts'
import type { Edit } from './edits.ts'
import { Part } from './part.ts'

/**
 * New private methods that use private members of the running class. Only a function of the class sees these: each
 * replacement that calls such a method has it as a function of its own.
 */
export class PrivateMethods extends Part {
  #called: Set<AddedMethod> | undefined

  /** What becomes of a replacement, and the methods that this calls, to stand in front of its statements. */
  within(write: () => Edit[]): { edits: Edit[]; first: string } {
    const before = this.#called
    const called = new Set<AddedMethod>()
    this.#called = called
    try {
      const edits = write()
      let first = ''
      for (const method of called) first += ` ${this.#text(method)}`
      return { edits, first }
    } finally {
      this.#called = before
    }
  }

  /** The name by which `node` calls it there. */
  call(method: AddedMethod, node: Node): string {
    if (this.#called === undefined)
      throw new Cannot(
        node,
        'it calls a new private method, which uses private members of the running class',
        BY_HAND,
      )
    this.#called.add(method)
    return method.name
  }

  #text({ name, element: { value } }: AddedMethod): string {
    const text = this.writer.apply(value, this.writer.naming.rewrite(value, undefined, undefined))
    const head = `${value.async ? 'async ' : ''}function${value.generator ? '*' : ''} ${name}`
    return `${head}${text.slice(text.indexOf('('))}`
  }
}
