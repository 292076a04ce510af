/**
 * Every interleaving of a few threads, one after the other: the table's code runs as generators that stop before each
 * access to shared memory, and a scheduler decides who goes next. It goes depth first through all decisions, and does
 * not go on from a state that it has seen: the state is the memory and, for each thread, what it has read so far
 * (which, as the code is deterministic, says where it stands).
 */
import assert from 'node:assert/strict'
import { BITMAP, LOCK, SLOTS, SLOTS_SEEN, TOP } from '#dist/shared/layout.js'
import { buildVariant } from './stepwise.ts'

export type Steps<T = unknown> = Generator<unknown, T, unknown>

// biome-ignore lint/suspicious/noExplicitAny: the generator build has the verbs of SharedShadowTable as generators
export type StepTable = any

export interface Scenario {
  maxBytes?: number
  /** Done first, by one thread of its own. */
  setup(table: StepTable): Steps
  /** What each thread does; what it returns is handed to `check`. */
  threads: ((table: StepTable) => Steps)[]
  /** Called at the end of each interleaving, with undefined for a thread that was killed. */
  check(results: unknown[], table: StepTable): void
  /** The lock is a dead thread's at the beginning. */
  orphaned?: boolean
  /** This thread may die at any step. */
  mortal?: number
  /** Whoever waits may stop waiting at any step, as if its time was over; each counts as an interruption. */
  impatient?: boolean
  /** How many blocks a fresh list has before they are looked at; one if absent. */
  batch?: number
  /** How often a thread that could go on is interrupted; any number of times if absent. */
  preemptions?: number
}

export interface Explored {
  /** How many interleavings were run to their end, or to a state seen before. */
  runs: number
  states: number
}

interface Thread {
  index: number
  identity: bigint
  steps: Steps
  /** Two hashes over all that it has read. */
  history: [number, number]
  /** The word it sleeps on. */
  sleepsOn: number | undefined
  timedOut: boolean
  state: 'runs' | 'done' | 'dead'
  result: unknown
}

/** A decision: which thread goes on, or (below 0) which one dies. */
type Choice = number

const HOOKS = `
const KEY = Symbol.for('umbra.test.scheduler')
export function* $load(view, i, name) { if (globalThis[KEY].stopsAt(view, i, name)) yield; return globalThis[KEY].observe(view[i]) }
export function* $store(view, i, value, name) { if (globalThis[KEY].stopsAt(view, i, name)) yield; globalThis[KEY].observe(1); return view[i] = value }
export function* $atomic(name, view, i, ...rest) {
  yield
  if (name === 'notify') return globalThis[KEY].notify(i, rest[0])
  if (name !== 'wait') return globalThis[KEY].observe(Atomics[name](view, i, ...rest))
  if (globalThis[KEY].observe(view[i]) !== rest[0]) return 'not-equal'
  globalThis[KEY].sleep(i)
  yield
  return globalThis[KEY].observe(globalThis[KEY].wokenBy())
}
export function* $bulk(name, view, ...rest) { yield; globalThis[KEY].observe(1); return view[name](...rest) }
`
const THREAD = `
const KEY = Symbol.for('umbra.test.scheduler')
export const currentThread = () => globalThis[KEY].current.identity
export const currentThreadId = () => globalThis[KEY].current.index
export const isObservable = () => true
export const canSeeThreads = () => true
export const hasEnded = (thread) => globalThis[KEY].hasEnded(thread)
export const isNumbered = () => false
export const numberOf = (thread) => Number(thread)
`

/** Small constants, so that a handful of steps reaches batches and system calls that are rare otherwise. */
const CONSTANTS = { SPINS: 0, PATIENCE: 1 }

const CONSTANT = new Set(['AT_TOTAL', 'AT_SLOTS', 'AT_DEADLINE', 'BUCKETS', 'MAX_BUCKETS', 'ARENA'])
const OWN = new Set(['TOKEN', 'PENDING', 'DEPTH', 'IN_CTOR', 'LIVES', 'THREAD_ID'])

const OUTSIDER = 99

type Build = { SharedShadowTable: StepTable }
const builds = new Map<string, Promise<Build>>()

function build(ordered: boolean, batch: number): Promise<Build> {
  const name = `${ordered} ${batch}`
  let found = builds.get(name)
  if (found === undefined) {
    const constants = { ...CONSTANTS, LOADS_ARE_ORDERED: ordered, BATCH: batch }
    found = import(
      buildVariant({ generators: true, constants, hooks: HOOKS, thread: THREAD })
    ) as Promise<Build>
    builds.set(name, found)
  }
  return found
}

/**
 * Runs the scenario in every interleaving that its bound on preemptions admits.
 * @param ordered as on processors that keep loads in order (lookups without a section), or as on others
 */
