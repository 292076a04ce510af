import { AsyncLocalStorage } from 'node:async_hooks'
import { define } from '../define.ts'

/**
 * Tasks: units of work with a beginning and an end. Nothing follows them while no patch is in transition; the ones
 * that run are only counted. When a transition begins, whatever runs already is unmarked, and what begins from then on
 * runs in an asynchronous context that carries a mark: so the mark alone tells new from old, and code that carries none
 * counts as old.
 */
export interface Task {
  /** What `umbra list` shows: `GET /users`, or the name given to runTask. */
  name: string
  /** Milliseconds since the epoch; for requests that were in flight before the transition, when that began. */
  startedAt: number
  /** Calls back when the task has ended, at once if it has, unless the returned function was called before. */
  whenEnded(listener: () => void): () => void
}

/** Follows the tasks that begin during a transition. */
export interface Follower {
  /** Runs the beginning of a task so that all that comes of it carries the mark of the side it is on. */
  begin<T>(task: Task, run: () => T): T
}

interface State {
  running: Set<Task>
  follower: Follower | undefined
}

/** One state for all copies of the package that a thread loads: runTask may come from another copy than the agent. */
const slot = Symbol.for('umbra.tasks')

function sharedState(): State {
  const holder = globalThis as unknown as Record<symbol, State | undefined>
  if (holder[slot] === undefined) {
    const state: State = { running: new Set(), follower: undefined }
    define(globalThis, slot, { value: state })
  }
  return holder[slot]!
}

class OwnTask implements Task {
  readonly name: string
  readonly startedAt = Date.now()
  #ended = false
  readonly #listeners = new Set<() => void>()

  constructor(name: string) {
    this.name = name
  }

  whenEnded(listener: () => void): () => void {
    if (this.#ended) listener()
    else this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  end(): void {
    this.#ended = true
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }
}

/**
 * Runs `fn` as a task: patches with `consistency: 'task'` never switch functions in the middle of it. It ends when `fn`
 * returns or throws, or when the promise that it returns settles. HTTP requests are tasks without this; queue consumers
 * and scheduled jobs are what it is for.
 *
 * Inside of another task it is a task of its own. Costs two operations on a Set while no patch is in transition.
 */
export function runTask<T>(name: string, fn: () => T): T {
  const state = sharedState()
  const task = new OwnTask(name)
  const end = (): void => {
    state.running.delete(task)
    task.end()
  }
  state.running.add(task)
  let result: T
  try {
    result = state.follower === undefined ? fn() : state.follower.begin(task, fn)
  } catch (error) {
    end()
    throw error
  }
  if (typeof (result as { then?: unknown } | null | undefined)?.then !== 'function') {
    end()
    return result
  }
  ;(result as PromiseLike<unknown> & T).then(end, end)
  return result
}

/** The tasks of runTask that run now. */
export function runningTasks(): Task[] {
  return [...sharedState().running]
}

export function setFollower(follower: Follower | undefined): void {
  sharedState().follower = follower
}

/** Which functions a call gets while a transition runs: those from before the switch or those from after it. */
export type Side = 'before' | 'after'

/** What the asynchronous context of a task carries that began during transition number `transition`. */
export interface Mark {
  transition: number
  side: Side
}

const marks = new AsyncLocalStorage<Mark>()
let marking = false

/** A transition begins: asynchronous contexts are followed from here on. */
export function startMarking(): void {
  marking = true
}

/** It is over: nothing follows them any more, which costs every promise something before Node 24. */
export function stopMarking(): void {
  marking = false
  marks.disable()
}

export function currentMark(): Mark | undefined {
  return marks.getStore()
}

/** Runs `fn` with a mark. What still runs of a task when the transition is over does not begin to follow contexts anew. */
export function runMarked<T>(mark: Mark, fn: () => T): T {
  return marking ? marks.run(mark, fn) : fn()
}
