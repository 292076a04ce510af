import { hashSource } from '../livepatch/source-hash.ts'
import { Counterparts } from './counterparts.ts'
import { alongFindings, Companions, pinsOf } from './pinned.ts'
import { fieldFindings } from './plan/fields.ts'
import { askAtLoad, type TakenAnew, takenAlong, takenAnew } from './plan/other-dependencies.ts'
import { Plan } from './plan/plan.ts'
import { loadable, withoutAside } from './read/aside.ts'
import { Dependencies, type Locate } from './read/dependencies.ts'
import { withoutFarBundles } from './read/far-bundles.ts'
import { entriesOf, nameOf, reachable, type Version } from './read/folder.ts'
import type { MadeName } from './read/made-names.ts'
import { inRunningPlaces, Pairs } from './read/pairs.ts'
import { otherContents } from './report/contents.ts'
import { filledOtherwise } from './report/derived.ts'
import type { Deed, Finding } from './report/findings.ts'
import { givenOtherwise } from './report/given-otherwise.ts'
import { GivenUp } from './report/given-up.ts'
import { insteadOfMethods } from './report/instead-of-methods.ts'
import { keptPatterns } from './report/kept-patterns.ts'
import { keptValues } from './report/kept-values.ts'
import { otherKeys } from './report/keys.ts'
import { leftBehind } from './report/left-behind.ts'
import { madeBefore } from './report/made-before.ts'
import { madeByThen } from './report/made-by-then.ts'
import { givenWith, madeOtherwise } from './report/made-otherwise.ts'
import { madeWith } from './report/made-with.ts'
import { otherMarks } from './report/marks.ts'
import { otherMeanings } from './report/meanings.ts'
import { newFieldState } from './report/new-field-state.ts'
import { newState } from './report/new-state.ts'
import { otherOrder } from './report/order.ts'
import { OtherCalls } from './report/other-calls.ts'
import { otherMakers } from './report/other-makers.ts'
import { othersTables } from './report/others-tables.ts'
import { ownVersions } from './report/own-versions.ts'
import { tellPackage } from './report/package.ts'
import { RESTART, Report } from './report/report.ts'
import { keptResults } from './report/results.ts'
import { setUp } from './report/set-up.ts'
import { grownStandIns } from './report/stand-ins.ts'
import { settled } from './report/start-up.ts'
import { otherAsStarted } from './report/started/started.ts'
import { stayingMethods } from './report/staying.ts'
import { tellUnapplied } from './report/unapplied.ts'
import { Brought } from './write/brought.ts'
import type { Chunk } from './write/mapped-text.ts'
import { dependenciesFirst } from './write/order.ts'
import { type Part, type Written, writeParts } from './write/parts.ts'
import { type PatchParts, patchText } from './write/patch-text.ts'

export interface BuildOptions {
  /** Unique in a process; by default made of the package's name and the versions. */
  name?: string
  /** The module name of a target, from its path. */
  target?: (path: string) => string
  /** New fields of objects that exist already: `shadow` variables of the patch, or left to its `author`. */
  fields?: 'shadow' | 'author'
  /** Packages that only the new version needs, to come along in the patch. */
  dependencies?: Dependencies
  /** Whether what is taken from packages in other versions is the same in both. */
  counterparts?: Counterparts
  /** Dependencies in one version alone: their changes `along` with the package's (the default), or told and `left`. */
  pinned?: 'along' | 'left'
  /** Long files to which no entry of a package leads: `left` (the default), so that who has loaded one refuses the patch, or `compared`. */
  bundles?: 'left' | 'compared'
  /** What the patch has of pinned dependencies. */
  companions?: Companions
}

