import { type Node, unwrap } from '../../instrument/parse.ts'
import { EffectsOf } from '../read/effects.ts'
import { requiredModule } from '../read/imports.ts'
import { classOf } from '../read/unit-values.ts'
import type { Unit } from '../read/units.ts'
import type { FilePlan } from './file-plan.ts'
import { initialisersIn, type OncePlan } from './once-plan.ts'
import type { Plan } from './plan.ts'

/** What a package takes from another one: `*` for all of it. */
export interface Part {
  specifier: string
  name: string
}

/** Finds out whether what a package exports is the same in two versions, with all that it uses. */
export class SamePart {
  readonly #plan: Plan
  readonly #seen = new Set<unknown>()
  /** What it takes from other packages. */
  readonly foreign: Part[] = []

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** What a file exports under a name. */
  isSame(path: string, name: string): boolean {
    const key = `${path} ${name}`
    if (this.#seen.has(key)) return true
    this.#seen.add(key)
    if (this.#plan.added.has(path)) return false
    const file = this.#plan.files.get(path)
    // It is the same in both versions, and so is what it leads to.
    if (file === undefined) return true
    if (name === '*') {
      const isMore = [...file.exports.new.keys()].some((one) => !file.exports.old.has(one))
      return (
        !isMore && file.onces.every((once) => once.pair.new.units.every((unit) => this.#unit(once, unit)))
      )
    }
    const origin = this.#plan.origin(path, name)
    if (origin.path !== path || origin.name !== name) return this.isSame(origin.path, origin.name)
    const [was, is] = [file.exports.old.get(name), file.exports.new.get(name)]
    if (was === undefined || is === undefined) return false
    const isOfSame = is.value === undefined || this.#node(file.module, unwrap(is.value))
    return (
      isOfSame &&
      (is.local === undefined || this.#name(file.module, is.local)) &&
      this.#isPaired(file.module, is.unit)
    )
  }

  #name(once: OncePlan, name: string): boolean {
    const unit = once.unitOf(name)
    // `module` and `exports` may stand for anything.
    if (unit === undefined) return name === 'require'
    if (!this.#unit(once, unit)) return false
    const running = once.pair.renamed.get(name) ?? name
    const removed = initialisersIn(running, once.pair.old, EffectsOf.in(once.pair.old)).filter((one) =>
      once.pair.removed.includes(one),
    )
    return removed.length === 0 && once.initialisers(name).every((one) => this.#unit(once, one))
  }

  #unit(once: OncePlan, unit: Unit): boolean {
    if (this.#seen.has(unit)) return true
    this.#seen.add(unit)
    if (unit.kind === 'import' && unit.source !== undefined) {
      const name = /^[=*]$/.test(unit.imported!) ? '*' : unit.imported!
      return this.#imported(once.file, unit.source, name)
    }
    return this.#isPaired(once, unit) && this.#node(once, unit.node)
  }

  /** Whether a piece of start-up code is the same by itself. */
  #isPaired({ pair, file }: OncePlan, unit: Unit): boolean {
    const node = classOf(unit)
    const { addedMembers, removedMembers, statics, initialised } = file.pair
    const isOther =
      node !== undefined &&
      ([...addedMembers, ...removedMembers, ...statics].some((one) => one.class === node) ||
        [...initialised.values()].flat().some(({ element }) => isWithin(element, node)))
    return !isOther && pair.pairs.some((one) => one.new === unit && !one.changed)
  }

  /** All that stands in a stretch of code, and what it uses. */
  #node(once: OncePlan, node: Node): boolean {
    const { pair } = once.file
    const source = pair.new
    const inside = source.analysis.functions.filter((fn) => isWithin(fn.node, node))
    if (inside.some((fn) => !pair.functions.has(fn) || pair.changed.has(fn))) return false
    const required = source.requires.filter((call) => isWithin(call, node))
    if (!required.every((call) => this.#imported(once.file, requiredModule(call)!, '*'))) return false
    // Start-up code that fills all of the exports is compared as a whole.
    const isWhole = this.#seen.has(`${once.file.path} *`)
    return source.usesIn(node).every((use) => {
      const binding = source.bindingOf(use)
      if (isWhole && binding?.kind === 'wrapper' && source.functionAt(use) === undefined) return true
      const own = binding && once.file.onceOf(binding.scope)
      return own === undefined || this.#name(own, use.node.name)
    })
  }

  #imported(file: FilePlan, source: string, name: string): boolean {
    const path = this.#plan.resolve(file.path, source)
    if (path !== undefined) return this.isSame(path, name)
    if (!source.startsWith('.')) this.foreign.push({ specifier: source, name })
    return true
  }
}

function isWithin({ start, end }: { start: number; end: number }, around: Node): boolean {
  return start >= around.start && end <= around.end
}
