import { createHook } from 'node:async_hooks'

/** Runs code whose promises are nobody's business: one that is rejected there would end the process as unhandled. */
export function withoutRejections<T>(run: () => T): T {
  const made: Promise<unknown>[] = []
  const hook = createHook({
    init(_id, type, _trigger, resource) {
      if (type === 'PROMISE') made.push(resource as Promise<unknown>)
    },
  })
  hook.enable()
  try {
    return run()
  } finally {
    hook.disable()
    for (const promise of made) handle(promise)
  }
}

function handle(promise: Promise<unknown>): void {
  try {
    Promise.prototype.then.call(promise, undefined, () => {})
  } catch {
    // The code has changed what promises are made by.
  }
}