export interface Build {
  name: string
  from: string
  to: string
  code: string
  /** What the code is made of, and the names that it gives at its top. */
  text: PatchParts
  names: readonly string[]
  /** Pinned dependencies of which code takes what their running copies have once they are patched. */
  relies: ReadonlySet<string>
  /** Whether anything was found that the patch does. */
  empty: boolean
  findings: Finding[]
  deeds: Deed[]
  /** Modules of packages that only the new version needs, which nobody has got. */
  wanted: ReadonlySet<string>
  /** What is taken from packages of which the program has another version, if they are not known to be the same. */
  taken: readonly TakenAnew[]
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

/** The same, with what the new version depends on: packages that only it needs, and those that both pin to one version. */
export async function buildWithDependencies(
  old: Version,
  young: Version,
  options: BuildOptions,
  locate: Locate,
): Promise<Build> {
  if (options.pinned === 'left' || pinsOf(old, young).length === 0)
    return buildOne(old, young, options, locate)
  const { fields, bundles } = options
  const companions = new Companions(young, locate, (from, to, those) => {
    const name = `${patchName(old, young, options)} ${nameOf(from)}`
    const same = { ...(fields !== undefined && { fields }), ...(bundles !== undefined && { bundles }) }
    return buildOne(from, to, { name, companions: those, ...same }, locate)
  })
  await companions.follow(old, young)
  const own = await buildOne(old, young, { ...options, companions }, locate)
  return withCompanions(own, companions)
}

function withCompanions(own: Build, { inPatch, all }: Companions): Build {
  const along = [...inPatch.values()]
  const needed = new Set([own, ...along].flatMap(({ relies }) => [...relies]))
  const texts = along.map(({ text }) => ({ ...text, isOptional: !needed.has(text.to) }))
  return {
    ...own,
    code: patchText(own.name, own.text, texts),
    empty: own.empty && along.length === 0,
    findings: [...own.findings, ...all.flatMap(alongFindings)],
    deeds: [
      ...own.deeds,
      ...along.flatMap(({ deeds, from }) => deeds.map((one) => ({ ...one, file: `${from}/${one.file}` }))),
    ],
  }
}

async function buildOne(from: Version, to: Version, options: BuildOptions, locate: Locate): Promise<Build> {
  const [old, young] = compared(from, to, options)
  const dependencies = new Dependencies(old, young, locate)
  const counterparts = new Counterparts(locate)
  let made = build(old, young, { ...options, dependencies, counterparts })
  // What comes along may lead to more of the package's own files, and these to more packages.
  while ((await counterparts.learn(made.taken)) || (await dependencies.bring(made.wanted)))
    made = build(old, young, { ...options, dependencies, counterparts })
  return made
}

/** The files of two versions that are compared. */
function compared(from: Version, to: Version, { target, bundles }: BuildOptions): [Version, Version] {
  // A program's own code may begin with any of its files.
  if (target !== undefined) return [from, to]
  if (bundles === 'compared') return [loadable(from, true), loadable(to, true)]
  return withoutFarBundles(...withoutAside(from, to))
}

class Builder {
  readonly #old: Version
  readonly #new: Version
  readonly #options: BuildOptions
  readonly #report: Report
  readonly #pairs: Pairs
  readonly #givenUp: GivenUp
  #brought: Brought | undefined
  /** What is taken from packages in other versions, and those of them that come along. */
  #taken: TakenAnew[] = []
  #along: ReadonlySet<string> = new Set()
  #written: Written = { parts: [], fields: [], unreached: [] }

  constructor(old: Version, young: Version, options: BuildOptions) {
    this.#old = old
    this.#new = inRunningPlaces(old, young)
    this.#options = options
    this.#report = new Report(old, this.#new)
    this.#pairs = new Pairs(old, this.#new, this.#report)
    this.#givenUp = new GivenUp(this.#report)
  }

