import { types } from 'node:util'
import type { LoadedFile } from '../loader/registry.ts'
import { Additions } from './additions.ts'
import type { Callbacks, Consistency, PatchDefinition, Replacement, State, Target } from './api.ts'
import { asWritten } from './as-written.ts'
import type { Context, Slot } from './context.ts'
import { accessorOf, type Entry } from './entry.ts'
import { describeError, reasonOf, UmbraError } from './errors.ts'
import type { Copies } from './evaluate.ts'
import { Isolation } from './isolation.ts'
import type { LinkedPatch } from './link.ts'
import type { PatchLog } from './log.ts'
import {
  exportsOf,
  isObject,
  type MemberLeft,
  type MemberStays,
  Members,
  type MembersOf,
  type RefilledLists,
} from './members.ts'
import { type ResolvedFunction, resolveFunction } from './paths.ts'
import { bind, bindBlock, bindMembers } from './replacement.ts'
import { hashSource } from './source-hash.ts'
import type { Placement } from './stack.ts'
import { broughtName, type Match, matchTarget, parseTargetName, type TargetName } from './target-name.ts'

/**
 * A patch module as it reaches the process: bundled and linked (link.ts) by whoever sends it, so that the program is not
 * held up by a parser.
 */
export interface PatchSource extends LinkedPatch {
  /** Where it came from, for people and for stack traces. */
  filename: string
  /** Who vouches for it: see the agent's signature.ts. */
  signature?: string
}

/** Where a patch is in its life. In `patching` and `unpatching` it is in transition. */
export type PatchPhase = 'disabled' | 'patching' | 'enabled' | 'unpatching'

/** How the names of a file are reached before any of its functions was called. */
interface Way {
  fn: ResolvedFunction
  find: (exports: unknown) => unknown
  members: Slot | undefined
  additions: Additions | undefined
  /** By what the instance of the module exports. */
  contexts: WeakMap<object, Context | undefined>
}

/** A target of a loaded patch: the kernel's klp_object. */
export class PatchTarget {
  readonly written: string
  readonly name: TargetName
  readonly functions: Record<string, Replacement>
  readonly callbacks: Callbacks
  readonly scopes: Record<string, Replacement>
  readonly #calls: Record<string, string>
  /** What the target's text must be, if the patch says. */
  readonly source: string | undefined
  /** Why no process that has loaded it takes the patch. */
  readonly refused: string | undefined
  /** Whether a process may run it in another version. */
  readonly optional: boolean
  readonly #membersOf: MembersOf | undefined
  readonly #entry: Entry | undefined
  /** By file: what leads to its names, and its members made ready for that. */
  readonly #ways = new Map<LoadedFile, Way>()
  /** By file: the names that the patch adds to it. */
  readonly #added = new Map<LoadedFile, Additions>()
  readonly #members: Members
  /** Notes: what the program has set or filled itself, so that the patch leaves it as it is. */
  readonly left: string[] = []
  readonly #isolation: Isolation
  /** The replacements by the loaded file that they stand in. */
  readonly placements = new Map<LoadedFile, Placement[]>()
  /** True from the success of its pre-patch callback until it is unpatched. */
  applied = false

  constructor(
    target: Target,
    main: string | undefined,
    isolation: Isolation,
    refilled: RefilledLists = new WeakMap(),
  ) {
    this.written = target.module
    this.name = parseTargetName(target.module, main)
    this.functions = target.functions ?? {}
    this.callbacks = target.callbacks ?? {}
    this.scopes = target.scopes ?? {}
    this.#calls = target.calls ?? {}
    this.source = target.source
    this.refused = target.refused
    this.optional = target.optional === true
    this.#membersOf = target.members
    this.#entry = target.entry
    this.#isolation = isolation
    this.#members = new Members(refilled)
  }

  get loaded(): boolean {
    return this.placements.size > 0
  }

  /** Its pre-patch callback is an `async` function: no import can wait for that. */
  get startsAsync(): boolean {
    return types.isAsyncFunction(this.callbacks.prePatch)
  }

