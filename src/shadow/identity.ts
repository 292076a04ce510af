import { report } from './report.ts'
import type { Accessors, Owner, Place, State } from './stamp.ts'
import type { Destructor, Name, ShadowOptions } from './types.ts'

/** The one weak reference to each parent with tracked variables. */
const references = new WeakMap<object, WeakRef<object>>()

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
  readonly #building: object[] = []

  declare readonly state: State
  declare readonly has: Accessors['has']
  declare readonly get: Accessors['get']
  declare readonly detach: Accessors['detach']

  constructor(name: Name, place: Place) {
    this.name = name
    Object.assign(this, place(this))
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
    state.tabled = !state.inline
    if (state.tabled) state.direct = state.fresh = false
    if (state.tracked) trackers.add(this)
  }

  holdOf(data: unknown): unknown {
    const { reclaim, hold = (data) => data } = this.options
    return reclaim && hold(data)
  }

  track(parent: object, held: unknown): void {
    let reference = references.get(parent)
    if (!reference) {
      reference = new WeakRef(parent)
      references.set(parent, reference)
      graveyard.register(parent, reference)
    }
    this.tracked.set(reference, held)
  }

  untrack(parent: object): void {
    this.tracked.delete(references.get(parent)!)
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

  readonly detachAll = (dtor?: Destructor<unknown>): number => {
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
  };

  *[Symbol.iterator](): IterableIterator<[object, unknown]> {
    this.#mustBeEnumerable()
    for (const parent of this.parents()!) if (this.has(parent)) yield [parent, this.get(parent)]
  }

  #mustBeEnumerable(): void {
    if (!this.options.enumerable) throw new TypeError(`${this} is not enumerable`)
  }

  duplicate(parent: object): void {
    report.warn('UMBRA_SHADOW_DUPLICATE', `duplicate ${this}, left as it was`, parent)
  }

  guard(parent: object): void {
    if (this.#building.includes(parent)) throw new Error(`attaching ${this} inside its constructor`)
  }

  construct(parent: object, ctor: (parent: object) => unknown): unknown {
    this.guard(parent)
    this.#building.push(parent)
    try {
      return ctor(parent)
    } finally {
      this.#building.pop()
    }
  }
}