  /**
   * @param isRehearsed with start-up code tried out, to learn what it makes; undefined where that tells nothing
   */
  run(isRehearsed: boolean): Build | undefined {
    const pairs = this.#pairs.common()
    const entries = [...(entriesOf(this.#old)?.values() ?? [])].flat()
    const { companions, counterparts } = this.#options
    const taken = companions?.names
    const plan = new Plan(pairs, this.#pairs.added(), this.#old.files, new Set(entries), this.#name, taken)
    plan.staying = stayingMethods(plan, this.#new)
    if (this.#options.fields === 'author') plan.fields.leave()
    if (isRehearsed && !plan.rehearse(this.#new.files)) return undefined
    const [all, relies] = [takenAnew(this.#old, this.#new, plan), new Set<string>()]
    this.#taken = all.filter((one) => {
      if (counterparts?.isSame(one)) return false
      const isProvided = companions?.provides(one) === true
      if (isProvided) relies.add(`${one.name}@${one.range}`)
      return !isProvided
    })
    askAtLoad(this.#old, this.#new, plan)
    if (this.#options.dependencies) this.#along = takenAlong(this.#taken, plan)
    let text: PatchParts | undefined
    let code = ''
    for (let round = 0; round < 40; round++) {
      plan.work()
      const before = snapshot(plan)
      this.#written = writeParts(plan, this.#givenUp, (path) => this.#target(path))
      if (snapshot(plan) !== before) continue
      this.#written.parts = dependenciesFirst(this.#written.parts, this.#new)
      text = this.#text(this.#written.parts, plan)
      code = patchText(this.#name, text)
      if (!this.#givenUp.refused(code, this.#written.parts)) break
    }
    let { parts } = this.#written
    this.#tell(plan, parts)
    const { findings, refused } = this.#report.settle(
      parts.map(({ file }) => file.path),
      (this.#options.companions?.inPatch.size ?? 0) > 0,
      this.#old.left,
    )
    const wanted = this.#brought?.wanted ?? new Set()
    if (refused.size > 0) {
      parts = parts.filter(({ file }) => !refused.has(file.path))
      text = this.#text(parts, plan, refused)
      code = patchText(this.#name, text)
    }
    return {
      name: this.#name,
      from: nameOf(this.#old),
      to: nameOf(this.#new),
      code,
      text: text ?? this.#text(parts, plan),
      relies,
      names: [...plan.fields.all.map(({ name }) => name), plan.parameters.name],
      empty: parts.every((part) => part.functions.length === 0 && part.scopes.length === 0 && !part.members),
      findings,
      wanted,
      taken: this.#taken,
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
    const calls = new OtherCalls(plan)
    const isCarried = (name: MadeName): boolean => plan.loaded.isCarried(name, this.#givenUp.functions)
    const pins = this.#options.companions === undefined ? [] : pinsOf(old, young)
    tellPackage(old, young, { taken: staying, isCarried, pins }, report)
    tellUnapplied({ plan, young, skip: this.#givenUp.functions, put, refilled }, report)
    report.add(...this.#givenUp.findings(plan), ...(this.#brought?.findings ?? []), ...settled(plan))
    report.add(
      ...fieldFindings(plan),
      ...keptValues(
        plan,
        this.#pairs.gone().filter((path) => reachable(old)?.has(path)),
      ),
      ...insteadOfMethods(plan),
      ...keptResults(plan),
      ...madeWith(plan, calls),
      ...keptPatterns(plan),
      ...newState(plan),
      ...newFieldState(plan),
      ...madeBefore(plan),
      ...setUp(plan),
      ...madeByThen(plan),
      ...leftBehind(plan),
      ...otherContents(plan),
      ...otherOrder(plan),
      ...ownVersions(plan),
      ...othersTables(old, young, plan),
      ...otherMakers(plan),
      ...otherMeanings(plan),
      ...grownStandIns(plan),
      ...madeOtherwise(plan),
      ...givenWith(plan),
      ...otherMarks(plan),
      ...otherKeys(plan),
      ...plan.kept.values(),
    )
    report.add(...givenOtherwise(plan, calls, report.findings))
    report.add(...filledOtherwise(plan, report.findings))
    report.add(...otherAsStarted(plan, [old, young], parts, report.findings))
    for (const { path } of this.#written.unreached) report.problem(path, 1, 'start-up code', EARLY, RESTART)
  }

  get #name(): string {
    return patchName(this.#old, this.#new, this.#options)
  }

  #target(path: string): string {
    return this.#options.target?.(path) ?? `${this.#old.name}@${this.#old.version}/${path}`
  }

  /** `refused`: files for which there is nothing, and why. */
  #text(parts: Part[], plan: Plan, refused: ReadonlyMap<string, string> = new Map()): PatchParts {
    this.#brought = new Brought(plan, this.#old, this.#new, this.#options.dependencies, this.#along)
    for (const part of parts) {
      for (const { text } of piecesOf(part)) this.#brought.add(part.file.path, text)
      for (const { text } of part.functions) this.#brought.add(part.file.path, text, true)
    }
    const files = [...this.#brought.files].map(([path, file]) => ({ path: this.#target(path), ...file }))
    return {
      from: nameOf(this.#old),
      to: nameOf(this.#new),
      parts,
      refused: [...refused].map(([path, why]) => ({ target: this.#target(path), why })),
      files,
      fields: this.#written.fields,
      parameters: plan.parameters,
      shadows: [...plan.fields.used].map(({ id }) => id),
      hash: (path) => hashSource(this.#old.files.get(path)!.text),
      source: (path) => ({ name: this.#sourceName(path), text: this.#new.files.get(path)!.text }),
    }
  }

  /** What stack traces call a file of the new version. */
  #sourceName(path: string): string {
    const own = this.#new.ownNames?.get(path) ?? path
    return this.#options.target === undefined ? `npm:${this.#new.name}@${this.#new.version}/${own}` : own
  }
}

function patchName({ name, version }: Version, young: Version, options: BuildOptions): string {
  return options.name ?? `${name ?? 'program'}-${version}-to-${young.version}`.replace(/[^\w.@/-]/g, '-')
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
    ...part.scopes
      .filter(({ names }) => names.length > 0)
      .map(({ path, names, line }) => ({
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
