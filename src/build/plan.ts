import { EventEmitter } from 'node:events'
import { Server, Socket } from 'node:net'
import { Duplex, Readable, Transform } from 'node:stream'
import { Names } from '../instrument/names.ts'
import type { Node } from '../instrument/parse.ts'
import type { Binding, FunctionNode, Scope } from '../instrument/scopes.ts'
import { walk } from '../livepatch/ast.ts'
import { Affected } from './affected.ts'
import { type ChangedLocal, changedLocals, isReturnedBefore } from './changed-locals.ts'
import {
  assignedValue,
  classOf,
  constructorOf,
  type FilePair,
  functionOf,
  importShape,
  initialisesAt,
  type OncePair,
  objectOf,
} from './compare.ts'
import { changesObject, EffectsOf, isRepeatable, isWithoutEffect } from './effects.ts'
import {
  bundledExports,
  type Export,
  exportsOf,
  importOf,
  isSameOrigin,
  type Origin,
  type ReExport,
  reExportsOf,
} from './exports.ts'
import { Exposed } from './exposed.ts'
import { NewFields } from './fields.ts'
import type { Finding } from './findings.ts'
import type { Version } from './folder.ts'
import { changedInPlace, type InPlace } from './in-place.ts'
import { mayOutlive } from './outlives.ts'
import { Parameters } from './parameters.ts'
import { sameShape, shape } from './shape.ts'
import type { SourceFile, Use } from './source-file.ts'
import { isCalledOnTheSpot, keptIn, mayBeChanged } from './state.ts'
import {
  isSameImport,
  memberPath,
  type Once,
  onceOf,
  requiredModule,
  returnedBy,
  type Unit,
  unwrap,
} from './units.ts'

/** Which names of a once-scope the patch brings, and why. */
export class OncePlan {
  readonly file: FilePlan
  readonly pair: OncePair
  readonly effects: EffectsOf
  /** Names of the new version with another value, or that are new: every function that uses one is replaced. */
  readonly changed = new Map<string, string>()
  /** Names that replaced functions take from the patch, while others go on with the running ones. */
  readonly soft = new Map<string, string>()
  /** Members of imported objects that have other values: a function that uses one is replaced. */
  readonly members = new Map<string, Set<string>>()
  readonly #initialisers = new Map<string, Unit[]>()
  #before: EffectsOf | undefined
  readonly #kept = new Map<string, Use | undefined>()

  constructor(file: FilePlan, pair: OncePair) {
    this.file = file
    this.pair = pair
    this.effects = new EffectsOf(pair.new)
  }

  get scope(): Scope {
    return this.pair.new.scope
  }

  isBrought(name: string): boolean {
    return this.changed.has(name) || this.soft.has(name) || this.file.helpers.get(name)?.once === this
  }

  unitOf(name: string): Unit | undefined {
    return this.pair.new.units.find((unit) => unit.names.includes(name))
  }

  /** Statements that are part of what a name holds. */
  initialisers(name: string): Unit[] {
    const known = this.#initialisers.get(name) ?? initialisersIn(name, this.pair.new, this.effects)
    this.#initialisers.set(name, known)
    return known
  }

  /** Where the running program puts something into what a name holds, or functions of both versions would. */
  keeps(name: string): Use | undefined {
    const found = this.#keptIn(name, 'old')
    // Functions that go on with the running value would not see what others do with the new one.
    return found !== undefined || this.changed.has(name) ? found : this.#keptIn(name, 'new')
  }

