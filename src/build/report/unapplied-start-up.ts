import { type Node, unwrap } from '../../instrument/parse.ts'
import { containsNode, walkOwn } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { OncePlan } from '../plan/once-plan.ts'
import { isExports } from '../plan/places.ts'
import { EffectsOf } from '../read/effects.ts'
import { exportedWhole } from '../read/export-all.ts'
import { isExportOnly } from '../read/exports.ts'
import { calledName, memberPath, propertyName } from '../read/expressions.ts'
import { commandsOf } from '../read/folder.ts'
import { namingOf } from '../read/given-names.ts'
import { requiredModule } from '../read/imports.ts'
import { lostFromNamespace } from '../read/namespace.ts'
import { setsOutside } from '../read/outside.ts'
import { LISTENERS } from '../read/run-there.ts'
import { sameShape } from '../read/shape.ts'
import { isStillMade } from '../read/still-made.ts'
import { assignedValue, definedMember, functionOf } from '../read/unit-values.ts'
import type { Once, Unit } from '../read/units.ts'
import { isWithoutEffect } from '../read/without-effect.ts'
import { isAskedFor, isUnheardOf } from './asked-for.ts'
import { tellsDefined } from './defined-members.ts'
import { fillsGoneNames } from './gone-names.ts'
import { API, LOST, NOTHING, RESTART, type Report } from './report.ts'
import { asksFirst, guarded, isForProgram, marksModule, onlySays } from './says.ts'
import type { Written } from './unapplied.ts'

const OLD_VALUE = 'it holds what the running version has put there, and nothing of the package asks for it'
const ANEW = 'it is made anew: what the program itself has put into the running one is not in it'
const TAKEN = 'it has another value: what programs have taken out of the exports before, they keep'
const SAID = 'something that is said when the module is loaded, which has happened'
const GUARDED = 'what is under a condition now the running version has done without one'
const CALLED =
  'a function does it now when it is called: the running version has done it, as if that had been called before'
const ORDER = 'the running version has made this call before another one that is made first now'
const NAMED = 'what gets a name there keeps the one that it has'
const ALONE = 'it is done where the file is the program itself, and others load this one'
const MARKED = 'how bundlers mark a module: what `Object.prototype.toString` says of it stays as it is'
const STAYS = 'nothing: the running one stays'

/** How start-up code of the new version differs; `stale`: it is the same, and would do something else. */
type Kind = 'new' | 'changed' | 'stale'

/** Tells of start-up code of a once-scope that did other things in the running version than it would do now. */
export class UnappliedStartUp {
  readonly #once: OncePlan
  readonly #written: Written
  readonly #report: Report
  /** Start-up code of the old version that the new one has not in any form. */
  readonly #undone: Set<Unit>

  constructor(once: OncePlan, written: Written, report: Report) {
    this.#once = once
    this.#written = written
    this.#report = report
    this.#undone = new Set(once.pair.removed)
  }