  match(file: LoadedFile): Match {
    return file.filename === undefined ? 'no' : matchTarget(this.name, file.filename)
  }

  /**
   * Checks and makes the replacements for one file; changes nothing in the program.
   *
   * @throws UmbraError when a function cannot be found or a replacement does not fit
   */
  prepare(file: LoadedFile): Placement[] {
    const known = this.placements.get(file)
    if (known !== undefined) return known
    if (this.refused !== undefined) refuse(file, this.refused, this.written)
    if (this.source !== undefined) checkSource(file, this.source, this.written)
    const sites = file.sites()
    const additions = this.#additions(file)
    const made = Object.entries(this.functions).map(([path, replacement]) => {
      const fn = resolveFunction(sites, path, this.written)
      const bound = bind(replacement, fn, sites, `'${path}' of '${this.written}'`, additions)
      // Compiled now, so that a function that cannot be had as written refuses the load instead of a call.
      if (bound.usesOriginal) asWritten(file, fn.index)
      return { file, fn, bound }
    })
    refuseTwice(made, this.written)
    this.#findWay(file, additions)
    if (additions !== undefined) this.#added.set(file, additions)
    this.placements.set(file, made)
    return made
  }

  #findWay(file: LoadedFile, additions: Additions | undefined): void {
    const [entry] = Object.entries(this.#entry ?? {})
    if (entry === undefined) return
    const sites = file.sites()
    const fn = resolveFunction(sites, entry[0], this.written)
    const where = `members of '${this.written}'`
    const members = this.#membersOf && bindMembers(this.#membersOf, fn, sites, where, additions)
    const find = entry[1] as Way['find']
    this.#ways.set(file, { fn, find, members, additions, contexts: new WeakMap() })
  }

  /** Whether there is something to be done once a module has run to its end. */
  get isToBeCompleted(): boolean {
    return this.#membersOf !== undefined || this.#entry !== undefined
  }

  /**
   * Puts its members on what the loaded files export. Of all targets the names are reached first: blocks of one may ask
   * for another's.
   *
   * @throws what says that an object does not take them, or that nothing leads to the module's names
   */
  async reach(): Promise<void> {
    for (const file of this.#ways.keys()) this.#reach(file, await exportsOf(file))
  }

  #reach(file: LoadedFile, exports: unknown): void {
    const way = this.#ways.get(file)
    if (way === undefined || !isObject(exports) || way.contexts.has(exports)) return
    const context = accessorOf(way.find(exports), file, way.fn, this.written)
    way.contexts.set(exports, context)
    if (context !== undefined) way.additions?.know(context)
  }

