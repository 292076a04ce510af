import type { Token } from './list.ts'
import { className, describe, warn } from './report.ts'
import type { Accessors, Owner, Stamps } from './stamp.ts'
import type { Destructor, Name, ShadowOptions } from './types.ts'

/** What the store keeps of a parent with tracked variables. It leads neither to the parent nor to the data. */
interface Track {
  readonly parent: WeakRef<object>
  readonly entries: Map<Identity, Entry>
}

/** A tracked variable, in the list of its identifier's, oldest first. */
interface Entry {
  readonly track: Track
  held: unknown
  before: Entry | undefined
  after: Entry | undefined
}

type Reclaim = (held: unknown) => void

/** A parent's track hangs on the parent as a shadow variable of the store's own. */
const TRACK: Token = { owner: undefined, dead: false }

/** Told of every tracked parent that was collected. */
const graveyard = new FinalizationRegistry<Track>((track) => {
  for (const [identity, entry] of track.entries) identity.bury(entry)
})

/**
 * One identifier. Variables are *tracked* where the identifier is enumerable or has `reclaim`: the store then keeps
 * a list of them, with weak references to their parents.
 */
export class Identity implements Owner {
  readonly name: Name
  inline = true
  enumerable = false
  tracked = false
  reclaimed = 0
  #reclaim: Reclaim | undefined
  #hold: ((data: unknown) => unknown) | undefined
  #first: Entry | undefined
  #last: Entry | undefined
  #size = 0
  readonly #stamps: Stamps
  readonly #accessors: Accessors

  declare readonly get: Accessors['get']
  declare readonly has: Accessors['has']
  declare readonly attach: Accessors['attach']
  declare readonly getOrAttach: Accessors['getOrAttach']
  declare readonly updateOrAttach: Accessors['updateOrAttach']
  declare readonly detach: Accessors['detach']
  readonly detachAll: (dtor?: Destructor<unknown>) => number

  constructor(name: Name, stamps: Stamps, slot: (owner: Owner) => Accessors) {
    this.name = name
    this.#stamps = stamps
    this.#accessors = slot(this)
    const { get, has, attach, getOrAttach, updateOrAttach, detach } = this.#accessors
    Object.assign(this, { get, has, attach, getOrAttach, updateOrAttach, detach })
    this.detachAll = (dtor) => this.#detachAll(dtor)
  }

  toString(): string {
    return `'${String(this.name)}'`
  }

  /** Takes the options of a declaration, or throws when variables hang on other ones. */
  configure(options: ShadowOptions): void {
    const { enumerable = false, storage = 'inline', reclaim, hold } = options
    const now = this.describe()
    const then = { enumerable, storage, reclaim: reclaim !== undefined }
    const { attached, detached, live = attached - detached } = now
    for (const option of ['enumerable', 'storage', 'reclaim'] as const) {
      if (now[option] === then[option] || live === 0) continue
      throw new TypeError(
        `identifier ${this} has variables attached with ${option}: ${now[option]}, it cannot be declared with ` +
          `${option}: ${then[option]}; detach them first (detachAll)`,
      )
    }
    this.enumerable = enumerable
    this.inline = storage === 'inline'
    this.tracked = enumerable || reclaim !== undefined
    this.#accessors.configure(this.inline, this.tracked)
    this.#reclaim = reclaim as Reclaim | undefined
    this.#hold = hold
  }

  describe() {
    return {
      name: this.name,
      ...this.#accessors.counts(),
      reclaimed: this.reclaimed,
      live: this.tracked ? this.#size : undefined,
      enumerable: this.enumerable,
      reclaim: this.#reclaim !== undefined,
      storage: this.inline ? ('inline' as const) : ('table' as const),
    }
  }

  holdOf(data: unknown): unknown {
    if (this.#reclaim === undefined) return undefined
    return this.#hold === undefined ? data : this.#hold(data)
  }

  track(parent: object, held: unknown): void {
    let track = this.#stamps.find(parent, TRACK, this.inline)?.data as Track | undefined
    if (track === undefined) {
      track = { parent: new WeakRef(parent), entries: new Map() }
      this.#stamps.insert(parent, TRACK, track, this.inline)
      graveyard.register(parent, track)
    }
    const entry: Entry = { track, held, before: this.#last, after: undefined }
    if (this.#last === undefined) this.#first = entry
    else this.#last.after = entry
    this.#last = entry
    this.#size++
    track.entries.set(this, entry)
  }

  untrack(parent: object): void {
    const track = this.#stamps.find(parent, TRACK, this.inline)?.data as Track
    this.#drop(track.entries.get(this)!)
    track.entries.delete(this)
  }

  #drop(entry: Entry): void {
    if (entry.before === undefined) this.#first = entry.after
    else entry.before.after = entry.after
    if (entry.after === undefined) this.#last = entry.before
    else entry.after.before = entry.before
    this.#size--
  }

  /** The parent of this variable was collected. */
  bury(entry: Entry): void {
    this.#drop(entry)
    if (this.#reclaim === undefined) return
    this.reclaimed++
    try {
      this.#reclaim(entry.held)
    } catch (error) {
      warn('UMBRA_SHADOW_RECLAIM', `reclaim of ${this} threw: ${error}`)
    }
  }

  /** The living parents of its variables, as a snapshot; undefined where the store does not track them. */
  parents(): object[] | undefined {
    if (!this.tracked) return undefined
    const parents: object[] = []
    for (let entry = this.#first; entry !== undefined; entry = entry.after) {
      const parent = entry.track.parent.deref()
      if (parent !== undefined) parents.push(parent)
    }
    return parents
  }

  #detachAll(dtor?: Destructor<unknown>): number {
    if (dtor !== undefined && !this.enumerable) this.#refuse('detachAll with a destructor')
    const parents = this.parents()
    if (parents === undefined) return this.#accessors.renew()
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
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} destructors of ${this} threw`)
    return count
  }

  *[Symbol.iterator](): IterableIterator<[object, unknown]> {
    if (!this.enumerable) this.#refuse('iterating')
    for (const parent of this.parents()!) {
      if (this.has(parent)) yield [parent, this.get(parent)]
    }
  }

  #refuse(what: string): never {
    throw new TypeError(`${what} needs an enumerable identifier: declare ${this} with { enumerable: true }`)
  }

  duplicate(parent: object): void {
    const of = className(parent)
    warn(
      'UMBRA_SHADOW_DUPLICATE',
      `duplicate shadow variable ${this}${of === undefined ? '' : ` on an object of class ${of}`}: ` +
        'it keeps its data; getOrAttach or updateOrAttach say what to do with a variable that exists',
    )
  }

  reenter(): never {
    throw new Error(`the constructor of shadow variable ${this} attaches the variable that it is to make`)
  }
}

/** A TypeError for what is not an object. */
export function notAnObject(value: unknown): TypeError {
  return new TypeError(`a shadow variable needs an object as its parent, not ${describe(value)}`)
}
