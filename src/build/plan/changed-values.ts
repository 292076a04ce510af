import { type Node, unwrap } from '../../instrument/parse.ts'
import { constructorOf, initialisesAt } from '../read/compare-class.ts'
import { changesObject, EffectsOf, isData, isRepeatable } from '../read/effects.ts'
import { isExportOnly } from '../read/exports.ts'
import { isAssigned, memberKey, memberPath, propertyName } from '../read/expressions.ts'
import { importShape, packageNameOf, requiredModule } from '../read/imports.ts'
import { isSameNamespace, lostFromNamespace } from '../read/namespace.ts'
import { mayBeOthers } from '../read/outside.ts'
import { runTimeOf } from '../read/run-there.ts'
import { sameShape } from '../read/shape.ts'
import type { SourceFile, Use } from '../read/source-file.ts'
import { isStillMade } from '../read/still-made.ts'
import { assignedValue, classOf, functionOf, objectOf } from '../read/unit-values.ts'
import type { Unit } from '../read/units.ts'
import { isWithoutEffect } from '../read/without-effect.ts'
import type { FilePlan } from './file-plan.ts'
import { isFunctionName, type OncePlan } from './once-plan.ts'
import type { Plan } from './plan.ts'
import { isCalledOnTheSpot } from './state.ts'

/** Names of once-scopes that have other values in the new version, or are made with something that has. */
export class ChangedValues {
  readonly #plan: Plan

  constructor(plan: Plan) {
    this.#plan = plan
  }

  find(once: OncePlan): void {
    const { pairs, added, removed } = once.pair
    for (const unit of removed) if (isStillMade(unit, once.pair.new)) this.#undone(once, unit)
    for (const unit of added) {
      for (const name of unit.names) this.#plan.bring(once, name, 'new in this version')
      if (unit.kind === 'statement') this.#statement(once, unit, 'new')
    }
    for (const { old, new: unit, changed } of pairs) {
      if (isSettled(once, unit)) continue
      if (this.#isChangedInPlace(once, unit, changed)) continue
      if (changed && lostFromNamespace(old, unit) !== undefined) continue
      if (changed && isSameNamespace(old, unit, { old: once.pair.old.units, new: once.pair.new.units }))
        continue
      const read = this.#changedRead(once, unit)
      const called = this.#affectedCall(once, unit)
      if (classOf(unit) !== undefined && classOf(old) !== undefined) this.#classValues(once, unit, old)
      else if (unit.kind === 'statement') {
        if (changed) this.#statement(once, unit, 'changed')
        else if (read !== undefined) this.#stale(once, unit, `run at start-up with '${read}', which changed`)
        else if (called !== undefined && !isFilledLater(once, unit))
          this.#statement(once, unit, `run at start-up through '${called}', which changed`)
      } else if (changed && unit.kind !== 'import' && unit.kind !== 'variable') {
        // One that was something else before.
        for (const name of unit.names) this.#plan.bring(once, name, 'it became something else')
      } else if (unit.kind === 'variable' || unit.kind === 'import') {
        if (isSymbol(old) && isSymbol(unit)) continue
        if (changed && !(unit.kind === 'import' && importShape(old) === importShape(unit)))
          this.#variable(once, unit, 'its value changed')
        else if (read !== undefined) this.#variable(once, unit, `made from '${read}', which changed`)
        else if (called !== undefined && isTable(once, unit))
          this.#variable(once, unit, `made by '${called}', which changed`)
      }
    }
  }

  /** Whether a literal is changed where it is. What it says as before must come to the same, too. */
  #isChangedInPlace(once: OncePlan, unit: Unit, isOther: boolean): boolean {
    const { literals } = once.file.inPlace
    const value = assignedValue(unit)
    const literal = value && unwrap(value)
    const changes = literal && literals.get(literal)
    // Programs have the running one; what would be another thing in it is told.
    const isOfPrograms = objectOf(unit) !== undefined && isOfBabel(once, unit)
    if (changes === undefined && (isOther || !isOfPrograms)) return false
    const isWritten = ({ node }: Use): boolean =>
      changes?.some((one) => one.new && one.new.start <= node.start && node.end <= one.new.end) === true
    const stale = once.effects
      .of(unit)
      .uses.find((use) => !isWritten(use) && this.#plan.usesChanged(once.file, use) !== undefined)
    if (stale !== undefined && isOfPrograms) once.file.inPlace.made.set(unit, stale.node.name)
    if (stale === undefined || isOfPrograms) return true
    literals.delete(literal!)
    return false
  }

  #variable(once: OncePlan, unit: Unit, why: string): void {
    for (const name of unit.names) this.#plan.bring(once, name, why)
  }

