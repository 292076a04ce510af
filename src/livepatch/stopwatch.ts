/** Adds up stretches of synchronous work in milliseconds: what holds up the event loop. Waiting does not. */
export class Stopwatch {
  total = 0

  run<T>(work: () => T): T {
    const start = performance.now()
    try {
      return work()
    } finally {
      this.total += performance.now() - start
    }
  }
}
