import type { FunctionNode } from '../../instrument/scopes.ts'
import { seenOfCall, textOf } from '../read/observed-text.ts'
import { classOf } from '../read/unit-values.ts'
import type { FilePlan } from './file-plan.ts'
import type { Plan } from './plan.ts'
import type { Found, Sources } from './sources.ts'
import { Untold } from './untold.ts'

/** Which functions and classes of start-up code are the running ones, or become them, found by their texts. */
export class SameFunctions {
  readonly #plan: Plan
  readonly #file: FilePlan
  readonly #sources: Sources
  readonly #paths: { old: string[]; new: string[] }
  /** Functions that see variables of the call that made them. */
  readonly closures: [old: () => unknown, young: () => unknown][] = []
  /** Functions that stand where others stood. */
  readonly matches = new Map<FunctionNode, FunctionNode>()
  readonly kept = new Set<FunctionNode>()
  readonly #stays = new Set<FunctionNode>()

  constructor(plan: Plan, file: FilePlan, sources: Sources, paths: { old: string[]; new: string[] }) {
    this.#plan = plan
    this.#file = file
    this.#sources = sources
    this.#paths = paths
  }

  /** Whether a function is the running one, or what that becomes. */
  isSame(was: () => unknown, is: () => unknown): boolean {
    const [before, after] = [was, is].map(textOf)
    if (after!.startsWith('class')) return this.#isSameClass(before!, after!)
    const [olds, youngs] = [
      this.#sources.alike(before!, this.#paths.old, 'old'),
      this.#sources.alike(after!, this.#paths.new, 'new'),
    ]
    if (olds.length === 0 || youngs.length === 0) throw new Untold()
    if (youngs.some(({ fn, source }) => seenOfCall(fn, source).length > 0)) this.closures.push([was, is])
    if (youngs.some(({ fn }) => olds.some((one) => one.fn === this.#sources.pairs.get(fn)))) return true
    if (this.#isMatch(olds, youngs)) return true
    if (before !== after) return false
    // Of two places of one function, one would get another.
    if (olds.some(({ fn }) => [...this.matches.values()].includes(fn))) throw new Untold()
    for (const { fn } of olds) this.#stays.add(fn)
    for (const { fn, source } of youngs) if (source === this.#file.pair.new) this.kept.add(fn)
    return true
  }

  /** A function of the module that stands where another one stood: it is what that has become. */
  #isMatch(olds: Found[], youngs: Found[]): boolean {
    const [old, young] = [olds[0]!, youngs[0]!]
    const { pair } = this.#file
    const isOne =
      olds.length === 1 && youngs.length === 1 && old.source === pair.old && young.source === pair.new
    const isFree = !this.#sources.pairs.has(young.fn) && !this.#sources.paired.has(old.fn)
    if (!isOne || !isFree || this.#stays.has(old.fn) || old.fn.kind !== young.fn.kind) return false
    const known = this.matches.get(young.fn)
    if (known === undefined && [...this.matches.values()].includes(old.fn)) return false
    this.matches.set(young.fn, old.fn)
    return known === undefined || known === old.fn
  }

  #isSameClass(before: string, after: string): boolean {
    if (before === after && this.#sources.isOfSame(before, this.#paths.new)) return true
    return [...this.#plan.files.values()]
      .flatMap(({ onces }) => onces)
      .some(({ pair, file }) =>
        pair.pairs.some(({ old, new: is }) => {
          const [was, now] = [classOf(old), classOf(is)]
          return was && now && file.pair.old.slice(was) === before && file.pair.new.slice(now) === after
        }),
      )
  }
}
