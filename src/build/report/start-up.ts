import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isCalled } from '../plan/changed-values.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { nameOfExports } from '../plan/given-to-exports.ts'
import { heldFunctions } from '../plan/held-functions.ts'
import type { OncePlan } from '../plan/once-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { isClassCall } from '../read/compiled-class.ts'
import { callsNothing } from '../read/effects.ts'
import { isAssigned, memberKey } from '../read/expressions.ts'
import { requiredModule } from '../read/imports.ts'
import { membersNamed } from '../read/member-index.ts'
import { isHandler, runTimeOf } from '../read/run-there.ts'
import { isLazyModule } from '../read/runs-once.ts'
import type { Use } from '../read/source-file.ts'
import type { Finding } from './findings.ts'
import { comesToTheSame } from './lazy-modules.ts'

/** How the code of a package uses one of its functions. */
interface Uses {
  /** Calls of it while the package starts up. */
  called: Node[]
  /** Handed over while it starts up: to something that calls it then, or keeps it. */
  handed: Node[]
  /** All others. */
  later: number
}

/**
 * Functions that changed and that start-up code has called: what they made then stays as it was. Where nothing calls
 * them later, replacing them has no effect at all.
 */
export function* settled(plan: Plan): Generator<Finding> {
  for (const file of plan.files.values()) {
    const loaders = new Set(plan.loaded.loaders(file))
    for (const [fn, because] of file.replaced) {
      const how = howSettled(plan, file, calledFrom(fn, file))
      const isOwn = file.pair.changed.has(fn)
      const loads = loaders.has(fn)
      // What else it uses may be asked for by others, too.
      if (how === undefined || !(isOwn || loads || how === 'called at start only')) continue
      const { severity, why, advice } = SETTLED[how]
      const line = file.pair.new.lineOf(fn.start)
      const own = isOwn ? why : why.replace(/^it changed/, loads ? LOADS : because)
      yield { severity, file: file.path, line, what: fn.paths[0]!, why: own, advice }
    }
  }
}

const LOADS = 'it may load a module that is new or differs'
const OTHERWISE = 'nothing, unless the change is about that'
const SETTLED = {
  given: {
    severity: 'note',
    why: 'it changed, and start-up code has given it to a call: if that has called it already, what it did then stays as it was',
    advice: OTHERWISE,
  },
  /** `ready.then(() => …)`, `setTimeout(() => …)` */
  'has run': {
    severity: 'problem',
    why: 'it changed, and start-up code has given it to what calls it once, soon after: what it did then stays as it was',
    advice: 'do what it does now in a pre-patch callback, or load the release at the next restart',
  },
  'has run as a module': {
    severity: 'problem',
    why: 'it is the start-up code of a module in a bundle, which has run: what it made then stays as it was',
    advice: 'build from the files before they are bundled, or load the release at the next restart',
  },
  'called at start': {
    severity: 'note',
    why: 'it changed, and start-up code has called it: what it made then stays as it was',
    advice: OTHERWISE,
  },
  'called at start only': {
    severity: 'problem',
    why: 'it changed, and only start-up code calls it, which has run: what it made stays as it was',
    advice: 'make it anew in a pre-patch callback, or load the release at the next restart',
  },
} as const

function howSettled(plan: Plan, file: FilePlan, fn: FunctionNode): keyof typeof SETTLED | undefined {
  if (isLazyModule(fn, file.pair.new)) return comesToTheSame(fn, file) ? undefined : 'has run as a module'
  const [name] = namesOf(file, fn)
  if (name === undefined && isGiven(file, fn)) {
    if (runTimeOf(fn, file.pair.new) === 'soon') return 'has run'
    // What served before the patch has been served.
    return isHandler(fn.node) ? undefined : 'given'
  }
  const { called, handed, later } = name === undefined ? usesOfMethod(plan, file, fn) : usesOf(plan, file, fn)
  if (isCalledAsHeld(plan, file, fn)) return 'called at start'
  if (called.length + handed.length === 0) return undefined
  // What a class is given by such a call is compared by itself.
  const givesMembers = handed.length === 0 && called.every(isClassCall)
  const isLost =
    later === 0 && !makesAFunction(fn) && !givesMembers && (called.length > 0 || makesAnObject(fn))
  return isLost ? 'called at start only' : 'called at start'
}

/** The function that runs when one is called: `(function () { … })()` is part of the one around it. */
function calledFrom(fn: FunctionNode, { pair: { new: source } }: FilePlan): FunctionNode {
  const given = source.wrapped(fn.node)
  const call = source.parent(given)
  const isPart = call?.type === 'CallExpression' && call.callee === given
  return (isPart && fn.enclosing) || fn
}

