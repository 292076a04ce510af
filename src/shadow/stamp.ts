import type { Node, Token } from './list.ts'

/** What the accessors need from the rest of the store. Handed in, because their text is compiled on its own. */
export interface Surroundings {
  ABSENT: symbol
  FREE: Token
  find(node: Node | undefined, token: Token): Node | undefined
  without(head: Node | undefined, token?: Token): Node | undefined
  /** Lists of parents without a stamp: those of `storage: 'table'`, and those that the engine refuses to stamp. */
  table: WeakMap<object, Node>
  /** True once the engine has refused an object. */
  refused: boolean
  /** The constructors that are running, innermost first. */
  building: Building | undefined
  /** Throws unless `error` only says that the engine refuses to stamp this object. */
  blame(parent: unknown, error?: unknown): void
}

export interface Building {
  parent: object
  owner: Owner
  outer: Building | undefined
}

/** What the accessors need from their identifier. */
export interface Owner {
  /** What to keep for `reclaim`; may run the program's code. */
  holdOf(data: unknown): unknown
  track(parent: object, held: unknown): void
  untrack(parent: object): void
  /** Reports the duplicate. */
  duplicate(parent: object): void
  reenter(parent: object): never
}

export interface Accessors {
  get(parent: object): unknown
  has(parent: object): boolean
  attach(parent: object, data: unknown): unknown
  getOrAttach(parent: object, ctor: (parent: object) => unknown): unknown
  updateOrAttach(parent: object, data: unknown, dtor?: (parent: object, old: unknown) => void): unknown
  detach(parent: object, dtor?: (parent: object, data: unknown) => void): boolean
  /** Takes options; there is no variable that they would matter to. */
  configure(inline: boolean, tracked: boolean): void
  /** Makes every variable absent at once; how many there were, collected parents included. */
  renew(): number
  counts(): { attached: number; detached: number }
}

export interface Stamps {
  /** One set of accessors for each identifier that wants type feedback of its own. */
  sets: ((owner: Owner) => Accessors)[]
  /** The live variables of a parent. */
  list(parent: object): Node[]
  /** The general way, for what need not be fast. */
  find(parent: object, token: Token, inline: boolean): Node | undefined
  insert(parent: object, token: Token, data: unknown, inline: boolean): boolean
}

