import type { PatchSource } from '../../livepatch/patch.ts'

/** A patch that a starting thread has to take. */
export type SavedPatch = PatchSource & { enabled: boolean }

/**
 * The patches of the process, in the order of the stacks, as text in memory that all threads share and only the main one
 * writes:
 *
 *   0          4          8
 *   ┌──────────┬──────────┬─────────────────────────────────────────────────────────────────────────────┬─ ─
 *   │ version  │ bytes    │ a line of JSON that says which are enabled, then one line for each patch    │ room
 *   └──────────┴──────────┴─────────────────────────────────────────────────────────────────────────────┴─ ─
 *
 * `version` is odd during a write: who finds it so, or another one after reading, reads again.
 */
const VERSION = 0
const BYTES = 1
const TEXT = 8

/** Address space, of which only what is written is ever taken. */
const MOST = 1 << 30

/** A patch as it is written, made once: it may be of several megabytes, and every operation on any patch writes all. */
const lines = new WeakMap<PatchSource, Buffer>()

export class SavedPatches {
  readonly memory: SharedArrayBuffer
  readonly #head: Int32Array<SharedArrayBuffer>

  constructor(memory = new SharedArrayBuffer(TEXT, { maxByteLength: MOST })) {
    this.memory = memory
    this.#head = new Int32Array(memory, 0, 2)
  }

  /** Main thread only. */
  write(patches: { source: PatchSource; enabled: boolean }[]): void {
    const enabled = Buffer.from(JSON.stringify(patches.map((one) => one.enabled)))
    const text = Buffer.concat([enabled, ...patches.map(({ source }) => lineOf(source))])
    const size = TEXT + text.length
    if (size > this.memory.byteLength) this.memory.grow(size)
    Atomics.add(this.#head, VERSION, 1)
    text.copy(Buffer.from(this.memory), TEXT)
    Atomics.store(this.#head, BYTES, text.length)
    Atomics.add(this.#head, VERSION, 1)
  }

  read(): SavedPatch[] {
    for (;;) {
      const version = Atomics.load(this.#head, VERSION)
      const text = Buffer.from(this.memory, TEXT, Atomics.load(this.#head, BYTES)).toString()
      if (version % 2 === 0 && Atomics.load(this.#head, VERSION) === version) return parse(text)
    }
  }
}

function lineOf(source: PatchSource): Buffer {
  const known = lines.get(source) ?? Buffer.from(`\n${JSON.stringify(source)}`)
  lines.set(source, known)
  return known
}

function parse(text: string): SavedPatch[] {
  const [first = '', ...sources] = text.split('\n')
  const enabled = JSON.parse(first || '[]') as boolean[]
  return sources.map((line, i) => ({ ...(JSON.parse(line) as PatchSource), enabled: enabled[i]! }))
}
