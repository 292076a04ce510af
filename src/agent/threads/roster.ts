import { threadId, workerThreads } from '../../thread.ts'
import type { SavedPatches } from './saved.ts'

/**
 * The prepared threads of the process, in memory that all of them share:
 *
 *   0        1                        2 + 2n              3 + 2n
 *   ┌────────┬────────────────────────┬───────────────────┬────────────────────────────┬─ ─
 *   │ busy   │ places that were ever  │ thread id, or 0   │ parent's id + 1; negative: │
 *   │        │ taken                  │ where nobody is   │ counted in by an operation │
 *   └────────┴────────────────────────┴───────────────────┴────────────────────────────┴─ ─
 *
 * `busy` is 1 from before an operation counts the threads that it has to reach until its outcome is saved
 * (saved.ts). A thread enters itself before it looks at `busy`, and an operation sets `busy` before it looks for threads: so
 * either the operation counts the thread in, or the thread waits for the operation's outcome and reads it.
 */
const THREADS = 2048
const TAKEN = -1
const BUSY = 0
const PLACES = 1
const FIRST = 2

/** What every thread is told when it is started. */
export interface ThreadSetting {
  roster: Int32Array<SharedArrayBuffer>
  /** Where the main thread keeps the patches that threads have to take when they start. */
  saved: SharedArrayBuffer
  /** The program's main script. */
  main: string | undefined
  parent: number
}

/** What the main thread keeps for the others. */
export interface ThreadHost {
  roster: Roster
  saved: SavedPatches
}

const KEY = 'umbra.threads'

/** The setting of this thread; undefined in the main thread, and where the starting thread was not prepared. */
export function ownSetting(): ThreadSetting | undefined {
  return workerThreads().getEnvironmentData(KEY) as ThreadSetting | undefined
}

/** The roster that this thread shares with those that it starts. */
export function ownRoster(): Roster | undefined {
  const setting = ownSetting()
  return setting === undefined ? undefined : new Roster(setting.roster)
}

/** Tells all threads that this one starts from here on. */
export function setForChildren(setting: Omit<ThreadSetting, 'parent'>): void {
  workerThreads().setEnvironmentData(KEY, { ...setting, parent: threadId })
}

export class Roster {
  readonly memory: Int32Array<SharedArrayBuffer>

  constructor(memory = new Int32Array(new SharedArrayBuffer(4 * (FIRST + 2 * THREADS)))) {
    this.memory = memory
  }

  /** Enters a thread. */
  join(thread: number, parent: number): void {
    for (let at = FIRST; at < this.memory.length; at += 2) {
      // Taken first and named last: whoever sees the name sees the parent.
      if (Atomics.compareExchange(this.memory, at, 0, TAKEN) !== 0) continue
      Atomics.store(this.memory, at + 1, parent + 1)
      this.#includePlace((at - FIRST) / 2)
      Atomics.store(this.memory, at, thread)
      return
    }
  }

  /** Removes a thread that has ended, and with it those that it had started: they ended before it. */
  leave(thread: number): void {
    for (let at = FIRST; at < this.#end(); at += 2) {
      const present = Atomics.load(this.memory, at)
      if (present <= 0) continue
      const isChild = Math.abs(Atomics.load(this.memory, at + 1)) === thread + 1
      if (present === thread) Atomics.store(this.memory, at, 0)
      else if (isChild) this.leave(present)
    }
  }

  /** The threads beside the main one. */
  threads(): number[] {
    const found: number[] = []
    for (let at = FIRST; at < this.#end(); at += 2) {
      const thread = Atomics.load(this.memory, at)
      if (thread > 0) found.push(thread)
    }
    return found
  }

  /** Main thread: begins an operation and counts the threads that it has to reach. */
  begin(): number[] {
    Atomics.store(this.memory, BUSY, 1)
    const counted = this.threads()
    for (let at = FIRST; at < this.#end(); at += 2) {
      const parent = Atomics.load(this.memory, at + 1)
      if (counted.includes(Atomics.load(this.memory, at)) && parent > 0) {
        Atomics.store(this.memory, at + 1, -parent)
      }
    }
    return counted
  }

  /** Main thread: the operation's outcome is saved. */
  end(): void {
    for (let at = FIRST; at < this.#end(); at += 2) {
      const parent = Atomics.load(this.memory, at + 1)
      if (parent < 0) Atomics.store(this.memory, at + 1, -parent)
    }
    Atomics.store(this.memory, BUSY, 0)
    Atomics.notify(this.memory, BUSY)
  }

  /** A starting thread: waits, at most this many milliseconds, for an operation that has not counted it in. */
  waitUntilSettled(thread: number, milliseconds: number): void {
    const until = Date.now() + milliseconds
    while (Atomics.load(this.memory, BUSY) === 1 && !this.#isCounted(thread) && Date.now() < until) {
      Atomics.wait(this.memory, BUSY, 1, 5)
    }
  }

  /** Behind the last place that was ever taken. */
  #end(): number {
    return FIRST + 2 * Atomics.load(this.memory, PLACES)
  }

  #includePlace(place: number): void {
    let places = Atomics.load(this.memory, PLACES)
    while (places <= place) {
      const found = Atomics.compareExchange(this.memory, PLACES, places, place + 1)
      places = found === places ? place + 1 : found
    }
  }

  #isCounted(thread: number): boolean {
    for (let at = FIRST; at < this.#end(); at += 2) {
      if (Atomics.load(this.memory, at) === thread) return Atomics.load(this.memory, at + 1) < 0
    }
    return false
  }
}
