import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { parameterCount } from '../read/arguments.ts'
import { CalledNames } from './called-names.ts'
import { Evaluation, Refused } from './evaluation.ts'
import type { FilePlan } from './file-plan.ts'
import { isTrue, type Value, whole } from './known-values.ts'
import { askedOf, isOptions } from './options.ts'
import type { Plan } from './plan.ts'
import type { Text } from './substitutes.ts'

/** A function that is called with more than in the running version, where it makes something that lives on. */
export interface Called {
  fn: FunctionNode
  /** undefined: nothing was there. */
  old: FunctionNode | undefined
  /** Functions that it hands its parameters to, with the calls. */
  helpers: ReadonlyMap<FunctionNode, Node>
  /** Whether something that lives on tells what came in a parameter. */
  isHeld(name: string): boolean
}

/**
 * What expressions of a function come to where nobody passed what the running version did not know: parameters that it does
 * not have, and members of those in which it gets options.
 */
export class NotPassed {
  readonly plan: Plan
  readonly file: FilePlan
  readonly called: Called
  /** What was taken as not passed, of what was reduced last. */
  readonly names = new Set<string>()
  readonly #options = new Map<string, boolean>()
  readonly #asked = new Map<string, ReadonlySet<string> | undefined>()

  constructor(plan: Plan, file: FilePlan, called: Called) {
    this.plan = plan
    this.file = file
    this.called = called
  }

  /** The expression itself where nothing is known, or where it depends on whether options were passed at all. */
  reduce(node: Node): Text {
    return textOf(this.#agreed(node)?.text ?? whole(node), node)
  }

  /** Whether a condition holds; undefined where that is not known. */
  holds(test: Node): boolean | undefined {
    const value = this.#agreed(test)?.known
    return value && isTrue(value)
  }

  /** What an expression comes to whether options were passed or not. */
  #agreed(node: Node): Value | undefined {
    this.names.clear()
    try {
      const [absent, given] = [this.#attempt(node, false), this.#attempt(node, true)!]
      const [a, b] = [absent, given].map((one) => one && this.print(one.text))
      if (a === undefined || a === b) return given
    } catch (error) {
      if (!(error instanceof Refused)) throw error
    }
    this.names.clear()
    return undefined
  }

  /** Undefined where the call would have thrown without. */
  #attempt(node: Node, isGiven: boolean): Value | undefined {
    try {
      return new Evaluation((one) => new CalledNames(this, isGiven, one)).of(node)
    } catch (error) {
      if (error instanceof Refused && !isGiven) return undefined
      throw error
    }
  }

  print(text: Text | string): string {
    if (typeof text === 'string') return text
    if (text.node === undefined) return 'undefined'
    const source = this.file.pair.new
    let printed = ''
    let at = text.node.start
    for (const one of [...text.substitutes].sort((x, y) => x.start - y.start)) {
      printed += source.text.slice(at, one.start) + (one.key ?? '') + this.print(one.by)
      at = one.end
    }
    return printed + source.text.slice(at, text.node.end)
  }

  isOptions(name: string, index: number, fn: FunctionNode): boolean {
    const known = this.#options.get(name)
    if (known !== undefined) return known
    const { fn: own, old } = this.called
    const { pair } = this.file
    const was = fn === own ? old?.node.params[index] : undefined
    const before = was && (was.left ?? was)
    const is =
      isOptions(name, index, fn, pair.new) ||
      (before?.type === 'Identifier' && isOptions(before.name, index, old!, pair.old))
    this.#options.set(name, is)
    return is
  }

  /** Whether nobody can have passed a member of options. */
  isUnset(key: string, name: string | undefined, index: number): boolean {
    if (key in Object.prototype || this.plan.givenOptions.includes(key, this.called.fn, this.file))
      return false
    const asked = name === undefined ? undefined : this.#askedBefore(name, index)
    const isKnown = asked === undefined ? this.plan.knewMember(key, this.file) : asked.has(key)
    if (!isKnown) this.names.add(key)
    return !isKnown
  }

  #askedBefore(name: string, index: number): ReadonlySet<string> | undefined {
    if (!this.#asked.has(name)) {
      const { old } = this.called
      const was = old?.node.params[index]
      const before = was && (was.left ?? was)
      const asked = before?.type === 'Identifier' ? askedOf(before.name, old!, this.file.pair.old) : undefined
      this.#asked.set(name, asked)
    }
    return this.#asked.get(name)
  }

  /** Whether the running version has no such parameter, and nobody of the package passes it. */
  isNew(index: number, name?: string): boolean {
    const { fn, old } = this.called
    if (name !== undefined && old?.parameters.names.has(name)) return false
    const isOpen = old === undefined || old.node.params.at(-1)?.type === 'RestElement'
    if (isOpen || index < (parameterCount(old) ?? Number.POSITIVE_INFINITY)) return false
    return !this.plan.parameters.isPassedMore(fn, this.file)
  }
}

function textOf(text: Text | string, node: Node): Text {
  const { start, end } = node
  return typeof text === 'string' ? { node, substitutes: [{ start, end, by: text }] } : text
}
