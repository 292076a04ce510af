import { hashSource } from './source-hash.ts'

// biome-ignore lint/complexity/noBannedTypes: any function at all
type Callable = Function

/** Of the running function: the hash of its text, how many arguments its site hands on, and whether it is told whose member it is. */
type Running = readonly [hash: string, count: number, isToldThis?: boolean]

interface Passed {
  hash: string
  values: unknown[]
}

/**
 * Parameters that functions of a newer version have and the running ones lack: the site of a running function hands on
 * what it declares. A caller of the newer version leaves the others here while it makes its call, and the replacement
 * takes them when it begins, before anything else of the program has run. An arrow that has begun to use `this` gets the
 * object whose member it is called as in the same way.
 *
 * A running function is told by its text, so that one which took its place (a method of a subclass, a wrapper) is
 * called as it would be without a patch.
 */
export class AddedParameters {
  readonly #hashes: Record<string, string>
  readonly #running = new Map<string, Running>()
  readonly #known = new WeakMap<Callable, string | false>()
  /** Of bound functions, what they are bound to. */
  readonly #bound = new WeakMap<Callable, string>()
  #passed: Passed | undefined

  /** `functions`: by names of the patch's own. */
  constructor(functions: Record<string, Running>) {
    this.#hashes = Object.fromEntries(Object.entries(functions).map(([key, [hash]]) => [key, hash]))
    for (const one of Object.values(functions)) this.#running.set(one[0], one)
  }

  /** `object[key](...args)` */
  call(object: Record<PropertyKey, unknown>, key: PropertyKey, ...args: unknown[]): unknown {
    const fn = this.#member(object, key)
    // What is no function is called plainly, for the error that this gives.
    return isCallable(fn)
      ? this.apply(fn, object, ...args)
      : (object as Record<PropertyKey, Callable>)[key]!(...args)
  }

  /** `fn.call(self, ...args)` */
  apply(fn: Callable, self: unknown, ...args: unknown[]): unknown {
    const before = this.#passed
    if (!this.#leave(fn, self, args)) return Reflect.apply(fn, self, args)
    try {
      return Reflect.apply(fn, self, args)
    } finally {
      this.#passed = before
    }
  }

  /** What is called in `fn?.(...args)`: where it is nothing, that goes on being called by nobody. */
  optional(fn: unknown): unknown {
    return isCallable(fn) ? (...args: unknown[]) => this.apply(fn, undefined, ...args) : fn
  }

  /** The same in `object[key]?.(...args)`. */
  optionalMember(object: Record<PropertyKey, unknown>, key: PropertyKey): unknown {
    const fn = this.#member(object, key)
    return isCallable(fn) ? (...args: unknown[]) => this.apply(fn, object, ...args) : fn
  }

  /** `fn.bind(self)`: calls of what that returns are those of the function. */
  bind(fn: Callable, self?: unknown): Callable {
    const bound: Callable = fn.bind(self)
    const hash = this.#hashOf(fn)
    if (hash) this.#bound.set(bound, hash)
    return bound
  }

  /** `new made(...args)` */
  construct(made: Callable, ...args: unknown[]): unknown {
    const before = this.#passed
    if (!this.#leave(made, undefined, args)) return Reflect.construct(made, args)
    try {
      return Reflect.construct(made, args)
    } finally {
      this.#passed = before
    }
  }

  /** `super(...args)`, which `call` does, of a class whose superclass is one of these. */
  super(key: string, call: (...args: unknown[]) => void, ...args: unknown[]): void {
    const before = this.#passed
    const hash = this.#hashes[key]!
    this.#passed = { hash, values: args.slice(this.#running.get(hash)![1]) }
    try {
      call(...args)
    } finally {
      this.#passed = before
    }
  }

  /** What was left for a function. */
  of(key: string): unknown[] {
    const passed = this.#passed
    if (passed === undefined || passed.hash !== this.#hashes[key]) return []
    this.#passed = undefined
    return passed.values
  }

  /** Nothing stays on the stack but the call itself: functions that call themselves are to get as deep as they can. */
  #leave(fn: Callable, self: unknown, args: unknown[]): boolean {
    if (!isCallable(fn)) return false
    const bound = this.#bound.get(fn)
    const hash = bound ?? this.#hashOf(fn)
    if (!hash) return false
    const [, count, isToldThis] = this.#running.get(hash)!
    if (isToldThis && bound !== undefined) return false
    this.#passed = { hash, values: isToldThis ? [self] : args.slice(count) }
    return true
  }

  #member(object: Record<PropertyKey, unknown>, key: PropertyKey): unknown {
    const fn = object[key]
    if (isCallable(fn) && !this.#bound.has(fn)) this.#lookBehind(fn, object, key)
    return fn
  }

  /** `this.m = this.m.bind(this)` of a constructor: the method that it hides. */
  #lookBehind(fn: Callable, object: object, key: PropertyKey): void {
    if (fn.name !== `bound ${String(key)}`) return
    let at: object | null = Object.getPrototypeOf(object)
    while (at !== null && !Object.hasOwn(at, key)) at = Object.getPrototypeOf(at)
    const method: unknown = at === null ? undefined : Object.getOwnPropertyDescriptor(at, key)!.value
    const hash = isCallable(method) && this.#hashOf(method)
    if (hash) this.#bound.set(fn, hash)
  }

  /** False for functions that are none of these. */
  #hashOf(fn: Callable): string | false {
    const known = this.#known.get(fn)
    if (known !== undefined) return known
    const hash = hashSource(Function.prototype.toString.call(fn))
    const found = this.#running.has(hash) && hash
    this.#known.set(fn, found)
    return found
  }
}

function isCallable(value: unknown): value is Callable {
  return typeof value === 'function'
}