/**
 * Shadow variables live in a private field of their parent: nothing can observe it, it works on frozen objects, and
 * the engine finds it by hidden class instead of hashing. A class can put a private field on any object that its
 * base constructor returns (an idea as old as private fields, known as "super return trick").
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
 * The text of this function is compiled once more with many copies of the arrow in `sets`, one an identifier: type
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

    static list(parent: object): Node[] {
      const nodes: Node[] = []
      env.blame(parent)
      for (let node = table.get(parent); node !== undefined; node = node.next) nodes.push(node)
      if (#token in parent) {
        if (parent.#token !== FREE) nodes.push({ token: parent.#token, data: parent.#data, next: undefined })
        for (let node = parent.#next; node !== undefined; node = node.next) nodes.push(node)
      }
      return nodes.filter((node) => !node.token.dead)
    }

    static find(parent: object, token: Token, inline: boolean): Node | undefined {
      const data = inline && #token in parent ? Stamp.#search(parent, token) : Stamp.#away(parent, token)
      return data === ABSENT ? undefined : { token, data, next: undefined }
    }

    static insert(parent: object, token: Token, data: unknown, inline: boolean): boolean {
      if (inline) {
        if (#token in parent) return Stamp.#add(parent, token, data)
        try {
          new Stamp(parent, token, data)
          return true
        } catch (error) {
          env.blame(parent, error)
        }
      }
      env.blame(parent)
      const list = table.get(parent)
      if (find(list, token) !== undefined) return false
      table.set(parent, { token, data, next: without(list) })
      return true
    }

    /** Searches a stamped parent; frees dead variables when it meets one. */
    static #search(parent: Stamp, token: Token): unknown {
      for (;;) {
        if (parent.#token === token) return parent.#data
        let dead = parent.#token.dead
        for (let node = parent.#next; node !== undefined && !dead; node = node.next) {
          if (node.token === token) return node.data
          dead = node.token.dead
        }
        if (!dead) return ABSENT
        Stamp.#free(parent)
      }
    }

    /** Frees the dead variables of a stamped parent, and the one of `token`. */
    static #free(parent: Stamp, token?: Token) {
      parent.#next = without(parent.#next, token)
      if (parent.#token !== token && !parent.#token.dead) return
      const next = parent.#next
      parent.#token = next === undefined ? FREE : next.token
      parent.#data = next?.data
      parent.#next = next?.next
    }

    static #add(parent: Stamp, token: Token, data: unknown): boolean {
      if (Stamp.#search(parent, token) !== ABSENT) return false
      Stamp.#free(parent)
      if (parent.#token === FREE) {
        parent.#token = token
        parent.#data = data
      } else parent.#next = { token, data, next: parent.#next }
      return true
    }

    /** Searches a parent without stamp. */
    static #away(parent: object, token: Token): unknown {
      const node = find(table.get(parent), token)
      if (node === undefined) {
        env.blame(parent)
        return ABSENT
      }
      return node.data
    }

    static #remove(parent: object, token: Token, inline: boolean): unknown {
      if (inline && #token in parent) {
        const data = Stamp.#search(parent, token)
        if (data !== ABSENT) Stamp.#free(parent, token)
        return data
      }
      const data = Stamp.#away(parent, token)
      if (data === ABSENT) return ABSENT
      const rest = without(table.get(parent), token)
      if (rest === undefined) table.delete(parent)
      else table.set(parent, rest)
      return data
    }

    static #replace(parent: object, token: Token, data: unknown, inline: boolean): unknown {
      if (inline && #token in parent && parent.#token === token) {
        const old = parent.#data
        parent.#data = data
        return old
      }
      const node = find(inline && #token in parent ? parent.#next : table.get(parent), token)
      if (node === undefined) return ABSENT
      const old = node.data
      node.data = data
      return old
    }

    static sets = [
      (owner: Owner): Accessors => {
        // A class of its own, because V8 treats a field that no instance of a class ever changed as a constant.
        const self = new (class {
          token: Token = { owner, dead: false }
          inline = true
          tracked = false
          /** All its variables are in stamps, first of their parents: what is not first is not there. */
          direct = true
        })()
        let attached = 0
        let detached = 0

        /** No key may appear while its constructor runs: it would exist twice. */
        const guard = (parent: object) => {
          for (let b = env.building; b !== undefined; b = b.outer)
            if (b.parent === parent && b.owner === owner) owner.reenter(parent)
        }

        const insert = (parent: object, data: unknown): boolean => {
          if (self.inline) {
            try {
              if (!(#token in parent)) {
                new Stamp(parent, self.token, data)
                return true
              }
              if (parent.#token === FREE) {
                parent.#token = self.token
                parent.#data = data
                return true
              }
              if (parent.#token === self.token) return false
              if (self.direct) self.direct = false
            } catch (error) {
              env.blame(parent, error)
            }
          }
          return Stamp.insert(parent, self.token, data, self.inline)
        }

        const attach = (parent: object, data: unknown): unknown => {
          if (env.building !== undefined) guard(parent)
          let held: unknown
          if (self.tracked) {
            env.blame(parent)
            held = owner.holdOf(data)
          }
          if (!insert(parent, data)) {
            owner.duplicate(parent)
            return undefined
          }
          attached++
          if (self.tracked) owner.track(parent, held)
          return data
        }

        const search = (parent: object): unknown => {
          if (!self.inline) return Stamp.#away(parent, self.token)
          try {
            if (#token in parent) {
              if (parent.#token === self.token) return parent.#data
              for (let node = parent.#next; node !== undefined; node = node.next)
                if (node.token === self.token) return node.data
              return Stamp.#search(parent, self.token)
            }
          } catch (error) {
            env.blame(parent, error)
          }
          return env.refused ? Stamp.#away(parent, self.token) : ABSENT
        }

        return {
          get(parent) {
            if (self.direct && !env.refused) {
              try {
                return #token in parent && parent.#token === self.token ? parent.#data : undefined
              } catch (error) {
                env.blame(parent, error)
              }
            }
            const data = search(parent)
            return data === ABSENT ? undefined : data
          },

          has(parent) {
            if (self.direct && !env.refused) {
              try {
                return #token in parent && parent.#token === self.token
              } catch (error) {
                env.blame(parent, error)
              }
            }
            return search(parent) !== ABSENT
          },

          attach,

          getOrAttach(parent, ctor) {
            // Its own search: the stampless parents that it meets would spoil the feedback of get.
            if (self.direct && !env.refused) {
              try {
                if (#token in parent && parent.#token === self.token) return parent.#data
              } catch (error) {
                env.blame(parent, error)
              }
            } else {
              const found = search(parent)
              if (found !== ABSENT) return found
            }
            if (env.building !== undefined) guard(parent)
            const outer = env.building
            env.building = { parent, owner, outer }
            let data: unknown
            try {
              data = ctor(parent)
            } finally {
              env.building = outer
            }
            return attach(parent, data)
          },

          updateOrAttach(parent, data, dtor) {
            env.blame(parent)
            if (env.building !== undefined) guard(parent)
            const held = self.tracked ? owner.holdOf(data) : undefined
            const old = Stamp.#replace(parent, self.token, data, self.inline)
            if (old === ABSENT) return attach(parent, data)
            if (self.tracked) {
              owner.untrack(parent)
              owner.track(parent, held)
            }
            dtor?.(parent, old)
            return data
          },

          detach(parent, dtor) {
            env.blame(parent)
            let data: unknown
            if (
              self.inline &&
              #token in parent &&
              parent.#token === self.token &&
              parent.#next === undefined
            ) {
              data = parent.#data
              parent.#token = FREE
              parent.#data = undefined
            } else data = Stamp.#remove(parent, self.token, self.inline)
            if (data === ABSENT) return false
            detached++
            if (self.tracked) owner.untrack(parent)
            dtor?.(parent, data)
            return true
          },

          configure(inline, tracked) {
            if (self.inline !== inline) self.inline = inline
            if (!inline && self.direct) self.direct = false
            if (self.tracked !== tracked) self.tracked = tracked
          },

          renew() {
            const count = attached - detached
            self.token.dead = true
            self.token = { owner, dead: false }
            if (self.direct) self.direct = false
            detached += count
            return count
          },

          counts: () => ({ attached, detached }),
        }
      },
    ]
  }

  return Stamp
}
