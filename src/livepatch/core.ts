import { setImmediate as nextTurn } from 'node:timers/promises'
import { mainPath } from '../loader/main-path.ts'
import type { Registry } from '../loader/registry.ts'
import { withDeadline } from './callbacks.ts'
import { checkDefinition } from './definition.ts'
import { isReversal, reasonOf, transitionBusy, UmbraError } from './errors.ts'
import { type Copies, type Evaluated, evaluate, evaluateNow, type OwnExports } from './evaluate.ts'
import { cannotWait, fitToLoaded } from './fit.ts'
import { applyToComing, applyToLoaded, completeComing } from './late.ts'
import { Lifecycle, type LifecycleReport } from './lifecycle.ts'
import type { PatchLog } from './log.ts'
import { suggestion } from './nearest.ts'
import { Patch, type PatchPhase, type PatchSource } from './patch.ts'
import { Switch } from './stack.ts'
import { checkStates, previousState, stateOf } from './states.ts'
import { Stopwatch } from './stopwatch.ts'
import type { TransitionStatus } from './transition.ts'

/** What an operation tells when it is done. Times are milliseconds for which the event loop was held up. */
export interface OperationReport {
  patch: string
  /** Compiling, evaluating and checking the patch. */
  prepare: number
  /** The switch of all functions. */
  switch: number
  notes: string[]
}

/**
 * An operation that was checked and has changed nothing yet. Exactly one of `commit` and `cancel` is called; until it is
 * over no other operation begins.
 */
export interface Prepared {
  readonly patch: string
  readonly notes: string[]
  commit(): Promise<OperationReport>
  cancel(): void
}

type Step = Omit<Prepared, 'cancel'>

/** The patches of a thread and what can be done with them: the kernel's livepatch core. */
export class Livepatch {
  /** In the order in which they were enabled, which is that of the stacks; a disabled one stays where it was. */
  readonly #patches: Patch[] = []
  readonly #registry: Registry
  readonly #log: PatchLog
  readonly #main: string | undefined
  readonly #lifecycle: Lifecycle
  #busy: Promise<void> = Promise.resolve()
  /** The patch that the operation under way is about, from its commit to its end. */
  #carriedOut: string | undefined