  /** What start-up code of the running version has put in the place of something that the new version leaves as it is. */
  #undone(once: OncePlan, unit: Unit): void {
    if (isSettled(once, unit) || isExportOnly(unit, once.pair.old) || functionOf(unit) !== undefined) return
    this.#bringData(
      once,
      EffectsOf.in(once.pair.old).of(unit).writes,
      'it was changed at start-up, and is not',
    )
  }

  /** Start-up code that differs can only be run as part of the values that it makes. */
  #statement(once: OncePlan, unit: Unit, why: string): void {
    if (isSettled(once, unit) || isExportOnly(unit, once.pair.new) || functionOf(unit) !== undefined) return
    if (isWithoutEffect(unit, once.pair.new)) return
    if (once.file.inPlace.statements.has(unit)) return
    this.#bringData(once, once.effects.of(unit).writes, why)
  }

  #bringData(once: OncePlan, names: Iterable<string>, why: string): void {
    for (const name of names) {
      const binding = once.scope.names.get(name)
      // A class or function stays the running one, whatever start-up code does to it.
      if (
        binding !== undefined &&
        !/^(wrapper|class|function|import)$/.test(binding.kind) &&
        holdsData(once, name)
      )
        this.#plan.bring(once, name, why)
    }
  }

  /** Start-up code that is the same, but would find another value now. */
  #stale(once: OncePlan, unit: Unit, why: string): void {
    this.#statement(once, unit, why)
    if (functionOf(unit) === undefined) once.file.stale.set(unit, why)
  }

  /** A name, or a module, of which a piece of start-up code reads something that changed. */
  #changedRead(once: OncePlan, unit: Unit): string | undefined {
    const { file } = once
    const use = once.effects
      .of(unit)
      .uses.find(
        (one) =>
          (!isFunctionName(once, one.node.name) || this.#plan.functionTexts.of(file, one) !== undefined) &&
          this.#plan.usesChanged(file, one) !== undefined &&
          !readsSamePart(once, one) &&
          !(unit.kind === 'statement' && isInCallback(once, one)) &&
          !isGivenOn(once, one) &&
          !this.#plan.callTimes.isLater(file, one, once.pair.new.fn),
      )
    if (use !== undefined || unit.kind === 'import') return use?.node.name
    const own = unit.kind === 'variable' ? readOwnExport(once, unit) : undefined
    if (own !== undefined) return own
    return this.requires(once, unit).find((call) => this.readsChanged(file, call))?.arguments[0].value
  }

  /** What a piece of start-up code calls that does something else now. */
  #affectedCall(once: OncePlan, unit: Unit): string | undefined {
    const { file } = once
    const isAffected = (meant: Node | undefined): boolean =>
      meant !== undefined && this.#plan.affected.has(meant)
    const use = once.effects
      .of(unit)
      .uses.find(
        (one) =>
          isCalled(one.node, file.pair.new) &&
          isAffected(this.#plan.affected.meant(file, one)) &&
          !(unit.kind === 'statement' && isInCallback(once, one)) &&
          !this.#plan.callTimes.isLater(file, one, once.pair.new.fn),
      )
    if (use !== undefined) return use.node.name
    if (unit.kind === 'import') return undefined
    const required = this.requires(once, unit).find(
      (call) => isCalled(call, file.pair.new) && isAffected(this.#plan.affected.required(file, call)),
    )
    return required?.arguments[0].value
  }

  /** The modules that a piece of start-up code requires in passing. */
  requires({ file, pair }: OncePlan, { start, end }: { start: number; end: number }): Node[] {
    return file.pair.new.requires.filter((call) => {
      if (call.start < start || call.end > end) return false
      // One that is loaded for what it does when it is gives nothing.
      if (file.pair.new.parent(call)?.type === 'ExpressionStatement') return false
      const [use] = file.pair.new.usesIn(call)
      return use !== undefined && file.pair.new.functionAt(use) === pair.new.fn
    })
  }

  readsChanged(file: FilePlan, call: Node): boolean {
    const path = this.#plan.resolve(file.path, requiredModule(call)!)
    const other = path === undefined ? undefined : this.#plan.files.get(path)
    if (other === undefined) return path !== undefined && this.#plan.added.has(path)
    const changed = [...other.changedExports].filter(([, kind]) => kind === 'changed').map(([name]) => name)
    if (changed.length === 0) return false
    const parent = file.pair.new.parent(call)
    if (parent?.type === 'MemberExpression' && !parent.computed) return changed.includes(parent.property.name)
    const pattern = parent?.type === 'VariableDeclarator' ? parent.id : undefined
    if (pattern?.type !== 'ObjectPattern') return true
    return (pattern.properties as Node[]).some(({ key }) => key === undefined || changed.includes(key.name))
  }

  /** Fields of a class that stays, which begin with something else now. */
  #classValues(once: OncePlan, unit: Unit, old: Unit): void {
    const { pair } = once.file
    const node = classOf(unit)!
    const maker = constructorOf(classOf(old)!) && constructorOf(node)
    const fn = maker && pair.new.functionOf.get(maker)
    for (const element of node.body.body as Node[]) {
      const isAdded = (): boolean => pair.addedMembers.some((one) => one.element === element)
      if (element.computed && this.#plan.isOfChanged(once.file, element.key) && !isAdded()) {
        const why = `the name of its member [${pair.new.slice(element.key)}] is another one`
        addOnce(pair.classes, { node: element, why }, (one) => one.node === element)
      }
      if (element.type !== 'PropertyDefinition' || element.computed || !element.value) continue
      if (!this.#plan.isOfChanged(once.file, element.value)) continue
      if (element.static) addOnce(pair.statics, { class: node, element }, (one) => one.element === element)
      else if (fn !== undefined && initialisesAt(fn) !== undefined) {
        const others = pair.initialised.get(fn) ?? []
        pair.initialised.set(fn, others)
        addOnce(others, { element, isNew: false }, (one) => one.element === element)
      } else {
        const why = 'a field begins with another value, and there is no constructor'
        addOnce(pair.classes, { node: element, why }, (one) => one.node === element)
      }
    }
  }
}

