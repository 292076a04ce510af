import { createRequire } from 'node:module'
import { inspect, isDeepStrictEqual, types } from 'node:util'
import { define } from '../define.ts'
import type { LoadedFile } from '../loader/registry.ts'
import { SetElements } from './set-elements.ts'

/**
 * Says what a patch adds to objects of a running module: an object, its new members as those of a literal, whether
 * they are to be seen when it is enumerated, members that it has, and the order of its keys. Of the members that it has, one
 * that the program has given another value stays as it is, and one that is none of the new ones is taken away. New members with
 * `__proto__: null`: a plain object inherits nothing while the patch is enabled. A list for a
 * list: it gets these elements in place of those that it should have, in front of what the program has added; with others
 * it stays as it is. A set gets them where `running` says which it should have.
 */
export type MembersOf = (
  // biome-ignore lint/suspicious/noExplicitAny: what a module exports
  exports: any,
  require: (specifier: string) => unknown,
) => MembersOfObject[]

type MembersOfObject = [
  object: object,
  members: object,
  enumerable: boolean,
  running?: object,
  order?: readonly string[],
]

/** Hears what a patch leaves as it is, because the program has set or filled it itself. */
export type MemberLeft = (what: string) => void

/** Hears which member an object has kept, and why. */
export type MemberStays = (key: PropertyKey, error: unknown) => void

interface Put {
  object: object
  key: PropertyKey
  before: PropertyDescriptor | undefined
  /** undefined: it was taken away. */
  now: PropertyDescriptor | undefined
  /** What stood in front of one that was taken away. */
  inFront: readonly PropertyKey[]
}

/** A list of the program that has other elements while the patch is enabled. */
interface Refilled {
  list: unknown[]
  before: unknown[]
  now: unknown[]
}

/** What a patch has given to lists that have other elements now: several of its targets may lead to one. */
export type RefilledLists = WeakMap<unknown[], unknown[]>

const INHERITED = 'what an object inherits from'

/** An object of the program that inherits nothing while the patch is enabled. */
interface Orphan {
  object: object
  before: object | null
}

/** An object that has its keys in another order while the patch is enabled. */
interface Ordered {
  object: object
  before: readonly (string | symbol)[]
}

/** Properties that a patch has put on objects of the program. */
export class Members {
  readonly #all: Put[] = []
  readonly #lists: Refilled[] = []
  readonly #sets: SetElements[] = []
  readonly #orders: Ordered[] = []
  readonly #orphans: Orphan[] = []
  readonly #refilled: RefilledLists
  #seen = new WeakSet<object>()

  constructor(refilled: RefilledLists) {
    this.#refilled = refilled
  }

  /**
   * Puts the members of one instance of a module, once. `left` hears what the program has otherwise.
   *
   * @throws TypeError where an object does not take them
   */
  put(of: () => MembersOfObject[], exports: unknown, left: MemberLeft): void {
    if (!isObject(exports) || this.#seen.has(exports)) return
    this.#seen.add(exports)
    for (const [object, members, enumerable, running = {}, order] of of()) {
      // The program has put something else in its place.
      if (!isObject(object)) {
        left(nameOf(members))
        continue
      }
      if (Array.isArray(members)) {
        this.#refill(object, members, running, left)
        continue
      }
      if (Object.getPrototypeOf(members) === null) this.#orphan(object, left)
      if (order !== undefined) this.#orders.push({ object, before: Reflect.ownKeys(object) })
      for (const key of new Set([...Reflect.ownKeys(members), ...Reflect.ownKeys(running)])) {
        const before = Object.getOwnPropertyDescriptor(object, key)
        const expected = Object.getOwnPropertyDescriptor(running, key)
        const given = Object.getOwnPropertyDescriptor(members, key)
        if (expected !== undefined && !isDeepStrictEqual(before?.value, expected.value)) {
          if (!isDeepStrictEqual(before?.value, given?.value)) left(`'${String(key)}'`)
          continue
        }
        const now = given && {
          ...withOtherHalf(given, before),
          configurable: true,
          enumerable: before?.enumerable ?? enumerable,
        }
        const keys = now === undefined ? Reflect.ownKeys(object) : []
        if (now === undefined) Reflect.deleteProperty(object, key)
        else define(object, key, now)
        this.#all.push({ object, key, before, now, inFront: keys.slice(0, keys.indexOf(key)) })
      }
      if (order !== undefined) arrange(object, order)
    }
  }

  /** `{ __proto__: null }`: an object that inherits what every plain one does inherits nothing. */
  #orphan(object: object, left: MemberLeft): void {
    const before: object | null = Object.getPrototypeOf(object)
    if (before === null) return
    // That of plain objects, of whatever realm.
    if (Object.getPrototypeOf(before) !== null || !Object.hasOwn(before, 'hasOwnProperty'))
      return left(INHERITED)
    Object.setPrototypeOf(object, null)
    this.#orphans.push({ object, before })
  }

