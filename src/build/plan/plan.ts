import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { exportsOf, wholeModule } from '../read/exports.ts'
import type { FilePair } from '../read/file-pair.ts'
import { resolveFrom, type Version } from '../read/folder.ts'
import { namesIn, type SourceFile, type Use } from '../read/source-file.ts'
import { onceOf } from '../read/units.ts'
import type { Finding } from '../report/findings.ts'
import { findHelpers } from './added-methods.ts'
import { Affected, isRunBy } from './affected.ts'
import { CallTimes } from './call-times.ts'
import { Callees } from './callees.ts'
import { ChangedExports } from './changed-exports.ts'
import { ChangedValues } from './changed-values.ts'
import { findConstructed } from './constructed.ts'
import { NewFields } from './fields.ts'
import { FilePlan } from './file-plan.ts'
import { FunctionTexts } from './function-texts.ts'
import { GivenOptions } from './given-options.ts'
import { changedInPlace } from './in-place.ts'
import { LoadedModules } from './loaded-modules.ts'
import { lookingInto } from './looking-into.ts'
import type { OncePlan } from './once-plan.ts'
import { Parameters } from './parameters.ts'
import { ReplacedFunctions } from './replaced.ts'
import { differsAtStart, runningData } from './running-data.ts'
import { ShortLived } from './short-lived.ts'
import { succeededBy } from './succeeded.ts'

/** What of a package has to be brought by a patch: worked out across its files until nothing more follows. */
export class Plan {
  readonly files = new Map<string, FilePlan>()
  readonly findings: Finding[] = []
  /** Variables of kept closures that stay as the running version made them. */
  readonly kept = new Map<string, Finding>()
  /** Files that only the new version has. */
  readonly added: Map<string, SourceFile>
  /** Methods that classes have no more, and that the running ones keep. */
  staying: ReadonlySet<Node> = new Set()
  /** All files of the running version. */
  readonly running: Version['files']
  /** Names that the patch has given already, to what is not this package's. */
  readonly taken: ReadonlySet<string>
  #handedOut: Set<string> | undefined
  readonly #entries: Set<string>
  readonly fields: NewFields
  readonly parameters: Parameters
  readonly callees: Callees
  readonly givenOptions: GivenOptions
  readonly affected: Affected
  readonly callTimes = new CallTimes(this)
  readonly functionTexts = new FunctionTexts(this)
  readonly values = new ChangedValues(this)
  readonly replaced = new ReplacedFunctions(this)
  readonly loaded = new LoadedModules(this)
  readonly shortLived = new ShortLived(this)
  readonly #exports = new ChangedExports(this)
  /** Whether something was found since the last round: what follows has to be worked out again. */
  grew = false
  #oldNames: Set<string> | undefined
  #importedLate: Set<string | undefined> | undefined

  constructor(
    pairs: FilePair[],
    added: Map<string, SourceFile>,
    running: Version['files'],
    entries: Set<string>,
    label: string,
    taken: ReadonlySet<string> = new Set(),
  ) {
    this.running = running
    this.taken = taken
    for (const pair of pairs) this.files.set(pair.new.path, new FilePlan(pair))
    this.added = added
    for (const file of this.files.values()) {
      findHelpers(file, this)
      findConstructed(file)
    }
    this.#entries = entries
    this.callees = new Callees(this)
    this.parameters = new Parameters(this)
    this.givenOptions = new GivenOptions(this)
    this.fields = new NewFields(this, label)
    this.affected = new Affected(this)
    for (const file of this.files.values()) file.inPlace = changedInPlace(this, file)
  }

  /** Tries out what start-up code makes of data. Returns whether that tells anything. */
  rehearse(young: Version['files']): boolean {
    const files = [...this.files.values()]
    for (const file of files) if (differsAtStart(file)) file.data = runningData(this, file, young)
    for (const file of files) {
      if (file.data === undefined || file.data.objects.length + file.data.lists.length === 0) continue
      // Others may have made something of what is changed.
      for (const other of lookingInto(this, file)) {
        other.data ??= runningData(this, other, young)
        if (other.data === undefined) file.data = undefined
      }
    }
    return files.some(({ data }) => data !== undefined)
  }

