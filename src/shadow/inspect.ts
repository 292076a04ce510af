/**
 * Looking at the heap store from outside: totals, the variables of one object, and showing them in `util.inspect`
 * and in Chrome DevTools. Nothing here runs code of the parents. Not part of `umbra/shadow`, which stays small.
 */
import util from 'node:util'
import type { Identity } from './identity.ts'
import { classOf } from './node.ts'
import { refuse, store } from './store.ts'
import type { Name } from './types.ts'

export interface Total {
  name: Name
  /** How many were ever attached, and detached again. */
  attached: number
  detached: number
  /** How often `reclaim` ran. */
  reclaimed: number
  /** How many are attached to living parents; undefined where the store keeps no account of them. */
  live: number | undefined
  /** The living ones by the class of their parent, most first, '?' where it cannot be told; only where kept account. */
  classes: { name: string; live: number }[] | undefined
  enumerable: boolean
  reclaim: boolean
  storage: 'inline' | 'table'
}

/** What is known of each identifier, in the order in which they were first used. O(n) for tracked variables. */
export function totals(): Total[] {
  return Array.from(store.names.values(), (identity) => {
    const { name, attached, detached, reclaimed, tracked, enumerable, reclaim, inline } = identity
    return {
      name,
      attached,
      detached,
      reclaimed,
      live: tracked?.size,
      classes: classes(identity),
      enumerable,
      reclaim: reclaim !== undefined,
      storage: inline ? 'inline' : 'table',
    }
  })
}

function classes(identity: Identity): Total['classes'] {
  const parents = identity.parents()
  if (parents === undefined) return undefined
  const counts = new Map<string, number>()
  for (const parent of parents) {
    const name = classOf(parent) ?? '?'
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return Array.from(counts, ([name, live]) => ({ name, live })).sort((a, b) => b.live - a.live)
}

export interface Variable {
  name: Name
  data: unknown
}

/**
 * The shadow variables of an object, in the order in which their identifiers were first used. O(identifiers).
 *
 * @throws TypeError for a primitive
 */
export function variablesOf(object: object): Variable[] {
  if (Object(object) !== object) refuse('parent', object)
  return Array.from(store.names.values())
    .filter((identity) => identity.has(object))
    .map((identity) => ({ name: identity.name, data: identity.get(object) }))
}

/** `{ [SV_LEAK]: …, [SV_COUNTER]: … }`, for a person to read. */
function shadowOf(object: object): object | undefined {
  const variables = variablesOf(object)
  if (variables.length === 0) return undefined
  return Object.fromEntries(variables.map(({ name, data }) => [name, data]))
}

/** What `util.inspect` gives; with `shadow: true`, the shadow variables of the value itself follow it. */
export function inspect(value: unknown, options: util.InspectOptions & { shadow?: boolean } = {}): string {
  const { shadow = true, ...rest } = options
  const shown = util.inspect(value, rest)
  const isObject = value !== null && (typeof value === 'object' || typeof value === 'function')
  const variables = shadow && isObject ? shadowOf(value) : undefined
  return variables === undefined ? shown : `${shown} shadow ${util.inspect(variables, rest)}`
}

/** A custom formatter of Chrome DevTools: an array in JsonML of what to show, or null to leave an object alone. */
interface Formatter {
  header(value: unknown, config?: { plain?: boolean }): unknown[] | null
  hasBody(value: unknown): boolean
  body(value: unknown): unknown[]
}

const formatter: Formatter = {
  header(value, config) {
    // Inside its own view an object is shown as DevTools does by itself.
    if (value === null || typeof value !== 'object' || config?.plain) return null
    const names = variablesOf(value).map(({ name }) => String(name))
    if (names.length === 0) return null
    return ['span', {}, `${classOf(value) ?? 'Object'} with shadow variables: ${names.join(', ')}`]
  },
  hasBody: () => true,
  body(value) {
    const object = value as object
    const row = (name: string, shown: object) => ['li', {}, `${name}: `, ['object', shown]]
    return [
      'ol',
      { style: 'list-style: none; margin: 0; padding-left: 1em' },
      row('object', { object, config: { plain: true } }),
      ...variablesOf(object).map(({ name, data }) => row(`shadow ${String(name)}`, { object: data })),
    ]
  },
}

/**
 * Shows the shadow variables of inspected objects in Chrome DevTools, attached to this process or to this page:
 * Settings, Preferences, Console, "Custom formatters" must be on. Returns a function that takes it out again.
 */
export function installDevtoolsFormatter(): () => void {
  const home = globalThis as { devtoolsFormatters?: Formatter[] }
  home.devtoolsFormatters = [...(home.devtoolsFormatters ?? []), formatter]
  return () => {
    home.devtoolsFormatters = home.devtoolsFormatters?.filter((other) => other !== formatter) ?? []
  }
}
