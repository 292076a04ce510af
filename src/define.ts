/**
 * Object.defineProperty of an own descriptor alone. A plain one inherits what somebody has put on Object.prototype, a `get`
 * say, and throws or means something else; and a process with a polluted prototype is one that is to be patched.
 */
export function define(object: object, key: PropertyKey, descriptor: PropertyDescriptor): void {
  Object.defineProperty(object, key, own(descriptor))
}

/** A descriptor that inherits nothing. */
export function own(descriptor: PropertyDescriptor): PropertyDescriptor {
  return Object.assign(Object.create(null), descriptor)
}