/** Whether a literal is what `module.exports = exports.default` exports. */
function isOfBabel({ file, pair }: OncePlan, { names }: Unit): boolean {
  const [name] = names
  const isOne = file.exports.new.get('module.exports')?.isOfAnother === true
  return isOne && name !== undefined && file.exposed.path(pair, name)?.startsWith('exports') === true
}

/** The export of its own that a value of start-up code is made from, if that is another one now: `Object.keys(exports.TABLE)`. */
function readOwnExport({ file, effects }: OncePlan, unit: Unit): string | undefined {
  return changedExportAmong(effects.of(unit).uses, file)
}

/** The first export of its own file that some uses of `exports` read and that is another value now. */
export function changedExportAmong(uses: readonly Use[], file: FilePlan): string | undefined {
  const source = file.pair.new
  const member = uses.flatMap(({ node }) => {
    const parent = node.name === 'exports' ? source.parent(node) : undefined
    const isRead = parent?.type === 'MemberExpression' && !isAssigned(parent, source.parent(parent))
    return isRead ? (memberKey(parent) ?? []) : []
  })
  return member.find((key) => file.changedExports.get(key) === 'changed' && !isFunctionExport(file, key))
}

/** The running one is redirected. */
function isFunctionExport({ exports, pair }: FilePlan, name: string): boolean {
  const value = exports.new.get(name)?.value
  const fn = value && pair.new.functionOf.get(unwrap(value))
  return fn !== undefined && pair.functions.has(fn)
}

/** `table.a.b` of a literal in which that part is the same, or of which only the names of the members are asked for. */
function readsSamePart({ pair }: OncePlan, { node }: Use): boolean {
  const found = pair.pairs.find(({ new: { names } }) => names.includes(node.name))
  const isLiteral = found?.changed && found.new.kind === 'variable'
  if (!isLiteral || pair.new.scope.names.get(node.name)?.assigned) return false
  // What start-up code puts into it is no part of the literal.
  const isFilled = [pair.old, pair.new].some((once) => {
    const effects = EffectsOf.in(once)
    return once.units.some((unit) => effects.of(unit).writes.has(node.name))
  })
  if (isFilled) return false
  const { file } = pair.new
  let [was, is] = [objectOf(found.old), objectOf(found.new)]
  let at = node
  for (let parent = file.parent(at); parent?.type === 'MemberExpression' && parent.object === at; ) {
    const key = memberKey(parent)
    const isIn = [was, is].every((one) => one?.type === 'ObjectExpression')
    if (!isIn || key === undefined) break
    ;[was, is] = [was, is].map((one) => memberOf(one!, key))
    at = parent
    parent = file.parent(at)
  }
  if (was === undefined || is === undefined) return false
  const isWhole = [was, is].every(({ type }) => type === 'ObjectExpression')
  if (isWhole && asksForNames(at, file)) return namesOf(was) !== undefined && namesOf(was) === namesOf(is)
  return at !== node && isData(is) && sameShape(was, is)
}

function memberOf(literal: Node, key: string): Node | undefined {
  const found = (literal.properties as Node[]).filter(
    (one) => one.type === 'Property' && propertyName(one) === key,
  )
  return found.length === 1 && found[0]!.kind === 'init' ? unwrap(found[0]!.value) : undefined
}