/** Whether a function is an argument in start-up code. */
function isGiven(file: FilePlan, fn: FunctionNode): boolean {
  const source = file.pair.new
  const given = source.wrapped(fn.node)
  const call = source.parent(given)
  const isStartUp = fn.enclosing === undefined || file.onces.some(({ pair }) => pair.new.fn === fn.enclosing)
  const isArgument = /^(Call|New)Expression$/.test(call?.type ?? '') && call!.callee !== given
  return isStartUp && isArgument && !isRemade(file, fn.node)
}

function namesOf(file: FilePlan, fn: FunctionNode): string[] {
  const own = file.unitOf(fn)?.unit.names ?? []
  const exported = [...file.exports.new.values()].filter(
    ({ value, local }) => value === fn.node || own.includes(local ?? ''),
  )
  return [...own, ...exported.map(({ name }) => name)]
}

function usesOf(plan: Plan, file: FilePlan, fn: FunctionNode): Uses {
  const uses: Uses = { called: [], handed: [], later: 0 }
  const { once, unit } = file.unitOf(fn) ?? {}
  for (const name of unit?.names ?? []) inFile(plan, file, once!, name, undefined, uses, fn)
  for (const { name, value, local } of file.exports.new.values()) {
    if (value !== fn.node && !(local !== undefined && unit?.names.includes(local))) continue
    if (plan.isEntry(file.path)) uses.later++
    ofOwnExport(plan, file, name, uses)
    for (const other of plan.files.values()) if (other !== file) elsewhere(plan, file.path, name, other, uses)
  }
  return uses
}

/**
 * Whether start-up code calls it by a variable that holds it, as a member of its literal or by another name: `const list = [f];
 * const made = list[0](x)`.
 */
function isCalledAsHeld(plan: Plan, file: FilePlan, fn: FunctionNode): boolean {
  const source = file.pair.new
  return file.onces.some(({ pair, scope }) => {
    const holders = pair.new.units.filter((unit) => heldFunctions(file, unit).includes(fn.node))
    const uses = holders.flatMap(({ names }) => names.flatMap((name) => source.usesOf(scope.names.get(name))))
    return uses.some(
      (use) =>
        source.functionAt(use) === pair.new.fn &&
        isCalled(use.node, source) &&
        plan.affected.meant(file, use) === fn.node &&
        !isRemade(file, use.node),
    )
  })
}

/** Methods are known by their names alone, but for those that objects of the language have too. */
function usesOfMethod(plan: Plan, file: FilePlan, fn: FunctionNode): Uses {
  const uses: Uses = { called: [], handed: [], later: 0 }
  const [, owner, name] = /([\w$]+)\.(?:prototype\.)?([\w$]+)$/.exec(fn.paths[0] ?? '') ?? []
  const isGiven = (file.unitOf(fn)?.unit.targets ?? []).length > 0
  const isMethod = fn.kind === 'method' || fn.paths[0]!.includes('.prototype.') || isGiven
  if (!isMethod || owner === undefined || name === undefined) return uses
  if (isHeld(file, owner)) uses.later++
  for (const other of plan.files.values())
    for (const node of membersNamed(name, other.pair.new)) {
      const call = other.pair.new.parent(node)
      const isCall = call?.type === 'CallExpression' && call.callee === node
      const isOfClass = node.object.type === 'NewExpression' && node.object.callee.name === owner
      const isStartUp = plan.callTimes.hasRun(other, other.pair.new.functionAround(node))
      if (!isStartUp || !isCall) uses.later++
      else if ((isOfClass || !isOfLanguage(name)) && !isRemade(other, node)) uses.called.push(call!)
    }
  return uses
}

/** Whether somebody may have an object of a class: all that is not `new C().m()`. */
function isHeld(file: FilePlan, owner: string): boolean {
  const source = file.pair.new
  if ([...file.exports.new.values()].some(({ name }) => name.split('.').includes(owner))) return true
  return source.uses.some(({ node }) => {
    if (node.name !== owner) return false
    const parent = source.parent(node)
    if (parent?.type === 'ClassDeclaration' && parent.id === node) return false
    return parent?.type !== 'NewExpression' || source.parent(parent)?.type !== 'MemberExpression'
  })
}

function isOfLanguage(name: string): boolean {
  return [Array, String, Map, Set, Promise, Function, RegExp].some(
    ({ prototype }) => name in (prototype as object),
  )
}

