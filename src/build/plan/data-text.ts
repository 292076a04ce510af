import { types } from 'node:util'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { seenOfCall, textOf } from '../read/observed-text.ts'
import type { Rehearsed } from '../read/rehearsal.ts'
import { isNumbered } from './counters.ts'
import type { FilePlan } from './file-plan.ts'
import { isBare, isObject } from './objects.ts'
import type { Expression, Place } from './running-data.ts'
import type { Sources } from './sources.ts'
import { Untold } from './untold.ts'

/** What the name of a new object begins with that stands at several places. */
export const SHARED = '$shared'

/** Of each object of the new version, the one of the running version that it is, and where. */
export type Partners = ReadonlyMap<object, { old: object; place: Place }>

/** Values that start-up code has made, as expressions of the patch. */
export class DataText {
  readonly #file: FilePlan
  readonly #sources: Sources
  readonly #before: Rehearsed
  readonly #after: Rehearsed
  readonly #partners: Partners
  /** The other way round. */
  readonly #successors: ReadonlyMap<object, object>
  /** How often new objects stand somewhere. */
  readonly #places = new Map<object, number>()
  readonly #names = new Map<object, string>()
  /** New objects that stand at several places: each with its name, SHARED and its number. */
  readonly shared: Expression[] = []

  constructor(
    file: FilePlan,
    sources: Sources,
    before: Rehearsed,
    after: Rehearsed,
    partners: Partners,
    successors: ReadonlyMap<object, object>,
  ) {
    this.#file = file
    this.#sources = sources
    this.#before = before
    this.#after = after
    this.#partners = partners
    this.#successors = successors
  }

  /** Notes where new objects stand, before any is written. */
  count(value: unknown): void {
    if (!isObject(value) || this.#partners.has(value) || this.#after.known.has(value)) return
    const count = (this.#places.get(value) ?? 0) + 1
    this.#places.set(value, count)
    if (count > 1 || typeof value === 'function') return
    for (const key of Reflect.ownKeys(value)) this.count(Object.getOwnPropertyDescriptor(value, key)!.value)
  }

  /** Refuses a place that a patch cannot get to. */
  checkReached({ once, name, keys }: Place): void {
    if (keys.some((key) => String(key).startsWith('[['))) throw new Untold()
    if (once === undefined) return
    const { scope, fn } = once.pair.old
    const old = scope.names.get(name) ?? fn?.parameters.names.get(name)
    const isRead = old !== undefined && this.#file.names.bindings.get(old)?.read !== undefined
    if (!isRead || !this.#file.exposed.isEntered(once.pair)) throw new Untold()
  }

  /** A value as an expression. `isFresh`: an object that has a partner, and is written all the same. */
  expression(value: unknown, side: 'old' | 'new', around: unknown[] = [], isFresh = false): Expression {
    if (!isObject(value)) {
      if (typeof value === 'symbol') throw new Untold()
      return [primitiveText(value)]
    }
    // What stood there is told by its content where that can be written: the program may have another one of the same.
    if (!isFresh && (side === 'new' || around.length > 0 || !this.#isWritten(value))) {
      const partner = this.#partners.get(side === 'new' ? value : (this.#successors.get(value) ?? value))
      if (partner !== undefined) {
        this.checkReached(partner.place)
        return [partner.place]
      }
    }
    const isElsewhere = this.#partners.has(value) || (this.#places.get(value) ?? 0) > 1
    if (isFresh && around.length > 0 && isElsewhere && !types.isRegExp(value)) throw new Untold()
    if (around.includes(value)) throw new Untold()
    const isShared = side === 'new' && !isFresh && (this.#places.get(value) ?? 0) > 1
    if (isShared && typeof value !== 'function') return [this.#sharedName(value)]
    return this.#content(value, side, around, isFresh)
  }

  /** Whether an object of the running version is a list or a plain object. */
  #isWritten(value: object): boolean {
    if (typeof value === 'function') return false
    const prototype = Object.getPrototypeOf(value) as object | null
    const name = prototype === null ? undefined : this.#before.known.get(prototype)
    return prototype === null || name === 'Object.prototype' || Array.isArray(value) || types.isRegExp(value)
  }

  /** One object at two places must not become two. */
  #sharedName(value: object): string {
    const known = this.#names.get(value)
    if (known !== undefined) return known
    const content = this.#content(value, 'new', [], false)
    this.shared.push(content)
    const name = `${SHARED}${this.shared.length}`
    this.#names.set(value, name)
    return name
  }

  #content(value: object, side: 'old' | 'new', around: unknown[], isFresh: boolean): Expression {
    if (types.isRegExp(value)) return [String(value)]
    const { known } = side === 'old' ? this.#before : this.#after
    if (typeof value === 'function' && side === 'new') return [this.#functionOf(value as () => unknown)]
    if (typeof value === 'function' || known.has(value)) throw new Untold()
    const inside = (one: unknown): Expression => this.expression(one, side, [...around, value], isFresh)
    if (Array.isArray(value)) {
      if (Object.keys(value).length !== value.length) throw new Untold()
      return ['[', ...value.flatMap((one, i) => [i === 0 ? '' : ', ', ...inside(one)]), ']']
    }
    const prototype = Object.getPrototypeOf(value) as object | null
    if (prototype !== null && known.get(prototype) !== 'Object.prototype') throw new Untold()
    const parts: Expression = prototype === null ? ['{ __proto__: null, '] : ['{ ']
    for (const key of Reflect.ownKeys(value)) {
      const descriptor = Object.getOwnPropertyDescriptor(value, key)!
      if (isNumbered(this.#file, descriptor)) continue
      if (typeof key === 'symbol' || !('value' in descriptor) || !descriptor.enumerable) throw new Untold()
      parts.push(`${keyText(key)}: `, ...inside(descriptor.value), ', ')
    }
    return [...parts, '}']
  }

  /** A function of the new version that stands in the module. */
  #functionOf(value: () => unknown): FunctionNode {
    const found = this.#sources.alike(textOf(value), this.#after.paths, 'new')
    const isOwn = found.every(
      ({ fn, source }) => source === this.#file.pair.new && seenOfCall(fn, source).length === 0,
    )
    if (found.length === 0 || !isOwn || !isBare(value.prototype ?? {})) throw new Untold()
    return found[0]!.fn
  }
}

function primitiveText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  return Object.is(value, -0) ? '-0' : String(value)
}

function keyText(key: string): string {
  if (key === '__proto__') return '["__proto__"]'
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)
}
