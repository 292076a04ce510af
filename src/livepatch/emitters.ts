import { EventEmitter } from 'node:events'
import { define } from '../define.ts'
import { currentMark, type Mark, runMarked } from './tasks.ts'

type Listener = (this: unknown, ...args: unknown[]) => unknown
type Add = (this: EventEmitter, type: string | symbol, listener: Listener) => EventEmitter

/**
 * While a transition runs, listeners that a marked task adds keep its mark, whoever emits: an emitter may be shared by
 * tasks of both sides, and by itself runs its listeners in the context of the emit. Returns what ends it.
 */
export function carryMarksThroughListeners(): () => void {
  const { prototype } = EventEmitter
  const originals = {
    on: prototype.on,
    addListener: prototype.addListener,
    prependListener: prototype.prependListener,
    once: prototype.once,
    prependOnceListener: prototype.prependOnceListener,
  }
  Object.assign(prototype, {
    on: always(originals.on as Add),
    addListener: always(originals.addListener as Add),
    prependListener: always(originals.prependListener as Add),
    once: once(originals.on as Add, originals.once as Add),
    prependOnceListener: once(originals.prependListener as Add, originals.prependOnceListener as Add),
  })
  return () => void Object.assign(prototype, originals)
}

/** `listener` on the wrapper is how Node finds a listener to remove, and what it shows instead of a wrapper. */
function marked(mark: Mark, listener: Listener): Listener {
  const carrying: Listener & { listener?: Listener } = function (this: unknown, ...args) {
    return runMarked(mark, () => listener.apply(this, args))
  }
  carrying.listener = listener
  return carrying
}

function always(add: Add): Add {
  return function on(this: EventEmitter, type, listener) {
    const mark = currentMark()
    // What once() adds carries its mark already, and is found by the listener that it wraps.
    const wrapped = typeof listener === 'function' && !('listener' in listener)
    return add.call(this, type, mark !== undefined && wrapped ? marked(mark, listener) : listener)
  }
}

function once(add: Add, plain: Add): Add {
  const named: { once: Add } = {
    once(type, listener) {
      const mark = currentMark()
      if (mark === undefined || typeof listener !== 'function') return plain.call(this, type, listener)
      const emitter = this
      const carrying: Listener & { listener?: Listener } = function (this: unknown, ...args) {
        emitter.removeListener(type, carrying)
        return runMarked(mark, () => listener.apply(this, args))
      }
      carrying.listener = listener
      return add.call(this, type, carrying)
    },
  }
  return named.once
}

/** All events of one emitter belong to a task: what it emits from now on is emitted with the task's mark. */
export function emitWithMark(emitter: EventEmitter, mark: Mark): void {
  const emit = emitter.emit
  define(emitter, 'emit', {
    configurable: true,
    writable: true,
    value: function (this: EventEmitter, ...args: Parameters<EventEmitter['emit']>) {
      return runMarked(mark, () => emit.apply(this, args))
    },
  })
}
