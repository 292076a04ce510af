const { setImmediate } = globalThis

/** The next turn of the event loop. What `node:timers/promises` has needs more than all else here. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
