import { setTimeout as delay } from 'node:timers/promises'
import type { Livepatch, OperationReport, Prepared } from '../../livepatch/core.ts'
import { isReversal, transitionBusy, UmbraError } from '../../livepatch/errors.ts'
import type { PatchLog } from '../../livepatch/log.ts'
import type { PatchSource } from '../../livepatch/patch.ts'
import type { Waiting } from '../protocol.ts'
import {
  type ChangeRequest,
  listPatches,
  type PatchRow,
  type ProcessRow,
  prepareRequest,
  type ThreadRow,
} from '../requests.ts'
import { describeShadow, type IdentifierRow } from '../shadow.ts'
import { type Answer, type FromThread, openChannel, type ToThreads } from './messages.ts'
import type { Roster, ThreadHost } from './roster.ts'
import type { SavedPatches } from './saved.ts'

/** A thread that has not answered by then is blocked. Milliseconds; less than what the command line waits. */
const PREPARE_DEADLINE = 4_000
const SURVEY_DEADLINE = 2_000

/** How often an operation that waits for its turn looks whether it still has to. Milliseconds. */
const LOOK_AGAIN = 100

/** How often to look whether a thread that is waited for has ended. Milliseconds. */
const ROLL_CALL = 20

/**
 * Carries operations out in all threads of the process: every thread first checks and compiles, and only when all have
 * said that they can, all switch, each between two of its own turns. One that cannot, or does not answer, refuses the
 * operation for all.
 */
export class Coordinator {
  readonly #livepatch: Livepatch
  readonly #roster: Roster
  readonly #saved: SavedPatches
  readonly #say: (message: ToThreads) => void
  readonly #answers = new Map<string, (answer: Answer) => void>()
  #lastOperation = 0
  #busy: Promise<void> = Promise.resolve()
  /** The last change that was carried out in its turn, or is being. */
  #carried: Promise<unknown> = Promise.resolve()
  /** The patch that it is about, while it is being carried out. */
  #carrying: string | undefined
  /** How many changes are being carried out: only then a thread can be in transition. */
  #underWay = 0

