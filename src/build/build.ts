import { parseSync } from 'oxc-parser'
import semver from 'semver'
import type { Node } from '../instrument/parse.ts'
import type { FunctionNode } from '../instrument/scopes.ts'
import { isFunction, walk } from '../livepatch/ast.ts'
import { hashSource } from '../livepatch/source-hash.ts'
import { parameterCount } from './arguments.ts'
import { Brought } from './brought.ts'
import type { Cannot } from './cannot.ts'
import { refusals } from './check.ts'
import { compareFiles, type FilePair, functionOf, propertyName } from './compare.ts'
import { otherFiles, withData } from './data.ts'
import { Dependencies, type Locate } from './dependencies.ts'
import { neededEarly } from './early.ts'
import { EffectsOf, isWithoutEffect } from './effects.ts'
import { type Export, exportedWhole, isExportOnly } from './exports.ts'
import { optional } from './exposed.ts'
import { fieldFindings } from './fields.ts'
import type { FilePlan } from './file-plan.ts'
import type { Deed, Finding } from './findings.ts'
import { concerned, entriesOf, isAside, reachable, type Version } from './folder.ts'
import { keptValues } from './kept-values.ts'
import type { Chunk } from './mapped-text.ts'
import { MembersWriter } from './members.ts'
import { lostFromNamespace } from './namespace.ts'
import type { OncePlan } from './once-plan.ts'
import { outlives } from './outlives.ts'
import { passesAll } from './parameters.ts'
import { type Part, patchText } from './patch-text.ts'
import { Plan } from './plan.ts'
import { guarded, onlySays } from './says.ts'
import { sameShape } from './shape.ts'
import { SourceFile } from './source-file.ts'
import { settled } from './start-up.ts'
import { memberKey, type Once, requiredModule, type Unit, unwrap } from './units.ts'
import { FileWriter } from './write.ts'

export interface BuildOptions {
  /** Unique in a process; by default made of the package's name and the versions. */
  name?: string
  /** The module name of a target, from its path. */
  target?: (path: string) => string
  /** New fields of objects that exist already: `shadow` variables of the patch, or left to its `author`. */
  fields?: 'shadow' | 'author'
  /** Packages that only the new version needs, to come along in the patch. */
  dependencies?: Dependencies
}

export interface Build {
  name: string
  from: string
  to: string
  code: string
  /** Whether anything was found that the patch does. */
  empty: boolean
  findings: Finding[]
  deeds: Deed[]
  /** Modules of packages that only the new version needs, which nobody has got. */
  wanted: ReadonlySet<string>
}

const API = 'a new member that nothing else of the package uses: the running program does not know it'
const CALLED =
  'a new member that the package calls as a function of the patch: the running class does not have it'
const OLD_VALUE = 'it holds what the running version has put there, and nothing of the package asks for it'
const TAKEN = 'the export has another value: where the program has taken it already, it keeps the old one'
const EARLY =
  'names of the running module are needed before any of its functions was called, and cannot be reached'
const LATE =
  'the export has another value, and code of the package that imports the module as it runs goes on with the old one'
const LOST = 'the new version does not export it any more, and the running one goes on doing so'
const ANEW = 'it is made anew: what the program itself has put into the running one is not in it'
const REFILLED = 'the list has other elements now: what the program itself has put into it is not among them'
const NOTHING = 'nothing, unless the program asks for it after the patch'
const STATICS = 'give it to the class in a pre-patch callback'
const SAID = 'something that is said when the module is loaded, which has happened'
const GUARDED = 'what is under a condition now the running version has done without one'
const RESTART = 'load the release at the next restart'

/** Makes a patch that turns the running old version into the new one. */
export function build(old: Version, young: Version, options: BuildOptions = {}): Build {
  return new Builder(old, young, options).run()
}

/** The same, with the packages that only the new version depends on in the patch. */
export async function buildWithDependencies(
  old: Version,
  young: Version,
  options: BuildOptions,
  locate: Locate,
): Promise<Build> {
  const dependencies = new Dependencies(old, young, locate)
  let made = build(old, young, { ...options, dependencies })
  // What comes along may lead to more of the package's own files, and these to more packages.
  while (await dependencies.bring(made.wanted)) made = build(old, young, { ...options, dependencies })
  return made
}

class Builder {
  readonly #old: Version
  readonly #new: Version
  readonly #options: BuildOptions
  readonly #findings: Finding[] = []
  readonly #skip = new Set<FunctionNode>()
  readonly #broken = new Map<FunctionNode, Finding>()
  /** Files of which no part can be bound, as their scopes cannot. */
  readonly #givenUp = new Set<FilePlan>()
  /** Files whose problems do not keep a program that loads the package by its entries from being patched. */
  #entries: Set<string> | undefined
  #plan: Plan | undefined
  /** Parts of the new version that the patch puts on what running modules export. */
  #put = new Set<Node | string>()
  /** Lists that get other elements. */
  #refilled = new Set<Node>()
  #brought: Brought | undefined
  /** Files whose names would have to be reached early, and cannot. */
  readonly #early = new Set<FilePlan>()
  /** Declarations of new fields. */
  #fields: Chunk[] = []

