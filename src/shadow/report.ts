interface NodeProcess {
  emitWarning?(message: string, options: { type: string; code: string }): void
  getBuiltinModule?(id: string): { isProxy(value: unknown): boolean } | undefined
}

const process = (globalThis as { process?: NodeProcess }).process

/** A process warning; in a browser, a line on the console. */
export function warn(code: string, message: string): void {
  if (process?.emitWarning) process.emitWarning(message, { type: 'ShadowVariableWarning', code })
  else console.warn(`[${code}] ${message}`)
}

/** What a value is, for a message, without running any of the program's code. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return `the string ${JSON.stringify(value)}`
  return value === null || value === undefined ? String(value) : `the ${typeof value} ${String(value)}`
}

/**
 * The name of an object's class, or undefined where finding it could run the program's code: proxies trap the way
 * to it, getters compute it. Only Node.js can tell a proxy.
 */
export function className(object: object): string | undefined {
  const types = process?.getBuiltinModule?.('node:util/types')
  if (types === undefined) return undefined
  for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at)) {
    if (types.isProxy(at)) return undefined
    const found = at === object ? undefined : Object.getOwnPropertyDescriptor(at, 'constructor')
    if (found === undefined) continue
    if (typeof found.value !== 'function' || types.isProxy(found.value)) return undefined
    const name = Object.getOwnPropertyDescriptor(found.value, 'name')?.value
    return typeof name === 'string' && name !== '' ? name : undefined
  }
  return undefined
}