  constructor(livepatch: Livepatch, { roster, saved }: ThreadHost, log: PatchLog) {
    this.#livepatch = livepatch
    this.#roster = roster
    this.#saved = saved
    this.#say = openChannel<FromThread, ToThreads>((message) => {
      if (message.to !== 'main') return
      if ('entry' in message) log.append(message.entry)
      else this.#answers.get(key(message.operation, message.thread))?.(message.answer)
    })
  }

  /**
   * `abandoned` is the client's giving up: a request that waits for its turn leaves the queue.
   *
   * @throws UmbraError of the main thread or of any other, THREAD_BLOCKED, TRANSITION_BUSY; the reason of `abandoned`
   */
  async prepare(request: ChangeRequest, abandoned: AbortSignal): Promise<Prepared> {
    const { alongside, end } = await this.#place(request, abandoned)
    const operation = ++this.#lastOperation
    let own: Prepared | undefined
    let threads: number[] = []
    const cancel = (): void => {
      if (threads.length > 0) this.#say({ to: 'threads', operation, step: 'cancel' })
      if (own !== undefined) this.#roster.end()
      own?.cancel()
      end()
    }
    try {
      own = await prepareRequest(this.#livepatch, request)
      threads = this.#roster.begin()
      await Promise.all(
        this.#ask({ to: 'threads', operation, step: 'prepare', request }, threads, PREPARE_DEADLINE),
      )
    } catch (error) {
      cancel()
      throw error
    }
    const { patch, notes } = own
    const commit = async (): Promise<OperationReport> => {
      if (!alongside) this.#carrying = patch
      const committed = this.#commit(operation, own!, threads, request).finally(() => {
        if (!alongside) this.#carrying = undefined
        end()
      })
      if (!alongside) this.#carried = committed
      const report = await committed
      // What it was done to is over when its traces are gone, in all threads.
      await this.#carried.catch(() => {})
      return report
    }
    return { patch, notes, cancel, commit }
  }

  /** The transition under way in any thread, with the tasks of all that hold it up. */
  async transition(): Promise<Waiting | undefined> {
    if (this.#underWay === 0) return undefined
    for (const { name, threads } of await this.list()) {
      const held = threads.flatMap(({ transition }) =>
        transition && transition.tasks > 0 ? [transition] : [],
      )
      if (held.length === 0) continue
      const tasks = held.reduce((sum, one) => sum + one.tasks, 0)
      return { patch: name, tasks, oldest: Math.max(...held.map((one) => one.oldest)) }
    }
    return undefined
  }

  /** Loads and enables a patch before the program's first line, when there are no other threads yet. */
  loadNow(source: PatchSource): void {
    this.#livepatch.loadNow(source)
    this.#save()
  }

  /**
   * Operations go one at a time, in all threads; only what is done to the patch of the one under way must not wait for its
   * end. It may be on its way already, or may get there, while this one waits for its turn.
   */
  async #place(request: ChangeRequest, abandoned: AbortSignal): Promise<Place> {
    const turn = this.#turn()
    try {
      for (;;) {
        abandoned.throwIfAborted()
        if (isDoneTo(request, this.#carrying)) {
          leave(turn)
          return { alongside: true, end: () => {} }
        }
        const transition = waits(request) ? undefined : await this.transition()
        if (transition !== undefined && !isDoneTo(request, transition.patch)) throw transitionBusy(transition)
        const end = await Promise.race([turn, delay(LOOK_AGAIN, undefined, { ref: false })])
        abandoned.throwIfAborted()
        if (end !== undefined) return { alongside: false, end }
      }
    } catch (error) {
      leave(turn)
      throw error
    }
  }

  /** Waits for the operations before this one; the returned function ends it. */
  async #turn(): Promise<() => void> {
    const before = this.#busy
    let release = (): void => {}
    this.#busy = new Promise((resolve) => {
      release = resolve
    })
    await before
    return release
  }

  /** The patches of the main thread, each with what it is in the others. */
  async list(): Promise<ProcessRow[]> {
    const rows = listPatches(this.#livepatch)
    const answers = await this.#survey('list')
    return rows.map((row) => ({ ...row, threads: [threadRow(0, row), ...othersOf(row.name, answers)] }))
  }

  /** The shadow variables of all threads by identifier. */
  async shadow(): Promise<{ identifiers: IdentifierRow[] }> {
    const others = [...(await this.#survey('shadow')).values()]
    const identifiers = others.flatMap((answer) =>
      answer !== undefined && 'identifiers' in answer ? answer.identifiers : [],
    )
    return { identifiers: [...describeShadow(), ...identifiers] }
  }

  async #commit(
    operation: number,
    own: Prepared,
    threads: number[],
    request: ChangeRequest,
  ): Promise<OperationReport> {
    this.#underWay++
    const main = own.commit()
    // Threads that start from here on are told of the change: until it is through, tasks may keep it waiting for long.
    this.#save()
    this.#roster.end()
    const others = this.#ask({ to: 'threads', operation, step: 'commit' }, threads).map(reportOf)
    try {
      if (request.op === 'force') return await whereNeeded([main, ...others])
      const [report] = await Promise.all([main, ...others])
      return report
    } catch (error) {
      // Turned round, it is on its way back everywhere: a thread whose tasks hold that up needs the patch until then.
      if (isReversal(error)) await Promise.allSettled([main, ...others])
      await this.#takeBack(request, own.patch)
      throw error
    } finally {
      this.#save()
      this.#underWay--
    }
  }

  /** It failed in one thread, when others had the patch already or were about to: none keeps it. */
  async #takeBack(request: ChangeRequest, patch: string): Promise<void> {
    if (request.op !== 'load' && request.op !== 'enable') return
    const steps: ChangeRequest[] = [
      { op: 'disable', patch, wait: true },
      ...(request.op === 'load' ? [{ op: 'unload', patch, wait: true } as const] : []),
    ]
    for (const step of steps) {
      // Where it is not, there is nothing to take back.
      await prepareRequest(this.#livepatch, step)
        .then((prepared) => prepared.commit())
        .catch(() => {})
      // Before the other threads are counted: those that start from here on find it gone.
      this.#save()
      const operation = ++this.#lastOperation
      const threads = this.#roster.threads()
      await Promise.allSettled(
        this.#ask({ to: 'threads', operation, step: 'prepare', request: step }, threads),
      )
      await Promise.allSettled(this.#ask({ to: 'threads', operation, step: 'commit' }, threads))
    }
  }

  /** What threads that start later have to take. */
  #save(): void {
    this.#saved.write(
      this.#livepatch.patches.map(({ name, source, copies, phase }) => ({
        name,
        source,
        copies,
        enabled: phase === 'enabled' || phase === 'patching',
      })),
    )
  }

  /** What the other threads answer; undefined for one that is blocked. */
  async #survey(step: 'list' | 'shadow'): Promise<Map<number, Answer | undefined>> {
    const operation = ++this.#lastOperation
    const threads = this.#roster.threads()
    const message: ToThreads = { to: 'threads', operation, step }
    const answers = await Promise.allSettled(this.#ask(message, threads, SURVEY_DEADLINE))
    const given = new Map<number, Answer | undefined>()
    for (const [i, answer] of answers.entries()) {
      if (answer.status === 'rejected') given.set(threads[i]!, undefined)
      else if (answer.value !== undefined) given.set(threads[i]!, answer.value)
    }
    return given
  }

  /** Says something to all threads: an answer for each of these, undefined from one that ends before it gives one. */
  #ask(message: ToThreads, threads: number[], deadline?: number): Promise<Answer | undefined>[] {
    const answers = threads.map(async (thread) => {
      const answer = await this.#answerOf(message.operation, thread, deadline)
      if (answer === undefined || !('error' in answer)) return answer
      throw new UmbraError(answer.error.code, `thread ${thread}: ${answer.error.message}`)
    })
    if (threads.length > 0) this.#say(message)
    return answers
  }

  #answerOf(
    operation: number,
    thread: number,
    deadline = Number.POSITIVE_INFINITY,
  ): Promise<Answer | undefined> {
    const name = key(operation, thread)
    let waited = 0
    let rollCall: NodeJS.Timeout | undefined
    return new Promise<Answer | undefined>((resolve, reject) => {
      rollCall = setInterval(() => {
        // Counted by its calls: while this thread is kept from running itself, no other is silent.
        waited += ROLL_CALL
        if (!this.#roster.threads().includes(thread)) resolve(undefined)
        else if (waited > deadline) reject(silent(thread, deadline))
      }, ROLL_CALL).unref()
      this.#answers.set(name, resolve)
    }).finally(() => {
      clearInterval(rollCall)
      this.#answers.delete(name)
    })
  }
}

