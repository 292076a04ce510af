import type { Node } from '../../instrument/parse.ts'
import type { Binding } from '../../instrument/scopes.ts'
import { boundNames } from '../../instrument/syntax.ts'
import type { Form, Stretch } from './forms.ts'
import type { Piece } from './piece.ts'
import { placeBefore, type Run } from './runs.ts'
import { eachCommon, type SameBindings } from './same-bindings.ts'
import { ownerOf } from './source-file.ts'
import { Votes } from './votes.ts'

/** Which variables inside of a unit of the new version are called otherwise in the running one. */
export function sameLocals(young: Piece, same: SameBindings): Map<Binding, Binding> {
  const old = young.counterpart
  if (old === undefined) return new Map()
  if (young.isSame) {
    const all = young.form.slots.map(({ binding }, i) => [binding, old.form.slots[i]!.binding] as const)
    return new Map(all.filter(([binding]) => !same.isShared(binding)))
  }
  return new Locals(old, young, same).run()
}

class Locals {
  readonly #old: Piece
  readonly #new: Piece
  readonly #same: SameBindings
  readonly #before: OwnParts
  readonly #now: OwnParts
  readonly #was = new Map<Binding, Binding>()
  /** Functions of the new version, and those in whose place they stand. */
  readonly #functions = new Map<Node, Node>()

  constructor(old: Piece, young: Piece, same: SameBindings) {
    this.#old = old
    this.#new = young
    this.#same = same
    this.#before = new OwnParts(old)
    this.#now = new OwnParts(young)
  }

  run(): Map<Binding, Binding> {
    const runs = this.#same.runs(this.#old, this.#new)
    this.#align(runs)
    const votes = new Votes<Binding>()
    eachCommon(runs, this.#old, this.#new, (was, now) => {
      if (!this.#same.isShared(was) && !this.#same.isShared(now) && this.#mayBe(was, now)) votes.add(was, now)
    })
    for (const was of votes.open) {
      const now = votes.favourite(was)
      if (now !== undefined) this.#was.set(now, was)
    }
    const unchanged = this.#unchanged()
    const { weak } = this.#same
    const around = new Set(
      [...this.#was.keys()].filter((now) => now.captured).map(({ scope }) => ownerOf(scope)),
    )
    // In a function that changed, names that no closure knows are its own, unless it makes of them what closures know.
    const isNeeded = (now: Binding, was: Binding): boolean => {
      const owner = ownerOf(now.scope)
      if (now.captured || owner === undefined || unchanged.has(owner.node)) return true
      return around.has(owner) && weak.has(now.name) && weak.has(was.name) && isInPlace(now, was)
    }
    return new Map([...this.#was].filter(([now, was]) => isNeeded(now, was)))
  }

  #align(runs: readonly Run[]): void {
    const before = new Map(this.#old.form.functions.map((one) => [one.from, one]))
    for (const { node, from } of this.#new.form.functions) {
      const was = before.get(placeBefore(runs, from) ?? -1)
      if (was !== undefined) this.#functions.set(node, was.node)
    }
  }

  #mayBe(was: Binding, now: Binding): boolean {
    const [before, after] = [ownerOf(was.scope), ownerOf(now.scope)]
    if ((before === undefined) !== (after === undefined)) return false
    if (after !== undefined && this.#functions.get(after.node) !== before!.node) return false
    return (was.kind === 'parameter') === (now.kind === 'parameter')
  }

  /** Functions of which nothing but names differs, functions inside of them left out. */
  #unchanged(): Set<Node> {
    const found = new Set<Node>()
    const before = new Map(this.#old.form.functions.map((one) => [one.node, one]))
    for (const stretch of this.#new.form.functions) {
      const was = this.#functions.get(stretch.node)
      if (was !== undefined && this.#isUnchanged(before.get(was)!, stretch)) found.add(stretch.node)
    }
    return found
  }

  #isUnchanged(old: Stretch, young: Stretch): boolean {
    const [before, now] = [this.#before.of(old), this.#now.of(young)]
    if (before.length !== now.length) return false
    return now.every((one, i) => {
      const was = before[i]!
      if (typeof one === 'number' || typeof was === 'number') return one === was
      return (this.#same.was.get(one) ?? this.#was.get(one)) === was
    })
  }
}

/** Whether a parameter has the place that the running version's has. */
function isInPlace(...both: [Binding, Binding]): boolean {
  if (both[0].kind !== 'parameter') return true
  const [now, was] = both.map(({ name, scope }) =>
    (ownerOf(scope)!.node.params as Node[]).findIndex((one) => boundNames(one).includes(name)),
  )
  return now === was
}

/** What functions of a piece consist of, without the functions inside of them. */
class OwnParts {
  readonly #form: Form
  readonly #ends: Map<number, number>
  readonly #slots: Map<number, Binding>

  constructor({ form }: Piece) {
    this.#form = form
    this.#ends = new Map(form.functions.map(({ from, to }) => [from, to]))
    this.#slots = new Map(form.slots.map(({ at, binding }) => [at, binding]))
  }

  of({ from, to }: Stretch): (number | Binding)[] {
    const own: (number | Binding)[] = []
    for (let at = from; at < to; at = (at > from ? this.#ends.get(at) : undefined) ?? at + 1)
      own.push(this.#slots.get(at) ?? this.#form.tokens[at]!)
    return own
  }
}
