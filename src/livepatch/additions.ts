import type { FileSites, FunctionInfo } from '../instrument/types.ts'
import type { LoadedFile } from '../loader/registry.ts'
import { BEGUN, type Context, type Slot } from './context.ts'
import { UmbraError } from './errors.ts'
import type { Isolation } from './isolation.ts'
import { resolveFunction } from './paths.ts'

/** Operations of a site's accessor are numbered from 0; those of additions downwards from here. */
const FIRST = -2

/** The scope of a file's module, as a key of `scopes`. */
const MODULE = 'module'

type Values = Record<string, unknown>

/** A scope of the target that the patch adds names to, or gives other values for names that it has. */
interface AddedScope {
  path: string
  /** In `FileSites.scopes`. */
  index: number
  names: ReadonlySet<string>
  /** The target's names that its block reaches. */
  reaches: string[]
  /** Whether it gives other files anything. */
  exports: boolean
  /** Reads what tells one instance of the scope from another: a function that it declares, or what the patch says. */
  key: number | undefined
  evaluate: Slot
  instances: WeakMap<object, Values | 'being made'>
}

/** How a block of `scopes` is made ready: what `bind` does for replacements, without a site. */
export type BindBlock = (
  additions: Additions,
  block: unknown,
  scope: number,
  where: string,
) => { slot: Slot; names: string[]; reaches: string[]; exports: boolean }

/**
 * Names that a patch adds to the scopes of one file. A block of `scopes` is evaluated once for each instance of its
 * scope: that of the module when the patch is enabled, where it needs nothing of the running scope or something leads
 * to that already, any other when a replacement first asks for one of its names, as only a call brings the accessor
 * through which the block itself reaches the rest of the scope.
 */
export class Additions {
  readonly #file: LoadedFile
  readonly #sites: FileSites
  readonly #isolation: Isolation
  readonly #written: string
  readonly #scopes = new Map<number, AddedScope>()
  readonly #operations: { scope: AddedScope; name: string; write: boolean }[] = []
  readonly #contexts = new WeakMap<Context, Context>()
  #lastContext: Context | undefined
  #exports: { exports: unknown } | undefined
  /** Takes the names of the block that is being evaluated, as far as it has got: functions that it calls may ask for them. */
  #begin: ((names: Values) => void) | undefined
  /** What the module will export, while its block is being evaluated. */
  #partial: (() => unknown) | undefined
  /** Whether its block is being evaluated, or could not be, before the module has run to its end. */
  #early: 'tried' | 'refused' | undefined
  #isMade = false

  constructor(
    blocks: Record<string, unknown>,
    calls: Record<string, string>,
    file: LoadedFile,
    written: string,
    isolation: Isolation,
    bindBlock: BindBlock,
  ) {
    this.#file = file
    this.#written = written
    this.#isolation = isolation
    this.#sites = file.sites()
    const entries = Object.entries(blocks).map(([path, block]) => ({
      path,
      block,
      ...this.#place(path, calls[path]),
    }))
    // Outer scopes first: the names that they add are in sight of the inner ones.
    for (const { path, block, index, key } of entries.sort((a, b) => a.index - b.index)) {
      const scope: AddedScope = {
        path,
        index,
        key,
        names: new Set(),
        reaches: [],
        exports: false,
        evaluate: outside,
        instances: new WeakMap(),
      }
      this.#scopes.set(index, scope)
      const bound = bindBlock(this, block, index, `scope '${path}' of '${written}'`)
      scope.names = new Set(bound.names)
      scope.reaches = bound.reaches
      scope.exports = bound.exports
      scope.evaluate = bound.slot
    }
  }

  /** The number by which a replacement reaches an added name of this very scope. */
  operation(index: number, name: string, write: boolean): number | undefined {
    const scope = this.#scopes.get(index)
    if (scope === undefined || !scope.names.has(name)) return undefined
    const known = this.#operations.findIndex(
      (one) => one.scope === scope && one.name === name && one.write === write,
    )
    if (known >= 0) return FIRST - known
    this.#operations.push({ scope, name, write })
    return FIRST - (this.#operations.length - 1)
  }

  /** The target's names that the block of a scope needs. */
  reaches(index: number): string[] {
    return this.#scopes.get(index)?.reaches ?? []
  }