  /** Whether a copy of what a name holds would lack something that the running one has, or be another in what matters. */
  isLost(name: string): boolean {
    if (this.#keptIn(name, 'old') !== undefined || this.#mayKeep(name) !== undefined) return true
    return this.initialisers(name).some((unit) => classOf(unit) ?? functionOf(unit))
  }

  /** The same for a name that gets another value, with ways that cannot be told for sure. */
  mayKeep(name: string): Use | undefined {
    return this.changed.has(name) ? this.#mayKeep(name) : undefined
  }

  #mayKeep(name: string): Use | undefined {
    const own = this.pair.old.units.find((unit) => unit.names.includes(name))
    const value = own && assignedValue(own)
    if (value === undefined) return undefined
    this.#before ??= new EffectsOf(this.pair.old)
    const made = initialisersIn(name, this.pair.old, this.#before)
    return keptIn(name, this.pair.old, this.#before, made, mayBeChanged(value, made.length > 0))
  }

  /** Whether functions of the new version put something into what a name holds. */
  isFilled(name: string): boolean {
    return this.#keptIn(name, 'new') !== undefined
  }

  #keptIn(name: string, side: 'old' | 'new'): Use | undefined {
    const key = `${side} ${name}`
    if (this.#kept.has(key)) return this.#kept.get(key)
    this.#before ??= new EffectsOf(this.pair.old)
    const effects = side === 'old' ? this.#before : this.effects
    const once = this.pair[side]
    const found = keptIn(name, once, effects, initialisersIn(name, once, effects))
    this.#kept.set(key, found)
    return found
  }
}

export function initialisersIn(name: string, once: Once, effects: EffectsOf): Unit[] {
  const own = once.units.find((unit) => unit.names.includes(name))
  return once.units.filter(
    (unit) =>
      (unit.kind === 'statement' || unit.kind === 'variable') &&
      unit !== own &&
      !isExportOnly(unit, once) &&
      // `var a = 1; var a = a + 1`
      (effects.of(unit).writes.has(name) || (unit.kind === 'variable' && unit.names.includes(name))),
  )
}

/** A statement that does nothing but say what the module exports. */
export function isExportOnly(unit: Unit, { fn }: Once): boolean {
  if (fn !== undefined) return false
  if (bundledExports(unit).length > 0) return true
  return unit.targets?.every(({ path }) => /^(module\.)?exports(\.|$)/.test(path)) ?? false
}

export class FilePlan {
  readonly pair: FilePair
  readonly onces: OncePlan[]
  readonly names: Names
  readonly exports: { old: Map<string, Export>; new: Map<string, Export> }
  readonly reExports: { old: ReExport[]; new: ReExport[] }
  /** Functions of the new version that are put in place of the old ones, and why. */
  readonly replaced = new Map<FunctionNode, string>()
  /** Methods that this version adds, by name: functions of the patch, since nothing else calls them. */
  readonly helpers = new Map<string, AddedMethod>()
  /** Exports with another value (`changed`) or that the old version lacks (`added`). */
  readonly changedExports = new Map<string, 'changed' | 'added'>()
  /** Start-up code that is the same and has done something else than it would do now, and why. */
  readonly stale = new Map<Unit, string>()
  /** How programs reach what names of the running version hold. */
  readonly exposed: Exposed
  /** Whether the patch needs the names of the running module before any of its functions was called. */
  needsEntry = false
  /** Running objects that are changed where they are. */
  inPlace: InPlace = { literals: new Map(), statements: new Set() }

  constructor(pair: FilePair) {
    this.pair = pair
    this.onces = pair.onces.map((once) => new OncePlan(this, once))
    this.names = new Names(pair.old.analysis)
    const [module] = pair.onces
    this.exports = { old: exportsOf(module!.old), new: exportsOf(module!.new) }
    this.reExports = {
      old: reExportsOf(module!.old, this.exports.old),
      new: reExportsOf(module!.new, this.exports.new),
    }
    this.exposed = new Exposed(pair, this.exports.old)
  }

  get path(): string {
    return this.pair.new.path
  }

  get module(): OncePlan {
    return this.onces[0]!
  }

  onceOf(scope: Scope): OncePlan | undefined {
    return this.onces.find(
      ({ pair }) =>
        pair.new.scope === scope || (pair.new.fn !== undefined && pair.new.fn.parameters === scope),
    )
  }
}

/** What of a package has to be brought by a patch: worked out across its files until nothing more follows. */
export class Plan {
  readonly files = new Map<string, FilePlan>()
  readonly findings: Finding[] = []
  /** Variables of kept closures that stay as the running version made them. */
  readonly kept = new Map<string, Finding>()
  /** Files that only the new version has. */
  readonly added: Map<string, SourceFile>
  /** All files of the running version. */
  readonly #running: Version['files']
  readonly #entries: Set<string>
  readonly fields: NewFields
  readonly parameters: Parameters
  readonly affected: Affected
  readonly #locals = new Map<FunctionNode, ReadonlyMap<Binding, ChangedLocal>>()
  #grew = false
  #oldNames: Set<string> | undefined
  #importedLate: Set<string | undefined> | undefined

  constructor(
    pairs: FilePair[],
    added: Map<string, SourceFile>,
    running: Version['files'],
    entries: Set<string>,
    label: string,
  ) {
    this.#running = running
    for (const pair of pairs) this.files.set(pair.new.path, new FilePlan(pair))
    this.added = added
    for (const file of this.files.values()) this.#helpers(file)
    this.#entries = entries
    this.fields = new NewFields(this, label)
    this.parameters = new Parameters(this)
    this.affected = new Affected(this)
    for (const file of this.files.values()) file.inPlace = changedInPlace(this, file)
  }

  /** A name that turns out to be needed from the patch; the plan has to be worked out again. */
  bring(once: OncePlan, name: string, why: string, soft = false): void {
    const into = soft ? once.soft : once.changed
    if (once.changed.has(name) || into.has(name)) return
    into.set(name, why)
    this.#grew = true
  }

  work(): void {
    do {
      this.#grew = false
      this.affected.update((file, node) => this.#isAffected(file, node))
      for (const file of this.files.values()) for (const once of file.onces) this.#values(once)
      for (const file of this.files.values()) this.#exports(file)
      for (const file of this.files.values()) for (const once of file.onces) this.#imports(once)
    } while (this.#grew)
    for (const file of this.files.values()) this.#functions(file)
  }

  // ── values ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #values(once: OncePlan): void {
    const { pairs, added } = once.pair
    for (const unit of added) {
      for (const name of unit.names) this.bring(once, name, 'new in this version')
      if (unit.kind === 'statement') this.#statement(once, unit, 'new')
    }
    for (const { old, new: unit, changed } of pairs) {
      const literal = objectOf(unit)
      if (literal !== undefined && once.file.inPlace.literals.has(literal)) continue
      if (changed && lostFromNamespace(old, unit) !== undefined) continue
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
        for (const name of unit.names) this.bring(once, name, 'it became something else')
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

  #variable(once: OncePlan, unit: Unit, why: string): void {
    for (const name of unit.names) this.bring(once, name, why)
  }

  /** Start-up code that differs can only be run as part of the values that it makes. */
  #statement(once: OncePlan, unit: Unit, why: string): void {
    if (isExportOnly(unit, once.pair.new) || functionOf(unit) !== undefined) return
    if (isWithoutEffect(unit, once.pair.new)) return
    if (once.file.inPlace.statements.has(unit)) return
    for (const name of once.effects.of(unit).writes) {
      const binding = once.scope.names.get(name)
      // A class or function stays the running one, whatever start-up code does to it.
      if (
        binding !== undefined &&
        !/^(wrapper|class|function|import)$/.test(binding.kind) &&
        isData(once, name)
      )
        this.bring(once, name, why)
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
          !isFunctionName(once, one.node.name) &&
          this.#usesChanged(file, one) !== undefined &&
          !(unit.kind === 'statement' && isForLater(once, one)),
      )
    if (use !== undefined || unit.kind === 'import') return use?.node.name
    return this.#requires(once, unit).find((call) => this.#readsChanged(file, call))?.arguments[0].value
  }

  /** What a piece of start-up code calls that does something else now. */
  #affectedCall(once: OncePlan, unit: Unit): string | undefined {
    const { file } = once
    const isAffected = (meant: Node | undefined): boolean => meant !== undefined && this.affected.has(meant)
    const use = once.effects
      .of(unit)
      .uses.find((one) => isCalled(one.node, file.pair.new) && isAffected(this.affected.meant(file, one)))
    if (use !== undefined) return use.node.name
    if (unit.kind === 'import') return undefined
    const required = this.#requires(once, unit).find(
      (call) => isCalled(call, file.pair.new) && isAffected(this.affected.required(file, call)),
    )
    return required?.arguments[0].value
  }

  /** The modules that a piece of start-up code requires in passing. */
  #requires({ file, pair }: OncePlan, { start, end }: { start: number; end: number }): Node[] {
    return file.pair.new.requires.filter((call) => {
      if (call.start < start || call.end > end) return false
      // One that is loaded for what it does when it is gives nothing.
      if (file.pair.new.parent(call)?.type === 'ExpressionStatement') return false
      const [use] = file.pair.new.usesIn(call)
      return use !== undefined && file.pair.new.functionAt(use) === pair.new.fn
    })
  }