  constructor(old: Version, young: Version, options: BuildOptions) {
    this.#old = old
    this.#new = withData(old, young)
    this.#options = options
  }

  run(): Build {
    const [was, is] = [reachable(this.#old), reachable(this.#new)]
    if (was !== undefined && is !== undefined) this.#entries = new Set([...was, ...is])
    const pairs = this.#pairs()
    const entries = [...(entriesOf(this.#old)?.values() ?? [])].flat()
    this.#otherFiles()
    const plan = new Plan(pairs, this.#added(), this.#old.files, new Set(entries), this.#name)
    this.#plan = plan
    if (this.#options.fields === 'author') plan.fields.leave()
    this.#manifest()
    let code = ''
    let parts: Part[] = []
    for (let round = 0; round < 40; round++) {
      plan.work()
      const before = snapshot(plan)
      parts = this.#write(plan)
      if (snapshot(plan) !== before) continue
      code = this.#text(parts, plan)
      if (!this.#refused(code, parts)) break
    }
    this.#put = new Set(
      parts.flatMap(
        ({ file, members }) =>
          members?.names.flatMap(({ name, node }) => [node, `${file.path} ${name}`]) ?? [],
      ),
    )
    const names = parts.flatMap(({ members }) => members?.names ?? [])
    this.#refilled = new Set(names.filter(({ isList }) => isList).map(({ node }) => node))
    this.#unapplied(plan)
    for (const finding of [
      ...this.#broken.values(),
      ...(this.#brought?.findings ?? []),
      ...settled(plan),
      ...fieldFindings(plan),
      ...keptValues(plan),
      ...plan.kept.values(),
    ])
      this.#findings.push(finding)
    this.#movedEntries()
    for (const { path } of this.#early) this.#report(path, 1, 'start-up code', EARLY, RESTART)
    const findings = unique(this.#findings.map((finding) => this.#weigh(finding)))
    const from = `${this.#old.name ?? 'old'}@${this.#old.version}`
    const to = `${this.#new.name ?? 'new'}@${this.#new.version}`
    return {
      name: this.#name,
      from,
      to,
      code,
      empty: parts.every((part) => part.functions.length === 0 && part.scopes.length === 0 && !part.members),
      findings,
      wanted: this.#brought?.wanted ?? new Set(),
      deeds: parts.flatMap((part) => deedsOf(part)),
    }
  }

  get #name(): string {
    const { name, version } = this.#old
    return (
      this.#options.name ??
      `${name ?? 'program'}-${version}-to-${this.#new.version}`.replace(/[^\w.@/-]/g, '-')
    )
  }

  #target(path: string): string {
    return this.#options.target?.(path) ?? `${this.#old.name}@${this.#old.version}/${path}`
  }

  #pairs(): FilePair[] {
    const pairs: FilePair[] = []
    const paths = concerned(this.#old, this.#new)
    const versions = [this.#old.version, this.#new.version]
    for (const [path, young] of this.#new.files) {
      const old = this.#old.files.get(path)
      if (old === undefined || isAside(path) || !paths.has(path)) continue
      try {
        pairs.push(
          compareFiles(
            SourceFile.read(path, old.text, old.type, versions),
            SourceFile.read(path, young.text, young.type, versions),
          ),
        )
      } catch (error) {
        if (old.text === young.text) continue
        this.#report(path, 1, 'the file', `it cannot be read: ${(error as Error).message}`, RESTART)
      }
    }
    for (const path of this.#old.files.keys()) {
      if (!this.#new.files.has(path) && !isAside(path))
        this.#note(path, 1, 'the file', 'the new version has it no more', 'nothing: the running one stays')
    }
    return pairs
  }

  /** A process runs what an entry led to when it was loaded. */
  #movedEntries(): void {
    const [was, is] = [entriesOf(this.#old), entriesOf(this.#new)]
    for (const [name, paths] of was ?? []) {
      const now = is?.get(name)
      for (const path of paths)
        if (now !== undefined && !now.includes(path) && !this.#new.files.has(path))
          this.#report(path, 1, `entry '${name}'`, `in the new version it is ${now.join(', ')}`, RESTART)
    }
  }

  #added(): Map<string, SourceFile> {
    const added = new Map<string, SourceFile>()
    for (const [path, { text, type }] of this.#new.files) {
      if (this.#old.files.has(path) || isAside(path)) continue
      try {
        added.set(path, SourceFile.read(path, text, type, [this.#new.version]))
      } catch (error) {
        this.#report(path, 1, 'the file', `it cannot be read: ${(error as Error).message}`, RESTART)
      }
    }
    return added
  }

  /** Files that code of the package may read or load by names that it makes, and those that nothing names. */
  #otherFiles(): void {
    for (const { path, by, isNew, isCommand } of otherFiles(this.#old, this.#new)) {
      const why = isNew
        ? 'it may name this file, which only the new version has'
        : 'it may name this file, which is another one in the new version'
      if (isCommand && by !== undefined)
        this.#note(path, 1, path, 'a command, which runs in a process of its own', NOTHING)
      else if (by !== undefined) this.#report(by.path, by.line, path, why, RESTART)
      else if (!/\.ya?ml$/.test(path))
        this.#note(
          path,
          1,
          'the file',
          'it is another one in the new version, and no module names it',
          NOTHING,
        )
    }
  }

  #manifest(): void {
    const [was, is] = [this.#old, this.#new].map(
      ({ manifest }) => (manifest.dependencies ?? {}) as Record<string, string>,
    )
    for (const [name, range] of Object.entries(is!)) {
      if (was![name] === range) continue
      const what =
        was![name] === undefined ? `needs ${name}@${range}` : `${name} ${was![name]} became ${range}`
      this.#note(
        'package.json',
        1,
        what,
        'a dependency changed',
        `build a patch for ${name} too, if its fix matters`,
      )
      if (was![name] !== undefined && !mayBeBoth(was![name], range)) this.#otherDependency(name, range)
    }
  }

  /** Code that takes something else from a package of which the program has a version that the release does not ask for. */
  #otherDependency(name: string, range: string): void {
    for (const { path, pair } of this.#plan!.files.values()) {
      const changed = pair.onces.flatMap((once) => [
        ...once.added,
        ...once.pairs.filter((one) => one.changed).map((one) => one.new),
      ])
      const isOf = (source: string | undefined): boolean =>
        source === name || source?.startsWith(`${name}/`) === true
      const required = pair.new.requires.filter(
        (call) => isOf(requiredModule(call)) && pair.new.functionAround(call) === undefined,
      )
      const unit = changed.find(
        ({ kind, source, start, end }) =>
          (kind === 'import' && isOf(source)) ||
          required.some((call) => call.start >= start && call.end <= end),
      )
      if (unit === undefined) continue
      const why = `it is taken from ${name}@${range}, and the program has the one that the running version needs`
      this.#report(path, pair.new.lineOf(unit.start), unit.names[0] ?? unit.key, why, RESTART)
    }
  }

  #write(plan: Plan): Part[] {
    const writers = new Map<FilePlan, FileWriter>()
    const parts: Part[] = []
    this.#early.clear()
    plan.fields.used.clear()
    for (const file of plan.files.values()) file.needsEntry = false
    for (const file of plan.files.values()) {
      if (this.#givenUp.has(file)) continue
      const writer = new FileWriter(
        plan,
        file,
        this.#scopeName(file),
        (fn, error) => this.#cannot(file, fn, error),
        (path, name) => writers.get(plan.files.get(path)!)?.export(name),
      )
      writers.set(file, writer)
    }
    const functions = new Map([...writers].map(([file, writer]) => [file, writer.functions(this.#skip)]))
    const members = new Map(
      [...writers].map(([file, writer]) => [file, new MembersWriter(plan, file, writer).write()]),
    )
    // A block may ask for exports of another file's: again, until all have what they are asked for.
    for (const writer of writers.values()) writer.blocks()
    for (const writer of writers.values()) writer.blocks()
    for (const [file, writer] of writers) {
      const part = {
        file,
        target: this.#target(file.path),
        sloppy: writer.isSloppy,
        functions: functions.get(file)!,
        scopes: writer.blocks(),
        members: members.get(file),
        entry: file.needsEntry ? entryOf(file) : undefined,
      }
      if (part.functions.length > 0 || part.scopes.length > 0 || part.members) parts.push(part)
    }
    for (const part of neededEarly(parts, plan)) {
      if (part.entry !== undefined) continue
      if (part.file.exposed.isEntered(part.file.module.pair)) part.entry = entryOf(part.file)
      else this.#early.add(part.file)
    }
    this.#fields = []
    // What a field begins with may be another one's value: the set grows while it is gone through.
    for (const field of plan.fields.used) {
      const text = writers.get(field.file)!.fieldAtTop(field)
      if (text !== undefined) this.#fields.push(text)
    }
    return parts
  }

  #scopeName(file: FilePlan): string {
    return /\bscope\b/.test(file.pair.new.text) ? '$scope' : 'scope'
  }

  #text(parts: Part[], plan: Plan): string {
    this.#brought = new Brought(plan, this.#old, this.#new, this.#options.dependencies)
    for (const part of parts) {
      for (const { text } of piecesOf(part)) this.#brought.add(part.file.path, text)
      for (const { text } of part.functions) this.#brought.add(part.file.path, text, true)
    }
    const files = [...this.#brought.files].map(([path, file]) => ({ path: this.#target(path), ...file }))
    return patchText({
      name: this.#name,
      from: `${this.#old.name ?? 'old'}@${this.#old.version}`,
      to: `${this.#new.name ?? 'new'}@${this.#new.version}`,
      parts,
      files,
      fields: this.#fields,
      parameters: plan.parameters,
      shadows: [...plan.fields.used].map(({ id }) => id),
      hash: (path) => hashSource(this.#old.files.get(path)!.text),
      source: (path) => ({ name: this.#sourceName(path), text: this.#new.files.get(path)!.text }),
    })
  }

  /** What stack traces call a file of the new version. */
  #sourceName(path: string): string {
    return this.#options.target === undefined ? `npm:${this.#new.name}@${this.#new.version}/${path}` : path
  }

  // ── what cannot be applied ──────────────────────────────────────────────────────────────────────────────────────

  #refused(code: string, parts: Part[]): boolean {
    if (!parses(code)) return this.#unreadable(parts)
    const sources = new Map(parts.map((part) => [part.target, part.file.pair.old]))
    let changed = false
    for (const refusal of refusals(code, sources)) {
      const part = parts.find((one) => one.target === refusal.target)!
      const piece = part.functions.find((one) => one.key === refusal.key)
      if (refusal.scope || piece === undefined) {
        this.#report(part.file.path, 1, refusal.key, refusal.message, RESTART)
        this.#givenUp.add(part.file)
        changed = true
        continue
      }
      if (this.#skip.has(piece.fn)) continue
      changed = true
      this.#give(part.file, piece.fn, { why: refusal.message, at: piece.fn.start, advice: RESTART })
    }
    return changed
  }

  /** A patch is a module, in which some of what sloppy code may say is no syntax. */
  #unreadable(parts: Part[]): boolean {
    const why = 'it is written in a way that a module does not allow'
    for (const { file, functions, scopes } of parts) {
      for (const { fn, text } of functions)
        if (!parses(`({${text}})`)) this.#give(file, fn, { why, at: fn.start, advice: RESTART })
      for (const { path, line, chunks } of scopes) {
        if (parses(`({ m() {${chunks.map(({ text }) => text).join('\n')}\n} })`)) continue
        this.#report(file.path, line, path, why, RESTART)
        this.#givenUp.add(file)
      }
    }
    return true
  }

  #cannot(file: FilePlan, fn: FunctionNode | undefined, error: Cannot): void {
    const { node, message: why, advice } = error
    if (fn === undefined)
      this.#report(file.path, file.pair.new.lineOf(node.start), 'start-up code', why, advice)
    else this.#give(file, fn, { why, at: node.start, advice })
  }

  /** A function that cannot be replaced: perhaps the one around it can. */
  #give(
    file: FilePlan,
    fn: FunctionNode,
    { why, at, advice }: { why: string; at: number; advice: string },
  ): void {
    this.#skip.add(fn)
    const { pair } = file
    const outer = fn.enclosing
    const line = pair.new.lineOf(at)
    const [what] = fn.paths
    const isOnce = file.onces.some((once) => once.pair.new.fn === outer)
    if (outer !== undefined && !isOnce && pair.functions.has(outer)) {
      const wasReplaced = file.replaced.has(outer)
      if (!wasReplaced) file.replaced.set(outer, `'${what}' in it changed`)
      const severity = outlives(fn, pair.new) ? 'problem' : 'note'
      const text = {
        problem: `functions made by the running version are kept by the program and stay as they are: ${why}`,
        note: `calls under way end in the running version: ${why}`,
      }[severity]
      this.#broken.set(fn, this.#finding(severity, file.path, line, what!, text, advice))
      return
    }
    this.#broken.set(fn, this.#finding('problem', file.path, line, what!, why, advice))
  }

  /** Changes that no rule covers. */
  #unapplied(plan: Plan): void {
    for (const file of plan.files.values()) {
      const { pair, path } = file
      const line = (at: number): number => pair.new.lineOf(at)
      for (const { node, why } of pair.classes)
        this.#report(
          path,
          line(node.start),
          'a class',
          why,
          'give the instances what they need in a pre-patch callback',
        )
      for (const { element, isNew } of [...pair.initialised.values()].flat()) {
        if (!isNew)
          this.#note(
            path,
            line(element.start),
            pair.new.slice(element.key),
            'the field begins with another value: objects made before the patch keep theirs',
            'nothing, if that is right; else a pre-patch callback that changes them',
          )
      }
      for (const { class: node, element } of pair.removedMembers) {
        if (this.#put.has(element)) continue
        const name = pair.old.slice(element.key)
        const why = 'the new version has it no more, and the running one stays'
        const isOther = (node.body.body as Node[]).some(
          (one) =>
            one.type !== element.type &&
            one.static === element.static &&
            propertyName(one) === propertyName(element),
        )
        if (isOther || node.superClass || !this.#isUnheardOf(element.key.name ?? '', plan))
          this.#report(path, line(node.start), name, why, 'take it away in a pre-patch callback')
        else this.#note(path, line(node.start), name, why, 'nothing: nobody asks for it')
      }
      for (const fn of file.replaced.keys()) {
        this.#length(file, fn)
        this.#became(file, fn)
      }
      for (const fn of pair.changed) this.#compiles(file, fn)
      for (const { element } of pair.statics) {
        if (!this.#put.has(element))
          this.#report(path, line(element.start), 'a class', 'a static field is new or changed', STATICS)
      }
      for (const { className, element } of pair.addedMembers) {
        const name = element.key.name ?? element.key.value
        const what = `${className}.${name}`
        if (this.#put.has(element)) continue
        if (file.helpers.has(name)) {
          this.#note(path, line(element.start), what, CALLED, NOTHING)
          continue
        }
        if (this.#isUnheardOf(name, plan) && !element.computed)
          this.#note(path, line(element.start), what, API, NOTHING)
        else this.#report(path, line(element.start), what, 'a method was added to a class', RESTART)
      }
      for (const once of file.onces) this.#startUp(file, once)
    }
  }

  /** What is called is the running function, which hands on what it declares. */
  #length(file: FilePlan, fn: FunctionNode): void {
    const old = file.pair.functions.get(fn)!
    const count = parameterCount(fn) ?? fn.node.params.length
    const isMore = count > old.node.params.length && !passesAll(old)
    const isSame = lengthOf(fn.node) === lengthOf(old.node)
    if (this.#skip.has(fn) || (isSame && !isMore)) return
    const length = isSame ? '' : `: its 'length' stays ${lengthOf(old.node)}`
    const lost = this.#plan!.parameters.of(fn) === undefined ? 'anybody' : 'the program'
    const rest = isMore
      ? `${length && ', and'}${length ? '' : ':'} what ${lost} passes beyond its own parameters does not arrive`
      : ''
    const why = `the running function goes on being called${length}${rest}`
    this.#note(file.path, file.pair.new.lineOf(fn.start), fn.paths[0]!, why, NOTHING)
  }

  /** What is called is the running function, of which `this` is what it is in code of its kind. */
  #became({ path, pair }: FilePlan, fn: FunctionNode): void {
    const old = pair.functions.get(fn)!
    if (this.#skip.has(fn) || old.strict || !fn.strict || fn.arrow || !fn.this) return
    const why =
      "it became strict code: where it is called without 'this', it goes on getting the global object, and objects for primitives"
    this.#note(path, pair.new.lineOf(fn.start), fn.paths[0]!, why, NOTHING)
  }

  /** Code that is made of text is no code of the package's files. */
  #compiles({ path, pair }: FilePlan, fn: FunctionNode): void {
    const call = pair.new.usesIn(fn.node).find((use) => {
      const parent = pair.new.parent(use.node)
      const isCalled = parent?.type === 'CallExpression' || parent?.type === 'NewExpression'
      return use.node.name === 'Function' && isCalled && parent.callee === use.node
    })
    if (call === undefined) return
    const isOwn = pair.new.functionAt(call) === fn
    const isOther = membersGivenIn(pair.functions.get(fn)!) !== membersGivenIn(fn)
    const severity = isOwn && isOther ? 'problem' : 'note'
    const why = {
      note: 'what it compiled before the patch stays as it was, and calls functions of the package that changed',
      problem:
        'what it compiled before the patch has other members than it gives now, and calls functions of the package that changed',
    }[severity]
    const line = pair.new.lineOf(call.node.start)
    this.#findings.push(this.#finding(severity, path, line, fn.paths[0]!, why, 'have it compiled anew'))
  }

  #startUp(file: FilePlan, once: OncePlan): void {
    const { pair } = once
    const line = (at: number): number => file.pair.new.lineOf(at)
    const undone = new Set(pair.removed)
    const units = [
      ...pair.added.map((unit) => ({ unit, what: 'new' })),
      ...pair.pairs.filter((one) => one.changed).map((one) => ({ unit: one.new, what: 'changed' })),
      ...pair.pairs.filter((one) => file.stale.has(one.new)).map((one) => ({ unit: one.new, what: 'stale' })),
    ]
    for (const { unit, what } of units) {
      const whole = handedOnWhole(unit)
      if (whole !== undefined && this.#plan!.resolve(file.path, whole) === undefined) {
        const text = `export * ${whole}`
        if (what === 'new') this.#note(file.path, line(unit.start), text, API, NOTHING)
        else this.#report(file.path, line(unit.start), text, `a ${what} re-export`, RESTART)
      }
      // What it hands on is told by name.
      if (unit.kind !== 'statement' || whole !== undefined) continue
      if (what === 'changed' && this.#isHarmless(file, once, unit)) continue
      if (typeof unit.node.directive === 'string' || isExportOnly(unit, once.pair.new)) continue
      if (this.#put.has(unit.node)) {
        if (what !== 'new' && unit.value?.type === 'Identifier' && once.isBrought(unit.value.name))
          this.#note(file.path, line(unit.start), file.pair.new.slice(unit).split('\n')[0]!, ANEW, NOTHING)
        continue
      }
      if (isHelper(file, unit) || isWithoutEffect(unit, pair.new)) continue
      const writes = [...once.effects.of(unit).writes].filter((name) => once.isBrought(name))
      if (writes.length > 0) continue
      const text = file.pair.new.slice(unit).split('\n')[0]!.slice(0, 80)
      if (isWrapperHead(unit, once.pair.new)) {
        const why = 'the module is wrapped in another way, and it has been defined'
        this.#note(file.path, line(unit.start), text, why, 'nothing: this is about the next start')
        continue
      }
      if (what === 'new' && /^\s*Object\.(freeze|seal|preventExtensions)\(/.test(file.pair.new.slice(unit))) {
        const why = 'what the running version has made stays open to changes'
        this.#note(file.path, line(unit.start), text, why, NOTHING)
        continue
      }
      if (onlySays(unit.node)) {
        this.#note(file.path, line(unit.start), text, SAID, NOTHING)
        continue
      }
      const done = what === 'new' ? doneBefore(once, unit) : []
      if (done.length > 0) {
        for (const one of done) undone.delete(one)
        this.#note(file.path, line(unit.start), text, GUARDED, NOTHING)
        continue
      }
      const member = unit.targets?.length === 1 ? unit.targets[0]!.path.split('.').at(-1)! : undefined
      if (what === 'new' && member !== undefined && this.#isUnheardOf(member, this.#plan!)) {
        this.#note(file.path, line(unit.start), text, API, NOTHING)
        continue
      }
      if (what === 'stale' && member !== undefined && !this.#isAskedFor(member)) {
        this.#note(file.path, line(unit.start), text, OLD_VALUE, NOTHING)
        continue
      }
      this.#report(
        file.path,
        line(unit.start),
        text,
        what === 'stale'
          ? `it is ${file.stale.get(unit)}, and has effects beyond names of the module`
          : `${what} code that runs at start-up and has effects beyond names of the module`,
        'do what it does in a pre-patch callback, and undo it in a post-unpatch callback',
      )
    }
    for (const { old, new: unit } of pair.pairs.filter((one) => one.changed))
      for (const lost of lostFromNamespace(old, unit) ?? [])
        this.#note(file.path, line(unit.start), `${unit.names[0]}.${propertyName(lost)}`, LOST, NOTHING)
    const before = new EffectsOf(pair.old)
    for (const unit of undone) {
      const wrote = [...before.of(unit).writes]
      if (wrote.length > 0 && wrote.every((name) => once.changed.has(name))) continue
      if (
        unit.kind !== 'statement' ||
        isExportOnly(unit, once.pair.old) ||
        typeof unit.node.directive === 'string'
      )
        continue
      const text = file.pair.old.slice(unit).split('\n')[0]!.slice(0, 80)
      if (handedOnWhole(unit) !== undefined) {
        this.#note(file.path, file.pair.old.lineOf(unit.start), text, LOST, NOTHING)
        continue
      }
      if (isWrapperHead(unit, pair.old) || isWithoutEffect(unit, pair.old)) continue
      if (onlySays(unit.node)) {
        this.#note(file.path, file.pair.old.lineOf(unit.start), text, SAID, NOTHING)
        continue
      }
      if (isMemberOnly(unit)) {
        const why = 'the new version has it no more'
        this.#note(file.path, file.pair.old.lineOf(unit.start), text, why, 'nothing: the running one stays')
        continue
      }
      this.#report(
        file.path,
        file.pair.old.lineOf(unit.start),
        text,
        'start-up code of the old version that the new one has not: what it did stays done',
        'undo it in a pre-patch callback',
      )
    }
    if (once !== file.onces[0]) return
    for (const [name, kind] of file.changedExports) {
      const is = kind === 'added' ? 'new' : 'changed'
      const one = file.exports.new.get(name)
      const node = one && (one.value ?? one.unit.node)
      if (one !== undefined && node !== undefined && this.#refilled.has(node)) {
        this.#note(file.path, line(one.unit.start), `export ${name}`, REFILLED, NOTHING)
        continue
      }
      const isPut = this.#put.has(node ?? `${file.path} exports.${name}`)
      if (isPut && file.pair.new.type !== 'module') {
        if (kind === 'changed')
          this.#note(file.path, line(one?.unit.start ?? 0), `export ${name}`, TAKEN, NOTHING)
        continue
      }
      const at = line(one?.unit.start ?? 0)
      const isForPrograms =
        one === undefined ? this.#isMovedAway(file, name) : this.#isOnlyForPrograms(file, name, one.local)
      if (kind === 'changed' && isForPrograms) {
        const why = 'the export has another value, and programs alone use it: they go on with what they have'
        this.#report(file.path, at, `export ${name}`, why, RESTART)
        continue
      }
      if (kind === 'changed' && one !== undefined && this.#plan!.isImportedLate(file.path)) {
        this.#report(file.path, at, `export ${name}`, LATE, RESTART)
        continue
      }
      this.#note(
        file.path,
        at,
        `export ${name}`,
        `the export is ${is}: the package itself sees it, the running program goes on with what it has`,
        'nothing, unless the program asks for it after the patch',
      )
    }
    this.#names(file)
    for (const [name, one] of file.exports.old) {
      const isKept =
        file.exports.new.has(name) || file.reExports.new.some((it) => it.name === name || it.name === '*')
      if (isKept || name === 'module.exports' || file.exports.new.has('module.exports')) continue
      this.#note(file.path, file.pair.old.lineOf(one.unit.start), `export ${name}`, LOST, NOTHING)
    }
  }

  /** What the program has loaded keeps being what it is: an object or a function, with the name that it has. */
  #names({ path, pair, exports }: FilePlan): void {
    const line = (node: Node): number => pair.new.lineOf(node.start)
    const [was, is] = [exports.old.get('module.exports'), exports.new.get('module.exports')]
    const isOther = (was === undefined) !== (is === undefined)
    const made = functionOrClass(pair.old, was) ?? functionOrClass(pair.new, is)
    if (isOther && made !== undefined && exports.old.size > 0 && this.#plan!.isEntry(path)) {
      const why = 'the module exports something of another kind: the program goes on with what it has loaded'
      this.#report(
        path,
        line((is ?? [...exports.new.values()][0])?.unit.node ?? pair.new.program),
        'module.exports',
        why,
        RESTART,
      )
    }
    for (const [name, one] of exports.new) {
      const [before, after] = [
        functionOrClass(pair.old, exports.old.get(name)),
        functionOrClass(pair.new, one),
      ]
      if (before && after && before.type.startsWith('Class') !== after.type.startsWith('Class')) {
        const why = 'it became a class, or is none any more, and objects of the running one exist'
        this.#report(path, line(after), `export ${name}`, why, RESTART)
      }
      if (!before?.id || !after || before.id.name === after.id?.name) continue
      this.#note(path, line(after), `export ${name}`, `its name stays '${before.id.name}'`, NOTHING)
    }
  }

  /** A patch of which nothing in the package takes notice. */
  #isOnlyForPrograms(file: FilePlan, name: string, local: string | undefined): boolean {
    if (!this.#plan!.isEntry(file.path)) return false
    const { new: source } = file.pair
    const isUsed = source.uses.some(
      (use) =>
        use.node.name === local &&
        source.functionAt(use) !== undefined &&
        source.bindingOf(use)?.scope === source.analysis.module,
    )
    return !isUsed && !this.#plan!.isImported(file.path, name)
  }

  /** An export that programs have, and that a new file makes now. */
  #isMovedAway(file: FilePlan, name: string): boolean {
    const plan = this.#plan!
    return plan.isEntry(file.path) && plan.added.has(plan.origin(file.path, name).path)
  }

  /** `Object.defineProperties(A.prototype, { … })` with members that nothing else of the package uses. */
  #isHarmless(file: FilePlan, once: OncePlan, unit: Unit): boolean {
    const old = once.pair.pairs.find((pair) => pair.new === unit)!.old
    const [was, is] = [old, unit].map(({ node }) => unwrap(node.expression).arguments?.[1])
    if (was?.type !== 'ObjectExpression' || is?.type !== 'ObjectExpression') return false
    const before = new Map((was.properties as Node[]).map((one) => [propertyName(one), one]))
    const differing = (is.properties as Node[]).filter((one) => {
      const match = before.get(propertyName(one))
      before.delete(propertyName(one))
      return match === undefined || !sameShape(match, one)
    })
    const names = differing.map((one) => propertyName(one))
    if (before.size > 0 || names.some((name) => name === undefined || !this.#isUnheardOf(name, this.#plan!)))
      return false
    for (const one of differing)
      this.#note(file.path, file.pair.new.lineOf(one.start), propertyName(one)!, API, NOTHING)
    return true
  }

  /** Whether code of the package asks anything but its own `this` for a member. */
  #isAskedFor(name: string): boolean {
    if (!/^[\w$]+$/.test(name)) return true
    const asks = new RegExp(
      `(?<!\\bthis)\\s*\\.${name.replaceAll('$', '\\$')}\\b(?!\\s*=[^=])|['"\`]${name.replaceAll('$', '\\$')}['"\`]`,
    )
    return [...this.#plan!.files.values()].some(({ pair }) => asks.test(pair.new.text))
  }

  /** A member that no code of the package, and nothing of the platform, asks for by its name. */
  #isUnheardOf(name: string, plan: Plan): boolean {
    if (name === undefined || PLATFORM.test(name)) return false
    for (const file of plan.files.values()) {
      for (const side of [file.pair.new, file.pair.old]) if (side.members.has(name)) return false
    }
    for (const [path, { text }] of this.#new.files) {
      if (!isAside(path) && !plan.files.has(path) && text.includes(`.${name}`)) return false
    }
    return true
  }

  #report(file: string, line: number, what: string, why: string, advice: string): void {
    this.#findings.push(this.#finding('problem', file, line, what, why, advice))
  }

  /** A file that no entry leads to is nothing that a program usually loads: it is said, but keeps no patch from being made. */
  #weigh(finding: Finding): Finding {
    if (finding.severity === 'note' || this.#entries === undefined || this.#entries.has(finding.file))
      return finding
    return {
      ...finding,
      severity: 'note',
      why: `${finding.why} (no entry of the package leads to this file)`,
    }
  }

  #note(file: string, line: number, what: string, why: string, advice: string): void {
    this.#findings.push(this.#finding('note', file, line, what, why, advice))
  }

  #finding(
    severity: Finding['severity'],
    file: string,
    line: number,
    what: string,
    why: string,
    advice: string,
  ): Finding {
    return { severity, file, line, what, why, advice }
  }
}

/** What the running version has done, at its start, that is under a condition now. */
function doneBefore({ pair }: OncePlan, unit: Unit): Unit[] {
  const statements = guarded(unit.node) ?? []
  const done = statements.map((one) => pair.removed.find(({ node }) => sameShape(node, one)))
  return done.every((one) => one !== undefined) ? done : []
}

/** The module of which a unit hands on all exports. */
function handedOnWhole({ kind, key, node }: Unit): string | undefined {
  if (kind === 'export' && key.startsWith('export *')) return node.source.value
  return node.type === 'ExpressionStatement' ? exportedWhole(unwrap(node.expression)) : undefined
}

/** Members that something outside of a package calls by their names. */
const PLATFORM =
  /^(_.*|toString|toJSON|valueOf|then|catch|finally|inspect|constructor|emit|on|once|next|return|throw|end|write|destroy|pipe|read|push|handleEvent|get|set|has|apply|construct|default)$/

/** `a.b = …`, and a module that is loaded for what it does when it is. */
function isMemberOnly({ targets, node }: Unit): boolean {
  if (targets !== undefined) return targets.every(({ path }) => path.includes('.'))
  return node.type === 'ExpressionStatement' && requiredModule(unwrap(node.expression)) !== undefined
}

/** `if (typeof exports === 'object') factory(exports) else …` of a module for any loader. */
function isWrapperHead({ node }: Unit, { file, fn }: Once): boolean {
  if (fn === undefined || !/\btypeof\s+(exports|module|define)\b/.test(file.slice(node))) return false
  return file.usesIn(node).some((use) => {
    const isFactory = file.bindingOf(use)?.scope === fn.parameters
    return isFactory && file.parent(use.node)?.callee === use.node
  })
}

/** What an export is, if that is written in the file. */
function functionOrClass(file: SourceFile, one: Export | undefined): Node | undefined {
  const declared = (file.program.body as Node[]).find(
    ({ id }) => one?.local !== undefined && id?.name === one.local,
  )
  const node = declared ?? (one?.value && unwrap(one.value))
  return node !== undefined && /^(Class|Function|Arrow)/.test(node.type) ? node : undefined
}

/** The members that a function gives to what it makes. */
function membersGivenIn({ node: root }: FunctionNode): string {
  const given: string[] = []
  walk(root, (node, ancestors) => {
    const { type, left, properties } = node
    if (ancestors.slice(1).some(isFunction)) return
    if (type === 'AssignmentExpression' && left.type === 'MemberExpression') given.push(memberKey(left) ?? '')
    if (type !== 'ObjectExpression') return
    for (const one of properties as Node[]) if (one.type === 'Property') given.push(propertyName(one) ?? '')
  })
  return given.sort().join()
}

function isHelper(file: FilePlan, unit: Unit): boolean {
  const node = functionOf(unit)
  return node !== undefined && [...file.helpers.values()].some(({ element }) => element.value === node)
}

function parses(text: string): boolean {
  return parseSync('patch.mjs', text).errors.length === 0
}

/** Whether one version of a package will do for two ranges; what is no range may be anything. */
function mayBeBoth(a: string, b: string): boolean {
  return semver.validRange(a) === null || semver.validRange(b) === null || semver.intersects(a, b)
}

/** A function's `length`. */
function lengthOf({ params }: Node): number {
  const end = (params as Node[]).findIndex(({ type }) => /^(Assignment|Rest)/.test(type))
  return end < 0 ? params.length : end
}

/** How a process reaches the names of a module early. */
function entryOf({ exposed }: FilePlan): Part['entry'] {
  const { fn, path } = exposed.entry!
  return { key: fn.paths[0]!, path: optional(path) }
}

function piecesOf({ scopes, members }: Part): Chunk[] {
  return [...scopes, ...(members === undefined ? [] : [members])].flatMap(({ chunks }) => chunks)
}

function snapshot(plan: Plan): string {
  let text = ''
  for (const file of plan.files.values())
    for (const once of file.onces) text += `${once.changed.size},${once.soft.size},${once.members.size};`
  return text
}

function deedsOf(part: Part): Deed[] {
  const file = part.file.path
  return [
    ...part.scopes.map(({ path, names, line }) => ({
      file,
      line,
      what: `names added to the scope of ${path}: ${names.join(', ')}`,
      why: 'new, changed, or not to be reached in the running version',
    })),
    ...(part.members?.names ?? []).map(({ name, node }) => ({
      file,
      line: part.file.pair.new.lineOf(node.start),
      what: `${name} put on the running module`,
      why: 'new in this version, or another value',
    })),
    ...part.functions.map(({ key, line, why }) => ({ file, line, what: `function ${key} replaced`, why })),
  ]
}

function unique(findings: Finding[]): Finding[] {
  const seen = new Set<string>()
  return findings.filter((one) => {
    const key = JSON.stringify(one)
    return !seen.has(key) && seen.add(key) !== undefined
  })
}
