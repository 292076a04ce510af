import { isProxy } from 'node:util/types'
import { report } from './report.ts'

report.warn = (code, message) => process.emitWarning(message, { type: 'ShadowWarning', code })

/** Proxies trap the way to the class and getters compute it, so both are left alone. */
report.classOf = (object) => {
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
