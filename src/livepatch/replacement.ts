import type { FileSites, SiteInfo } from '../instrument/types.ts'
import type { Additions, BindBlock } from './additions.ts'
import type { Context, Next, Slot } from './context.ts'
import { UmbraError } from './errors.ts'
import { suggestion } from './nearest.ts'
import type { ResolvedFunction } from './paths.ts'

/** A use of the target's scope in a replacement's text, to be turned into the number of an accessor's operation. */
export type Use =
  | { use: 'name'; name: string; write: boolean }
  | { use: 'private'; name: string; access: 'get' | 'set' | 'has' }
  | { use: 'super'; access: 'get' | 'set' }
  | { use: 'super call' }
  | { use: 'new.target' }

/** What the linker knows of a replacement, from its text. */
export interface Description {
  kind: 'function' | 'class'
  async: boolean
  generator: boolean
  /** Declared parameters before a rest parameter. */
  parameters: number
  usesOriginal: boolean
  uses: Use[]
  /** The keys of the object that it returns at its end. */
  returns?: string[]
  /** Whether its text speaks of `exports`: a block that does not gives other files nothing. */
  exports?: boolean
}

/** Makes the function for one target: the numbers of its uses, in order, and where `original` leads. */
export type Factory = (operations: number[], next: Next) => Slot

interface Linked extends Description {
  factory: Factory
}

const linked = new WeakMap<object, Linked>()

/**
 * Called by linked patches where a replacement stands. The result is a function like any other; called by the patch
 * itself, not through a site, it works as long as it needs neither `scope` nor `original`.
 */
export function replacement(description: Description, factory: Factory): (...args: unknown[]) => unknown {
  const direct = factory(
    description.uses.map(() => -1),
    { slot: outside },
  )
  const called = function (this: unknown, ...args: unknown[]): unknown {
    return direct.call(this, outside, ...args)
  }
  linked.set(called, { ...description, factory })
  return called
}

function outside(): never {
  throw new UmbraError(
    'SCOPE_OUTSIDE_CALL',
    "'scope' and 'original' mean the scope and the function of a call; this replacement was called directly, not " +
      'through the function that it replaces',
  )
}

/** A replacement made ready for one function of one file. */
export interface Bound {
  slot: Slot
  next: Next
  usesOriginal: boolean
  /** The names of a patch that it uses, which may not be there before its module has run to its end. */
  additions?: Additions
}

/**
 * Checks a replacement against its target and makes the function that goes into the table.
 *
 * @throws UmbraError REPLACEMENT_* and SCOPE_*, naming the patch's function and the reason
 */
export function bind(
  replace: unknown,
  target: ResolvedFunction,
  sites: FileSites,
  where: string,
  additions?: Additions,
): Bound {
  const known = describe(replace, where)
  checkKind(known, target, where)
  checkParameters(known, target.site, where)
  const next: Next = { slot: outside }
  const operations = known.uses.map((use) => resolveUse(use, target, sites, where, additions))
  const made = known.factory(operations, next)
  const usesAdditions = operations.some((operation) => operation < 0)
  if (usesAdditions) checkInSight(target, sites, where, additions!)
  const slot = adapt(usesAdditions ? additions!.wrap(made) : made, target)
  const uses = usesAdditions ? { additions: additions! } : {}
  return { slot, next, usesOriginal: known.usesOriginal, ...uses }
}

/**
 * Makes a block of `scopes` ready: its names are those in sight at the top of a scope of the target.
 *
 * @throws UmbraError SCOPE_*
 */
export function bindBlock(
  block: unknown,
  scope: number,
  sites: FileSites,
  where: string,
  additions: Additions,
): ReturnType<BindBlock> {
  const known = describe(block, where)
  const reaches: string[] = []
  const operations = known.uses.map((use) => {
    if (use.use !== 'name')
      throw new UmbraError('SCOPE_MISUSED', `${where}: a block of scopes has no ${use.use} to use`)
    const operation = resolveName(use.name, use.write, scope, sites, where, additions)
    if (operation >= 0) reaches.push(use.name)
    return operation
  })
  const { returns: names = [], exports = true } = known
  return { slot: known.factory(operations, { slot: outside }), names, reaches, exports }
}

