/**
 * What a patch module imports from `umbra`: `definePatch` and its types, and the two names that mean something only
 * inside a replacement, where umbra rewrites them when it loads the patch.
 */

import type { Entry } from './entry.ts'
import type { PatchFile } from './isolation.ts'
import type { MembersOf } from './members.ts'

/** A function of the patch that takes the place of one of the target. */
// biome-ignore lint/suspicious/noExplicitAny: a replacement has whatever signature its target has
export type Replacement = (this: any, ...args: any[]) => unknown

/** What a callback is told. */
export interface CallbackInfo {
  /** The patch's name. */
  patch: string
  /** The target as written in the patch. */
  module: string
}

/** May return a promise when a patch is enabled or disabled, never for a target that is just being imported. */
export type Callback = (info: CallbackInfo) => void | Promise<void>

/** The kernel's klp_callbacks. A pre-patch callback that throws refuses the patch. */
export interface Callbacks {
  prePatch?: Callback
  postPatch?: Callback
  preUnpatch?: Callback
  postUnpatch?: Callback
}

/** A module of the running program and what becomes of it: the kernel's klp_object. */
export interface Target {
  /** `pkg`, `pkg@range`, `pkg@range/file.js`, or `./file.js` relative to the program's main script. */
  module: string
  /** Replacements by the path of the function that they replace. */
  functions?: Record<string, Replacement>
  /**
   * The target's functions are sloppy code, and so is what stands in `functions`, `scopes` and `members` here, except
   * where it says `'use strict'` itself. A patch is strict code otherwise, as modules are.
   */
  sloppy?: boolean
  /** `sha256-…` of the text that the patch was built against; a process that runs another one refuses the patch. */
  source?: string
  /**
   * Why the patch has nothing for this module, which it would need: a process that has loaded it refuses the patch with
   * these words, and one that is patched does not load it.
   */
  refused?: string
  /**
   * A process that has loaded this module in other versions only takes the patch all the same, and loading says so:
   * for what comes along of a package on which the patched one depends.
   */
  optional?: boolean
  /**
   * Names that the patch adds to scopes of the target or gives other values: by `module` or the path of the function
   * whose scope it is, a function that returns `{ name, … }` at its end. It is called as `(require, exports, module)`,
   * where `module.import` and `module.meta` are `import` and `import.meta` of the target,
   * once for each instance of its scope, and reaches the names that the scope has anyway through `scope` too: `module` as
   * the patch is enabled, unless it uses such names and nothing leads to them yet, any other when a replacement first
   * uses one of its names as `scope.name`. Replacements that it calls itself find the names that it has made by then, if
   * it returns them as `{ name }`. What `module` throws as the patch is enabled refuses it (SCOPE_FAILED). Where
   * a function declares no other that a third one uses, nothing tells its calls apart unless `calls` says what does, and
   * the block is called for each use.
   */
  scopes?: Record<string, Replacement>
  /**
   * By the path of a function in `scopes`, a variable of it that tells one call from another: each call gives it an object or
   * a function of its own, once. Using the scope before the call has done so throws UmbraError SCOPE_TOO_EARLY.
   */
  calls?: Record<string, string>
  /**
   * What the patch adds to objects of the running module, for as long as it is enabled: called with what the module
   * exports, for each loaded instance, it returns objects, their new members as those of a literal, and whether these
   * are enumerable. A value that is there is put back when the patch is disabled, unless the program has changed it.
   * Fourth, values that have to be there for that, and fifth, the order of the object's keys. A list for a list gives it
   * these elements in place of those given fourth. `__proto__: null` among the members takes a plain object's prototype away.
   */
  members?: MembersOf
  /**
   * One function of the module, by its path, and where it is in what the module exports: `{ parse: (exports) =>
   * exports.parse }`. With it `members` and `scopes` reach the names that this function sees, as `scope.name`, before
   * any function of the module was called. It must not be async, a generator, or a class.
   */
  entry?: Entry
  callbacks?: Callbacks
}

/** Something beside functions that a patch changes: the kernel's klp_state. */
export interface State {
  id: string
  version: number
  /** For the patch's callbacks: what a later patch needs in order to take over. */
  data?: unknown
}

/**
 * - `immediate`: all functions switch at once, between two turns of the event loop.
 * - `task`: a task that began before the switch keeps the old functions until it ends.
 */
export type Consistency = 'immediate' | 'task'

export interface PatchDefinition {
  /** Unique in the process. */
  name: string
  /** Shown by `umbra list`. */
  version?: string
  targets: Target[]
  states?: State[]
  /** A cumulative patch: takes over from all others. Default false. */
  replace?: boolean
  /** Default `immediate`. */
  consistency?: Consistency
  /** Called when the patch, disabled before, leaves the process. */
  unload?: () => void | Promise<void>
  /** Modules that the patch brings along, by `pkg@version/file.js`, for the `require` of its `scopes`. */
  files?: Record<string, PatchFile>
}

/**
 * Describes a patch; the default export of a patch module. Modelled on the kernel's `struct klp_patch`. The
 * definition is checked when it is loaded into a process, not here.
 */
export function definePatch(definition: PatchDefinition): PatchDefinition {
  return definition
}

function misuse(what: string): never {
  throw new Error(
    `'${what}' was used outside of a replacement: it means something only lexically inside a function that stands ` +
      'in the functions of a patch, once umbra has loaded that patch',
  )
}

/** Class instances' private members by name: `scope.private(obj)['#x']`, to be read, written or called. */
// biome-ignore lint/suspicious/noExplicitAny: private members have the target's types
export type PrivateMembers = Record<`#${string}`, any>

/** The names that the target sees where the replaced function stands. */
export interface Scope {
  // biome-ignore lint/suspicious/noExplicitAny: the target's names have the target's types
  [name: string]: any
  /** Private members of `object`, if the replaced function stands inside their class. */
  private(object: object): PrivateMembers
  /** In the replacement of a derived constructor: calls the superclass's constructor and makes `this` usable. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the superclass takes
  super(...args: any[]): void
}

/**
 * Names of the target, read as `scope.x` and, where the target itself assigns them after their initialisation,
 * written as `scope.x = v`. Inside a replacement only.
 */
export const scope: Scope = new Proxy(Object.create(null) as Scope, {
  get: () => misuse('scope'),
  set: () => misuse('scope'),
})

/**
 * The next older enabled replacement of the function, or the function as written: `original.call(this, …)`. Inside a
 * replacement only.
 */
export const original: Replacement = () => misuse('original')

function outsideOfPatch(what: string): never {
  throw new Error(`'${what}' is for the callbacks of a patch that umbra has loaded`)
}

/** This patch's own state, for its callbacks: `data` is theirs to use. The kernel's klp_get_state. */
export const getState: (id: string) => State | undefined = () => outsideOfPatch('getState')

/** The state of the patch that is being taken over from, if it lists it. The kernel's klp_get_prev_state. */
export const getPrevState: (id: string) => State | undefined = () => outsideOfPatch('getPrevState')
