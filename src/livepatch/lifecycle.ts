import { setImmediate as nextTurn } from 'node:timers/promises'
import { runCallback, runLateCallback } from './callbacks.ts'
import { describeError, UmbraError } from './errors.ts'
import type { PatchLog } from './log.ts'
import type { MemberLeft } from './members.ts'
import type { Patch, PatchTarget } from './patch.ts'
import { type Change, type Placement, Switch } from './stack.ts'
import { beginTransition, type Transition, type TransitionStatus } from './transition.ts'

/** The way that a patch goes: the words of the kernel's log. */
type Direction = 'patching' | 'unpatching'

const OPPOSITE = { patching: 'unpatching', unpatching: 'patching' } as const

/** How a patch got where it was sent. */
export interface LifecycleReport {
  /** Milliseconds for which switching functions held up the event loop. */
  switch: number
}

/** The replacements of a patch in a file that is about to run its first line. */
export interface Arrived {
  patch: Patch
  placements: Placement[]
}

/** A transition, from its start to its end; the callbacks after it belong to it no more. */
interface UnderWay {
  patch: Patch
  /** The patches that are going: only calls on the side before the switch see them. */
  going: readonly Patch[]
  transition: Transition
  ended: Promise<LifecycleReport>
}

/** Brings patches on and off, one at a time, and says so in the log in the kernel's words. */
export class Lifecycle {
  readonly #log: PatchLog
  #current: UnderWay | undefined
  #beginning: Promise<void> = Promise.resolve()
  /** What a new part of the patch has loaded while it is evaluated gets the patch at once. */
  #isTrial = false

  constructor(log: PatchLog) {
    this.#log = log
  }

