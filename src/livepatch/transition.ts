import type { Consistency } from './api.ts'
import { carryMarksThroughListeners, emitWithMark } from './emitters.ts'
import { UmbraError } from './errors.ts'
import { requestsInFlight, watchRequests } from './http-tasks.ts'
import { type Change, Switch } from './stack.ts'
import {
  currentMark,
  runMarked,
  runningTasks,
  type Side,
  setFollower,
  startMarking,
  stopMarking,
  type Task,
} from './tasks.ts'

/** How a transition ended. */
export interface TransitionResult {
  /** `before`: it was turned round, and nothing has changed. */
  side: Side
  /** Milliseconds for which switching functions held up the event loop, at its longest. */
  switch: number
}

/** Who holds a transition up. Ages in milliseconds; of requests that were in flight already, since it began. */
export interface TransitionStatus {
  tasks: number
  oldest: number
  /** The names of some of them. */
  names: string[]
}

/** A transition under way. */
export interface Transition {
  readonly done: Promise<TransitionResult>
  status(): TransitionStatus
  /** Takes further functions along: those of a file that is just being imported. */
  include(change: Change): void
  /** Turns round: tasks that are on the new side by now finish there, and all others are as before. */
  reverse(): void
  /** Ends the wait: the tasks that hold it up see the other functions from their next call on. */
  force(): void
}

/** Begins to carry out a change; the switch, or its first half, has happened when this returns. */
export function beginTransition(change: Change, consistency: Consistency): Transition {
  return consistency === 'immediate' ? new ImmediateTransition(change) : new TaskTransition(change)
}

/** All functions at once, in one synchronous step: code that runs synchronously never sees a mixture. */
class ImmediateTransition implements Transition {
  readonly done: Promise<TransitionResult>

  constructor(change: Change) {
    const start = performance.now()
    new Switch(change).settle('after')
    this.done = Promise.resolve({ side: 'after', switch: performance.now() - start })
  }

  status(): TransitionStatus {
    return { tasks: 0, oldest: 0, names: [] }
  }

  include(change: Change): void {
    new Switch(change).settle('after')
  }

  reverse(): void {
    throw new UmbraError('TRANSITION_NONE', 'an immediate transition is over as soon as it begins')
  }

  force(): void {}
}

let lastTransition = 0

/**
 * Task by task: what began before keeps the old functions until it ends, what begins from now on gets the new ones, and
 * when the last of the old has ended, all others switch too. The kernel's transition.c, with tasks for its threads and
 * the end of a task for its patched stack check.
 */
class TaskTransition implements Transition {
  readonly done: Promise<TransitionResult>
  readonly #number = ++lastTransition
  readonly #switches: Switch[] = []
  /** The tasks of both sides, each with what stops waiting for its end. */
  readonly #tasks: Record<Side, Map<Task, () => void>> = { before: new Map(), after: new Map() }
  readonly #stopFollowing: () => void
  #goal: Side = 'after'
  #longest = 0
  #finished: (result: TransitionResult) => void = () => {}
  /** Nothing can end it before it has begun: a task may have ended by the time it is looked at. */
  #begun = false
  #over = false

  constructor(change: Change) {
    this.done = new Promise((resolve) => {
      this.#finished = resolve
    })
    this.#stopFollowing = this.#follow()
    for (const task of [...runningTasks(), ...requestsInFlight()]) this.#track(task, 'before')
    this.include(change)
    this.#begun = true
    this.#check()
  }

  status(): TransitionStatus {
    const tasks = [...this.#holding().keys()]
    const oldest = Math.min(...tasks.map((task) => task.startedAt), Date.now())
    return {
      tasks: tasks.length,
      oldest: Date.now() - oldest,
      names: tasks.slice(0, 5).map((task) => task.name),
    }
  }

  include(change: Change): void {
    const added = new Switch(change)
    // Whoever waited for the last task may be faster than those who wait for the end of the transition.
    if (this.#over) return added.settle(this.#goal)
    this.#switches.push(added)
    this.#timed(() => added.split(() => this.#sideOfCall()))
  }

  reverse(): void {
    this.#goal = this.#goal === 'after' ? 'before' : 'after'
    this.#check()
  }

  force(): void {
    this.#finish()
  }

  /** Code without this transition's mark began before it, or cannot be told from what did. */
  #sideOfCall(): Side {
    const mark = currentMark()
    return mark?.transition === this.#number ? mark.side : 'before'
  }

  #follow(): () => void {
    startMarking()
    const stopRequests = watchRequests((task, emitters, run) => {
      return this.#begin(task, () => {
        for (const emitter of emitters) emitWithMark(emitter, currentMark()!)
        return run()
      })
    })
    const stopListeners = carryMarksThroughListeners()
    setFollower({ begin: (task, run) => this.#begin(task, run) })
    return () => {
      setFollower(undefined)
      stopListeners()
      stopRequests()
      stopMarking()
    }
  }

  #begin<T>(task: Task, run: () => T): T {
    const mark = { transition: this.#number, side: this.#goal }
    this.#track(task, this.#goal)
    return runMarked(mark, run)
  }

  #track(task: Task, side: Side): void {
    const tasks = this.#tasks[side]
    tasks.set(task, () => {})
    const ended = (): void => {
      tasks.delete(task)
      this.#check()
    }
    const forget = task.whenEnded(ended)
    if (tasks.has(task)) tasks.set(task, forget)
  }

  /** The tasks that are not yet where the transition goes. */
  #holding(): Map<Task, () => void> {
    return this.#tasks[this.#goal === 'after' ? 'before' : 'after']
  }

  #check(): void {
    if (this.#begun && !this.#over && this.#holding().size === 0) this.#finish()
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#stopFollowing()
    this.#timed(() => {
      for (const one of this.#switches) one.settle(this.#goal)
    })
    // A task may go on for as long as the process: it must not hold on to what is over.
    for (const tasks of Object.values(this.#tasks)) {
      for (const forget of tasks.values()) forget()
      tasks.clear()
    }
    this.#finished({ side: this.#goal, switch: this.#longest })
  }

  #timed(step: () => void): void {
    const start = performance.now()
    step()
    this.#longest = Math.max(this.#longest, performance.now() - start)
  }
}