/** Where an operation stands among the others. */
interface Place {
  /** Beside the one under way, to whose patch it does something. */
  alongside: boolean
  end: () => void
}

/** Whether a request can be met while another operation on that patch is under way: ending its wait, turning it round. */
function isDoneTo(request: ChangeRequest, patch: string | undefined): boolean {
  return 'patch' in request && request.patch === patch && request.op !== 'unload'
}

/** A turn that is not used is over as soon as it comes. */
function leave(turn: Promise<() => void>): void {
  void turn.then((end) => end())
}

async function reportOf(answer: Promise<Answer | undefined>): Promise<OperationReport | undefined> {
  const given = await answer
  return given !== undefined && 'report' in given ? given.report : undefined
}

/** A wait is ended in the threads that wait; the others have nothing to end. @throws what the first says, if none does */
async function whereNeeded(all: Promise<OperationReport | undefined>[]): Promise<OperationReport> {
  const outcomes = await Promise.allSettled(all)
  for (const one of outcomes) if (one.status === 'fulfilled' && one.value !== undefined) return one.value
  throw (outcomes[0] as PromiseRejectedResult).reason
}

/** Whether a request asked to wait for a transition under way. */
function waits(request: ChangeRequest): boolean {
  return 'wait' in request && request.wait === true
}

function key(operation: number, thread: number): string {
  return `${operation}.${thread}`
}

function silent(thread: number, deadline: number): UmbraError {
  return new UmbraError(
    'THREAD_BLOCKED',
    `thread ${thread} did not answer within ${deadline / 1000} s: its event loop is blocked. Nothing was changed in any ` +
      'thread, and nothing will be when it wakes',
  )
}

function threadRow(thread: number, { enabled, transition, missing }: PatchRow): ThreadRow {
  return { thread, enabled, transition, ...(missing !== undefined && { missing }) }
}

function othersOf(name: string, answers: Map<number, Answer | undefined>): ThreadRow[] {
  return [...answers].flatMap(([thread, answer]): ThreadRow[] => {
    if (answer === undefined) return [{ thread, enabled: null, transition: false }]
    const row = 'rows' in answer ? answer.rows.find((one) => one.name === name) : undefined
    return row === undefined ? [] : [threadRow(thread, row)]
  })
}
