export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** Whether a prototype has no more than what `function` has by itself. */
export function isBare(prototype: unknown): boolean {
  return isObject(prototype) && Reflect.ownKeys(prototype).every((key) => key === 'constructor')
}
