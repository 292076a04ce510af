import { parseSync } from 'oxc-parser'
import type { FunctionNode } from '../instrument/scopes.ts'
import { hashSource } from '../livepatch/source-hash.ts'
import { optional } from './plan/exposed.ts'
import { fieldFindings } from './plan/fields.ts'
import type { FilePlan } from './plan/file-plan.ts'
import { type TakenAnew, takenAlong, takenAnew } from './plan/other-dependencies.ts'
import { outlives } from './plan/outlives.ts'
import { Plan } from './plan/plan.ts'
import { compareFiles, type FilePair } from './read/compare.ts'
import { withData } from './read/data.ts'
import { Dependencies, type Locate } from './read/dependencies.ts'
import { concerned, entriesOf, isAside, type Version } from './read/folder.ts'
import { withRunningNames } from './read/renamed.ts'
import { SourceFile } from './read/source-file.ts'
import type { Deed, Finding } from './report/findings.ts'
import { keptValues } from './report/kept-values.ts'
import { madeBefore } from './report/made-before.ts'
import { newState } from './report/new-state.ts'
import { tellPackage } from './report/package.ts'
import { RESTART, Report } from './report/report.ts'
import { settled } from './report/start-up.ts'
import { tellUnapplied } from './report/unapplied.ts'
import { Brought } from './write/brought.ts'
import type { Cannot } from './write/cannot.ts'
import { refusals } from './write/check.ts'
import { neededEarly } from './write/early.ts'
import type { Chunk } from './write/mapped-text.ts'
import { MembersWriter } from './write/members.ts'
import { type Part, patchText } from './write/patch-text.ts'
import { FileWriter } from './write/write.ts'

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

const EARLY =
  'names of the running module are needed before any of its functions was called, and cannot be reached'

/** Makes a patch that turns the running old version into the new one. */
export function build(old: Version, young: Version, options: BuildOptions = {}): Build {
  const made = new Builder(old, young, options).run(false)!
  if (problemsIn(made) === 0) return made
  const again = new Builder(old, young, options).run(true)
  return again !== undefined && problemsIn(again) < problemsIn(made) ? again : made
}

