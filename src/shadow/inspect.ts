/**
 * Looking at the heap store from outside: totals, and the variables of one object. Nothing here runs code of the
 * parents. Not part of `umbra/shadow`, which stays small.
 */
import type { Identity } from './identity.ts'
import './node.ts'
import { report } from './report.ts'
import { store } from './store.ts'
import type { Name } from './types.ts'

export interface Total {
  name: Name
  /** How many were ever attached, and detached again. */
  attached: number
  detached: number
  /** How often `reclaim` ran. */
  reclaimed: number
  /** How many are attached to living parents; undefined where the store does not track them. */
  live: number | undefined
  /** Living ones by the class of their parent, most first, '?' where the class cannot be told; only where tracked. */
  classes: { name: string; live: number }[] | undefined
  enumerable: boolean
  reclaim: boolean
  storage: 'inline' | 'table'
}

/** What is known of each identifier, in the order in which they were first used. */
export function totals(): Total[] {
  return Array.from(store.identities(), (identity) => {
    const { name, state, options, reclaimed, tracked } = identity
    return {
      name,
      attached: state.attached,
      detached: state.detached,
      reclaimed,
      live: state.tracked ? tracked.size : undefined,
      classes: classes(identity),
      enumerable: options.enumerable ?? false,
      reclaim: options.reclaim !== undefined,
      storage: options.storage ?? 'inline',
    }
  })
}

function classes(identity: Identity): Total['classes'] {
  const parents = identity.parents()
  if (parents === undefined) return undefined
  const counts = new Map<string, number>()
  for (const parent of parents) {
    const name = report.classOf(parent) ?? '?'
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return Array.from(counts, ([name, live]) => ({ name, live })).sort((a, b) => b.live - a.live)
}

export interface Variable {
  name: Name
  data: unknown
}

/**
 * The shadow variables of an object.
 *
 * @throws TypeError for a primitive
 */
export function variablesOf(object: object): Variable[] {
  store.check(object)
  const variables = new Map<Name, unknown>()
  // A stamped parent may have further variables in the table.
  for (const inline of [true, false])
    for (let node = store.list(object, inline); node; node = node.next) {
      const owner = node.token.owner as Identity | undefined
      if (owner && !node.token.dead) variables.set(owner.name, node.data)
    }
  return Array.from(variables, ([name, data]) => ({ name, data }))
}
