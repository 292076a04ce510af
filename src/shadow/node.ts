import { isProxy } from 'node:util/types'
import { report } from './report.ts'

report.warn = (code, message, parent) => {
  const name = parent && classOf(parent)
  process.emitWarning(name ? `${message}, of a ${name}` : message, { type: 'ShadowWarning', code })
}

/**
 * The name of an object's class, or undefined where finding it could run the program's code: proxies trap the way to
 * the class and getters compute it, so both are left alone.
 */
export function classOf(object: object): string | undefined {
  const own = (at: object, key: string) =>
    isProxy(at) ? undefined : Object.getOwnPropertyDescriptor(at, key)
  for (let at: object | null = object; at && !isProxy(at); ) {
    at = Object.getPrototypeOf(at)
    const found = at && own(at, 'constructor')
    if (!found) continue
    const name = typeof found.value === 'function' && own(found.value, 'name')?.value
    return (typeof name === 'string' && name) || undefined
  }
  return undefined
}
