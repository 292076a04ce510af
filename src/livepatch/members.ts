import { createRequire } from 'node:module'
import { isDeepStrictEqual } from 'node:util'
import type { LoadedFile } from '../loader/registry.ts'

/**
 * Says what a patch adds to objects of a running module: an object, its new members as those of a literal, whether
 * they are to be seen when it is enumerated, and members that it has. Of these, one that the program has given another
 * value stays as it is, and one that is none of the new ones is taken away.
 */
export type MembersOf = (
  // biome-ignore lint/suspicious/noExplicitAny: what a module exports
  exports: any,
  require: (specifier: string) => unknown,
) => MembersOfObject[]

type MembersOfObject = [object: object, members: object, enumerable: boolean, running?: object]

interface Put {
  object: object
  key: PropertyKey
  before: PropertyDescriptor | undefined
  /** undefined: it was taken away. */
  now: PropertyDescriptor | undefined
}

/** Properties that a patch has put on objects of the program. */
export class Members {
  readonly #all: Put[] = []
  #seen = new WeakSet<object>()

  /** Puts the members of one instance of a module, once. @throws TypeError where an object does not take them */
  put(of: () => MembersOfObject[], exports: unknown): void {
    if (!isObject(exports) || this.#seen.has(exports)) return
    this.#seen.add(exports)
    for (const [object, members, enumerable, running = {}] of of()) {
      // The program has put something else in its place.
      if (!isObject(object)) continue
      for (const key of new Set([...Reflect.ownKeys(members), ...Reflect.ownKeys(running)])) {
        const before = Object.getOwnPropertyDescriptor(object, key)
        const expected = Object.getOwnPropertyDescriptor(running, key)
        if (expected !== undefined && !isDeepStrictEqual(before?.value, expected.value)) continue
        const given = Object.getOwnPropertyDescriptor(members, key)
        const now = given && { ...given, configurable: true, enumerable: before?.enumerable ?? enumerable }
        if (now === undefined) Reflect.deleteProperty(object, key)
        else Object.defineProperty(object, key, now)
        this.#all.push({ object, key, before, now })
      }
    }
  }

  /** Takes them back, newest first, except those that somebody has given another value. */
  takeBack(): void {
    this.#seen = new WeakSet()
    for (const { object, key, before, now } of this.#all.splice(0).reverse()) {
      const found = Object.getOwnPropertyDescriptor(object, key)
      if (found?.value !== now?.value || found?.get !== now?.get || found?.set !== now?.set) continue
      if (before === undefined) Reflect.deleteProperty(object, key)
      else Object.defineProperty(object, key, before)
    }
  }
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** What the running module exports; undefined where it is not to be had, as after its cache entry was cleared. */
export async function exportsOf({ type, url, filename }: LoadedFile): Promise<unknown> {
  if (type === 'module') return import(url)
  const module = filename === undefined ? undefined : createRequire(filename).cache[filename]
  // One that is still being evaluated gets its members when it has been.
  return module?.loaded ? module.exports : undefined
}
