import { define } from '../define.ts'
import { Identity } from './identity.ts'
import { makeStamps, type Stamps } from './stamp.ts'
import type { Name } from './types.ts'

/** How many identifiers get accessors with type feedback of their own; further ones share the last place. */
const PLACES = 32

export interface Store {
  /** The identifier itself, or the one of this name; made where there is none. */
  identify(id: unknown): Identity
  names: Map<unknown, Identity>
}

// Compiled when first needed: many processes load the store and never use it.
let stamps: Stamps | undefined
const names = new Map<unknown, Identity>()

function identify(id: unknown): Identity {
  if (id instanceof Identity) return id
  if (!/^(string|number|symbol)$/.test(typeof id)) refuse('identifier', id)
  let identity = names.get(id)
  if (!identity) {
    stamps ??= compile()
    identity = (stamps.places[names.size] ?? stamps.places.at(-1)!)(id as Name)
    names.set(id, identity)
  }
  return identity
}

/** Names what was passed. */
export function refuse(role: string, value: unknown): never {
  throw new TypeError(`not a shadow variable's ${role}: ${typeof value} ${String(value)}`)
}

/** The stamps with a place for many identifiers; for a single one where code generation is switched off. */
function compile(): Stamps {
  const plain = makeStamps(Identity, refuse)
  try {
    const text = `${makeStamps}`.replace(`${plain.places[0]}`, (place) => Array(PLACES).fill(place).join())
    const stamps: Stamps = new Function(`return ${text}`)()(Identity, refuse)
    // Throws where a bundler or a coverage tool has put names into the text that exist only around the original.
    stamps.places.at(-1)!('').attach(stamps, 0)
    return stamps
  } catch {
    return plain
  }
}

/** One store per thread: the first copy of the package to be loaded makes it, the others find it here. */
const key = Symbol.for('umbra.shadow.store.1')
const home = globalThis as { [key]?: Store }
if (!home[key]) define(home, key, { value: { identify, names } })

export const store: Store = home[key]!