  tell(): void {
    const { file, pair } = this.#once
    const changed = pair.pairs.filter((one) => one.changed)
    for (const unit of pair.added) this.#unit(unit, 'new')
    for (const { new: unit } of changed) this.#unit(unit, 'changed')
    for (const { new: unit } of pair.pairs) if (file.stale.has(unit)) this.#unit(unit, 'stale')
    for (const { old, new: unit } of changed)
      for (const lost of lostFromNamespace(old, unit) ?? [])
        this.#note(unit, LOST, NOTHING, `${unit.names[0]}.${propertyName(lost)}`)
    const before = EffectsOf.in(pair.old)
    for (const unit of this.#undone) this.#gone(unit, before)
    if (this.#once === file.module) this.#kept()
    this.#swapped()
  }

  /** Functions that start-up code has made are the running ones, with the values that they see. */
  #kept(): void {
    const { file } = this.#once
    const { plan } = this.#written
    for (const { place, members } of file.data?.objects ?? []) {
      const others = isExports(place) ? members.filter(({ key }) => !file.changedExports.has(key)) : []
      for (const { key, old } of others)
        if (old !== undefined) this.#report.note(file.path, 1, `export ${key}`, TAKEN, NOTHING)
    }
    for (const fn of file.data?.kept ?? []) {
      const why = file.pair.new.usesIn(fn.node).flatMap((use) => plan.usesChanged(file, use) ?? [])[0]
      if (why === undefined) continue
      const line = file.pair.new.lineOf(fn.start)
      this.#report.problem(file.path, line, fn.paths[0]!, `start-up code has made it, and ${why}`, RESTART)
    }
  }

  /** Calls of one function that start-up code makes in another order: `use(a); use(b)`. */
  #swapped(): void {
    const { pair, effects } = this.#once
    const calls = pair.pairs
      .filter(({ new: unit, changed }) => !changed && unit.key.startsWith('run '))
      .sort((a, b) => a.new.start - b.new.start)
    const last = new Map<string, number>()
    for (const { old, new: unit } of calls) {
      const callee = unit.key.split(' ')[1]!
      if (isKeyed(unit) || this.#isTriedOut(unit)) continue
      const isMade = [...effects.of(unit).writes].some((name) => this.#once.isBrought(name))
      if (!isMade && (last.get(callee) ?? 0) > old.start && !isWithoutEffect(unit, pair.new))
        this.#problem(unit, ORDER, 'undo it, and do it in this order, in a pre-patch callback')
      last.set(callee, Math.max(last.get(callee) ?? 0, old.start))
    }
  }

  #unit(unit: Unit, kind: Kind): void {
    const { file, pair } = this.#once
    const whole = handedOnWhole(unit, pair.new)
    if (whole !== undefined && this.#written.plan.resolve(file.path, whole) === undefined) {
      const text = `export * ${whole}`
      if (kind === 'new') this.#note(unit, API, NOTHING, text)
      else if (kind === 'changed') this.#problem(unit, 'a changed re-export', RESTART, text)
    }
    // What it hands on is told by name.
    if (unit.kind !== 'statement' || whole !== undefined) return
    if (kind === 'changed' && tellsDefined(unit, this.#once, this.#written, this.#report)) return
    if (typeof unit.node.directive === 'string' || isExportOnly(unit, pair.new)) return
    if (this.#written.put.has(unit.node)) {
      if (kind !== 'new' && unit.value?.type === 'Identifier' && this.#once.isBrought(unit.value.name))
        this.#note(unit, ANEW, NOTHING)
      return
    }
    if (isHelper(file, unit) || isWithoutEffect(unit, pair.new) || isChangedInPlace(file, unit)) return
    // What is given to the code around has been given.
    const isGiven = unit.node.type === 'ReturnStatement'
    const isOutside = setsOutside(unit, pair.new, this.#once.effects)
    if (!isGiven && !isOutside && this.#makesBrought(unit)) return
    const said = this.#harmlessness(unit, kind, isOutside)
    if (said !== undefined) return this.#note(unit, ...said)
    if (this.#isTriedOut(unit)) return
    const why =
      kind === 'stale'
        ? `it is ${file.stale.get(unit)}, and has effects beyond names of the module`
        : `${kind} code that runs at start-up and has effects beyond names of the module`
    this.#problem(
      unit,
      why,
      'do what it does in a pre-patch callback, and undo it in a post-unpatch callback',
    )
  }

  /** Whether it is a part of what values of the patch are made by, and registers nothing elsewhere. */
  #makesBrought(unit: Unit): boolean {
    const isBrought = (name: string): boolean => this.#once.isBrought(name)
    if (![...this.#once.effects.of(unit).writes].some(isBrought)) return false
    let isOnly = true
    walkOwn(unit.node, (node) => {
      const isRegistering = node.type === 'CallExpression' && LISTENERS.test(calledName(node) ?? '')
      if (isRegistering && !isBrought(memberPath(node.callee)?.root ?? '')) isOnly = false
    })
    return isOnly
  }

  /** What it makes of data is changed where it is; functions have to be put there. */
  #isTriedOut(unit: Unit): boolean {
    const { file, pair } = this.#once
    const isDefinition = unit.key.startsWith('call Object.defineProperty ') && pair.added.includes(unit)
    return file.data !== undefined && functionOf(unit) === undefined && !isDefinition
  }

  /** Why start-up code that has not run does no harm by that, if it does none, and what to do. */
  #harmlessness(unit: Unit, kind: Kind, isOutside: boolean): [why: string, advice: string] | undefined {
    const { pair, file } = this.#once
    const { plan, young } = this.#written
    if (isWrapperHead(unit, pair.new) && !this.#loadsMore(unit))
      return [
        'the module is wrapped in another way, and it has been defined',
        'nothing: this is about the next start',
      ]
    if (kind === 'new' && /^\s*Object\.(freeze|seal|preventExtensions)\(/.test(file.pair.new.slice(unit)))
      return ['what the running version has made stays open to changes', NOTHING]
    if (onlySays(unit.node)) return [SAID, NOTHING]
    if (marksModule(unit.node)) return [MARKED, NOTHING]
    if (isNaming(unit, pair.new)) return [NAMED, NOTHING]
    if (this.#isForOther(unit)) return [ALONE, NOTHING]
    const before = pair.pairs.find((one) => one.new === unit)?.old
    if (before !== undefined && asksFirst(before.node, unit.node)) return [GUARDED, NOTHING]
    const done = kind === 'new' ? doneBefore(this.#once, unit) : []
    if (done.length > 0) {
      for (const one of done) this.#undone.delete(one)
      return [GUARDED, NOTHING]
    }
    const path = unit.targets?.length === 1 ? unit.targets[0]!.path : undefined
    // A variable, global perhaps, is asked for by its name alone.
    if (path === undefined || !/[.[]/.test(path) || isOutside) return undefined
    const member = path.split('.').at(-1)!
    if (kind === 'new' && isUnheardOf(member, plan, young)) return [API, NOTHING]
    // What is exported, programs ask for.
    const isExport = /^(module\.)?exports\b/.test(path)
    if (kind === 'stale' && !isExport && !isAskedFor(member, plan)) return [OLD_VALUE, NOTHING]
    return undefined
  }

  /** Whether it loads a module first that the running version does not: what comes behind may take something of it. */
  #loadsMore({ start, end }: Unit): boolean {
    const { file, pair } = this.#once
    const had = new Set(pair.old.file.requires.map((call) => requiredModule(call)))
    const loads = pair.new.file.requires.filter((call) => start <= call.start && call.end <= end)
    const isOther = (one: OncePlan): boolean =>
      one !== this.#once && (one.pair.added.length > 0 || one.pair.pairs.some(({ changed }) => changed))
    const isBehind = file.replaced.size > 0 || file.onces.some(isOther)
    return isBehind && file.data === undefined && loads.some((call) => !had.has(requiredModule(call)))
  }

  #gone(unit: Unit, before: EffectsOf): void {
    const { pair, changed, file } = this.#once
    const wrote = [...before.of(unit).writes]
    if (wrote.length > 0 && wrote.every((name) => changed.has(name))) return
    if (unit.kind !== 'statement' || isExportOnly(unit, pair.old) || typeof unit.node.directive === 'string')
      return
    const said = this.#harmlessAsGone(unit)
    if (said === 'without effect') return
    const source = file.pair.old
    const [line, text] = [source.lineOf(unit.start), headOf(source.slice(unit))]
    if (said !== undefined) return this.#report.note(file.path, line, text, ...said)
    if (this.#isTriedOut(unit)) return
    const why = 'start-up code of the old version that the new one has not: what it did stays done'
    this.#report.problem(file.path, line, text, why, 'undo it in a pre-patch callback')
  }

  #harmlessAsGone(unit: Unit): [why: string, advice: string] | 'without effect' | undefined {
    const { old, new: young } = this.#once.pair
    const whole = handedOnWhole(unit, old)
    // By another helper, perhaps.
    if (whole !== undefined)
      return young.units.some((one) => handedOnWhole(one, young) === whole)
        ? 'without effect'
        : [LOST, NOTHING]
    if (isWrapperHead(unit, old) || isNaming(unit, old) || isWithoutEffect(unit, old)) return 'without effect'
    if (unit.node.type === 'FunctionDeclaration' || fillsGoneNames(unit, this.#once.pair))
      return 'without effect'
    if (onlySays(unit.node)) return [SAID, NOTHING]
    if (marksModule(unit.node)) return [MARKED, NOTHING]
    if (this.#isForOther(unit)) return [ALONE, NOTHING]
    if (this.#isDoneByFunction(unit)) return [CALLED, NOTHING]
    const defined = definedMember(unit)
    if (defined !== undefined && young.units.some((one) => definedMember(one) === defined))
      return 'without effect'
    return isMemberOnly(unit) && !isStillMade(unit, young)
      ? ['the new version has it no more', STAYS]
      : undefined
  }

  /** What a file does as a program, where it is for others to load. */
  #isForOther({ node }: Unit): boolean {
    const { plan, young } = this.#written
    const { path } = this.#once.file
    const isOther = !plan.isEntry(path) && !commandsOf(young).includes(path)
    return isForProgram(node) && isOther
  }

  /** `function setUp() { … }` of the same statements, which give variables their values: it is as if that had been called. */
  #isDoneByFunction({ node }: Unit): boolean {
    const { added, removed } = this.#once.pair
    const isGone = (one: Node): boolean => removed.some((unit) => sameShape(unit.node, one))
    const doesMore = ({ type, expression }: Node): boolean =>
      /Function|^Update|^Await|^Yield/.test(type) ||
      (type === 'ExpressionStatement' && !setsVariable(unwrap(expression)))
    if (containsNode(node, doesMore)) return false
    return added.some((unit) => {
      const isPlain = unit.kind === 'function' && unit.node.params.length === 0
      const statements: Node[] =
        isPlain && !unit.node.async && !unit.node.generator ? unit.node.body.body : []
      return statements.some((one) => sameShape(one, node)) && statements.every(isGone)
    })
  }

  #note(unit: Unit, why: string, advice: string, what?: string): void {
    this.#report.note(...this.#at(unit, what), why, advice)
  }

  #problem(unit: Unit, why: string, advice: string, what?: string): void {
    this.#report.problem(...this.#at(unit, what), why, advice)
  }

  #at(unit: Unit, what?: string): [file: string, line: number, what: string] {
    const { path, pair } = this.#once.file
    return [path, pair.new.lineOf(unit.start), what ?? headOf(pair.new.slice(unit))]
  }
}

function setsVariable({ type, operator, left }: Node): boolean {
  return type === 'AssignmentExpression' && operator === '=' && left.type === 'Identifier'
}

/** `register('name', x)` may be done in any order. */
function isKeyed({ node }: Unit): boolean {
  const [key, value] = unwrap(node.expression).arguments as Node[]
  return typeof key?.value === 'string' && value !== undefined
}

function headOf(text: string): string {
  return text.split('\n')[0]!.slice(0, 80)
}

/** What the running version has done, at its start, that is under a condition now. */
function doneBefore({ pair }: OncePlan, unit: Unit): Unit[] {
  const statements = guarded(unit.node) ?? []
  const done = statements.map((one) => pair.removed.find(({ node }) => sameShape(node, one)))
  return done.every((one) => one !== undefined) ? done : []
}

/** The module of which a unit hands on all exports. */
function handedOnWhole({ kind, key, node }: Unit, { units }: Once): string | undefined {
  if (kind === 'export' && key.startsWith('export *')) return node.source.value
  return node.type === 'ExpressionStatement' ? exportedWhole(node.expression, units) : undefined
}

/** `a.b = …`, `a.__defineGetter__('b', …)`, and a module that is loaded for what it does when it is. */
function isMemberOnly(unit: Unit): boolean {
  const { targets, node } = unit
  if (targets !== undefined) return targets.every(({ path }) => path.includes('.'))
  if (definedMember(unit) !== undefined) return calledName(unwrap(node.expression)) !== 'defineProperty'
  return node.type === 'ExpressionStatement' && requiredModule(unwrap(node.expression)) !== undefined
}

/** `if (typeof exports === 'object') factory(exports) else …` of a module for any loader. */
function isWrapperHead({ node }: Unit, { file, fn }: Once): boolean {
  let whole = node
  while (fn !== undefined && file.parent(whole) !== fn.node.body && file.parent(whole) !== undefined)
    whole = file.parent(whole)!
  if (fn === undefined || !/\btypeof\s+(exports|module|define)\b/.test(file.slice(whole))) return false
  return file.usesIn(node).some((use) => {
    const isFactory = file.bindingOf(use)?.scope === fn.parameters
    return isFactory && file.parent(use.node)?.callee === use.node
  })
}

/** `__name(f, "f")` */
function isNaming({ node }: Unit, { file }: Once): boolean {
  return node.type === 'ExpressionStatement' && namingOf(unwrap(node.expression), file) !== undefined
}

function isChangedInPlace({ inPlace }: FilePlan, unit: Unit): boolean {
  const value = assignedValue(unit)
  return value !== undefined && inPlace.literals.has(value)
}

function isHelper(file: FilePlan, unit: Unit): boolean {
  const node = functionOf(unit)
  return node !== undefined && [...file.helpers.values()].some(({ element }) => element.value === node)
}