  /** The patch that waits for old tasks to end. */
  get inTransition(): { patch: Patch; status: TransitionStatus } | undefined {
    if (this.#current === undefined) return undefined
    return { patch: this.#current.patch, status: this.#current.transition.status() }
  }

  /**
   * Enables a patch whose replacements are prepared; `replaced` are the patches that it takes over from.
   *
   * @throws what its pre-patch callback throws, UmbraError TRANSITION_REVERSED
   */
  async enable(patch: Patch, replaced: Patch[]): Promise<LifecycleReport> {
    this.#log.write(`livepatch: enabling patch '${patch.name}'`)
    this.#say(patch, 'initializing patching transition')
    patch.phase = 'patching'
    await this.#begin(this.#prePatch(patch, replaced))
    this.#say(patch, 'starting patching transition')
    return this.#carryOut(patch, 'patching', replaced)
  }

  /** Enables a patch before the program's first line: nothing is loaded that could be switched. */
  enableNow(patch: Patch): void {
    this.#log.write(`livepatch: enabling patch '${patch.name}'`)
    for (const what of ['initializing', 'starting', 'completing'])
      this.#say(patch, `${what} patching transition`)
    patch.phase = 'enabled'
    this.#say(patch, 'patching complete')
  }

  /** @throws UmbraError TRANSITION_REVERSED */
  async disable(patch: Patch): Promise<LifecycleReport> {
    this.#say(patch, 'initializing unpatching transition')
    patch.phase = 'unpatching'
    await this.#begin(this.#preUnpatch(patch))
    this.#say(patch, 'starting unpatching transition')
    return this.#carryOut(patch, 'unpatching', [patch])
  }

  /** Waits until the transition under way, if any, has begun, or will not begin: callbacks before it may take their time. */
  async begun(): Promise<void> {
    await this.#beginning
    // One that nothing holds up is over by then.
    await nextTurn()
  }

  async #begin(callbacks: Promise<void>): Promise<void> {
    this.#beginning = callbacks.catch(() => {})
    await callbacks
  }

  /** Whether a patch is about to come into force: not before its transition, and in that for the calls on its new side. */
  isComing(patch: Patch): boolean {
    const current = this.#current
    if (current === undefined) return patch.phase === 'patching' && !this.#isTrial
    return current.patch === patch && !current.going.includes(patch)
  }

  /** The transition under way takes along what has arrived of the patches that it is about. */
  takeAlong(arrived: readonly Arrived[]): void {
    const current = this.#current
    if (current === undefined || arrived.length === 0) return
    const placementsOf = (are: (patch: Patch) => boolean): Placement[] =>
      arrived.flatMap(({ patch, placements }) => (are(patch) ? placements : []))
    const on = placementsOf((patch) => this.isComing(patch))
    const off = placementsOf((patch) => current.going.includes(patch))
    current.transition.include({ on, off })
  }

  /** Turns the transition of `patch` round, and resolves when it is over. */
  async reverse(patch: Patch): Promise<LifecycleReport> {
    const current = this.#currentOf(patch)
    const from = patch.phase as Direction
    const to = OPPOSITE[from]
    this.#say(patch, `reversing transition from ${from} to ${to}`)
    patch.phase = to
    current.transition.reverse()
    await current.ended.catch(() => {})
    return { switch: (await current.transition.done).switch }
  }

  /** Ends the wait for old tasks. */
  async force(patch: Patch): Promise<LifecycleReport> {
    const current = this.#currentOf(patch)
    this.#log.write(`umbra: the transition of patch '${patch.name}' is forced`)
    current.transition.force()
    await current.ended.catch(() => {})
    return { switch: (await current.transition.done).switch }
  }

  #currentOf(patch: Patch): UnderWay {
    if (this.#current?.patch === patch) return this.#current
    throw new UmbraError('TRANSITION_NONE', `patch '${patch.name}' is not in transition`)
  }

  async #prePatch(patch: Patch, replaced: Patch[]): Promise<void> {
    const loaded = patch.targets.filter((one) => one.loaded)
    const left: MemberLeft = (note) => this.#log.write(`umbra: patch '${patch.name}': ${note}`)
    await this.#forEach(patch, loaded, 'pre-patch callback', (target) => target.reach())
    await this.#forEach(patch, loaded, 'pre-patch callback', async (target) => {
      if (!target.applied) await runCallback(patch, target, 'prePatch')
      target.applied = true
      await target.putMembers(left)
    })
    const change = { on: patch.placements(), off: replaced.flatMap((one) => one.placements()) }
    await this.#forEach(patch, loaded, 'evaluating the new part', async (target) =>
      this.#whileSwitched(change, () => target.evaluateAdded()),
    )
  }

  /** Runs something as if the change had been carried out; synchronous, so that nothing else of the program sees it. */
  #whileSwitched(change: Change, run: () => void): void {
    const trial = new Switch(change)
    trial.settle('after')
    this.#isTrial = true
    try {
      run()
    } finally {
      this.#isTrial = false
      trial.settle('before')
    }
  }

  /** A step on the way into force, for each target; where one fails, the patch is taken back. */
  async #forEach(
    patch: Patch,
    targets: PatchTarget[],
    what: string,
    step: (target: PatchTarget) => Promise<void>,
  ): Promise<void> {
    for (const target of targets) {
      try {
        await step(target)
      } catch (error) {
        await this.#failEnabling(patch, target, what)
        throw refusal(error, target)
      }
    }
  }

  async #preUnpatch(patch: Patch): Promise<void> {
    for (const target of patch.applied()) await runLateCallback(patch, target, 'preUnpatch', this.#log)
  }

  async #failEnabling(patch: Patch, failed: PatchTarget, what: string): Promise<void> {
    this.#log.write(`livepatch: ${what} failed for object '${failed.written}'`)
    this.#log.write(`livepatch: failed to enable patch '${patch.name}'`)
    this.#say(patch, 'canceling patching transition, going to unpatch')
    patch.phase = 'unpatching'
    // A target that was imported meanwhile has been patched already.
    new Switch({ off: patch.placements() }).settle('after')
    await this.#complete(patch, 'unpatching')
  }

  #carryOut(patch: Patch, direction: Direction, going: readonly Patch[]): Promise<LifecycleReport> {
    const on = direction === 'patching' ? patch.placements() : []
    const change: Change = { on, off: going.flatMap((one) => one.placements()) }
    const transition = beginTransition(change, patch.consistency)
    const ended = this.#end(patch, direction, going, transition)
    this.#current = { patch, going, transition, ended }
    return ended
  }

  async #end(
    patch: Patch,
    direction: Direction,
    going: readonly Patch[],
    transition: Transition,
  ): Promise<LifecycleReport> {
    const result = await transition.done
    this.#current = undefined
    // Callbacks of replaced patches do not run: the new patch's own know best how to take over.
    if (result.side === 'after') for (const one of going) if (one !== patch) one.leave(this.#log)
    const reached = result.side === 'after' ? direction : OPPOSITE[direction]
    await this.#complete(patch, reached)
    if (reached === direction) return { switch: result.switch }
    throw new UmbraError(
      'TRANSITION_REVERSED',
      `the transition of patch '${patch.name}' was turned round to ${reached} by another command`,
    )
  }

  async #complete(patch: Patch, direction: Direction): Promise<void> {
    this.#say(patch, `completing ${direction} transition`)
    const targets = patch.applied()
    // What is imported while the callbacks run finds the patch as it is from here on.
    if (direction === 'patching') patch.phase = 'enabled'
    else patch.leave(this.#log)
    const callback = direction === 'patching' ? 'postPatch' : 'postUnpatch'
    for (const target of targets) await runLateCallback(patch, target, callback, this.#log)
    this.#say(patch, `${direction} complete`)
  }

  #say(patch: Patch, what: string): void {
    this.#log.write(`livepatch: '${patch.name}': ${what}`)
  }
}

/** What a pre-patch callback has thrown, as those are told who wanted the patch; it keeps a code of its own. */
function refusal(error: unknown, { written }: PatchTarget): unknown {
  if (error instanceof UmbraError) return error
  const { code, message } = describeError(error)
  return new UmbraError(
    code === 'ERROR' ? 'CALLBACK_FAILED' : code,
    `the prePatch callback of '${written}' failed, and nothing has changed: ${message}`,
    { cause: error },
  )
}
