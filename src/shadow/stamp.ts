import type { Node, Token } from './list.ts'

/** What the accessors need from the rest of the store. Handed in, because their text is compiled on its own. */
export interface Surroundings {
  ABSENT: symbol
  FREE: Token
  find(list: Node | undefined, token: Token): Node | undefined
  without(list: Node | undefined, token?: Token): Node | undefined
  /** Lists of parents without a stamp: those of `storage: 'table'`, and those that the engine refuses to stamp. */
  table: WeakMap<object, Node>
  /** Whether the engine ever refused to stamp an object. */
  refused: boolean
  /** Throws for a primitive. */
  check(parent: unknown): void
}

/** What an identifier does beside storing. */
export interface Owner {
  /** What to keep for `reclaim`; may run the program's code. */
  holdOf(data: unknown): unknown
  /** Keeps account of a variable that was attached, or has new data. */
  track(parent: object, held: unknown): void
  untrack(parent: object): void
  /** Reports a duplicate. */
  duplicate(parent: object): void
  /** A constructor attaches the variable that it is to make. */
  reenter(): never
}

/** The state of an identifier. Most of these fields never change, and V8 compiles them as constants until they do. */
export interface State {
  token: Token
  inline: boolean
  tracked: boolean
  /** All its variables are in stamps, first of their parents: what is not first is not there. */
  direct: boolean
  /** It only ever met parents without a stamp, and tries to stamp before it looks. */
  fresh: boolean
  attached: number
  detached: number
  /** The parents whose constructors are running. */
  building: object[]
}

export interface Accessors {
  get(parent: object): unknown
  has(parent: object): boolean
  attach(parent: object, data: unknown): unknown
  getOrAttach(parent: object, ctor: (parent: object) => unknown): unknown
  updateOrAttach(parent: object, data: unknown, dtor?: (parent: object, old: unknown) => void): unknown
  detach(parent: object, dtor?: (parent: object, data: unknown) => void): boolean
}

export interface Stamps {
  /** A place for each identifier that wants type feedback of its own. */
  places: ((owner: Owner) => [State, Accessors])[]
  /** All variables of a parent, dead ones too; from its stamp, or from the table. */
  list(parent: object, inline: boolean): Node | undefined
  /** False where the variable exists. */
  insert(parent: object, token: Token, data: unknown, inline: boolean): boolean
}

/**
 * Shadow variables live in a private field of their parent: nothing can observe it, it works on frozen objects, and
 * the engine finds it by hidden class instead of hashing. A class can put private fields on any object that its base
 * constructor returns (known as the super return trick).
 *
 * ```
 *   parent ── #token ─ whose variable this is      further ones:
 *          ├─ #data                                { token, data, next } ─→ { token, data, next }
 *          └─ #next ───────────────────────────────┘
 * ```
 *
 * Three fields, because V8 makes room for three at a time. All identifiers share them, so that a class of parents
 * has two hidden classes, with and without stamp, however many identifiers there are.
 *
 * The text of this function is compiled once more with many copies of the arrow in `places`, one an identifier: type
 * feedback belongs to a place in a text. So it must not use anything but its parameter.
 */
