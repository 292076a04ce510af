/**
 * Shadow variables: data attached to objects whose definition cannot be changed, without touching them.
 *
 * One store per thread, however many copies of the package are loaded. Every verb is synchronous and complete when
 * it returns: on one thread nothing can come between, except what a constructor or destructor does itself. Whoever
 * shares the *data* between asynchronous tasks sees to its consistency, as in the kernel.
 *
 * The idea and the verbs are those of the Linux kernel's `klp_shadow_*`.
 */
import { store } from './store.ts'
import type { Destructor, Name, ShadowId, ShadowOptions } from './types.ts'

export type { Destructor, Name, ShadowId, ShadowOptions } from './types.ts'

/** An identifier, or its name where a quick script wants no declaration: `'X'` is `shadowId('X')`. */
export type Id<T = unknown> = ShadowId<T> | Name

/**
 * The identifier of this name; the same name is the same identifier in the whole thread. Without options it takes
 * what was declared before.
 *
 * @throws TypeError when `options` differ from those that attached variables depend on
 */
export function shadowId<T = unknown, H = T>(name: Name, options?: ShadowOptions<T, H>): ShadowId<T> {
  const identity = store.identify(name)
  if (options) identity.configure(options as ShadowOptions)
  return identity as unknown as ShadowId<T>
}

const of = store.identify as unknown as <T>(id: Id<T>) => ShadowId<T>

/** The data of `<obj, id>`, or undefined. */
export const get = <T = unknown>(obj: object, id: Id<T>): T | undefined => of(id).get(obj)

/** Whether `<obj, id>` exists. */
export const has = <T>(obj: object, id: Id<T>): boolean => of(id).has(obj)

/** Attaches and returns `data`; where `<obj, id>` exists, warns, changes nothing and returns undefined. */
export const attach = <T, D extends T = T>(obj: object, id: Id<T>, data: D): D | undefined =>
  of(id).attach(obj, data)

/** The data of `<obj, id>` as it is, or what `ctor` makes. See `ShadowId`. */
export const getOrAttach = <T>(obj: object, id: Id<T>, ctor: (obj: object) => T): T =>
  of(id).getOrAttach(obj, ctor)

/** Puts `data` in place of what is there, calls `dtor` with what was there; or attaches. Returns `data`. */
export const updateOrAttach = <T, D extends T = T>(
  obj: object,
  id: Id<T>,
  data: D,
  dtor?: Destructor<T>,
): D => of(id).updateOrAttach(obj, data, dtor)

/** Removes `<obj, id>`, calls `dtor` with it, returns whether it existed. */
export const detach = <T>(obj: object, id: Id<T>, dtor?: Destructor<T>): boolean => of(id).detach(obj, dtor)

/** Removes every `<*, id>`; see `ShadowId`. Returns how many. */
export const detachAll = <T>(id: Id<T>, dtor?: Destructor<T>): number => of(id).detachAll(dtor)