export async function explore(scenario: Scenario, ordered = true): Promise<Explored> {
  const scheduler = new Scheduler(scenario)
  Object.assign(globalThis, { [Symbol.for('umbra.test.scheduler')]: scheduler })
  const { SharedShadowTable } = await build(ordered, scenario.batch ?? 1)
  const { emitWarning } = process
  // A losing attach warns, and here thousands lose.
  process.emitWarning = () => undefined
  try {
    return scheduler.explore(SharedShadowTable)
  } finally {
    process.emitWarning = emitWarning
  }
}

class Scheduler {
  readonly #scenario: Scenario
  readonly #seen = new Set<string>()
  #tables: StepTable[] = []
  #words = new Int32Array(0)
  /** The memory once every thread has opened the table, and after the setup. */
  #opened = new Int32Array(0)
  #start = new Int32Array(0)
  #threads: Thread[] = []
  current: Thread

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    this.current = newThread(OUTSIDER, nothing())
  }

  explore(Table: StepTable): Explored {
    this.#prepare(Table)
    const open: Choice[][] = [[]]
    let runs = 0
    for (let prefix = open.pop(); prefix !== undefined; prefix = open.pop()) {
      // Anew, for a thread keeps views of its table.
      this.#words.set(this.#opened)
      this.#open(Table, this.#tables.at(-1))
      this.#run(prefix, open)
      runs++
    }
    return { runs, states: this.#seen.size }
  }

  #prepare(Table: StepTable): void {
    const setup = this.current
    const first: StepTable = drain(Table.create({ maxBytes: this.#scenario.maxBytes ?? 4096, maxThreads: 4 }))
    this.#words = new Int32Array(first.buffer)
    this.#open(Table, first)
    this.#opened = this.#words.slice()
    this.current = setup
    drain(this.#scenario.setup(first))
    this.#start = this.#words.slice()
  }

  #open(Table: StepTable, first: StepTable): void {
    this.#threads = []
    this.#tables = [...this.#scenario.threads.keys()].map((index) => {
      this.current = newThread(index, nothing())
      return drain(Table.open(first.handle))
    })
    this.#tables.push(first)
  }

  #run(prefix: Choice[], open: Choice[][]): void {
    this.#words.set(this.#start)
    this.#threads = this.#scenario.threads.map((body, index) => newThread(index, body(this.#tables[index])))
    for (const thread of this.#threads) this.#advance(thread)
    const path: Choice[] = []
    let preemptions = 0
    let last = -1
    for (;;) {
      const choices = this.#choices(last, preemptions)
      if (choices.length === 0) break
      let choice = prefix[path.length]
      if (choice === undefined) {
        if (choices.length > 1 && !this.#isNew(preemptions, last)) return
        choice = choices[0]!
        for (const other of choices.slice(1)) open.push([...path, other])
      }
      path.push(choice)
      if (choice >= 0 && this.#interrupts(choice, last)) preemptions++
      if (choice >= 0) last = choice
      this.#take(choice, path)
    }
    this.#finish(path)
  }

  #take(choice: Choice, path: Choice[]): void {
    try {
      if (choice < 0) this.#threads[-1 - choice]!.state = 'dead'
      else {
        const thread = this.#threads[choice]!
        if (thread.sleepsOn !== undefined) wakeByTime(thread)
        this.#advance(thread)
      }
    } catch (error) {
      throw new Error(`in the interleaving ${spell(path)}`, { cause: error })
    }
  }

  #finish(path: Choice[]): void {
    try {
      const stuck = this.#threads.filter((thread) => thread.state === 'runs')
      assert.equal(stuck.length, 0, `threads ${stuck.map((thread) => thread.index)} wait for ever`)
      this.current = newThread(OUTSIDER, nothing())
      this.#scenario.check(
        this.#threads.map((thread) => thread.result),
        this.#tables.at(-1),
      )
    } catch (error) {
      throw new Error(`in the interleaving ${spell(path)}`, { cause: error })
    }
  }

  /** The first is the default: whoever ran last goes on if it can. */
  #choices(last: number, preemptions: number): Choice[] {
    let ready = this.#threads.filter((thread) => this.#canRun(thread.index)).map((thread) => thread.index)
    if (ready.length === 0) ready = this.#timeOut()
    if (ready.includes(last)) {
      const others = ready.filter((index) => index !== last)
      ready = [last, ...(preemptions < (this.#scenario.preemptions ?? Infinity) ? others : [])]
    }
    const { mortal, impatient } = this.#scenario
    if (impatient && preemptions < (this.#scenario.preemptions ?? 0)) {
      for (const { index, state } of this.#threads)
        if (state === 'runs' && !ready.includes(index)) ready.push(index)
    }
    if (mortal !== undefined && this.#threads[mortal]!.state === 'runs') ready.push(-1 - mortal)
    return ready
  }

  #interrupts(choice: number, last: number): boolean {
    return this.#threads[choice]!.sleepsOn !== undefined || (choice !== last && this.#canRun(last))
  }

  #canRun(index: number): boolean {
    const thread = this.#threads[index]
    return thread?.state === 'runs' && thread.sleepsOn === undefined
  }

  /**
   * Nobody can go on but by a wait that times out. For the lock that may only be needed when somebody has died:
   * otherwise a wake-up was lost.
   */
  #timeOut(): Choice[] {
    const someoneDied = this.#scenario.orphaned || this.#threads.some((thread) => thread.state === 'dead')
    const sleeper = this.#threads.find(
      (thread) => thread.state === 'runs' && (someoneDied || thread.sleepsOn !== LOCK),
    )
    if (sleeper === undefined) return []
    wakeByTime(sleeper)
    return [sleeper.index]
  }

  #advance(thread: Thread): void {
    this.current = thread
    const { done, value } = thread.steps.next()
    if (!done) return
    thread.state = 'done'
    thread.result = value
  }

  #isNew(preemptions: number, last: number): boolean {
    const bounded = this.#scenario.preemptions !== undefined
    const key = [
      hashOf(this.#words),
      ...this.#threads.map(keyOf),
      bounded ? `${preemptions}:${last}` : '',
    ].join(' ')
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    return true
  }

  // What the hooks call.

  /**
   * Whether others could notice what happens before or after this access: not where it is to words that never change,
   * that only their thread uses, or that are only used under the lock (and this is where that is checked). A thread
   * that may die stops everywhere.
   */
  stopsAt(view: ArrayBufferView, index: number, name: string): boolean {
    if (this.current.index === this.#scenario.mortal) return true
    if (!(view instanceof Int32Array) || view.buffer !== this.#words.buffer) return true
    if (CONSTANT.has(name) || OWN.has(name)) return false
    if (!isUnderLock(index) && name !== 'META') return true
    if (this.#threads.length > 0)
      assert.notEqual(this.#words[LOCK], 0, `${name} (${index}) is touched without the lock`)
    return false
  }

  observe<T>(value: T): T {
    const { history } = this.current
    const seen = typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value % 65_521n) : 7
    history[0] = Math.imul(history[0] ^ seen, 0x01000193) + 1
    history[1] = Math.imul(history[1] + seen, 0x5bd1e995) ^ (history[1] >>> 13)
    return value
  }

  sleep(index: number): void {
    this.current.sleepsOn = index
    // Who sets up and checks is alone: a wait of his can only end by its time.
    this.current.timedOut = this.current.index === OUTSIDER
  }

  wokenBy(): string {
    return this.current.timedOut ? 'timed-out' : 'ok'
  }

  notify(index: number, count: number): number {
    const sleepers = this.#threads.filter((thread) => thread.state === 'runs' && thread.sleepsOn === index)
    for (const thread of sleepers.slice(0, count)) thread.sleepsOn = undefined
    return Math.min(count, sleepers.length)
  }

  hasEnded(identity: bigint): boolean {
    return this.#threads.some((thread) => thread.identity === identity && thread.state === 'dead')
  }
}

/** Runs steps to their end, with nobody in between. */
export function drain<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** A thread that does nothing; also for a scenario without a setup. */
export function* nothing(): Steps {
  yield
  return undefined
}

function newThread(index: number, steps: Steps): Thread {
  return {
    index,
    identity: BigInt(index + 1),
    steps,
    history: [index, ~index],
    sleepsOn: undefined,
    timedOut: false,
    state: 'runs',
    result: undefined,
  }
}

function wakeByTime(thread: Thread): void {
  thread.sleepsOn = undefined
  thread.timedOut = true
}

function isUnderLock(index: number): boolean {
  return (index >= TOP && index < SLOTS_SEEN) || (index >= BITMAP && index < SLOTS)
}

function keyOf(thread: Thread): string {
  return `${thread.history[0]}:${thread.history[1]}:${thread.state}:${thread.sleepsOn}`
}

function hashOf(words: Int32Array): string {
  let a = 0x811c9dc5
  let b = 0
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!
    a = Math.imul(a ^ word, 0x01000193)
    b = (Math.imul(b, 31) + word) | 0
  }
  return `${a}:${b}`
}

/** `0×12 1×3 †1 0×40`: thread 0 takes twelve steps, and so on; † is a death. */
function spell(path: Choice[]): string {
  const parts: string[] = []
  for (let start = 0; start < path.length; ) {
    let end = start
    while (path[end] === path[start]) end++
    parts.push(path[start]! < 0 ? `†${-1 - path[start]!}` : `${path[start]}×${end - start}`)
    start = end
  }
  return parts.join(' ')
}