export function makeStamps(surroundings: Surroundings): Stamps {
  // A constant, so that V8 may treat as constants those of its fields that have not changed yet.
  const env = surroundings
  const { ABSENT, FREE, find, without, table } = env

  class Return {
    constructor(parent: object) {
      // biome-ignore lint/correctness/noConstructorReturn: this is how a field gets onto an existing object
      return parent
    }
  }

  class Stamp extends Return {
    #token: Token
    #data: unknown
    #next: Node | undefined

    constructor(parent: object, token: Token, data: unknown) {
      super(parent)
      this.#token = token
      this.#data = data
    }

    static list(parent: object, inline: boolean): Node | undefined {
      if (!inline || !(#token in parent)) return table.get(parent)
      if (parent.#token !== FREE) return { token: parent.#token, data: parent.#data, next: parent.#next }
    }

    static #save(parent: object, list: Node | undefined, inline: boolean) {
      if (inline && #token in parent) {
        parent.#token = list?.token ?? FREE
        parent.#data = list?.data
        parent.#next = list?.next
      } else if (list) table.set(parent, list)
      else table.delete(parent)
    }

    /** Frees dead variables, which is done when a search meets them: it has found nothing. */
    static #tidy(parent: Stamp): symbol {
      let list = Stamp.list(parent, true)
      while (list && !list.token.dead) list = list.next
      if (list) Stamp.#save(parent, without(Stamp.list(parent, true)), true)
      return ABSENT
    }

    static insert(parent: object, token: Token, data: unknown, inline: boolean): boolean {
      env.check(parent)
      if (inline && !(#token in parent)) {
        try {
          new Stamp(parent, token, data)
          return true
        } catch (error) {
          // The engine refuses; any other error, such as a full stack, is not about this parent.
          if (!(error instanceof TypeError)) throw error
          env.refused = true
        }
      }
      const list = without(Stamp.list(parent, inline))
      if (find(list, token)) return false
      // Behind the first, which may be of an identifier that is looked for nowhere else.
      const node = { token, data, next: list?.next }
      if (list) list.next = node
      Stamp.#save(parent, list ?? node, inline)
      return true
    }

    static places = [
      (owner: Owner): [State, Accessors] => {
        // A class of its own: what V8 knows of fields that never change it knows by class.
        const self: State = new (class {
          token: Token = { owner, dead: false }
          inline = true
          tracked = false
          direct = true
          fresh = true
          attached = 0
          detached = 0
          building: object[] = []
        })()

        const search = (parent: object): unknown => {
          if (self.inline) {
            try {
              if (#token in parent) {
                if (parent.#token === self.token) return parent.#data
                for (let node = parent.#next; node; node = node.next)
                  if (node.token === self.token) return node.data
                return Stamp.#tidy(parent)
              }
            } catch {}
          }
          env.check(parent)
          const node = find(self.inline && !env.refused ? undefined : table.get(parent), self.token)
          return node ? node.data : ABSENT
        }

        const insert = (parent: object, data: unknown): boolean => {
          if (self.fresh) {
            // A constructor that returns a primitive makes an object of its own instead.
            env.check(parent)
            try {
              new Stamp(parent, self.token, data)
              return true
            } catch {
              self.fresh = false
            }
          }
          const inserted = Stamp.insert(parent, self.token, data, self.inline)
          if (self.direct && !(#token in parent && parent.#token === self.token)) self.direct = false
          return inserted
        }

        const guard = (parent: object) => self.building.includes(parent) && owner.reenter()

        const attach = (parent: object, data: unknown, held: unknown): unknown => {
          guard(parent)
          if (!insert(parent, data)) {
            owner.duplicate(parent)
            return
          }
          self.attached++
          if (self.tracked) owner.track(parent, held)
          return data
        }

        return [
          self,
          {
            // Each looks in its own text before it searches, to keep type feedback apart: the parents without a stamp
            // that getOrAttach meets would spoil that of get.
            get(parent) {
              if (self.direct && !env.refused) {
                try {
                  return #token in parent && parent.#token === self.token ? parent.#data : undefined
                } catch {}
              }
              const data = search(parent)
              return data === ABSENT ? undefined : data
            },

            has: (parent) => search(parent) !== ABSENT,

            attach: (parent, data) => attach(parent, data, owner.holdOf(data)),

            getOrAttach(parent, ctor) {
              if (self.direct && !env.refused) {
                try {
                  if (#token in parent && parent.#token === self.token) return parent.#data
                } catch {}
              } else {
                const data = search(parent)
                if (data !== ABSENT) return data
              }
              env.check(parent)
              guard(parent)
              self.building.push(parent)
              let data: unknown
              try {
                data = ctor(parent)
              } finally {
                self.building.pop()
              }
              return attach(parent, data, owner.holdOf(data))
            },

            updateOrAttach(parent, data, dtor) {
              const held = owner.holdOf(data)
              const old = search(parent)
              if (old === ABSENT) return attach(parent, data, held)
              if (self.inline && #token in parent && parent.#token === self.token) parent.#data = data
              else find(Stamp.list(parent, self.inline), self.token)!.data = data
              if (self.tracked) owner.track(parent, held)
              dtor?.(parent, old)
              return data
            },

            detach(parent, dtor) {
              const data = search(parent)
              if (data === ABSENT) return false
              Stamp.#save(parent, without(Stamp.list(parent, self.inline), self.token), self.inline)
              self.detached++
              if (self.tracked) owner.untrack(parent)
              dtor?.(parent, data)
              return true
            },
          },
        ]
      },
    ]
  }

  return Stamp
}
