import { parseSync } from 'oxc-parser'
import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { isOnlyCalled, isSuspended } from '../plan/only-called.ts'
import { outlives } from '../plan/outlives.ts'
import type { Plan } from '../plan/plan.ts'
import { isMadeAgain } from '../plan/remade.ts'
import { runTimeOf } from '../read/run-there.ts'
import { isInRunner } from '../read/runners.ts'
import type { SourceFile } from '../read/source-file.ts'
import type { Cannot } from '../write/cannot.ts'
import { refusals } from '../write/check.ts'
import type { Part } from '../write/parts.ts'
import type { Finding } from './findings.ts'
import { hearsOther } from './heard.ts'
import { RESTART, type Report } from './report.ts'

const UNDER_WAY = 'calls under way end in the running version'
const HEARS = 'listeners that the running version has made get what this version emits, and stay as they are'
const UNBROUGHT =
  "it needs a name of this version, and none can be brought as long as another one of the file cannot: see 'start-up code'"

/** What is not in the patch, since it cannot be written or a process would refuse it. */
export class GivenUp {
  readonly #report: Report
  readonly functions = new Set<FunctionNode>()
  /** Files of which no part can be bound, as their scopes cannot. */
  readonly files = new Set<FilePlan>()
  readonly #findings = new Map<FunctionNode, Finding>()
  /** Files whose names of the new version cannot be brought, as some of them cannot: these. */
  readonly #unbrought = new Map<FilePlan, Set<string>>()

  constructor(report: Report) {
    this.#report = report
  }

  /** What ends in the running version calls the patch's functions as that does. */
  findings(plan: Plan): Finding[] {
    return [...this.#findings].map(([fn, finding]) => {
      const file = plan.files.get(finding.file)
      const isUnderWay = finding.severity === 'note' && file && !hasReturned(fn, file.pair.new)
      const needed = isUnderWay && plan.parameters.neededIn(fn, file.pair.new)
      if (finding.severity === 'note' && file && hearsOther(fn, file, plan))
        return { ...finding, severity: 'problem', why: finding.why.replace(UNDER_WAY, HEARS) }
      if (!needed) return finding
      const why = `${finding.why}; they call '${needed.key}' without what it needs now`
      return { ...finding, severity: 'problem', why }
    })
  }

  /** Gives up what a process would refuse of a patch; false where that is nothing. */
  refused(code: string, parts: Part[]): boolean {
    if (!parses(code)) return this.#unreadable(parts)
    const sources = new Map(parts.map((part) => [part.target, part.file.pair.old]))
    let changed = this.#giveUnbrought(parts)
    for (const refusal of refusals(code, sources)) {
      const part = parts.find((one) => one.target === refusal.target)!
      const piece = part.functions.find((one) => one.key === refusal.key)
      const isOfBlock = this.#unbrought.has(part.file) && refusal.isUnknownName
      const why = isOfBlock ? UNBROUGHT : refusal.message
      if (refusal.scope || piece === undefined) {
        this.#report.problem(part.file.path, 1, refusal.key, why, RESTART)
        this.files.add(part.file)
        changed = true
        continue
      }
      if (this.functions.has(piece.fn)) continue
      changed = true
      this.#give(part.file, piece.fn, { why, at: piece.fn.start, advice: RESTART })
    }
    return changed
  }

  /** Functions that use another name than those told which has another value in this version, and would go on with the running one. */
  #giveUnbrought(parts: Part[]): boolean {
    const before = this.functions.size
    for (const { file, functions } of parts) {
      const told = this.#unbrought.get(file)
      for (const { fn } of told === undefined ? [] : functions)
        if (!this.functions.has(fn) && usesMadeAnew(fn, file, told!))
          this.#give(file, fn, { why: UNBROUGHT, at: fn.start, advice: RESTART })
    }
    return this.functions.size > before
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
        this.files.add(file)
      }
    }
    return true
  }

  /** A function of the new version that cannot be written, or the start-up code of a file. */
  cannot(file: FilePlan, fn: FunctionNode | undefined, error: Cannot): void {
    const { node, message: why, advice } = error
    if (fn === undefined) {
      const told = this.#unbrought.get(file) ?? new Set()
      for (const name of namesAt(node, file)) told.add(name)
      this.#unbrought.set(file, told)
      this.#report.problem(file.path, file.pair.new.lineOf(node.start), 'start-up code', why, advice)
    } else this.#give(file, fn, { why, at: node.start, advice })
  }

  /** A function that cannot be replaced: perhaps the one around it can. */
  #give(
    file: FilePlan,
    fn: FunctionNode,
    { why, at, advice }: { why: string; at: number; advice: string },
  ): void {
    this.functions.add(fn)
    const { pair } = file
    const outer = fn.enclosing
    const line = pair.new.lineOf(at)
    const [what] = fn.paths
    const isOnce = file.onces.some((once) => once.pair.new.fn === outer)
    if (outer !== undefined && !isOnce && pair.functions.has(outer)) {
      const wasReplaced = file.replaced.has(outer)
      if (!wasReplaced) file.replaced.set(outer, `'${what}' in it changed`)
      const isKept = outlives(fn, pair.new) && !isMadeAgain(fn, file) && !isInRunner(outer, pair.new)
      const severity = isKept ? 'problem' : 'note'
      const text = {
        problem: `functions made by the running version are kept by the program and stay as they are: ${why}`,
        note: `${UNDER_WAY}: ${why}`,
      }[severity]
      this.#findings.set(fn, { severity, file: file.path, line, what: what!, why: text, advice })
      return
    }
    this.#findings.set(fn, { severity: 'problem', file: file.path, line, what: what!, why, advice })
  }
}

/** The names that the start-up code at a place makes. */
function namesAt({ start }: Node, { onces }: FilePlan): string[] {
  const units = onces.flatMap(({ pair }) => pair.new.units)
  return units.filter((unit) => unit.start <= start && start < unit.end).flatMap(({ names }) => names)
}

function usesMadeAnew({ node }: FunctionNode, file: FilePlan, told: ReadonlySet<string>): boolean {
  return file.pair.new.usesIn(node).some((use) => {
    const { name } = use.node
    const binding = told.has(name) ? undefined : file.pair.new.bindingOf(use)
    const once = binding && file.onceOf(binding.scope)
    return once?.changed.has(name) === true && once.unitOf(name)?.kind !== 'import'
  })
}

/** Whether a function has been called, and has returned, before anything else ran: nothing of it is under way when a patch comes. */
function hasReturned(fn: FunctionNode, source: SourceFile): boolean {
  if (isOnlyCalled(fn, source)) return true
  const isHeldUp = isSuspended(fn) || (fn.enclosing !== undefined && isSuspended(fn.enclosing))
  return runTimeOf(fn, source) === 'at once' && !isHeldUp
}

function parses(text: string): boolean {
  return parseSync('patch.mjs', text).errors.length === 0
}
