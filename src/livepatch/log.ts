import { threadId } from '../thread.ts'

/** One line of the patch log. `time` is in milliseconds since the epoch, `thread` 0 for the main thread. */
export interface LogEntry {
  time: number
  thread: number
  line: string
}

/** Lines that are kept; older ones make room. The kernel's ring buffer, for patches only. */
const CAPACITY = 4096

/** Control characters and separators of lines. Written out: Unicode's properties lead to data that nothing else here needs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are meant
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

type Listener = (entry: LogEntry) => void

/** The patch log of this thread: what `dmesg` is to the kernel's livepatch. */
class PatchLog {
  readonly #ring: LogEntry[] = []
  #next = 0
  readonly #listeners = new Set<Listener>()

  /** Appends a line; with UMBRA_LOG=stderr it is also printed as it happens. What patches throw cannot begin another one. */
  write(text: string): void {
    const line = text.replace(unprintable, escaped)
    this.append({ time: Date.now(), thread: threadId, line })
    if (process.env.UMBRA_LOG === 'stderr') process.stderr.write(`${line}\n`)
  }

  /** Appends an entry as it is: one that another thread wrote. */
  append(entry: LogEntry): void {
    this.#ring[this.#next] = entry
    this.#next = (this.#next + 1) % CAPACITY
    for (const listener of this.#listeners) listener(entry)
  }

  /** All kept entries, oldest first. */
  entries(): LogEntry[] {
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)]
  }

  /** Calls `listener` for every further entry until the returned function is called. */
  follow(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

function escaped(character: string): string {
  return character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

export const log = new PatchLog()
export type { PatchLog }
