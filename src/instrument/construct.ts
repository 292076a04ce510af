type Accessor = (operation: number, value?: unknown, other?: unknown) => unknown
type Replacement = (accessor: Accessor, ...args: unknown[]) => unknown
type Class = new (...args: never[]) => unknown

// A file may have variables of its own by these names, and a program may put something else in their place.
const { construct: make } = Reflect
const NativeError = ReferenceError

/**
 * Calls the replacement of a derived constructor. Its `super()` constructs the class once more, with the arguments laid
 * ready for the site, which then does nothing but the `super(...)` itself.
 */
export function construct(
  replacement: Replacement,
  made: Class,
  newTarget: Class,
  accessor: Accessor,
  superCall: number,
  args: unknown[],
  layReady: (given: unknown) => void,
): unknown {
  let self: unknown
  const result = replacement(
    (operation, value, other) => {
      if (operation !== superCall) return accessor(operation, value, other)
      if (self !== undefined) throw new NativeError('Super constructor may only be called once')
      layReady(value)
      try {
        self = make(made, [], newTarget)
        return self
      } finally {
        layReady(undefined)
      }
    },
    ...args,
  )
  return result === undefined ? self : result
}