  /** A name that turns out to be needed from the patch; the plan has to be worked out again. */
  bring(once: OncePlan, name: string, why: string, soft = false): void {
    const into = soft ? once.soft : once.changed
    if (once.changed.has(name) || into.has(name)) return
    into.set(name, why)
    this.grew = true
  }

  work(): void {
    do {
      this.grew = false
      this.affected.update((file, node) => this.#isAffected(file, node))
      for (const file of this.files.values()) for (const once of file.onces) this.values.find(once)
      for (const file of this.files.values()) this.#exports.find(file)
      for (const file of this.files.values()) for (const once of file.onces) this.#exports.imports(once)
    } while (this.grew)
    for (const file of this.files.values()) {
      file.succeeded = succeededBy(file)
      this.replaced.find(file)
      // These lead to what is exported now.
      for (const fn of file.replaced.keys())
        if (file.succeeded.has(file.pair.functions.get(fn)!)) file.replaced.delete(fn)
    }
  }

  /** Whether the running version asks for a member of this name anywhere in the file. */
  knewMember(name: string, file: FilePlan): boolean {
    return file.pair.old.members.has(name)
  }

  /** Whether a module of the running version speaks of another one by this name. */
  isRequired(specifier: string): boolean {
    const quoted = ["'", '"', '`'].map((quote) => quote + specifier + quote)
    return [...this.running.values()].some(({ text }) => quoted.some((one) => text.includes(one)))
  }

  /** Whether programs load a file by a name of the package. */
  isEntry(path: string): boolean {
    return this.#entries.has(path)
  }

  /** The same, or whether an entry hands the whole of it on: `exports.widgets = require('./widgets')`. */
  isHandedOut(path: string): boolean {
    this.#handedOut ??= this.#findHandedOut()
    return this.#handedOut.has(path)
  }

  #findHandedOut(): Set<string> {
    const found = new Set<string>()
    const queue = [...this.#entries]
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      if (found.has(path)) continue
      found.add(path)
      const file = this.files.get(path)
      if (file === undefined) continue
      for (const one of file.exports.new.values()) {
        const source = wholeModule(one, file.module.pair.new)
        const next = source === undefined ? undefined : this.resolve(path, source)
        if (next !== undefined) queue.push(next)
      }
    }
    return found
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
      pair.new.nodes.forEach(({ type, source }) => {
        if (type === 'ImportExpression') found.add(this.resolve(path, String(source.value)))
      })
    return found
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

  /** The file of the package that a specifier leads to. */
  resolve(from: string, specifier: string): string | undefined {
    if (!/^\.\.?(\/|$)/.test(specifier)) return undefined
    return resolveFrom(from, specifier, (one) => this.files.has(one) || this.added.has(one))
  }

  /** Whether a value that start-up code makes is made of names that changed. */
  isOfChanged(file: FilePlan, node: Node): boolean {
    const uses = file.pair.new.usesIn(node)
    return uses.some(
      (use) =>
        this.usesChanged(file, use) !== undefined &&
        this.callTimes.hasRun(file, file.pair.new.functionAt(use), node),
    )
  }

  #isAffected(file: FilePlan, node: Node): boolean {
    const source = file.pair.new
    const isWithin = ({ start, end }: { start: number; end: number }): boolean =>
      start >= node.start && end <= node.end
    const isOfCall = (fn: FunctionNode | undefined): boolean => isRunBy(node, fn, file)
    for (const fn of file.pair.changed) if (isWithin(fn.node) && isOfCall(fn)) return true
    return source
      .usesIn(node)
      .some((use) => this.usesChanged(file, use) !== undefined && isOfCall(source.functionAt(use)))
  }

  /** Why a function that uses a name has to be replaced, if it has. */
  usesChanged(file: FilePlan, use: Use): string | undefined {
    const binding = file.pair.new.bindingOf(use)
    const once = binding && file.onceOf(binding.scope)
    if (once === undefined) return undefined
    const { name } = use.node
    if (this.functionTexts.of(file, use) !== undefined) return `it makes text of '${name}', which changed`
    const isRequire = name === 'require' && binding!.kind === 'wrapper'
    const loads = isRequire ? this.loaded.why(file, use) : undefined
    if (loads !== undefined) return loads
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
