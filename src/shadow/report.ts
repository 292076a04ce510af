interface NodeProcess {
  emitWarning?(message: string, options: { type: string; code: string }): void
  getBuiltinModule?(id: string): { isProxy(value: unknown): boolean } | undefined
}

const { process } = globalThis as { process?: NodeProcess }

/** A process warning; in a browser, a line on the console. */
export function warn(code: string, message: string): void {
  if (process?.emitWarning) process.emitWarning(message, { type: 'ShadowWarning', code })
  else console.warn(`${code}: ${message}`)
}

/**
 * The name of an object's class, or undefined where finding it could run the program's code: proxies trap the way
 * to it, getters compute it. Only Node.js can tell a proxy.
 */
export function classOf(object: object): string | undefined {
  const isProxy = process?.getBuiltinModule?.('node:util/types')?.isProxy
  if (!isProxy) return
  const own = (at: object, key: string) =>
    isProxy(at) ? undefined : Object.getOwnPropertyDescriptor(at, key)
  for (let at: object | null = object; at && !isProxy(at); ) {
    at = Object.getPrototypeOf(at)
    const found = at && own(at, 'constructor')
    if (!found) continue
    const name = typeof found.value === 'function' && own(found.value, 'name')?.value
    return (typeof name === 'string' && name) || undefined
  }
}