  #readsChanged(file: FilePlan, call: Node): boolean {
    const path = this.resolve(file.path, requiredModule(call)!)
    const other = path === undefined ? undefined : this.files.get(path)
    if (other === undefined) return path !== undefined && this.added.has(path)
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
      if (element.computed && this.#isOfChanged(once.file, element.key)) {
        const why = `the name of its member [${pair.new.slice(element.key)}] is another one`
        addOnce(pair.classes, { node: element, why }, (one) => one.node === element)
      }
      if (element.type !== 'PropertyDefinition' || element.computed || !element.value) continue
      if (!this.#isOfChanged(once.file, element.value)) continue
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

  /** Whether a value that start-up code makes is made of names that changed. */
  #isOfChanged(file: FilePlan, node: Node): boolean {
    const uses = file.pair.new.usesIn(node)
    return uses.some((use) => !isInFunction(file, use) && this.#usesChanged(file, use) !== undefined)
  }

  #isAffected(file: FilePlan, node: Node): boolean {
    const source = file.pair.new
    const isWithin = ({ start, end }: { start: number; end: number }): boolean =>
      start >= node.start && end <= node.end
    for (const fn of file.pair.changed) if (isWithin(fn.node)) return true
    return source.usesIn(node).some((use) => this.#usesChanged(file, use) !== undefined)
  }

  // ── between files ───────────────────────────────────────────────────────────────────────────────────────────────

  #exports(file: FilePlan): void {
    const { old, new: young } = file.exports
    for (const [name, one] of young) {
      const kind = this.#exportChange(file, old.get(name), one)
      if (kind !== undefined) this.#changeExport(file, name, kind)
    }
    this.#handedOn(file)
  }