  #refill(list: object, elements: unknown[], running: object, left: MemberLeft): void {
    if (types.isSet(list) && Array.isArray(running)) {
      this.#sets.push(new SetElements(list, elements, running))
      return
    }
    if (!Array.isArray(list)) return left('a list')
    if (isDeepStrictEqual(this.#refilled.get(list), elements)) return
    const count = Array.isArray(running) ? running.length : list.length
    const before: unknown[] = list.slice(0, count)
    if (Array.isArray(running) && !isDeepStrictEqual(before, running))
      return left(`the list ${inspect(list, { maxArrayLength: 3, depth: 0, breakLength: Infinity })}`)
    const now = withRunning(elements, before)
    this.#lists.push({ list, before, now })
    this.#refilled.set(list, now)
    refill(list, count, now)
  }

  /**
   * Takes them back, newest first, except those that somebody has given another value. An object that was frozen
   * meanwhile keeps its members: `failed` hears of each.
   */
  takeBack(failed: MemberStays): void {
    this.#seen = new WeakSet()
    for (const { list, before, now } of this.#lists.splice(0).reverse()) {
      this.#refilled.delete(list)
      try {
        if (now.every((one, i) => i < list.length && Object.is(one, list[i])))
          refill(list, now.length, before)
      } catch (error) {
        failed('length', error)
      }
    }
    for (const set of this.#sets.splice(0).reverse()) set.takeBack()
    for (const put of this.#all.splice(0).reverse()) {
      try {
        takeBack(put)
      } catch (error) {
        failed(put.key, error)
      }
    }
    for (const { object, before } of this.#orphans.splice(0)) {
      try {
        if (Object.getPrototypeOf(object) === null) Object.setPrototypeOf(object, before)
      } catch (error) {
        failed('__proto__', error)
      }
    }
    for (const { object, before } of this.#orders.splice(0).reverse()) {
      try {
        arrange(object, before)
      } catch (error) {
        failed('the order of keys', error)
      }
    }
  }
}

/** How new members are told of whose object the program has put something else in its place. */
function nameOf(members: object): string {
  if (Array.isArray(members)) return 'a list'
  const keys = Object.keys(members).map((key) => `'${key}'`)
  return keys.length > 0 ? `what has ${keys.join(', ')}` : INHERITED
}

/** A setter that is new leaves the getter that is there, and the other way round. */
function withOtherHalf(given: PropertyDescriptor, before: PropertyDescriptor = {}): PropertyDescriptor {
  if ('value' in given || 'value' in before) return given
  return { ...before, ...(given.get && { get: given.get }), ...(given.set && { set: given.set }) }
}

/** Puts elements in the place of the first ones of a list; where it lacks one, so does the list. */
function refill(list: unknown[], count: number, elements: readonly unknown[]): void {
  list.splice(0, count, ...elements)
  for (let i = 0; i < elements.length; i++) if (!(i in elements)) delete list[i]
}

/** New elements, where the list has one that looks the same that one itself: the program may hold it. */
function withRunning(elements: readonly unknown[], running: readonly unknown[]): unknown[] {
  const left = running.filter(isObject)
  return elements.map((one) => {
    const found = isObject(one) ? left.findIndex((it) => isDeepStrictEqual(it, one)) : -1
    return found < 0 ? one : left.splice(found, 1)[0]
  })
}

/** Properties are enumerated as they were defined: those of `keys` come first, in this order. */
function arrange(object: object, keys: readonly (string | symbol)[]): void {
  const own = Reflect.ownKeys(object)
  const ordered = [...new Set([...keys.filter((key) => own.includes(key)), ...own])]
  if (ordered.every((key, i) => key === own[i])) return
  for (const key of ordered) moveToEnd(object, key)
}

function moveToEnd(object: object, key: PropertyKey): void {
  const descriptor = Object.getOwnPropertyDescriptor(object, key)!
  if (Reflect.deleteProperty(object, key)) define(object, key, descriptor)
}

/** @throws TypeError where the object does not let go of it, or what a proxy throws */
function takeBack({ object, key, before, now, inFront }: Put): void {
  const found = Object.getOwnPropertyDescriptor(object, key)
  if (found?.value !== now?.value || found?.get !== now?.get || found?.set !== now?.set) return
  if (before !== undefined) define(object, key, before)
  else if (!Reflect.deleteProperty(object, key)) throw new TypeError('the object does not let it be deleted')
  if (now === undefined) moveBehind(object, key, inFront)
}

/** All that stood behind a key do so again. */
function moveBehind(object: object, key: PropertyKey, inFront: readonly PropertyKey[]): void {
  const others = Reflect.ownKeys(object).filter((one) => one !== key && !inFront.includes(one))
  for (const one of others) moveToEnd(object, one)
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** What the running module exports; undefined where it is not to be had, as after its cache entry was cleared. */
export async function exportsOf(file: LoadedFile): Promise<unknown> {
  return file.type === 'module' ? import(file.url) : commonjsExports(file)
}

export function commonjsExports({ type, filename }: LoadedFile): unknown {
  if (type === 'module') return undefined
  const module = filename === undefined ? undefined : createRequire(filename).cache[filename]
  // One that is still being evaluated gets its members when it has been.
  return module?.loaded ? module.exports : undefined
}
