import type { Identity } from './identity.ts'
import type { Name } from './types.ts'

/**
 * Marks a variable as its identifier's. To detach all without visiting any, an identifier declares its token dead
 * and takes a new one: whatever carries the old token is gone at once.
 */
export interface Token {
  /** The identifier. */
  readonly owner: object
  dead: boolean
}

/** One shadow variable in the list of those of a parent. The token says whose it is. */
export interface Node {
  token: Token
  data: unknown
  next: Node | undefined
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
  /** Make identifiers: one each for those that are to have type feedback of their own. */
  places: ((name: Name) => Identity)[]
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
 * has two hidden classes, with and without stamp, however many identifiers there are. Where the parent itself takes no
 * stamp, because of `storage: 'table'` or because the engine refuses, a table leads to an object that does.
 *
 * The text of this function is compiled once more with many copies of the arrow in `places`, one an identifier: type
 * feedback belongs to a place in a text. So it must not use anything but its parameters.
 *
 * @param Base the class of identifiers
 * @param refuse throws for a parent that is a primitive
 */
export function makeStamps(Base: typeof Identity, refuse: (role: string, parent: unknown) => never): Stamps {
  const ABSENT = Symbol()
  const table = new WeakMap<object, Stamp>()

  const check = (parent: unknown) => {
    if (typeof parent === 'object' ? !parent : typeof parent !== 'function') refuse('parent', parent)
  }

  class Return {
    constructor(parent: object) {
      // biome-ignore lint/correctness/noConstructorReturn: this is how a field gets onto an existing object
      return parent
    }
  }

  class Stamp extends Return {
    /** Undefined in a stamp that holds no variable. */
    #token: Token | undefined
    #data: unknown
    #next: Node | undefined

    constructor(parent: object, token: Token, data: unknown) {
      super(parent)
      this.#token = token
      this.#data = data
    }

    /** Unlinks the variable of `token` and the dead ones; the others keep their order. */
    static #unlink(carrier: Stamp, token?: Token): void {
      const kept: { next?: Node | undefined } = {}
      let last = kept
      let node: Node | undefined = { token: carrier.#token!, data: carrier.#data, next: carrier.#next }
      for (; node; node = node.next) if (node.token !== token && !node.token.dead) last = last.next = node
      last.next = undefined
      const first = kept.next
      carrier.#token = first?.token
      carrier.#data = first?.data
      carrier.#next = first?.next
    }

    static places: Stamps['places'] = [
      (name) => {
        // Of a class of its own: which fields have never changed V8 knows by class, and compiles them as constants.
        const self = new (class extends Base {})(name)

        /** What carries the stamp for a parent. */
        const carrierOf = (parent: object): Stamp | undefined => {
          check(parent)
          if (self.inline && #token in parent) return parent
          if (self.tabled) return table.get(parent)
        }

        const find = (node: Node | undefined): Node | undefined => {
          while (node && node.token !== self.token) node = node.next
          return node
        }

        const search = (carrier: Stamp | undefined): unknown => {
          if (!carrier) return ABSENT
          if (carrier.#token === self.token) return carrier.#data
          let dead = carrier.#token?.dead
          for (let node = carrier.#next; node; node = node.next) {
            if (node.token === self.token) return node.data
            dead ||= node.token.dead
          }
          if (dead) Stamp.#unlink(carrier)
          return ABSENT
        }

        /** False where the variable exists. */
        const insert = (parent: object, data: unknown): boolean => {
          const { token } = self
          check(parent)
          if (self.fresh || (self.inline && !(#token in parent))) {
            try {
              new Stamp(parent, token, data)
              return true
            } catch (error) {
              // It has a stamp, or the engine refuses; any other error, such as a full stack, is not about this parent.
              if (!(error instanceof TypeError)) throw error
              self.tabled ||= !(#token in parent)
              self.fresh &&= false
            }
          }
          const carrier = carrierOf(parent)
          if (search(carrier) !== ABSENT) return false
          if (carrier && !carrier.#token) {
            // Left empty in the table, where only those find it who look there.
            if (carrier !== parent) self.direct &&= false
            carrier.#token = token
            carrier.#data = data
            return true
          }
          self.direct &&= false
          // Behind the first, which may be of an identifier that is looked for nowhere else.
          if (carrier) carrier.#next = { token, data, next: carrier.#next }
          else table.set(parent, new Stamp({}, token, data))
          return true
        }

        const attach = (parent: object, data: unknown, held: unknown): unknown => {
          self.guard(parent)
          if (!insert(parent, data)) return self.duplicate(parent)
          self.attached++
          if (self.tracked) self.track(parent, held)
          return data
        }

        return Object.assign(self, <Accessors>{
          // Looks in its own text before it searches, to keep type feedback apart: the parents without a stamp that
          // the others meet would spoil it.
          get(parent) {
            try {
              if (self.direct)
                return #token in parent && parent.#token === self.token ? parent.#data : undefined
              if (self.inline && #token in parent) {
                if (parent.#token === self.token) return parent.#data
                const node = find(parent.#next)
                if (node) return node.data
              }
            } catch {}
            const data = search(carrierOf(parent))
            return data === ABSENT ? undefined : data
          },

          has: (parent) => search(carrierOf(parent)) !== ABSENT,

          attach: (parent, data) => attach(parent, data, self.holdOf(data)),

          getOrAttach(parent, ctor) {
            if (self.direct) {
              try {
                if (#token in parent && parent.#token === self.token) return parent.#data
              } catch {}
            } else {
              const data = search(carrierOf(parent))
              if (data !== ABSENT) return data
            }
            check(parent)
            const data = self.construct(parent, ctor)
            return attach(parent, data, self.holdOf(data))
          },

          updateOrAttach(parent, data, dtor) {
            const held = self.holdOf(data)
            const carrier = carrierOf(parent)
            const old = search(carrier)
            if (old === ABSENT) return attach(parent, data, held)
            if (carrier!.#token === self.token) carrier!.#data = data
            else find(carrier!.#next)!.data = data
            if (self.tracked) self.track(parent, held)
            dtor?.(parent, old)
            return data
          },

          detach(parent, dtor) {
            const carrier = carrierOf(parent)
            const data = search(carrier)
            if (data === ABSENT) return false
            Stamp.#unlink(carrier!, self.token)
            self.detached++
            if (self.tracked) self.untrack(parent)
            dtor?.(parent, data)
            return true
          },
        })
      },
    ]
  }

  return Stamp
}