  /** What a file hands on changes with the file that makes it. */
  #handedOn(file: FilePlan): void {
    const isOld = (name: string): boolean => this.#wasExported(file, name)
    for (const { name, source, imported } of file.reExports.new) {
      const path = this.resolve(file.path, source)
      if (path === undefined) continue
      const added = this.added.get(path)
      if (added !== undefined && name === '*')
        for (const one of exportsOf(onceOf(added, undefined)).keys())
          if (!/^(default|module\.exports)$/.test(one) && !file.exports.new.has(one))
            this.#changeExport(file, one, isOld(one) ? 'changed' : 'added')
      const changed = this.files.get(path)?.changedExports
      const names = [...(changed ?? [])].filter(([one]) => !/^(default|module\.exports)$/.test(one))
      if (name === '*') {
        for (const [one, kind] of names) if (!file.exports.new.has(one)) this.#changeExport(file, one, kind)
      } else if (imported === '*' ? names.length > 0 : changed?.has(imported))
        this.#changeExport(file, name, isOld(name) ? 'changed' : 'added')
      else if (!isOld(name)) this.#changeExport(file, name, 'added')
    }
  }

  /** Whether a file of the running version exports a name. */
  #wasExported({ path, exports, reExports }: FilePlan, name: string, seen = new Set<string>()): boolean {
    if (exports.old.has(name) || reExports.old.some((one) => one.name === name)) return true
    seen.add(path)
    return reExports.old.some((one) => {
      if (one.name !== '*' || !one.source.startsWith('.')) return false
      const from = resolveIn(path, one.source, (candidate) => this.#running.has(candidate))
      const other = from === undefined ? undefined : this.files.get(from)
      if (other !== undefined) return !seen.has(other.path) && this.#wasExported(other, name, seen)
      // One that is the same in both versions, or gone: where the name stands in it, it may be exported.
      return from === undefined || namesIn(this.#running.get(from)!.text).has(name)
    })
  }

  #changeExport(file: FilePlan, name: string, kind: 'changed' | 'added'): void {
    if (file.changedExports.has(name)) return
    file.changedExports.set(name, kind)
    this.#grew = true
  }

  #exportChange(file: FilePlan, was: Export | undefined, is: Export): 'changed' | 'added' | undefined {
    if (was === undefined) return 'added'
    const { module } = file
    const from = importOf(is, module.pair.new)
    if (from !== undefined && isSameOrigin(importOf(was, module.pair.old), from))
      return this.#isOriginChanged(file, from) ? 'changed' : undefined
    if (is.local !== undefined) return module.changed.has(is.local) ? 'changed' : undefined
    if (is.value === undefined || was.value === undefined) return undefined
    const import_ = module.pair.old.units.find((one) => one.kind === 'import' && one.names[0] === was.local)
    if (import_ !== undefined && isSameImport(import_, is.value)) return undefined
    if (file.inPlace.literals.has(unwrap(is.value))) return undefined
    const fn = file.pair.new.functionOf.get(unwrap(is.value))
    if (fn !== undefined) return file.pair.functions.has(fn) ? undefined : 'changed'
    // Its getter is replaced, and makes a value whenever somebody asks for one.
    const isCall = is.value.type === 'CallExpression' && isGetterOfBoth(file, is.value)
    if (isCall && !this.isImported(file.path, is.name)) return undefined
    if (is.value.type === 'ClassExpression' && was.value.type === is.value.type) return undefined
    if (!sameShape(is.value, was.value)) return 'changed'
    const required = this.#requires(module, is.value).some((call) => this.#readsChanged(file, call))
    const uses = file.pair.new.usesIn(is.value)
    return required ||
      uses.some((use) => !isInFunction(file, use) && this.#usesChanged(file, use) !== undefined)
      ? 'changed'
      : undefined
  }

  #isOriginChanged(file: FilePlan, { source, steps: [step] }: Origin): boolean {
    const path = this.resolve(file.path, source)
    if (path === undefined) return false
    const changed = this.files.get(path)?.changedExports
    if (changed === undefined || changed.has('module.exports')) return true
    return step !== undefined && changed.get(step) === 'changed'
  }

  #imports(once: OncePlan): void {
    for (const unit of once.pair.new.units) {
      if (unit.kind !== 'import' || unit.source === undefined) continue
      const path = this.resolve(once.file.path, unit.source)
      if (path === undefined) continue
      const [local] = unit.names
      if (local === undefined) continue
      const origin = this.origin(path, unit.imported!)
      const other = this.files.get(origin.path)
      if (other === undefined) {
        if (this.added.has(origin.path)) this.bring(once, local, `from '${origin.path}', a new file`)
        continue
      }
      this.#importOf(once, local, origin.name, other)
    }
  }

  /** The file that makes what another one exports under a name, and its name there: hands on from file to file end there. */
  origin(path: string, name: string, seen = new Set<string>()): { path: string; name: string } {
    const file = this.files.get(path)
    const here = { path, name }
    if (file === undefined || name === '=' || seen.has(path)) return here
    seen.add(path)
    const own = file.reExports.new.find((one) => one.name === name && one.imported !== '*')
    const all = file.exports.new.has(name) ? [] : file.reExports.new.filter((one) => one.name === '*')
    for (const { source, imported } of own === undefined ? all : [own]) {
      const from = this.resolve(path, source)
      if (from === undefined) continue
      const found = this.origin(from, imported === '*' ? name : imported, seen)
      if (own !== undefined || this.#isExported(found)) return found
    }
    return here
  }

  #isExported({ path, name }: { path: string; name: string }): boolean {
    const file = this.added.get(path)
    if (file !== undefined) return exportsOf(onceOf(file, undefined)).has(name)
    return this.files.get(path)?.exports.new.has(name) === true
  }

  #importOf(once: OncePlan, local: string, imported: string, other: FilePlan): void {
    const why = `from '${other.path}', where it changed`
    const isWhole = imported === '=' || imported === '*'
    if (!isWhole) {
      if (other.changedExports.get(imported) === 'changed' || other.changedExports.has('module.exports'))
        this.bring(once, local, why)
      return
    }
    if (other.changedExports.has('module.exports')) return this.bring(once, local, why)
    for (const [name, kind] of other.changedExports) {
      this.bring(once, local, why, true)
      if (kind !== 'changed') continue
      const members = once.members.get(local) ?? new Set()
      if (!members.has(name)) this.#grew = true
      members.add(name)
      once.members.set(local, members)
    }
  }

  /** Whether the running version asks for a member of this name anywhere in the file. */
  knewMember(name: string, file: FilePlan): boolean {
    return file.pair.old.members.has(name)
  }

  /** Whether programs load a file by a name of the package. */
  isEntry(path: string): boolean {
    return this.#entries.has(path)
  }

  /** Whether a name stands anywhere in the running version, whatever for. */
  knew(name: string): boolean {
    this.#oldNames ??= new Set([...this.files.values()].flatMap(({ pair }) => [...namesIn(pair.old.text)]))
    return this.#oldNames.has(name)
  }

  /** Whether another file of the package imports a name of this one. */
  isImported(path: string, name: string): boolean {
    return [...this.files.values()].some((other) =>
      other.module.pair.new.units.some((unit) => {
        if (unit.kind !== 'import' || unit.source === undefined) return false
        const from = this.resolve(other.path, unit.source)
        if (from === undefined || other.path === path) return false
        const origin = this.origin(from, unit.imported!)
        return origin.path === path && (origin.name === name || /^[=*]$/.test(origin.name))
      }),
    )
  }

  /** Whether the package imports a file while it runs: what it gets then is the running module. */
  isImportedLate(path: string): boolean {
    this.#importedLate ??= this.#findImportedLate()
    return this.#importedLate.has(path)
  }

  #findImportedLate(): Set<string | undefined> {
    const found = new Set<string | undefined>()
    for (const { path, pair } of this.files.values())
      walk(pair.new.program, ({ type, source }) => {
        if (type === 'ImportExpression') found.add(this.resolve(path, String(source.value)))
      })
    return found
  }

  /** The file of the package that a specifier leads to. */
  resolve(from: string, specifier: string): string | undefined {
    if (!/^\.\.?(\/|$)/.test(specifier)) return undefined
    return resolveIn(from, specifier, (one) => this.files.has(one) || this.added.has(one))
  }

  // ── functions ───────────────────────────────────────────────────────────────────────────────────────────────────

  #functions(file: FilePlan): void {
    for (const fn of file.pair.changed) file.replaced.set(fn, 'it changed')
    for (const [fn, [first]] of file.pair.initialised)
      if (!file.replaced.has(fn))
        file.replaced.set(fn, `it makes the field '${file.pair.new.slice(first!.element.key)}'`)
    for (const use of file.pair.new.uses) {
      const why = this.#usesChanged(file, use)
      if (why === undefined) continue
      const fn = file.pair.new.functionAt(use)
      if (fn !== undefined && file.pair.functions.has(fn) && !file.replaced.has(fn) && !isOnce(file, fn))
        file.replaced.set(fn, why)
    }
    this.#locals.clear()
    for (const fn of [...file.replaced.keys()]) this.#closures(file, fn)
    for (const call of this.parameters.calls(file)) {
      const fn = file.pair.new.functionAround(call)
      if (fn !== undefined && file.pair.functions.has(fn) && !file.replaced.has(fn) && !isOnce(file, fn))
        file.replaced.set(fn, 'it passes parameters that are new')
    }
    for (const once of file.onces) this.#startUpOnly(once)
  }

  /**
   * A function that fills, at start-up, tables that the patch makes anew has its new version there. Put in place of the
   * running one it would fill the patch's tables where a module that is loaded later fills its own.
   */
  #startUpOnly(once: OncePlan): void {
    const { file } = once
    const old = once.pair.old.scope.names
    for (const unit of once.pair.new.units) {
      const node = functionOf(unit)
      const [name] = unit.names
      const fn = node && file.pair.new.functionOf.get(node)
      if (fn === undefined || name === undefined || !file.replaced.has(fn)) continue
      const fills = once.pair.new.units.some((one) => {
        const { calls, writes } = once.effects.of(one)
        return calls.has(name) && [...writes].some((written) => once.changed.has(written) && old.has(written))
      })
      const isUsedLater = file.pair.new.uses.some((use) => {
        if (use.node.name !== name || file.pair.new.bindingOf(use)?.scope !== once.scope) return false
        const at = file.pair.new.functionAt(use)
        return at !== once.pair.new.fn && at !== fn
      })
      const isExported = [...file.exports.new.values()].some((one) => one.local === name)
      if (fills && !isUsedLater && !isExported) file.replaced.delete(fn)
    }
  }

  /** Functions that the running version has made and that go on being called, with variables that changed. */
  #closures(file: FilePlan, outer: FunctionNode): void {
    const changed = this.changedLocals(file, outer)
    if (changed.size === 0) return
    const { new: source } = file.pair
    for (const fn of source.analysis.functions) {
      if (fn === outer || fn.start < outer.start || fn.end > outer.end) continue
      if (!file.pair.functions.has(fn) || file.replaced.has(fn) || !mayOutlive(fn, source)) continue
      const uses = source.usesIn(fn.node).map((use) => ({ use, binding: source.bindingOf(use) }))
      const found = uses.find(({ binding }) => {
        const one = binding && changed.get(binding)
        return one !== undefined && !isReturnedBefore(fn, one, outer, source)
      })
      if (found !== undefined) file.replaced.set(fn, `it uses '${found.use.node.name}', which changed`)
    }
  }

  /** Variables of a function that calls of the running version may have given other values, and why. */
  changedLocals(file: FilePlan, fn: FunctionNode): ReadonlyMap<Binding, ChangedLocal> {
    const known = this.#locals.get(fn)
    if (known !== undefined) return known
    const old = file.pair.functions.get(fn)
    const changed =
      old === undefined
        ? new Map<Binding, ChangedLocal>()
        : changedLocals([old, file.pair.old], [fn, file.pair.new], (use) => this.#usesChanged(file, use))
    this.#locals.set(fn, changed)
    return changed
  }

  /** Added methods that only functions of the same file call, always as methods. */
  #helpers(file: FilePlan): void {
    const added = addedMethods(file)
    for (const method of added) {
      const { name } = method
      const isName = file.pair.new.uses.some((use) => use.node.name === name)
      if (isName || added.filter((one) => one.name === name).length > 1) continue
      if (this.#mayBeInherited(method)) continue
      const others = [...this.files.values()].filter((one) => one !== file)
      if (others.some((one) => one.pair.new.members.has(name) || one.pair.old.members.has(name))) continue
      if ([...this.added.values()].some((one) => one.members.has(name))) continue
      if (
        file.pair.old.members.has(name) ||
        !file.pair.new.members.get(name)?.every((use) => use === 'called')
      )
        continue
      file.helpers.set(name, method)
    }
  }

  /** Whether running objects may have another method of the name, which the new one takes the place of. */
  #mayBeInherited({ name, superClass }: AddedMethod): boolean {
    if (name in Object.prototype) return true
    if (superClass === undefined) return false
    return this.knew(name) || BASES.some((base) => name in base)
  }

  #usesChanged(file: FilePlan, use: Use): string | undefined {
    const binding = file.pair.new.bindingOf(use)
    const once = binding && file.onceOf(binding.scope)
    if (once === undefined) return undefined
    const { name } = use.node
    const why = once.changed.get(name)
    if (why !== undefined) return `it uses '${name}': ${why}`
    const members = once.members.get(name)
    if (members === undefined) return undefined
    const parent = file.pair.new.parent(use.node)
    const member = parent?.type === 'MemberExpression' && !parent.computed ? parent.property.name : undefined
    if (member !== undefined && !members.has(member)) return undefined
    return `it uses '${name}${member === undefined ? '' : `.${member}`}', which changed`
  }
}