/** The names of a literal's members, in their order, if all are written there. */
function namesOf({ properties }: Node): string | undefined {
  const names = (properties as Node[]).map((one) => (one.type === 'Property' ? propertyName(one) : undefined))
  return names.includes(undefined) ? undefined : JSON.stringify(names)
}

/** `for (const key in x)`, `Object.keys(x)` */
function asksForNames(node: Node, file: SourceFile): boolean {
  const parent = file.parent(node)
  if (parent?.type === 'ForInStatement') return parent.right === node
  return parent?.type === 'CallExpression' && memberPath(parent.callee)?.path === 'Object.keys'
}

/** In a function that start-up code hands over to be called later: the patch replaces that. */
function isInCallback({ file, pair }: OncePlan, use: Use): boolean {
  const fn = file.pair.new.functionAt(use)
  return (
    fn !== undefined &&
    fn !== pair.new.fn &&
    file.pair.functions.has(fn) &&
    !isCalledOnTheSpot(fn, file.pair.new)
  )
}

/**
 * Whether a use is in a function that another one, which start-up code gives to another package, gives on in its turn: `const
 * plugin = wrap(function (app) { app.get('/', () => used) })`. What is made of that is the same, and the functions are replaced.
 */
function isGivenOn({ file, pair }: OncePlan, use: Use): boolean {
  const source = file.pair.new
  const inner = source.functionAt(use)
  let outer = inner
  while (outer !== undefined && outer.enclosing !== pair.new.fn) outer = outer.enclosing
  if (inner === undefined || outer === undefined || inner === outer) return false
  if (!file.pair.functions.has(inner) || runTimeOf(inner, source) !== undefined) return false
  const call = source.parent(source.wrapped(outer.node))
  if (call?.type !== 'CallExpression' || call.callee.type !== 'Identifier') return false
  const made = pair.new.units.find(({ names }) => names.includes(call.callee.name))
  return made?.kind === 'import' && packageNameOf(made.source ?? '.') !== undefined
}

/** `Symbol('…')`: whatever it is called, it is the running one. */
function isSymbol(unit: Unit): boolean {
  const value = assignedValue(unit)
  return value?.type === 'CallExpression' && value.callee.name === 'Symbol'
}

/** Whether what start-up code makes there was tried out, so that running data is changed where it is. */
function isSettled(once: OncePlan, unit: Unit): boolean {
  const { kind, names } = unit
  const settled = once.file.data?.settled.get(once)
  if (settled === undefined || (classOf(unit) ?? functionOf(unit)) !== undefined) return false
  return kind === 'statement' || (kind === 'variable' && names.every((name) => settled.has(name)))
}

function addOnce<T>(list: T[], item: T, isSame: (one: T) => boolean): void {
  if (!list.some(isSame)) list.push(item)
}

/** Whether it, or a member of it, is what a call calls. */
export function isCalled(node: Node, file: SourceFile): boolean {
  let at = node
  let parent = file.parent(at)
  while (parent?.type === 'MemberExpression' && parent.object === at) {
    at = parent
    parent = file.parent(at)
  }
  return (parent?.type === 'CallExpression' || parent?.type === 'NewExpression') && parent.callee === at
}

/** A name of the module that holds neither a function nor a class of the running version. */
function holdsData(once: OncePlan, name: string): boolean {
  if (isFunctionName(once, name)) return false
  const unit = once.unitOf(name)
  if (unit === undefined || unit.kind === 'import') return false
  if (once.pair.added.includes(unit)) return true
  const value = assignedValue(unit)
  if (value !== undefined && mayBeOthers(value)) return false
  return classOf(unit) === undefined && isRepeatable(value)
}

/** Whether start-up code fills something that goes on being filled: what it holds is the program's. */
function isFilledLater(once: OncePlan, unit: Unit): boolean {
  return [...once.effects.of(unit).writes].some((name) => once.keeps(name) !== undefined)
}

/** A variable that holds data that functions only look up: it may as well be made anew. */
function isTable(once: OncePlan, unit: Unit): boolean {
  const { file } = once.pair.new
  const value = assignedValue(unit)
  if (value === undefined || value.type === 'NewExpression' || requiredModule(value) !== undefined)
    return false
  return unit.names.every((name) => {
    const uses = file.usesOf(once.scope.names.get(name)).filter((use) => use.node !== unit.node.id)
    return uses.every((use) => {
      const parent = file.parent(use.node)
      if (use.assigned || changesObject(use, file)) return false
      if (parent?.type !== 'MemberExpression' || parent.object !== use.node) return false
      const above = file.parent(parent)
      return (
        !(above?.type === 'CallExpression' && above.callee === parent) ||
        /^(test|exec|has|get)$/.test(parent.property.name)
      )
    })
  })
}