  /** A slot whose context knows the added names beside those of the target. */
  wrap(made: Slot): Slot {
    const additions = this
    return function (this: unknown, context: Context, ...args) {
      return made.call(this, additions.#contextFor(context), ...args)
    }
  }

  /**
   * Evaluates the module's block where that needs no call of one of its functions.
   *
   * @throws what the block throws
   */
  evaluateNow(): void {
    const scope = this.#scopes.get(0)
    if (scope === undefined || (scope.reaches.length > 0 && this.#lastContext === undefined)) return
    try {
      this.#values(scope, this.#lastContext ?? this.#late)
    } catch (error) {
      // Another file's block is needed first, and that one needs a call.
      if (!(error instanceof UmbraError && error.code === 'SCOPE_TOO_EARLY')) throw error
    }
  }

  /** Whether the module has all that it is given. */
  get isMade(): boolean {
    const scope = this.#scopes.get(0)
    return scope === undefined || this.#isMade
  }

  /**
   * Makes what a module is given, as a call of one of its functions gets there.
   *
   * @throws what the block throws: of an ES module that has not run to its end, that a name is not there yet
   */
  prepare(context: Context): void {
    const scope = this.#scopes.get(0)
    if (scope === undefined) return
    this.#lastContext ??= context
    this.#values(scope, context)
  }

  /**
   * Whether a module that has not run to its end has all that it is given: what needs something of that is not to be made
   * before, as it would be made of what is not there yet.
   */
  get isReadyEarly(): boolean {
    const scopes = [...this.#scopes.values()]
    if (this.#early !== undefined || scopes.some(({ reaches }) => reaches.length > 0)) return false
    const scope = this.#scopes.get(0)
    if (scope === undefined) return true
    this.#early = 'tried'
    try {
      this.#values(scope, this.#late)
      this.#early = undefined
      return true
    } catch {
      this.#early = 'refused'
      return false
    }
  }

  /** What the module exports once its new names are there: for blocks of other files that require it. */
  get exports(): unknown {
    const scope = this.#scopes.get(0)
    if (scope === undefined || !scope.exports) return undefined
    if (this.#partial !== undefined) return this.#partial()
    this.#values(scope, this.#lastContext ?? this.#late)
    return this.#exports?.exports
  }

  /** For what is evaluated before any function of the module was called: its functions may well be called later. */
  readonly #late: Context = (operation, ...values) => {
    if (this.#lastContext !== undefined) return this.#lastContext(operation, ...values)
    throw new UmbraError(
      'SCOPE_TOO_EARLY',
      `the new part of '${this.#written}' needs a name of the module before any of its functions was called`,
    )
  }

  /** What leads to the module's names from now on, if nothing has before. */
  know(context: Context): void {
    this.#lastContext ??= context
  }

  #contextFor(context: Context): Context {
    if (context !== this.#late) this.#lastContext ??= context
    const known = this.#contexts.get(context)
    if (known !== undefined) return known
    const { extras, newTarget, construction } = context ?? {}
    const made: Context = Object.assign(
      (operation: number, ...values: unknown[]) => {
        if (operation <= FIRST) return this.#access(context, operation, values)
        if (operation === BEGUN) return this.#begin?.(values[0] as Values)
        return (context as Context)(operation, ...values)
      },
      { extras, newTarget, construction } as Partial<Context>,
    )
    if (context !== undefined) this.#contexts.set(context, made)
    return made
  }

  #access(context: Context, operation: number, [value]: unknown[]): unknown {
    const { scope, name, write } = this.#operations[FIRST - operation]!
    const values = this.#values(scope, context)
    const found = write ? undefined : values[name]
    if (found !== undefined) return found
    if (!Object.hasOwn(values, name)) throw this.#cycle(scope)
    if (write) values[name] = value
    return values[name]
  }

  #values(scope: AddedScope, context: Context): Values {
    // Nothing tells one call of such a function from another: its names are made for each use.
    if (scope.key === undefined && scope.index !== 0) return this.#evaluate(scope, context)
    const isKeyed = scope.key !== undefined && context !== undefined && this.#lastContext !== undefined
    const key = isKeyed ? this.#instance(scope, context) : this
    const known = scope.instances.get(key)
    if (known === 'being made') throw this.#cycle(scope)
    if (known !== undefined) return known
    // What was made before any function was called is that of the first one whose function is.
    const early = isKeyed ? scope.instances.get(this) : undefined
    if (early !== undefined && early !== 'being made') {
      scope.instances.delete(this)
      scope.instances.set(key, early)
      return early
    }
    scope.instances.set(key, 'being made')
    const before = this.#begin
    this.#begin = (names) => scope.instances.set(key, names)
    try {
      const made = this.#evaluate(scope, context)
      scope.instances.set(key, made)
      return made
    } catch (error) {
      scope.instances.delete(key)
      throw error
    } finally {
      this.#begin = before
    }
  }

  #cycle({ path }: AddedScope): UmbraError {
    return new UmbraError('SCOPE_CYCLE', `scope '${path}' of '${this.#written}' needs itself to be made`)
  }

  #instance({ key, path }: AddedScope, context: Context & object): object {
    const found = context(key!)
    if ((typeof found === 'object' && found !== null) || typeof found === 'function') return found
    throw new UmbraError(
      'SCOPE_TOO_EARLY',
      `scope '${path}' of '${this.#written}' is used by a call that has not made yet what tells it from others`,
    )
  }

  #evaluate(scope: AddedScope, context: Context): Values {
    const module = this.#isolation.moduleFor(this.#file, this.#early === 'tried')
    const { require, exports } = module
    const before = this.#partial
    if (scope.index === 0) this.#partial = () => module.partial()
    try {
      const made = scope.evaluate.call(
        undefined,
        this.#contextFor(context),
        require,
        exports,
        module,
      ) as Values
      if (scope.index !== 0) return made
      this.#exports = module.finish()
      this.#isMade = true
      return made
    } finally {
      this.#partial = before
    }
  }

  /** `name` is of the variable that tells calls apart, if the patch says. */
  #place(path: string, name: string | undefined): { index: number; key: number | undefined } {
    if (path === MODULE) return { index: 0, key: this.#keyOf(0) }
    const { info, index: at } = resolveFunction(this.#sites, path, this.#written)
    const inside = new Set(this.#directlyInside(info, at).map((one) => one.scope))
    const found = [...inside]
      .sort((a, b) => a - b)
      .map((index) => ({ index, key: this.#keyOf(index) }))
      .filter(({ index }) => index !== info.scope)
    if (name !== undefined) {
      const named = found.map(({ index }) => ({ index, key: this.#keyOf(index, name) }))
      const told = named.find(({ key }) => key !== undefined)
      if (told !== undefined) return told
      throw new UmbraError(
        'SCOPE_NONE',
        `nothing tells calls of '${path}' of '${this.#written}' apart: it has no '${name}' that a function inside uses and none assigns`,
      )
    }
    const [first] = found
    if (first !== undefined) return found.find(({ key }) => key !== undefined) ?? first
    throw new UmbraError(
      'SCOPE_NONE',
      `'${path}' of '${this.#written}' has no scope to add names to: no function inside it uses its variables`,
    )
  }

  #directlyInside(outer: FunctionInfo, at: number): FunctionInfo[] {
    const { functions } = this.#sites
    const inside: FunctionInfo[] = []
    let begin = at
    while (functions[begin - 1]?.start === outer.start) begin--
    for (let i = begin; i < functions.length && functions[i]!.start < outer.end; i++) {
      const one = functions[i]!
      const isInside = one !== outer && one.end <= outer.end
      if (isInside && one.start >= (inside.at(-1)?.end ?? 0)) inside.push(one)
    }
    return inside
  }

  #keyOf(index: number, name?: string): number | undefined {
    const { names } = this.#sites.scopes[index]!
    const isIt = (kind: string, own: string): boolean =>
      name === undefined ? kind === 'function' : own === name
    const declared = Object.entries(names).find(
      ([own, one]) => isIt(one.kind, own) && one.read !== undefined && one.write === undefined,
    )
    return declared?.[1].read
  }
}

function outside(): never {
  throw new UmbraError('SCOPE_OUTSIDE_CALL', 'a scope of a patch was used before the patch was checked')
}