  /** `left` hears what the program has otherwise, so that it stays as it is. */
  async putMembers(left: MemberLeft): Promise<void> {
    if (this.#membersOf === undefined) return
    for (const file of this.placements.keys()) this.putMembersOf(file, await exportsOf(file), left)
  }

  putMembersOf(file: LoadedFile, exports: unknown, left: MemberLeft): void {
    this.#reach(file, exports)
    if (this.#membersOf === undefined) return
    const require = this.#isolation.requireFor(file)
    const way = this.#ways.get(file)
    const made = way?.members
    const of = this.#membersOf
    const context = isObject(exports) ? way?.contexts.get(exports) : undefined
    this.#members.put(
      () => (made === undefined ? of(exports, require) : made(context, exports, require)),
      exports,
      (what) => {
        const note = `the program has changed ${what} of '${this.written}': that stays as it is, and does not get the patch's value`
        this.left.push(note)
        left(note)
      },
    )
  }

  /**
   * Evaluates what it adds to modules as far as that needs no call: what a release cannot do in this process refuses the
   * patch, not a request afterwards.
   *
   * @throws UmbraError SCOPE_FAILED, and its own where a scope of the patch is misused
   */
  evaluateAdded(): void {
    for (const additions of [...this.#added.values()]) {
      try {
        additions.evaluateNow()
      } catch (error) {
        if (error instanceof UmbraError) throw error
        const { message } = describeError(error)
        throw new UmbraError(
          'SCOPE_FAILED',
          `the new part of '${this.written}' cannot be evaluated in this process, and nothing has changed: ${message}`,
          { cause: error },
        )
      }
    }
  }

  /** `failed` hears which members stay. */
  takeBackMembers(failed: MemberStays): void {
    this.left.length = 0
    this.#members.takeBack(failed)
  }

  #additions(file: LoadedFile): Additions | undefined {
    if (Object.keys(this.scopes).length === 0) return undefined
    const sites = file.sites()
    const additions = new Additions(
      this.scopes,
      this.#calls,
      file,
      this.written,
      this.#isolation,
      (additions, block, scope, where) => bindBlock(block, scope, sites, where, additions),
    )
    const { filename } = file
    if (filename !== undefined) this.#isolation.register(file, filename, additions)
    return additions
  }
}

function refuse(file: LoadedFile, why: string, target: string): never {
  throw new UmbraError(
    'TARGET_REFUSED',
    `target '${target}': the patch has nothing for ${file.filename ?? file.url}, as a part of the change cannot be ` +
      `applied there (${why}): load the release at the next restart`,
  )
}

function checkSource(file: LoadedFile, expected: string, target: string): void {
  const found = hashSource(file.source())
  if (found === expected) return
  throw new UmbraError(
    'TARGET_SOURCE',
    `target '${target}': this process runs another text of ${file.filename ?? file.url} than the one that the ` +
      `patch was built against (${found} instead of ${expected}): build the patch against the files that run`,
  )
}

/** Two paths may lead to one function; the second would silently cover the first. */
function refuseTwice(placements: Placement[], target: string): void {
  const seen = new Map<number, string>()
  for (const { fn } of placements) {
    const other = seen.get(fn.index)
    if (other !== undefined) {
      throw new UmbraError(
        'FUNCTION_TWICE',
        `'${other}' and '${fn.path}' are one and the same function of '${target}'`,
      )
    }
    seen.set(fn.index, fn.path)
  }
}

/** A patch in the process: the kernel's klp_patch. */
export class Patch {
  readonly name: string
  readonly version: string | undefined
  readonly targets: PatchTarget[]
  readonly states: State[]
  readonly replace: boolean
  readonly consistency: Consistency
  readonly definition: PatchDefinition
  /** Its text and the copies of packages that it was given, for threads that start later. */
  readonly source: PatchSource
  readonly copies: Copies
  phase: PatchPhase = 'disabled'

  constructor(definition: PatchDefinition, source: PatchSource, copies: Copies, main: string | undefined) {
    this.definition = definition
    this.source = source
    this.copies = copies
    this.name = definition.name
    this.version = definition.version
    const files = Object.entries(definition.files ?? {}).map(([name, file]) => [
      broughtName(name, main),
      file,
    ])
    const isolation = new Isolation(Object.fromEntries(files))
    const refilled: RefilledLists = new WeakMap()
    this.targets = definition.targets.map((target) => new PatchTarget(target, main, isolation, refilled))
    this.states = (definition.states ?? []).map((state) => ({ ...state }))
    this.replace = definition.replace ?? false
    this.consistency = definition.consistency ?? 'immediate'
  }

  /** Targets whose pre-patch callback has succeeded: those that unpatch callbacks run for. */
  applied(): PatchTarget[] {
    return this.targets.filter((target) => target.applied)
  }

  /** None of its functions is in force any more; members that objects do not give back are told in the log. */
  leave(log: PatchLog): void {
    this.phase = 'disabled'
    for (const target of this.targets) {
      target.applied = false
      target.takeBackMembers((key, error) =>
        log.write(
          `umbra: member '${String(key)}' of patch '${this.name}' cannot be taken back from '${target.written}': ` +
            reasonOf(error),
        ),
      )
    }
  }

  /** All replacements in all loaded files. */
  placements(): Placement[] {
    return this.targets.flatMap((target) => [...target.placements.values()].flat())
  }
}
