import { report } from './report.ts'
import type { Accessors, Token } from './stamp.ts'
import type { Destructor, Name, ShadowOptions } from './types.ts'

/** The one weak reference to each parent with tracked variables. */
const references = new WeakMap<object, WeakRef<object>>()

/** Identifiers that keep account of their variables: the enumerable ones and those with `reclaim`. */
const trackers = new Set<Identity>()

/** Told of every parent with tracked variables that was collected. */
const graveyard = new FinalizationRegistry<WeakRef<object>>((reference) => {
  for (const identity of trackers) identity.bury(reference)
})

/**
 * An identifier without the verbs of single parents, which stamp.ts adds. Most of the fields that these use never
 * change, and V8 compiles them as constants until they do: so only what changes is written.
 */
export class Identity {
  declare readonly name: Name
  /** The options on which variables depend. */
  declare kind: string
  declare enumerable: boolean
  declare reclaim: ShadowOptions['reclaim']
  declare hold: (data: unknown) => unknown
  token: Token = { owner: this, dead: false }
  /** Stamps go onto the parents themselves. */
  declare inline: boolean
  /** Some of its variables may be in the table. */
  declare tabled: boolean
  /** All its variables are in stamps of their parents, in first place: what is not there does not exist. */
  direct = true
  /** It only ever met parents without a stamp, and tries to stamp before it looks. */
  fresh = true
  attached = 0
  detached = 0
  reclaimed = 0
  /** Where it keeps account: what was held for each variable, by the reference to its parent. */
  declare tracked: Map<WeakRef<object>, unknown> | undefined
  readonly #building = new Set<object>()

  declare readonly has: Accessors['has']
  declare readonly get: Accessors['get']
  declare readonly attach: Accessors['attach']
  declare readonly detach: Accessors['detach']

  constructor(name: Name) {
    this.name = name
    this.configure({})
  }

  toString(): string {
    return `shadow variable '${String(this.name)}'`
  }

  /** Takes the options of a declaration, or throws when variables depend on other ones. */
  configure({ enumerable = false, storage = 'inline', reclaim, hold = (data) => data }: ShadowOptions): void {
    const kind = `enumerable: ${enumerable}, storage: ${storage}, reclaim: ${!!reclaim}`
    if (kind !== this.kind) {
      if (this.tracked?.size ?? this.attached - this.detached)
        throw new TypeError(`${this} is attached with { ${this.kind} }, not { ${kind} }, detachAll first`)
      this.kind = kind
      this.tabled = storage === 'table'
      this.inline = !this.tabled
      if (this.tabled) this.direct = this.fresh = false
      this.tracked = enumerable || reclaim ? new Map() : undefined
      if (this.tracked) trackers.add(this)
    }
    Object.assign(this, { enumerable, reclaim, hold })
  }

  /** What to keep for `reclaim`; may run the program's code. */
  holdOf(data: unknown): unknown {
    const { reclaim, hold } = this
    return reclaim && hold(data)
  }

  /** Keeps account of a variable that was attached, or has new data. */
  track(parent: object, held: unknown): void {
    let reference = references.get(parent)
    if (!reference) {
      reference = new WeakRef(parent)
      references.set(parent, reference)
      graveyard.register(parent, reference)
    }
    this.tracked!.set(reference, held)
  }

  untrack(parent: object): void {
    this.tracked!.delete(references.get(parent)!)
  }

  bury(reference: WeakRef<object>): void {
    const held = this.tracked?.get(reference)
    const { reclaim } = this
    if (!this.tracked?.delete(reference) || !reclaim) return
    this.reclaimed++
    try {
      reclaim(held)
    } catch (error) {
      report.warn('UMBRA_SHADOW_RECLAIM', `reclaim of ${this} threw: ${error}`)
    }
  }

  /** The living parents of its variables, as a snapshot; undefined where it does not keep account of them. */
  parents(): object[] | undefined {
    if (this.tracked) return Array.from(this.tracked.keys(), (ref) => ref.deref()!).filter(Boolean)
  }

  readonly detachAll = (dtor?: Destructor<unknown>): number => {
    if (dtor) this.#mustBeEnumerable()
    const parents = this.parents()
    if (!parents) {
      const count = this.attached - this.detached
      this.detached = this.attached
      this.direct = false
      this.token.dead = true
      this.token = { owner: this, dead: false }
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
    if (!this.enumerable) throw new TypeError(`${this} is not enumerable`)
  }

  /** Reports a duplicate. */
  duplicate(parent: object): void {
    report.warn('UMBRA_SHADOW_DUPLICATE', `duplicate ${this}`, parent)
  }

  /** Throws where a constructor attaches the variable that it is to make. */
  guard(parent: object): void {
    if (this.#building.has(parent)) throw new Error(`attaching ${this} inside its constructor`)
  }

  /** What a constructor makes. */
  construct(parent: object, ctor: (parent: object) => unknown): unknown {
    this.guard(parent)
    this.#building.add(parent)
    try {
      return ctor(parent)
    } finally {
      this.#building.delete(parent)
    }
  }
}
