/** What an identifier may be called. A string and a number are different names; symbols go by identity. */
export type Name = string | number | symbol

/** Called with a variable that has just been removed. */
export type Destructor<T> = (obj: object, data: T) => void

export interface ShadowOptions<T = unknown, H = T> {
  /** Its variables can be visited: iterated, and detached all at once with a destructor. Costs memory and time. */
  enumerable?: boolean
  /** Called once after a parent was collected with its variable still attached; never at exit. */
  reclaim?: (held: H) => void
  /** What is kept for `reclaim`, by default the data. It must not lead to the parent, or it keeps it alive. */
  hold?: (data: T) => H
  /** `table` leaves the hidden class of the parents alone, at the price of a WeakMap's speed. */
  storage?: 'inline' | 'table'
}

/**
 * An identifier: says which of a parent's shadow variables is meant. Its methods are the fast way to them. They may
 * be taken off the identifier and called as plain functions.
 *
 * Every method throws a TypeError for a parent that is a primitive. No method runs code of the parent: no getter,
 * no proxy trap.
 */
export interface ShadowId<T = unknown> extends Iterable<[obj: object, data: T]> {
  readonly name: Name
  /** The data, or undefined when there is none. */
  readonly get: (obj: object) => T | undefined
  /** Whether the variable exists; tells data that is `undefined` from no data. */
  readonly has: (obj: object) => boolean
  /** Attaches and returns `data`; where the variable exists, warns, changes nothing and returns undefined. */
  readonly attach: <D extends T>(obj: object, data: D) => D | undefined
  /**
   * The data as it is, or what `ctor` makes. While `ctor` runs the variable does not exist, and attaching it
   * throws. When `ctor` throws nothing is attached.
   */
  readonly getOrAttach: (obj: object, ctor: (obj: object) => T) => T
  /** Puts `data` in place of what is there, calls `dtor` with what was there, returns `data`. */
  readonly updateOrAttach: <D extends T>(obj: object, data: D, dtor?: Destructor<T>) => D
  /** Removes the variable, calls `dtor` with it, returns whether there was one. */
  readonly detach: (obj: object, dtor?: Destructor<T>) => boolean
  /**
   * Removes the variables of all parents and returns how many. Neither enumerable nor with `reclaim`: O(1), the
   * memory is freed when the store next touches a parent or the parent is collected, and the number includes
   * collected parents. Otherwise O(n), and the number of variables visited.
   *
   * @throws TypeError with a destructor when the identifier is not enumerable
   * @throws AggregateError at the end, with what destructors threw
   */
  readonly detachAll: (dtor?: Destructor<T>) => number
}