function namesIn(text: string): Set<string> {
  return new Set(text.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu))
}

function resolveIn(from: string, specifier: string, has: (path: string) => boolean): string | undefined {
  const path = new URL(specifier, `file:///${from}`).pathname.slice(1)
  const suffixes = ['', '.js', '.cjs', '.mjs', '.json', '/index.js']
  return suffixes.map((suffix) => path.replace(/\/$/, '') + suffix).find(has)
}

/** Whether an expression is what a getter returns that both versions have. */
function isGetterOfBoth({ pair }: FilePlan, value: Node): boolean {
  const getter = pair.new.functionAround(value)
  return getter !== undefined && pair.functions.has(getter) && returnedBy(getter.node) === value
}

/** In a function that start-up code hands over to be called later: the patch replaces that. */
function isForLater({ file, pair }: OncePlan, use: Use): boolean {
  const fn = file.pair.new.functionAt(use)
  return (
    fn !== undefined &&
    fn !== pair.new.fn &&
    file.pair.functions.has(fn) &&
    !isCalledOnTheSpot(fn, file.pair.new)
  )
}

/**
 * `var ns = Object.freeze({ __proto__: null, a: a })`, as bundlers write `import * as ns`: the members that the running one
 * has and the new one has not, if that is all that differs.
 */