  constructor(registry: Registry, log: PatchLog, main = mainPath()) {
    this.#registry = registry
    this.#log = log
    this.#main = main
    this.#lifecycle = new Lifecycle(log)
    registry.onFile((file) => applyToComing(this.#patches, file, this.#lifecycle, log))
    registry.onEvaluated((filename, exports) => completeComing(this.#patches, filename, exports, log))
  }

  get patches(): readonly Patch[] {
    return this.#patches
  }

  /** Whether a patch waits for old tasks to end. */
  get inTransition(): boolean {
    return this.#lifecycle.inTransition !== undefined
  }

  /** What holds up the transition of this patch; undefined when it is in none. */
  transitionOf(patch: Patch): TransitionStatus | undefined {
    const current = this.#lifecycle.inTransition
    return current?.patch === patch ? current.status : undefined
  }

  /** @throws UmbraError PATCH_NOT_FOUND */
  find(name: string): Patch {
    const patch = this.#patches.find((one) => one.name === name)
    if (patch !== undefined) return patch
    const known = this.#patches.map((one) => one.name)
    const list = known.length === 0 ? 'none is loaded' : `loaded: ${known.join(', ')}`
    throw new UmbraError(
      'PATCH_NOT_FOUND',
      `no patch '${name}' is loaded${suggestion(name, known)} (${list})`,
    )
  }

  /**
   * Reads and checks a patch; its commit enables it. A refused one leaves the process as it was. `known` are the copies of
   * packages that it was given in another thread.
   */
  prepareLoad(source: PatchSource, wait = false, known: Copies = {}): Promise<Prepared> {
    return this.#exclusive(wait, async () => {
      const clock = new Stopwatch()
      const patch = await this.#read(source, clock, known)
      // Two shorter stops instead of one.
      await nextTurn()
      const notes = clock.run(() => {
        this.#refuseTaken(patch)
        checkStates(patch, this.#enabled(), this.#log)
        return fitToLoaded(patch, this.#registry.files())
      })
      const commit = async (): Promise<OperationReport> => {
        try {
          return await this.#enable(patch, clock)
        } catch (error) {
          // Turned round, it stays in the list, disabled, until whoever loaded it unloads it: other threads may need longer.
          if (!isReversal(error)) this.#forget(patch)
          throw error
        }
      }
      return { patch: patch.name, notes, commit }
    })
  }

  /**
   * Loads and enables a patch before the program's first line, or a thread's. Synchronous: its targets are still to come,
   * except for what the patches import themselves, and it is applied to each while that is imported. A refused one
   * leaves the thread as it was.
   */
  loadNow(source: PatchSource, known: Copies = {}): Patch {
    const own = this.#ownExports()
    const evaluated = evaluateNow(source, this.#registry, own.exports, this.#main, known)
    const patch = own.belongTo(this.#create(evaluated, source))
    for (const target of patch.targets) if (target.startsAsync) throw cannotWait(target)
    this.#refuseTaken(patch)
    checkStates(patch, this.#enabled(), this.#log)
    fitToLoaded(patch, this.#registry.files())
    const older = this.#enabled()
    this.#patches.push(patch)
    this.#lifecycle.enableNow(patch)
    try {
      applyToLoaded(patch, this.#registry.files(), this.#lifecycle, this.#log)
    } catch (error) {
      new Switch({ off: patch.placements() }).settle('after')
      patch.leave(this.#log)
      this.#forget(patch)
      throw error
    }
    // Of them only what patches have imported is in force.
    if (patch.replace) {
      new Switch({ off: older.flatMap((one) => one.placements()) }).settle('after')
      for (const one of older) one.leave(this.#log)
    }
    return patch
  }

  /** In the middle of being disabled, a patch is turned round. */
  async prepareEnable(name: string, wait = false): Promise<Prepared> {
    if (this.#isCarriedOut(name, ['unpatching', 'disabled']))
      return this.#turnRound(name, 'unpatching', () => this.#prepareEnable(name, true))
    return this.#prepareEnable(name, wait)
  }

  #prepareEnable(name: string, wait: boolean): Promise<Prepared> {
    if (!wait && this.#isInTransition(name, 'patching'))
      throw new UmbraError('PATCH_ENABLED', `patch '${name}' is being enabled already`)
    return this.#exclusive(wait, async () => {
      const patch = this.find(name)
      if (patch.phase !== 'disabled')
        throw new UmbraError('PATCH_ENABLED', `patch '${name}' is enabled already`)
      const clock = new Stopwatch()
      const notes = clock.run(() => {
        checkStates(patch, this.#enabled(), this.#log)
        return fitToLoaded(patch, this.#registry.files())
      })
      return { patch: name, notes, commit: () => this.#enable(patch, clock) }
    })
  }

  /** In the middle of being enabled, a patch is turned round. */
  async prepareDisable(name: string, wait = false): Promise<Prepared> {
    if (this.#isCarriedOut(name, ['patching', 'enabled']))
      return this.#turnRound(name, 'patching', () => this.#prepareDisable(name, true))
    return this.#prepareDisable(name, wait)
  }

  #prepareDisable(name: string, wait: boolean): Promise<Prepared> {
    if (!wait && this.#isInTransition(name, 'unpatching'))
      throw new UmbraError('PATCH_DISABLED', `patch '${name}' is being disabled already`)
    return this.#exclusive(wait, async () => {
      const patch = this.find(name)
      if (patch.phase === 'disabled')
        throw new UmbraError('PATCH_DISABLED', `patch '${name}' is disabled already`)
      const commit = async (): Promise<OperationReport> => report(patch, await this.#lifecycle.disable(patch))
      return { patch: name, notes: [], commit }
    })
  }

  prepareUnload(name: string, wait = false): Promise<Prepared> {
    return this.#exclusive(wait, async () => {
      const patch = this.find(name)
      if (patch.phase !== 'disabled') {
        throw new UmbraError('PATCH_ENABLED', `patch '${name}' is enabled: disable it first`)
      }
      return { patch: name, notes: [], commit: () => this.#unload(patch) }
    })
  }

  /** Ends the wait of a patch in transition. @throws UmbraError TRANSITION_NONE when it is committed too late */
  async prepareForce(name: string): Promise<Prepared> {
    return this.#outside(name, async (patch) => {
      await this.#lifecycle.begun()
      return report(patch, await this.#lifecycle.force(patch))
    })
  }

  async #read(source: PatchSource, clock: Stopwatch, known: Copies): Promise<Patch> {
    const own = this.#ownExports()
    const evaluated = await evaluate(source, this.#registry, own.exports, clock, known)
    return own.belongTo(this.#create(evaluated, source))
  }

  #create({ exported, copies }: Evaluated, source: PatchSource): Patch {
    return new Patch(checkDefinition(exported, source.filename), source, copies, this.#main)
  }

  /** What a patch imports from umbra that is its own: it exists before the patch does. */
  #ownExports(): { exports: OwnExports; belongTo(patch: Patch): Patch } {
    let owner: Patch | undefined
    const own = (): Patch => {
      if (owner !== undefined) return owner
      throw new UmbraError(
        'STATE_TOO_EARLY',
        'states can be asked for in callbacks, not while the patch is evaluated',
      )
    }
    const exports: OwnExports = {
      getState: (id) => stateOf(own(), id),
      getPrevState: (id) => previousState(own(), this.#patches, id),
    }
    const belongTo = (patch: Patch): Patch => {
      owner = patch
      return patch
    }
    return { exports, belongTo }
  }

  async #enable(patch: Patch, clock: Stopwatch): Promise<OperationReport> {
    // Modules may have come since the patch was checked; those that come from here on find it in the list.
    const notes = clock.run(() => fitToLoaded(patch, this.#registry.files()))
    this.#forget(patch)
    this.#patches.push(patch)
    const replaced = patch.replace ? this.#enabled().filter((one) => one !== patch) : []
    const { switch: switched } = await this.#lifecycle.enable(patch, replaced)
    notes.push(...patch.targets.flatMap(({ left }) => left))
    return { patch: patch.name, prepare: clock.total, switch: switched, notes }
  }

  async #unload(patch: Patch): Promise<OperationReport> {
    // The patch leaves whatever its own clean-up does: it is disabled, and half an unload is no state to be in.
    this.#forget(patch)
    const notes: string[] = []
    try {
      await withDeadline(patch.definition.unload?.(), `unload() of '${patch.name}'`)
    } catch (error) {
      notes.push(`its unload() failed: ${reasonOf(error)}`)
    }
    return { ...report(patch, { switch: 0 }), notes }
  }

  #enabled(): Patch[] {
    return this.#patches.filter((patch) => patch.phase !== 'disabled')
  }

  #refuseTaken(patch: Patch): void {
    if (!this.#patches.some((other) => other.name === patch.name)) return
    throw new UmbraError(
      'PATCH_NAME_TAKEN',
      `a patch named '${patch.name}' is loaded already: unload it first, or give this one another name`,
    )
  }

  #forget(patch: Patch): void {
    const at = this.#patches.indexOf(patch)
    if (at >= 0) this.#patches.splice(at, 1)
  }

  /** Whether the operation under way is about this patch and has brought it so far. */
  #isCarriedOut(name: string, phases: PatchPhase[]): boolean {
    return (
      this.#carriedOut === name &&
      this.#patches.some((one) => one.name === name && phases.includes(one.phase))
    )
  }

  #isInTransition(name: string, phase: 'patching' | 'unpatching'): boolean {
    const current = this.#lifecycle.inTransition
    return current?.patch.name === name && current.patch.phase === phase
  }

  /**
   * Turns a transition round that is under way, or is about to begin; where there is none any more, the way back is one of
   * its own.
   */
  #turnRound(name: string, from: 'patching' | 'unpatching', back: () => Promise<Prepared>): Prepared {
    return this.#outside(name, async (patch) => {
      await this.#lifecycle.begun()
      if (!this.#isInTransition(name, from)) return (await back()).commit()
      return report(patch, await this.#lifecycle.reverse(patch))
    })
  }

  /** Something that is done to the operation under way, and so does not wait for its end. */
  #outside(name: string, act: (patch: Patch) => Promise<OperationReport>): Prepared {
    const patch = this.find(name)
    return { patch: name, notes: [], commit: () => act(patch), cancel: () => {} }
  }

  /** One operation at a time: the next begins when this one was refused, cancelled or carried out. */
  async #exclusive(wait: boolean, prepare: () => Promise<Step>): Promise<Prepared> {
    const current = this.#lifecycle.inTransition
    if (current !== undefined && !wait) {
      throw transitionBusy({ patch: current.patch.name, tasks: current.status.tasks })
    }
    const before = this.#busy
    let release = (): void => {}
    this.#busy = new Promise((resolve) => {
      release = resolve
    })
    await before
    try {
      const prepared = await prepare()
      const commit = (): Promise<OperationReport> => {
        this.#carriedOut = prepared.patch
        return prepared.commit().finally(() => {
          this.#carriedOut = undefined
          release()
        })
      }
      return { ...prepared, commit, cancel: release }
    } catch (error) {
      release()
      throw error
    }
  }
}

function report(patch: Patch, { switch: switched }: LifecycleReport): OperationReport {
  return { patch: patch.name, prepare: 0, switch: switched, notes: [] }
}
