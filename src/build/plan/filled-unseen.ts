import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { changesGiven, changesParameter } from '../read/changes-given.ts'
import { callsNothing, changesObject } from '../read/effects.ts'
import type { SourceFile, Use } from '../read/source-file.ts'
import { assignedValue } from '../read/unit-values.ts'
import { isCollection } from './collections.ts'
import { type OncePlan, unitsFor } from './once-plan.ts'

/**
 * Whether start-up code may put something into what a name holds in ways that its text does not tell: `extend(table, more)`,
 * `table.init()`, `for (const one of list) one.a = 1`. What is made a second time would be without that.
 */
export function isFilledUnseen(name: string, once: OncePlan): boolean {
  const { file } = once.pair.new
  const own = once.unitOf(name)
  const value = own && assignedValue(own)
  const binding = once.scope.names.get(name)
  if (value === undefined || binding === undefined || !isCollection(value)) return false
  const known = unitsFor(once, name)
  const isKnown = ({ node }: Use): boolean =>
    known.some(({ start, end }) => node.start >= start && node.end <= end)
  return new Unseen(file, once.pair.new.fn).isFilled(binding, isKnown)
}

class Unseen {
  readonly #file: SourceFile
  readonly #fn: FunctionNode | undefined
  readonly #seen = new Set<Binding>()

  constructor(file: SourceFile, fn: FunctionNode | undefined) {
    this.#file = file
    this.#fn = fn
  }

  isFilled(binding: Binding, isKnown: (use: Use) => boolean = () => false): boolean {
    if (this.#seen.has(binding)) return false
    this.#seen.add(binding)
    return this.#file.usesOf(binding).some((use) => {
      // What functions put there is a matter of what the program keeps.
      if (this.#file.functionAt(use) !== this.#fn || isKnown(use)) return false
      return this.#isChanged(use) || this.#goesOn(use.node)
    })
  }

  #isChanged(use: Use): boolean {
    return changesObject(use, this.#file) || changesGiven(use.node, this.#file)
  }

  /** Whether what has it, by another name or in a literal, is changed; or a call that gives nothing else has it. */
  #goesOn(value: Node): boolean {
    const parent = this.#file.parent(value)
    if (parent === undefined) return false
    if (/^(Parenthesized|Conditional|Logical|Object|Array)Expression$|^Property$/.test(parent.type))
      return this.#goesOn(parent)
    switch (parent.type) {
      case 'VariableDeclarator':
        return parent.init === value && this.#isNameFilled(parent.id)
      case 'ForOfStatement':
        return parent.right === value && this.#isNameFilled(parent.left.declarations?.[0].id)
      case 'CallExpression':
        return parent.callee !== value && this.#isDone(parent) && !callsNothing(parent)
      case 'MemberExpression': {
        const call = this.#file.parent(parent)
        if (parent.object !== value || call?.type !== 'CallExpression' || call.callee !== parent) return false
        const callbacks = (call.arguments as Node[]).flatMap((one) => this.#file.functionOf.get(one) ?? [])
        if (callbacks.length === 0) return this.#isDone(call)
        return callbacks.some((one) =>
          one.node.params.some((_: Node, i: number) => changesParameter(one, i, this.#file)),
        )
      }
      default:
        return false
    }
  }

  #isNameFilled(id: Node | undefined): boolean {
    const binding = id?.type === 'Identifier' ? this.#file.bindingFor(id) : undefined
    return binding !== undefined && this.isFilled(binding)
  }

  /** Whether a call is made for what it does, and nobody takes what it gives. */
  #isDone(call: Node): boolean {
    return this.#file.parent(this.#file.wrapped(call))?.type === 'ExpressionStatement'
  }
}