/**
 * Makes `members` of a target ready, which reach what a function of it sees. Undefined: they need nothing of that.
 *
 * @throws UmbraError SCOPE_*
 */
export function bindMembers(
  members: unknown,
  entry: ResolvedFunction,
  sites: FileSites,
  where: string,
  additions: Additions | undefined,
): Slot | undefined {
  const { uses, factory } = describe(members, where)
  if (uses.length === 0) return undefined
  const operations = uses.map((use) => resolveUse(use, entry, sites, where, additions))
  const made = factory(operations, { slot: outside })
  if (!operations.some((operation) => operation < 0)) return made
  checkInSight(entry, sites, where, additions!)
  return additions!.wrap(made)
}

/**
 * A block reaches its names through the accessor of whichever call comes first: none may hide one of them. Those of the
 * module have an accessor of their own, which stands beside them.
 */
function checkInSight(
  { info, site }: ResolvedFunction,
  { scopes }: FileSites,
  where: string,
  additions: Additions,
): void {
  const hidden = new Set(site.hidden)
  for (let at = info.scope; at > 0; at = scopes[at]!.parent) {
    const name = additions.reaches(at).find((one) => hidden.has(one))
    if (name !== undefined) {
      throw new UmbraError(
        'SCOPE_HIDDEN',
        `${where}: the scope added by the patch needs '${name}', which a variable of the same name hides there`,
      )
    }
    for (const name of Object.keys(scopes[at]!.names)) hidden.add(name)
  }
}

function describe(replace: unknown, where: string): Linked {
  if (typeof replace !== 'function') {
    throw new UmbraError(
      'REPLACEMENT_TYPE',
      `${where}: the replacement is not a function but ${typeof replace}`,
    )
  }
  return linked.get(replace) ?? describeForeign(replace as Slot)
}

/** A function that the linker has not seen, because the patch computed it or has it from elsewhere. */
function describeForeign(fn: Slot): Linked {
  const tag = Object.prototype.toString.call(fn)
  const plain = function (this: unknown, _context: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(fn as (...args: unknown[]) => unknown, this, args)
  }
  return {
    kind: /^class\b/.test(Function.prototype.toString.call(fn)) ? 'class' : 'function',
    async: tag.includes('Async'),
    generator: tag.includes('Generator'),
    parameters: fn.length,
    usesOriginal: false,
    uses: [],
    factory: () => plain,
  }
}

function checkKind(known: Linked, { info }: ResolvedFunction, where: string): void {
  const is = kindName(known.kind === 'class' ? 'class' : 'function', known.async, known.generator)
  const constructs = info.kind === 'constructor' || info.kind === 'derived constructor'
  const wants = kindName('function', info.async, info.generator)
  if (is === wants) return
  const advice = known.kind === 'class' && constructs ? '; write the constructor as a function or method' : ''
  throw new UmbraError(
    'REPLACEMENT_KIND',
    `${where}: the replacement is ${is}, the function it replaces ${constructs ? 'a constructor' : wants}${advice}`,
  )
}

function kindName(kind: 'class' | 'function', async: boolean, generator: boolean): string {
  if (kind === 'class') return 'a class'
  return `${async ? 'an async' : 'a'}${generator ? ' generator' : ''} function`
}

function checkParameters(known: Linked, site: SiteInfo, where: string): void {
  if (site.rest || known.parameters <= site.parameters) return
  throw new UmbraError(
    'REPLACEMENT_PARAMETERS',
    `${where}: the replacement declares ${known.parameters} parameters, the site passes only ${site.parameters}; ` +
      'more are passed only where the original uses `arguments` or a rest parameter',
  )
}

function resolveUse(
  use: Use,
  target: ResolvedFunction,
  sites: FileSites,
  where: string,
  additions: Additions | undefined,
): number {
  const { site } = target
  switch (use.use) {
    case 'name':
      return resolveName(use.name, use.write, target.info.scope, sites, where, additions)
    case 'private':
      return resolvePrivate(use.name, use.access, site, where)
    case 'super':
      if (site.super !== undefined) return site.super[use.access]
      throw new UmbraError(
        'SCOPE_SUPER',
        `${where}: 'super' cannot be reached from there: ${notMentioned('super')}`,
      )
    case 'super call':
      if (site.superCall !== undefined) return site.superCall
      throw new UmbraError(
        'SCOPE_SUPER',
        `${where}: scope.super is for derived constructors, and this is none`,
      )
    case 'new.target':
      if (site.extras.includes('new.target')) return 0
      throw new UmbraError(
        'SCOPE_NEW_TARGET',
        `${where}: 'new.target' is not passed: ${notMentioned('new.target')}`,
      )
  }
}