function elsewhere(plan: Plan, path: string, name: string, other: FilePlan, uses: Uses): void {
  for (const unit of other.module.pair.new.units) {
    if (unit.kind !== 'import' || unit.source === undefined) continue
    const from = plan.resolve(other.path, unit.source)
    if (from === undefined) continue
    const origin = plan.origin(from, unit.imported!)
    if (origin.path !== path) continue
    const isWhole = origin.name === '=' || origin.name === '*'
    if (!isWhole && origin.name !== name) continue
    const member = isWhole && name !== 'module.exports' ? name : undefined
    inFile(plan, other, other.module, unit.names[0]!, member, uses)
  }
  if (name !== 'module.exports') return
  for (const call of other.pair.new.requires) {
    const source = requiredModule(call)
    if (source === undefined || plan.resolve(other.path, source) !== path) continue
    const use = other.pair.new.usesIn(call)[0]
    const isImport = other.module.pair.new.units.some(
      (unit) => unit.kind === 'import' && unit.start <= call.start && call.end <= unit.end,
    )
    if (use !== undefined && !isImport) count(plan, other, use, call, uses)
  }
}

function inFile(
  plan: Plan,
  file: FilePlan,
  once: OncePlan,
  name: string,
  member: string | undefined,
  uses: Uses,
  own?: FunctionNode,
): void {
  const source = file.pair.new
  for (const use of source.uses) {
    if (use.node.name !== name || source.bindingOf(use)?.scope !== once.scope || use.assigned) continue
    if (use.node === own?.node.id || source.parent(use.node)?.type === 'ImportSpecifier') continue
    const unit = once.unitOf(name)
    if (unit !== undefined && unit.node.id === use.node) continue
    const parent = source.parent(use.node)
    const isMember = parent?.type === 'MemberExpression' && parent.object === use.node && !parent.computed
    if (member !== undefined && isMember && parent.property.name !== member) continue
    count(plan, file, use, member !== undefined && isMember ? parent : use.node, uses)
  }
}

function count(plan: Plan, file: FilePlan, use: Use, node: Node, uses: Uses): void {
  const source = file.pair.new
  const isStartUp = plan.callTimes.hasRun(file, source.functionAt(use))
  const parent = source.parent(node)
  const isExported = parent?.type === 'AssignmentExpression' || parent?.type === 'Property'
  if (!isStartUp) uses.later++
  else if (isRemade(file, node)) return
  else if (parent?.type === 'CallExpression' || parent?.type === 'NewExpression') {
    if (parent.callee === node) uses.called.push(parent)
    else if (!callsNothing(parent)) uses.handed.push(node)
  } else if (!/^Export/.test(parent?.type ?? '') && !isExported) uses.later++
}

/** `exports.f()`, `module.exports.f()`, `api.f()` in the file that exports it. */
function ofOwnExport(plan: Plan, file: FilePlan, name: string, uses: Uses): void {
  const source = file.pair.new
  const whole = nameOfExports(file)
  for (const use of source.uses) {
    const parent = source.parent(use.node)
    const isWhole = use.node.name === 'exports' || use.node.name === whole
    const isOfModule =
      use.node.name === 'module' && parent?.type === 'MemberExpression' && memberKey(parent) === 'exports'
    const object = isWhole ? use.node : isOfModule ? parent : undefined
    const member = object && source.parent(object)
    const isIt = member?.type === 'MemberExpression' && member.object === object && memberKey(member) === name
    if (isIt && !isAssigned(member, source.parent(member))) count(plan, file, use, member, uses)
  }
}

/** Whether the patch runs this piece of start-up code again. */
function isRemade(file: FilePlan, node: Node): boolean {
  // Or what it makes is known.
  if (file.data !== undefined) return true
  return file.onces.some((once) =>
    once.pair.new.units.some((unit) => {
      if (node.start < unit.start || node.end > unit.end) return false
      const names = unit.names.length > 0 ? unit.names : [...once.effects.of(unit).writes]
      return names.some((name) => once.isBrought(name))
    }),
  )
}

/** A function that defines something: it ends in an object, and not in the promise of one. */
function makesAnObject({ node }: FunctionNode): boolean {
  if (node.async) return false
  if (node.body.type !== 'BlockStatement') return node.body.type === 'ObjectExpression'
  const last = (node.body.body as Node[]).findLast((one) => one.type === 'ReturnStatement')
  return last?.argument?.type === 'ObjectExpression'
}

/** What the program goes on calling is the function inside, which is redirected if it changed. */
function makesAFunction({ node, body }: FunctionNode): boolean {
  const statements: Node[] = node.body.type === 'BlockStatement' ? node.body.body : []
  const last = statements.findLast((one) => one.type === 'ReturnStatement')?.argument
  return last?.type === 'Identifier' && body.names.get(last.name)?.kind === 'function'
}
