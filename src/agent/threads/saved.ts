import type { Copies } from '../../livepatch/evaluate.ts'
import type { PatchSource } from '../../livepatch/patch.ts'

/** A patch that a starting thread has to take. */
export interface SavedPatch {
  name: string
  source: PatchSource
  enabled: boolean
  /** The copies of packages that the main thread has given it. */
  copies: Copies
}

/**
 * The patches of the process, in the order of the stacks, as text in memory that all threads share and only the main one
 * writes:
 *
 *   0          4          8
 *   ┌──────────┬──────────┬─────────────────────────────────────────────────────────────────────────────┬─ ─
 *   │ version  │ bytes    │ a line of JSON with all but the sources, then a line for each source        │ room
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
  write(patches: SavedPatch[]): void {
    const states = Buffer.from(JSON.stringify(patches.map(({ source, ...state }) => state)))
    const text = Buffer.concat([states, ...patches.map(({ source }) => lineOf(source))])
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
  const states = JSON.parse(first || '[]') as Omit<SavedPatch, 'source'>[]
  return sources.map((line, i) => ({ ...states[i]!, source: JSON.parse(line) as PatchSource }))
}
