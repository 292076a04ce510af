/**
 * What a replacement gets as its first argument, before those of the call: the accessor of this very call, through
 * which `scope` and `original` work. The linker (link.ts) writes the calls to these helpers into a patch's text, where
 * the whole object is known as `$umbra`.
 */

/** The operation by which a block of `scopes` says that it has begun, with accessors of its names: no site's, no addition's. */
export const BEGUN = -1

/** A site's accessor: reads, writes and calls names of the target by number (instrument/types.ts). */
export type Accessor = (operation: number, ...values: unknown[]) => unknown

/** An accessor with what only some kinds of site hand over. */
export interface Context extends Accessor {
  /** What the site passes between the accessor and the arguments (instrument/types.ts), as it passes it. */
  extras?: unknown[]
  newTarget?: unknown
  /** Derived constructors: what `this` is, once the superclass's constructor has run. */
  construction?: { self: object | undefined }
}

// biome-ignore lint/suspicious/noExplicitAny: slots are called with whatever the program passes
export type Slot = (this: any, context: any, ...args: any[]) => any

/** Where a replacement's `original` leads: the slot below it in its stack. Changed when a patch below comes or goes. */
export interface Next {
  slot: Slot
}

// A site whose function sees no name of its file hands over no accessor: the context is undefined then.

/** `this` in a replacement that may stand for a derived constructor. */
function self(context: Context | undefined, given: unknown): unknown {
  const construction = context?.construction
  if (construction === undefined) return given
  if (construction.self === undefined) {
    throw new ReferenceError(
      "Must call scope.super(...) in a derived constructor's replacement before using 'this'",
    )
  }
  return construction.self
}

/** `scope.super(...args)`. */
function construct(context: Context, operation: number, args: unknown[]): void {
  const { construction } = context
  if (construction === undefined) throw new SyntaxError('scope.super is for derived constructors')
  // The context notes what `super` returns, as it does when the original calls it.
  context(operation, args)
}

/** `original` as a value: a function of its own that stays bound to this call. */
function originalOf(next: Next, context: Context): (...args: unknown[]) => unknown {
  // its name is a property's, which no bundler changes
  const named = {
    original(this: unknown, ...args: unknown[]) {
      return next.slot.call(this, context, ...args)
    },
  }
  return named.original
}

/** A name as something that can be read and written: for `scope.x++`, `scope.x += 1`, `[scope.x] = list`. */
function variable(context: Accessor, read: number, write: number): { value: unknown } {
  return {
    get value() {
      return context(read)
    },
    set value(value) {
      context(write, value)
    },
  }
}

/** The same for `scope.private(object)['#x']`. */
function member(context: Accessor, read: number, write: number, object: object): { value: unknown } {
  return {
    get value() {
      return context(read, object)
    },
    set value(value) {
      context(write, object, value)
    },
  }
}

/** `scope.private(object)['#x'] = value`. */
function assignPrivate(context: Accessor, write: number, object: object, value: unknown): unknown {
  context(write, object, value)
  return value
}

const withoutContext = new WeakMap<IArguments, IArguments>()

/** `arguments` without the context in front: one object for each call, since code writes into it and shifts it. */
function args(passed: IArguments): IArguments {
  const known = withoutContext.get(passed)
  if (known !== undefined) return known
  const made = argumentsOf.apply(undefined, Array.prototype.slice.call(passed, 1) as [])
  withoutContext.set(passed, made)
  return made
}

function argumentsOf(): IArguments {
  // biome-ignore lint/complexity/noArguments: it is what is wanted
  return arguments
}

/** `super.x = value` in a method's replacement. */
function assignSuper(context: Accessor, set: number, key: PropertyKey, value: unknown): unknown {
  context(set, key, value)
  return value
}

/** `super.m(...args)` in a method's replacement. */
function callSuper(
  context: Accessor,
  get: number,
  key: PropertyKey,
  given: unknown,
  args: unknown[],
): unknown {
  return (context(get, key) as (...args: unknown[]) => unknown).apply(given, args)
}

/** `scope.private(object)['#m'](...args)`. */
function callPrivate(context: Accessor, read: number, object: object, args: unknown[]): unknown {
  return (context(read, object) as (...args: unknown[]) => unknown).apply(object, args)
}

/** Assigns and hands the value back, as an assignment expression does. */
function assign(context: Accessor, write: number, value: unknown): unknown {
  context(write, value)
  return value
}

export const helpers = {
  self,
  construct,
  originalOf,
  variable,
  member,
  assign,
  assignPrivate,
  callPrivate,
  callSuper,
  assignSuper,
  args,
}