export function lostFromNamespace(old: Unit, unit: Unit): Node[] | undefined {
  const [before, after] = [old, unit].map(namespaceOf)
  if (before === undefined || after === undefined) return undefined
  const shapes = (all: Node[]): Set<string> => new Set(all.map((one) => shape(one)))
  const [had, has] = [shapes(before), shapes(after)]
  return [...has].every((one) => had.has(one)) ? before.filter((one) => !has.has(shape(one))) : undefined
}

function namespaceOf(unit: Unit): Node[] | undefined {
  const call = unit.kind === 'variable' ? assignedValue(unit) : undefined
  const isFreeze = call?.type === 'CallExpression' && call.callee.property?.name === 'freeze'
  const members: Node[] | undefined = isFreeze ? call.arguments[0]?.properties : undefined
  return members?.[0]?.key?.name === '__proto__' ? members : undefined
}

/** A method that this version adds. */
export interface AddedMethod {
  name: string
  once: OncePlan
  /** With the function as its `value`. */
  element: Node
  /** What has it and cannot be another object. */
  holder: string | undefined
  superClass: Node | undefined
}

/** What classes of packages inherit from. */
const BASES = [
  EventEmitter,
  Readable,
  Duplex,
  Transform,
  Server,
  Socket,
  Array,
  Map,
  Set,
  Promise,
  Error,
].map(({ prototype }) => prototype as object)