function problemsIn({ findings }: Build): number {
  return findings.filter(({ severity }) => severity === 'problem').length
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
  readonly #report: Report
  readonly #skip = new Set<FunctionNode>()
  readonly #broken = new Map<FunctionNode, Finding>()
  /** Files of which no part can be bound, as their scopes cannot. */
  readonly #givenUp = new Set<FilePlan>()
  #brought: Brought | undefined
  /** What is taken from packages in other versions, and those of them that come along. */
  #taken: TakenAnew[] = []
  #along: ReadonlySet<string> = new Set()
  /** Files whose names would have to be reached early, and cannot. */
  readonly #early = new Set<FilePlan>()
  /** Declarations of new fields. */
  #fields: Chunk[] = []

  constructor(old: Version, young: Version, options: BuildOptions) {
    this.#old = old
    this.#new = withData(old, withRunningNames(old, young))
    this.#options = options
    this.#report = new Report(old, this.#new)
  }

  /**
   * @param isRehearsed with start-up code tried out, to learn what it makes; undefined where that tells nothing
   */
  run(isRehearsed: boolean): Build | undefined {
    const pairs = this.#pairs()
    const entries = [...(entriesOf(this.#old)?.values() ?? [])].flat()
    const plan = new Plan(pairs, this.#added(), this.#old.files, new Set(entries), this.#name)
    if (this.#options.fields === 'author') plan.fields.leave()
    if (isRehearsed && !plan.rehearse(this.#new.files)) return undefined
    this.#taken = takenAnew(this.#old, this.#new, plan)
    if (this.#options.dependencies) this.#along = new Set(takenAlong(this.#taken))
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
    this.#tell(plan, parts)
    const { findings, refused } = this.#report.settle(parts.map(({ file }) => file.path))
    const wanted = this.#brought?.wanted ?? new Set()
    if (refused.size > 0) {
      parts = parts.filter(({ file }) => !refused.has(file.path))
      code = this.#text(parts, plan, refused)
    }
    const from = `${this.#old.name ?? 'old'}@${this.#old.version}`
    const to = `${this.#new.name ?? 'new'}@${this.#new.version}`
    return {
      name: this.#name,
      from,
      to,
      code,
      empty: parts.every((part) => part.functions.length === 0 && part.scopes.length === 0 && !part.members),
      findings,
      wanted,
      deeds: parts.flatMap((part) => deedsOf(part)),
    }
  }

  #tell(plan: Plan, parts: Part[]): void {
    const [old, young, report] = [this.#old, this.#new, this.#report]
    const names = parts.flatMap(({ file, members }) =>
      (members?.names ?? []).map((one) => ({ ...one, path: `${file.path} ${one.name}` })),
    )
    const put = new Set(names.flatMap(({ node, path }) => [node, path]))
    const refilled = new Set(names.filter(({ isList }) => isList).map(({ node }) => node))
    const staying = this.#taken.filter(({ name }) => !this.#along.has(name))
    tellPackage(old, young, staying, report)
    tellUnapplied({ plan, young, skip: this.#skip, put, refilled }, report)
    report.add(...this.#broken.values(), ...(this.#brought?.findings ?? []), ...settled(plan))
    report.add(
      ...fieldFindings(plan),
      ...keptValues(plan),
      ...newState(plan),
      ...madeBefore(plan),
      ...plan.kept.values(),
    )
    for (const { path } of this.#early) report.problem(path, 1, 'start-up code', EARLY, RESTART)
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
        this.#report.problem(path, 1, 'the file', `it cannot be read: ${(error as Error).message}`, RESTART)
      }
    }
    for (const path of this.#old.files.keys()) {
      if (!this.#new.files.has(path) && !isAside(path))
        this.#report.note(
          path,
          1,
          'the file',
          'the new version has it no more',
          'nothing: the running one stays',
        )
    }
    return pairs
  }

  #added(): Map<string, SourceFile> {
    const added = new Map<string, SourceFile>()
    for (const [path, { text, type }] of this.#new.files) {
      if (this.#old.files.has(path) || isAside(path)) continue
      try {
        added.set(path, SourceFile.read(path, text, type, [this.#new.version]))
      } catch (error) {
        this.#report.problem(path, 1, 'the file', `it cannot be read: ${(error as Error).message}`, RESTART)
      }
    }
    return added
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
        (path, name) => writers.get(plan.files.get(path)!)?.blocks.export(name),
      )
      writers.set(file, writer)
    }
    const functions = new Map(
      [...writers].map(([file, writer]) => [file, writer.replacements.write(this.#skip)]),
    )
    const members = new Map(
      [...writers].map(([file, writer]) => [file, new MembersWriter(plan, file, writer.naming).write()]),
    )
    // A block may ask for exports of another file's: again, until all have what they are asked for.
    for (const writer of writers.values()) writer.blocks.write()
    for (const writer of writers.values()) writer.blocks.write()
    for (const [file, writer] of writers) {
      const part = {
        file,
        target: this.#target(file.path),
        sloppy: writer.isSloppy,
        functions: functions.get(file)!,
        scopes: writer.blocks.write(),
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
      const text = writers.get(field.file)!.fields.atTop(field)
      if (text !== undefined) this.#fields.push(text)
    }
    return parts
  }

  #scopeName(file: FilePlan): string {
    return /\bscope\b/.test(file.pair.new.text) ? '$scope' : 'scope'
  }

  /** `refused`: files for which there is nothing, and why. */
  #text(parts: Part[], plan: Plan, refused: ReadonlyMap<string, string> = new Map()): string {
    this.#brought = new Brought(plan, this.#old, this.#new, this.#options.dependencies, this.#along)
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
      refused: [...refused].map(([path, why]) => ({ target: this.#target(path), why })),
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
    const own = this.#new.ownNames?.get(path) ?? path
    return this.#options.target === undefined ? `npm:${this.#new.name}@${this.#new.version}/${own}` : own
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
        this.#report.problem(part.file.path, 1, refusal.key, refusal.message, RESTART)
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
        this.#report.problem(file.path, line, path, why, RESTART)
        this.#givenUp.add(file)
      }
    }
    return true
  }

  #cannot(file: FilePlan, fn: FunctionNode | undefined, error: Cannot): void {
    const { node, message: why, advice } = error
    if (fn === undefined)
      this.#report.problem(file.path, file.pair.new.lineOf(node.start), 'start-up code', why, advice)
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
      this.#broken.set(fn, { severity, file: file.path, line, what: what!, why: text, advice })
      return
    }
    this.#broken.set(fn, { severity: 'problem', file: file.path, line, what: what!, why, advice })
  }
}

function parses(text: string): boolean {
  return parseSync('patch.mjs', text).errors.length === 0
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
