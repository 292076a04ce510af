import { define } from '../define.ts'

/**
 * What runs when a thread ends in good order, without a listener for `exit`, which the program would see. Whoever
 * emits that event, Node's own code included, looks `process.emit` up when the process counts as exiting already: a
 * getter on the prototype of `process` notices. What it gives is the one that somebody has put on `process` (signal-exit
 * does, before or after), else what there would be, so nothing of it shows in stack traces either.
 */

type Emit = typeof process.emit
type Exiting = { _exiting?: boolean }

const listeners = new Set<() => void>()
let watching = false

/** Calls back before the program's own listeners for `exit`. Returns what calls it off. */
export function onExit(listener: () => void): () => void {
  if (!watching) watch()
  watching = true
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

function watch(): void {
  const prototype = Object.getPrototypeOf(process) as { emit: Emit }
  const own = Object.getOwnPropertyDescriptor(process, 'emit')
  let emit = own?.value as Emit | undefined
  // One that is there already would hide a getter of the prototype.
  define(own === undefined ? prototype : process, 'emit', {
    configurable: true,
    enumerable: own?.enumerable ?? false,
    get() {
      if (this === process && (process as Exiting)._exiting) leave()
      const given = this === process || Object.prototype.isPrototypeOf.call(process, this) ? emit : undefined
      return given ?? Reflect.get(Object.getPrototypeOf(prototype), 'emit', this)
    },
    set(value: Emit) {
      if (this === process) emit = value
      else define(this, 'emit', { value, writable: true, enumerable: true, configurable: true })
    },
  })
}

function leave(): void {
  for (const listener of listeners) {
    listeners.delete(listener)
    try {
      listener()
    } catch {
      // A program that has dropped its privileges, say, may not remove its socket: it ends as it would without umbra.
    }
  }
}