/** Methods of classes that this version adds, and functions that it assigns to members: `A.prototype.m = …`, `internals.f = …`. */
function addedMethods(file: FilePlan): AddedMethod[] {
  const ofClasses = file.pair.addedMembers.flatMap(({ className, class: { superClass }, element }) => {
    const name: string | undefined = element.computed ? undefined : element.key.name
    const once = file.onces.find((one) => one.pair.new.units.some((unit) => unit.names.includes(className)))
    if (name === undefined || once === undefined || element.kind !== 'method') return []
    if (element.key.type === 'PrivateIdentifier') return []
    const holder = element.static ? className : undefined
    return [{ name, once, element, holder, superClass: superClass ?? undefined }]
  })
  const assigned = file.onces.flatMap((once) =>
    once.pair.added.flatMap((unit) => {
      const [target, ...more] = unit.targets ?? []
      const node = functionOf(unit)
      if (target === undefined || more.length > 0 || node === undefined) return []
      const holder = once.unitOf(target.root)
      const steps = target.path.split('.').slice(1)
      if (holder === undefined || holder.kind === 'import' || !/^(prototype\.)?[\w$]+$/.test(steps.join('.')))
        return []
      const own = steps.length === 1 ? target.root : undefined
      const element = { ...unit.node, value: node } as Node
      return [{ name: steps.at(-1)!, once, element, holder: own, superClass: inherited(once, target.root) }]
    }),
  )
  return [...ofClasses, ...assigned]
}

