import { Names } from '../../instrument/names.ts'
import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode, Scope } from '../../instrument/scopes.ts'
import { type Export, exportsOf, type ReExport, reExportsOf } from '../read/exports.ts'
import type { FilePair } from '../read/file-pair.ts'
import { functionOf } from '../read/unit-values.ts'
import type { Unit } from '../read/units.ts'
import type { AddedMethod } from './added-methods.ts'
import type { Constructed } from './constructed.ts'
import { Exposed } from './exposed.ts'
import type { InPlace } from './in-place.ts'
import { OncePlan } from './once-plan.ts'
import { isExports } from './places.ts'
import type { RunningData } from './running-data.ts'

export class FilePlan {
  readonly pair: FilePair
  readonly onces: OncePlan[]
  readonly exports: { old: Map<string, Export>; new: Map<string, Export> }
  readonly reExports: { old: ReExport[]; new: ReExport[] }
  /** Functions of the new version that are put in place of the old ones, and why. */
  readonly replaced = new Map<FunctionNode, string>()
  /** Functions of the old version that lead to what the new one exports in their place. */
  succeeded: ReadonlyMap<FunctionNode, Export> = new Map()
  /** Methods that this version adds, by name: functions of the patch, since nothing else calls them. */
  readonly helpers = new Map<string, AddedMethod>()
  /** Those of them that are named by a symbol, by the variable that holds it. */
  readonly bySymbol = new Map<Binding, AddedMethod>()
  /** And those that are private, by where their names stand. */
  readonly byPrivate = new Map<Node, AddedMethod>()
  /** Classes that have got a constructor, by name. */
  readonly constructed = new Map<string, Constructed>()
  /** Exports with another value (`changed`) or that the old version lacks (`added`). */
  readonly changedExports = new Map<string, 'changed' | 'added'>()
  /** What is called anew of other packages, by the names of the module that it is reached by: see other-dependencies.ts. */
  readonly asks = new Map<string, string[]>()
  /** The same of what its code gets as a parameter, by the names of the packages. */
  readonly asksGiven = new Map<string, string[]>()
  /** Start-up code that is the same and has done something else than it would do now, and why. */
  readonly stale = new Map<Unit, string>()
  /** Whether the patch needs the names of the running module before any of its functions was called. */
  needsEntry = false
  /** Whether exports that are put on the running module are those of the patch's block, or that cannot be reached early. */
  givesExports: boolean | 'never' = false
  /** Running objects that are changed where they are. */
  inPlace: InPlace = { literals: new Map(), statements: new Set(), made: new Map() }
  /** What its start-up code makes otherwise, where that was tried out. */
  data: RunningData | undefined

  #names: Names | undefined
  #exposed: Exposed | undefined
  #units: Map<Node, { once: OncePlan; unit: Unit }> | undefined

  constructor(pair: FilePair) {
    this.pair = pair
    this.onces = pair.onces.map((once) => new OncePlan(this, once))
    const [module] = pair.onces
    this.exports = { old: exportsOf(module!.old), new: exportsOf(module!.new) }
    this.reExports = {
      old: reExportsOf(module!.old, this.exports.old),
      new: reExportsOf(module!.new, this.exports.new),
    }
  }

  get names(): Names {
    this.#names ??= new Names(this.pair.old.analysis)
    return this.#names
  }

  /** How programs reach what names of the running version hold. */
  get exposed(): Exposed {
    this.#exposed ??= new Exposed(this.pair, this.exports.old)
    return this.#exposed
  }

  get path(): string {
    return this.pair.new.path
  }

  get module(): OncePlan {
    return this.onces[0]!
  }

  /** Whether a version exports what a name of its module holds. */
  isExported(name: string, side: 'old' | 'new' = 'new'): boolean {
    return [...this.exports[side].values()].some(({ local }) => local === name)
  }

  /** Whether what was tried out gives an export another value on the running module, where all files find it. */
  puts(name: string): boolean {
    return (
      this.data?.objects.some(
        ({ place, members }) => isExports(place) && members.some(({ key }) => key === name),
      ) === true
    )
  }

  /** The statement of the new version that makes a function, and whose it is: asked for each function that is replaced. */
  unitOf({ node }: FunctionNode): { once: OncePlan; unit: Unit } | undefined {
    this.#units ??= this.#unitsByFunction()
    return this.#units.get(node)
  }

  #unitsByFunction(): Map<Node, { once: OncePlan; unit: Unit }> {
    const found = new Map<Node, { once: OncePlan; unit: Unit }>()
    for (const once of this.onces)
      for (const unit of once.pair.new.units) {
        const made = functionOf(unit)
        if (made !== undefined && !found.has(made)) found.set(made, { once, unit })
      }
    return found
  }

  onceOf(scope: Scope): OncePlan | undefined {
    return this.onces.find(
      ({ pair }) =>
        pair.new.scope === scope || (pair.new.fn !== undefined && pair.new.fn.parameters === scope),
    )
  }
}
