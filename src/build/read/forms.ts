import { createHash } from 'node:crypto'
import type { Node } from '../../instrument/parse.ts'
import type { Binding } from '../../instrument/scopes.ts'
import type { Identifiers } from './identifiers.ts'
import { importShape } from './imports.ts'
import { ShapeWriter } from './shape.ts'
import type { Unit } from './units.ts'

/** A unit with its variables left open: what is the same of two that differ in names alone. */
export interface Form {
  /** Its shape, functions included; `VARIABLE` where one stands. */
  tokens: number[]
  /** Which variables these are, in order. */
  slots: Slot[]
  functions: Stretch[]
  /** Functions that are called where they stand, which are not in it. */
  onces: Node[]
}

export interface Slot {
  at: number
  binding: Binding
}

/** A function in a form, with the functions inside of it. */
export interface Stretch {
  node: Node
  from: number
  to: number
}

export const VARIABLE = 0

/** Numbers for texts, the same for the same text. */
export class Tokens {
  readonly #known = new Map<string, number>()

  of(text: string): number {
    const known = this.#known.get(text) ?? this.#known.size + 1
    this.#known.set(text, known)
    return known
  }
}

export function formOf(
  unit: Unit,
  identifiers: Identifiers,
  isOnce: (fn: Node) => boolean,
  tokens: Tokens,
): Form {
  const writer = new FormWriter(identifiers, isOnce)
  if (unit.kind === 'import') writer.import(unit)
  else writer.write(unit.node)
  const { parts, slots, functions, onces } = writer
  return {
    tokens: parts.map((part) => (part === OPEN ? VARIABLE : tokens.of(part))),
    slots,
    functions,
    onces,
  }
}

/** The same for two forms that differ in names alone: variables are told apart, and which are those of the unit itself. */
export function hashOf({ tokens, slots }: Form, isOwn: (binding: Binding) => boolean): string {
  const order = new Map<Binding, number>()
  const numbers = slots.map(({ binding }) => {
    const number = order.get(binding) ?? order.size * 2 + (isOwn(binding) ? 1 : 0)
    order.set(binding, number)
    return number
  })
  return createHash('sha1')
    .update(Int32Array.from(tokens))
    .update('/')
    .update(Int32Array.from(numbers))
    .digest('base64')
}

const OPEN = '§'

class FormWriter extends ShapeWriter {
  readonly slots: Slot[] = []
  readonly functions: Stretch[] = []
  readonly onces: Node[] = []
  readonly #identifiers: Identifiers
  readonly #isOnce: (fn: Node) => boolean

  constructor(identifiers: Identifiers, isOnce: (fn: Node) => boolean) {
    super()
    this.#identifiers = identifiers
    this.#isOnce = isOnce
  }

  import(unit: Unit): void {
    this.parts.push('import', importShape(unit))
  }

  protected override function(node: Node): void {
    if (this.#isOnce(node)) {
      this.onces.push(node)
      this.parts.push(`once ${node.params.length};`)
      return
    }
    const from = this.parts.length
    this.any(node)
    this.functions.push({ node, from, to: this.parts.length })
  }

  protected override identifier(node: Node): void {
    const binding = this.#identifiers.all.get(node)
    if (binding === undefined || binding.kind === 'wrapper' || this.#identifiers.fixed.has(binding)) {
      super.identifier(node)
      return
    }
    this.slots.push({ at: this.parts.length, binding })
    this.parts.push(OPEN)
  }

  protected override any(node: Node): void {
    if (node.type !== 'ExportSpecifier') return super.any(node)
    // One node may stand for both names.
    this.parts.push('export', `${node.exported.name ?? node.exported.value};`)
    this.write(node.local)
  }
}