/** What stands for the superclass of a constructor: `util.inherits(A, B)`, `A.prototype = …`. */
function inherited({ pair }: OncePlan, name: string): Node | undefined {
  const { file, scope } = pair.new
  return file.uses.find((use) => {
    if (use.node.name !== name || file.bindingOf(use)?.scope !== scope) return false
    const parent = file.parent(use.node)
    const callee = parent?.type === 'CallExpression' ? (memberPath(parent.callee)?.path ?? '') : ''
    if (/inherit|extend|setPrototypeOf/i.test(callee)) return parent!.arguments[0] === use.node
    const isPrototype = parent?.type === 'MemberExpression' && parent.property.name === 'prototype'
    return isPrototype && file.parent(parent)?.left === parent
  })?.node
}

/** `Symbol('…')`: whatever it is called, it is the running one. */
function isSymbol(unit: Unit): boolean {
  const value = assignedValue(unit)
  return value?.type === 'CallExpression' && value.callee.name === 'Symbol'
}

function isOnce(file: FilePlan, fn: FunctionNode): boolean {
  return file.onces.some(({ pair }) => pair.new.fn === fn)
}

function addOnce<T>(list: T[], item: T, isSame: (one: T) => boolean): void {
  if (!list.some(isSame)) list.push(item)
}

/** Whether it, or a member of it, is what a call calls. */
function isCalled(node: Node, file: SourceFile): boolean {
  let at = node
  let parent = file.parent(at)
  while (parent?.type === 'MemberExpression' && parent.object === at) {
    at = parent
    parent = file.parent(at)
  }
  return (parent?.type === 'CallExpression' || parent?.type === 'NewExpression') && parent.callee === at
}

function isInFunction(file: FilePlan, use: Use): boolean {
  return file.pair.new.functionAt(use) !== undefined
}

/** A name that stands for a function declared there: the running one is redirected. */
export function isFunctionName(once: OncePlan, name: string): boolean {
  const unit = once.unitOf(name)
  const node = unit && functionOf(unit)
  const fn = node && once.pair.new.file.functionOf.get(node)
  return fn !== undefined && once.file.pair.functions.has(fn)
}

/** `const a = …` at the top of a function's body. */
export function localDeclarations(fn: FunctionNode): Node[] {
  const { body } = fn.node
  if (body.type !== 'BlockStatement') return []
  return (body.body as Node[])
    .filter((one) => one.type === 'VariableDeclaration')
    .flatMap((one) => one.declarations as Node[])
    .filter((one) => one.id.type === 'Identifier')
}

/** A name of the module that holds neither a function nor a class of the running version. */
function isData(once: OncePlan, name: string): boolean {
  if (isFunctionName(once, name)) return false
  const unit = once.unitOf(name)
  if (unit === undefined || unit.kind === 'import') return false
  if (once.pair.added.includes(unit)) return true
  const value = assignedValue(unit)
  // Another name for something of the running module is no data of its own.
  if (value !== undefined && /^(Identifier|MemberExpression|ThisExpression)$/.test(value.type)) return false
  return classOf(unit) === undefined && isRepeatable(value)
}

/** The units that are part of what a name holds. */
export function unitsFor(once: OncePlan, name: string): Unit[] {
  const own = once.unitOf(name)
  return [...(own === undefined ? [] : [own]), ...once.initialisers(name)]
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
    const uses = file.uses.filter(
      (use) =>
        use.node.name === name && file.bindingOf(use)?.scope === once.scope && use.node !== unit.node.id,
    )
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
