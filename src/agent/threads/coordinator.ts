import type { Livepatch, OperationReport, Prepared } from '../../livepatch/core.ts'
import { UmbraError } from '../../livepatch/errors.ts'
import type { PatchLog } from '../../livepatch/log.ts'
import type { PatchSource } from '../../livepatch/patch.ts'
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
const SURVEY_DEADLINE = 500

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

  /** @throws UmbraError of the main thread or of any other, THREAD_BLOCKED */
  async prepare(request: ChangeRequest): Promise<Prepared> {
    // What is done to a transition under way must not wait for its end; all else goes one at a time, in all threads.
    const outside = this.#livepatch.inTransition && !waits(request)
    const end = outside ? () => {} : await this.#turn()
    const operation = ++this.#lastOperation
    let own: Prepared | undefined
    let threads: number[] = []
    const cancel = (): void => {
      if (threads.length > 0) this.#say({ to: 'threads', operation, step: 'cancel' })
      own?.cancel()
      end()
    }
    try {
      own = await prepareRequest(this.#livepatch, request)
      threads = outside ? this.#roster.threads() : this.#roster.begin()
      await this.#ask({ to: 'threads', operation, step: 'prepare', request }, threads, PREPARE_DEADLINE)
    } catch (error) {
      cancel()
      throw error
    }
    const { patch, notes } = own
    const commit = (): Promise<OperationReport> =>
      this.#commit(operation, own!, threads, request).finally(end)
    return { patch, notes, cancel, commit }
  }

  /** Loads and enables a patch before the program's first line, when there are no other threads yet. */
  loadNow(source: PatchSource): void {
    this.#livepatch.loadNow(source, true)
    this.#save()
  }

  /** Waits for the operations before this one; the returned function ends it. */
  async #turn(): Promise<() => void> {
    const before = this.#busy
    let release = (): void => {}
    this.#busy = new Promise((resolve) => {
      release = resolve
    })
    await before
    return () => {
      this.#roster.end()
      release()
    }
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
    const identifiers = others.flatMap((answer) => ('identifiers' in answer ? answer.identifiers : []))
    return { identifiers: [...describeShadow(), ...identifiers] }
  }

  async #commit(
    operation: number,
    own: Prepared,
    threads: number[],
    request: ChangeRequest,
  ): Promise<OperationReport> {
    const message: ToThreads = { to: 'threads', operation, step: 'commit' }
    const [report, others] = await Promise.allSettled([own.commit(), this.#ask(message, threads)])
    this.#save()
    const failed = [report, others].find((one) => one.status === 'rejected')
    if (failed === undefined) return (report as PromiseFulfilledResult<OperationReport>).value
    await this.#takeBack(request, own.patch)
    throw (failed as PromiseRejectedResult).reason
  }

  /** A pre-patch callback failed in one thread, when others had the patch already: none keeps it. */
  async #takeBack(request: ChangeRequest, patch: string): Promise<void> {
    const steps: ChangeRequest[] = [
      { op: 'disable', patch },
      ...(request.op === 'load' ? [{ op: 'unload', patch } as const] : []),
    ]
    if (request.op !== 'load' && request.op !== 'enable') return
    const threads = this.#roster.threads()
    for (const step of steps) {
      const operation = ++this.#lastOperation
      const own = prepareRequest(this.#livepatch, step).then((prepared) => prepared.commit())
      const others = this.#ask({ to: 'threads', operation, step: 'prepare', request: step }, threads)
        .catch(() => {})
        .then(() => this.#ask({ to: 'threads', operation, step: 'commit' }, threads))
      // Where it is not, there is nothing to take back.
      await Promise.allSettled([own, others])
    }
    this.#save()
  }

  /** What threads that start later have to take. */
  #save(): void {
    this.#saved.write(
      this.#livepatch.patches.map(({ source, phase }) => ({
        source,
        enabled: phase === 'enabled' || phase === 'patching',
      })),
    )
  }

  /** What the other threads answer that are not blocked, by thread. */
  async #survey(step: 'list' | 'shadow'): Promise<Map<number, Answer>> {
    const operation = ++this.#lastOperation
    const threads = this.#roster.threads()
    const asked = threads.map((thread) =>
      this.#answerOf(operation, thread, SURVEY_DEADLINE).catch(() => undefined),
    )
    if (threads.length > 0) this.#say({ to: 'threads', operation, step })
    const answers = await Promise.all(asked)
    return new Map(
      threads.flatMap((thread, i) => (answers[i] === undefined ? [] : [[thread, answers[i]] as const])),
    )
  }

  /** Says something to all threads and waits for an answer of each of these; those that end are not waited for. */
  async #ask(message: ToThreads, threads: number[], deadline?: number): Promise<Map<number, Answer>> {
    const answers = new Map<number, Answer>()
    if (threads.length === 0) return answers
    const waiting = threads.map((thread) =>
      this.#answerOf(message.operation, thread, deadline).then((answer) => {
        if (answer !== undefined) answers.set(thread, answer)
      }),
    )
    this.#say(message)
    await Promise.all(waiting)
    for (const [thread, answer] of answers) {
      if ('error' in answer)
        throw new UmbraError(answer.error.code, `thread ${thread}: ${answer.error.message}`)
    }
    return answers
  }

  #answerOf(
    operation: number,
    thread: number,
    deadline = Number.POSITIVE_INFINITY,
  ): Promise<Answer | undefined> {
    const name = key(operation, thread)
    const start = Date.now()
    let rollCall: NodeJS.Timeout | undefined
    return new Promise<Answer | undefined>((resolve, reject) => {
      rollCall = setInterval(() => {
        if (!this.#roster.threads().includes(thread)) resolve(undefined)
        else if (Date.now() - start > deadline) reject(silent(thread, deadline))
      }, ROLL_CALL).unref()
      this.#answers.set(name, resolve)
    }).finally(() => {
      clearInterval(rollCall)
      this.#answers.delete(name)
    })
  }
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

function threadRow(thread: number, { enabled, transition }: PatchRow): ThreadRow {
  return { thread, enabled, transition }
}

function othersOf(name: string, answers: Map<number, Answer>): ThreadRow[] {
  return [...answers].flatMap(([thread, answer]) => {
    const row = 'rows' in answer ? answer.rows.find((one) => one.name === name) : undefined
    return row === undefined ? [] : [threadRow(thread, row)]
  })
}
