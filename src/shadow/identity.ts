import { find, type Token } from './list.ts'
import { report } from './report.ts'
import type { Accessors, Owner, Stamps, State } from './stamp.ts'
import type { Destructor, Name, ShadowOptions } from './types.ts'

/** On a parent with tracked variables hangs, as a shadow variable of the store's own, the one weak reference to it. */
const REFERENCE: Token = { owner: undefined, dead: false }

/** Identifiers that keep account of their variables: the enumerable ones and those with `reclaim`. */
const trackers = new Set<Identity>()

/** Told of every parent with tracked variables that was collected. */
const graveyard = new FinalizationRegistry<WeakRef<object>>((reference) => {
  for (const identity of trackers) identity.bury(reference)
})

/** The options on which variables depend. */
function kind({ enumerable = false, storage = 'inline', reclaim }: ShadowOptions): string {
  return `enumerable: ${enumerable}, storage: ${storage}, reclaim: ${!!reclaim}`
}

export class Identity implements Owner {
  readonly name: Name
  options: ShadowOptions = {}
  reclaimed = 0
  /** What was held for each tracked variable, by the reference to its parent. */
  readonly tracked = new Map<WeakRef<object>, unknown>()
  readonly state: State
  readonly #stamps: Stamps

  declare readonly has: Accessors['has']
  declare readonly get: Accessors['get']
  declare readonly detach: Accessors['detach']
  readonly detachAll: (dtor?: Destructor<unknown>) => number

  constructor(name: Name, stamps: Stamps, place: (owner: Owner) => [State, Accessors]) {
    this.name = name
    this.#stamps = stamps
    const [state, accessors] = place(this)
    this.state = state
    Object.assign(this, accessors)
    this.detachAll = (dtor) => this.#detachAll(dtor)
  }

  toString(): string {
    return `shadow variable '${String(this.name)}'`
  }

  /** Takes the options of a declaration, or throws when variables depend on other ones. */
  configure(options: ShadowOptions): void {
    const { state } = this
    const [before, after] = [kind(this.options), kind(options)]
    if (before !== after && (state.tracked ? this.tracked.size : state.attached - state.detached))
      throw new TypeError(`${this} is attached with { ${before} }, not { ${after} }: first detachAll`)
    this.options = options
    // Only what changes is written: see State.
    if (before === after) return
    state.tracked = !!(options.enumerable || options.reclaim)
    state.inline = options.storage !== 'table'
    if (!state.inline) state.direct = state.fresh = false
    if (state.tracked) trackers.add(this)
  }

  holdOf(data: unknown): unknown {
    const { reclaim, hold } = this.options
    return reclaim && (hold ? hold(data) : data)
  }

  #reference(parent: object) {
    return find(this.#stamps.list(parent, this.state.inline), REFERENCE)?.data as WeakRef<object> | undefined
  }

  track(parent: object, held: unknown): void {
    let reference = this.#reference(parent)
    if (!reference) {
      reference = new WeakRef(parent)
      this.#stamps.insert(parent, REFERENCE, reference, this.state.inline)
      graveyard.register(parent, reference)
    }
    this.tracked.set(reference, held)
  }

  untrack(parent: object): void {
    this.tracked.delete(this.#reference(parent)!)
  }

  bury(reference: WeakRef<object>): void {
    const held = this.tracked.get(reference)
    const { reclaim } = this.options
    if (!this.tracked.delete(reference) || !reclaim) return
    this.reclaimed++
    try {
      reclaim(held)
    } catch (error) {
      report.warn('UMBRA_SHADOW_RECLAIM', `reclaim of ${this} threw: ${error}`)
    }
  }

  /** The living parents of its variables, as a snapshot; undefined where it does not keep account of them. */
  parents(): object[] | undefined {
    if (this.state.tracked) return Array.from(this.tracked.keys(), (ref) => ref.deref()!).filter(Boolean)
  }

  #detachAll(dtor?: Destructor<unknown>): number {
    if (dtor) this.#mustBeEnumerable()
    const parents = this.parents()
    const { state } = this
    if (!parents) {
      const count = state.attached - state.detached
      state.detached = state.attached
      state.direct = false
      state.token.dead = true
      state.token = { owner: this, dead: false }
      return count
    }
    let count = 0
    const errors: unknown[] = []
    for (const parent of parents) {
      try {
        this.detach(parent, (obj, data) => {
          count++
          dtor?.(obj, data)
        })
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length) throw new AggregateError(errors, `${errors.length} destructors of ${this} threw`)
    return count
  }

  *[Symbol.iterator](): IterableIterator<[object, unknown]> {
    this.#mustBeEnumerable()
    for (const parent of this.parents()!) if (this.has(parent)) yield [parent, this.get(parent)]
  }

  #mustBeEnumerable(): void {
    if (!this.options.enumerable) throw new TypeError(`${this} is not enumerable`)
  }

  duplicate(parent: object): void {
    const name = report.classOf(parent)
    report.warn('UMBRA_SHADOW_DUPLICATE', `duplicate ${this}${name ? ` of a ${name}` : ''}, left as it was`)
  }

  reenter(): never {
    throw new Error(`attaching ${this} inside its constructor`)
  }
}
