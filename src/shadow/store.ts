import { Identity, notAnObject } from './identity.ts'
import { ABSENT, FREE, find, without } from './list.ts'
import { describe } from './report.ts'
import { makeStamps, type Stamps, type Surroundings } from './stamp.ts'
import type { Name } from './types.ts'

/** How many identifiers get accessors with type feedback of their own; further ones share a set. */
const SETS = 32

export interface Store {
  /** The identifier of this name; undefined, or made, where there is none. */
  identify(id: unknown, make: boolean): Identity | undefined
  identities(): Iterable<Identity>
  /** Throws for a primitive. */
  check(parent: unknown): void
  list: Stamps['list']
}

function createStore(): Store {
  const env: Surroundings = {
    ABSENT,
    FREE,
    find,
    without,
    table: new WeakMap(),
    refused: false,
    building: undefined,
    blame(parent, error) {
      if (parent === null || (typeof parent !== 'object' && typeof parent !== 'function'))
        throw notAnObject(parent)
      if (error === undefined) return
      if (!(error instanceof TypeError)) throw error
      env.refused = true
    },
  }
  let made: Stamps | undefined
  const stamps = (): Stamps => {
    made ??= compile(env)
    return made
  }
  const names = new Map<Name, Identity>()

  return {
    identify(id, make) {
      if (id instanceof Identity) return id
      const type = typeof id
      if (type !== 'string' && type !== 'number' && type !== 'symbol')
        throw new TypeError(`an identifier is a ShadowId, string, number or symbol, not ${describe(id)}`)
      const name = id as Name
      let identity = names.get(name)
      if (identity === undefined && make) {
        const { sets } = stamps()
        identity = new Identity(name, stamps(), sets[Math.min(names.size, sets.length - 1)]!)
        names.set(name, identity)
      }
      return identity
    },
    identities: () => names.values(),
    check: (parent) => env.blame(parent),
    list: (parent) => stamps().list(parent),
  }
}

/** The stamps with many sets of accessors; with a single one where code generation is switched off. */
function compile(env: Surroundings): Stamps {
  const plain = makeStamps(env)
  try {
    const set = plain.sets[0]!.toString()
    const text = makeStamps.toString().replace(set, () => `${set},`.repeat(SETS))
    const stamps: Stamps = new Function(`return ${text}`)()(env)
    // A bundler or a coverage tool may have put names into the text that exist only around the original.
    const probe = {}
    for (const inline of [true, false]) {
      stamps.insert(probe, FREE, 0, inline)
      stamps.list(probe)
    }
    return stamps.sets.length === SETS ? stamps : plain
  } catch {
    return plain
  }
}

/** One store per thread: the first copy of the package to be loaded makes it, the others find it here. */
const key = Symbol.for('umbra.shadow.store.1')
const home = globalThis as { [key]?: Store }
if (home[key] === undefined) Object.defineProperty(home, key, { value: createStore() })

export const store: Store = home[key]!