function notMentioned(what: string): string {
  return `the original does not mention ${what}, so its site does not hand it over`
}

function resolveName(
  name: string,
  write: boolean,
  scope: number,
  { scopes }: FileSites,
  where: string,
  additions: Additions | undefined,
): number {
  const inSight: string[] = []
  for (let at = scope; at >= 0; at = scopes[at]!.parent) {
    const { names } = scopes[at]!
    const added = additions?.operation(at, name, write)
    if (added !== undefined) return added
    if (Object.hasOwn(names, name)) return operationOf(names[name]!, name, write, where)
    inSight.push(...Object.keys(names))
  }
  throw new UmbraError(
    'SCOPE_NOT_FOUND',
    `${where}: the target sees no name '${name}' there${suggestion(name, inSight)}`,
  )
}

function operationOf(
  info: FileSites['scopes'][number]['names'][string],
  name: string,
  write: boolean,
  where: string,
): number {
  if (info.read === undefined) {
    throw new UmbraError('SCOPE_UNREACHABLE', `${where}: 'scope.${name}' cannot be reached: ${info.why}`)
  }
  if (!write) return info.read
  if (info.write !== undefined) return info.write
  const why =
    info.kind === 'import'
      ? 'it is an import'
      : info.kind === 'const'
        ? 'it is a const'
        : 'the target never assigns it after its initialisation, so the engine treats it as a constant'
  throw new UmbraError('SCOPE_READ_ONLY', `${where}: 'scope.${name}' cannot be written: ${why}`)
}

function resolvePrivate(name: string, access: 'get' | 'set' | 'has', site: SiteInfo, where: string): number {
  const known = site.privates?.[name]
  if (known === undefined) {
    const names = Object.keys(site.privates ?? {})
    throw new UmbraError(
      'SCOPE_NOT_FOUND',
      `${where}: no private name '${name}' is in sight there${suggestion(name, names)}`,
    )
  }
  const operation = known[access]
  if (operation !== undefined) return operation
  const verb = access === 'set' ? 'written' : 'read'
  throw new UmbraError('SCOPE_READ_ONLY', `${where}: private member '${name}' cannot be ${verb}`)
}

/** Sites that hand over more than an accessor and the arguments: packs it all into the context. */
function adapt(made: Slot, { info, site }: ResolvedFunction): Slot {
  const derived = info.kind === 'derived constructor'
  if (!derived && site.extras.length === 0) return made
  const extras = site.extras.length
  return function (this: unknown, accessor: Context | undefined, ...passed: unknown[]): unknown {
    // A newer replacement's `original` hands its own context down, which is complete already.
    if (accessor?.extras !== undefined) return made.call(this, accessor, ...passed)
    const context: Context = derived
      ? (operation, ...values) =>
          noteSuper(context, operation === site.superCall, accessor!(operation, ...values))
      : (operation, ...values) => accessor!(operation, ...values)
    context.extras = passed.slice(0, extras)
    context.newTarget = context.extras[site.extras.indexOf('new.target')]
    if (derived) context.construction = { self: undefined }
    const result = made.apply(this, [context, ...passed.slice(extras)])
    return derived ? constructed(result, context) : result
  }
}

/** Whoever calls the superclass's constructor, `scope.super` or an `original` further down, `this` exists from then on. */
function noteSuper(context: Context, isSuper: boolean, result: unknown): unknown {
  if (isSuper) context.construction!.self = result as object
  return result
}

function constructed(result: unknown, { construction }: Context): unknown {
  if (typeof result === 'object' && result !== null) return result
  if (construction?.self !== undefined) return construction.self
  throw new ReferenceError(
    "The replacement of a derived constructor returned without calling 'scope.super(...)'",
  )
}
