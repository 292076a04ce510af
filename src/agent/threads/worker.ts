import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Livepatch, Prepared } from '../../livepatch/core.ts'
import { describeError } from '../../livepatch/errors.ts'
import { log } from '../../livepatch/log.ts'
import type { Registry } from '../../loader/registry.ts'
import { threadId } from '../../thread.ts'
import { nextTurn } from '../../turn.ts'
import { cardPath, ownFolder } from '../folders.ts'
import { type ChangeRequest, listPatches, prepareRequest } from '../requests.ts'
import { AbsentPatches } from './absent.ts'
import { type Answer, type FromThread, openChannel, type ToThreads } from './messages.ts'
import { ownSetting, Roster, setForChildren, type ThreadSetting } from './roster.ts'
import { type SavedPatch, SavedPatches } from './saved.ts'

/** How long a starting thread waits for an operation that was prepared to be told to go on, or not to. Milliseconds. */
const PATIENCE = 20_000

/** Makes a worker thread one that takes patches: those that the process has, before its first line, and later ones. */
export function startThread(registry: Registry): void {
  const setting = ownSetting()
  if (setting === undefined) return warnOfUnseen()
  setForChildren(setting)
  const thread = new ThreadAgent(registry, setting)
  thread.start()
}

/** Code that nobody has seen (docs/preparing.md) can start threads without a word to them. */
function warnOfUnseen(): void {
  if (!existsSync(cardPath(ownFolder()))) return // the main thread is not prepared, and no more to be patched
  process.emitWarning(
    'umbra: this thread cannot be patched: the code that has started it was not loaded from a file',
  )
}

/** Loaded with the first patch: a thread that nobody patches does not pay for it. */
function loadPatching(): typeof import('../patching.ts') {
  return createRequire(import.meta.url)('#dist/agent/patching.js')
}

class ThreadAgent {
  readonly #registry: Registry
  readonly #setting: ThreadSetting
  readonly #say: (message: FromThread) => void
  readonly #prepared = new Map<number, Prepared>()
  readonly #cancelled = new Set<number>()
  readonly #absent = new AbsentPatches()
  #livepatch: Livepatch | undefined

  constructor(registry: Registry, setting: ThreadSetting) {
    this.#registry = registry
    this.#setting = setting
    this.#say = openChannel<ToThreads, FromThread>((message) => this.#heard(message))
    log.follow((entry) => this.#say({ to: 'main', thread: threadId, entry }))
  }

  /** Synchronous, for it happens in a preload: when it returns, the thread's first line runs. */
  start(): void {
    const roster = new Roster(this.#setting.roster)
    roster.join(threadId, this.#setting.parent)
    roster.waitUntilSettled(threadId, PATIENCE)
    for (const patch of new SavedPatches(this.#setting.saved).read()) this.#take(patch)
  }

  /** A thread must start whatever becomes of a patch; of a disabled one nothing runs before somebody enables it. */
  #take(patch: SavedPatch): void {
    if (!patch.enabled) return this.#absent.add(patch)
    try {
      this.#core().loadNow(patch.source, patch.copies)
    } catch (error) {
      const reason = describeError(error).message
      log.write(`umbra: thread ${threadId} starts without patch '${patch.name}': ${reason}`)
      this.#absent.add(patch, reason)
    }
  }

  #core(): Livepatch {
    this.#livepatch ??= new (loadPatching().Livepatch)(this.#registry, log, this.#setting.main)
    return this.#livepatch
  }

  #heard(message: ToThreads): void {
    if (message.to !== 'threads') return
    const { operation, step } = message
    if (step === 'cancel') return this.#cancel(operation)
    const work =
      step === 'prepare' ? this.#prepare(operation, message.request) : this.#answer(operation, step)
    work
      .catch((error): Answer => ({ error: describeError(error) }))
      .then((answer) => {
        if (answer !== undefined) this.#say({ to: 'main', thread: threadId, operation, answer })
      })
  }

  async #prepare(operation: number, request: ChangeRequest): Promise<Answer | undefined> {
    // A thread that was blocked finds an operation and its end at once: one that was given up does not begin.
    await nextTurn()
    if (this.#cancelled.delete(operation)) return undefined
    const prepared = await (this.#absent.prepare(request, () => this.#core()) ??
      prepareRequest(this.#core(), request))
    if (this.#cancelled.delete(operation)) {
      prepared.cancel()
      return undefined
    }
    this.#prepared.set(operation, prepared)
    return { prepared: prepared.notes }
  }

  async #answer(operation: number, step: 'commit' | 'list' | 'shadow'): Promise<Answer> {
    if (step === 'list') {
      const own = this.#livepatch === undefined ? [] : listPatches(this.#livepatch)
      return { rows: [...own, ...this.#absent.rows()] }
    }
    if (step === 'shadow') return { identifiers: loadPatching().describeShadow() }
    const prepared = this.#prepared.get(operation)!
    this.#prepared.delete(operation)
    return { report: await prepared.commit() }
  }

  #cancel(operation: number): void {
    const prepared = this.#prepared.get(operation)
    this.#prepared.delete(operation)
    if (prepared === undefined) this.#cancelled.add(operation)
    else prepared.cancel()
  }
}
