import type { Scope } from '../../instrument/scopes.ts'
import { EffectsOf } from '../read/effects.ts'
import { isExportOnly } from '../read/exports.ts'
import type { OncePair } from '../read/file-pair.ts'
import type { Use } from '../read/source-file.ts'
import { assignedValue, classOf, functionOf } from '../read/unit-values.ts'
import { type Once, type Unit, unitsNamed } from '../read/units.ts'
import type { FilePlan } from './file-plan.ts'
import { handedOut, keptIn, mayBeChanged } from './state.ts'

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
    this.effects = EffectsOf.in(pair.new)
  }

  get scope(): Scope {
    return this.pair.new.scope
  }

  isBrought(name: string): boolean {
    return this.changed.has(name) || this.soft.has(name) || this.file.helpers.get(name)?.once === this
  }

  unitOf(name: string): Unit | undefined {
    return unitsNamed(this.pair.new.units, name)[0]
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

  /** Whether others have the object that a name of the running version holds, or a part of it, and keep it. */
  isHandedOut(name: string, isPart = false): boolean {
    return handedOut(this.#running(name), this.pair.old, isPart) !== undefined
  }

  /** The same for a name that gets another value, with ways that cannot be told for sure. */
  mayKeep(name: string): Use | undefined {
    return this.changed.has(name) ? this.#mayKeep(name) : undefined
  }

  #mayKeep(name: string): Use | undefined {
    const running = this.#running(name)
    const [own] = unitsNamed(this.pair.old.units, running)
    const value = own && assignedValue(own)
    if (value === undefined) return undefined
    this.#before ??= EffectsOf.in(this.pair.old)
    const made = initialisersIn(running, this.pair.old, this.#before)
    return keptIn(running, this.pair.old, this.#before, made, mayBeChanged(value, made.length > 0))
  }

  /** Whether functions of the new version put something into what a name holds. */
  isFilled(name: string): boolean {
    return this.#keptIn(name, 'new') !== undefined
  }

  #keptIn(name: string, side: 'old' | 'new'): Use | undefined {
    const key = `${side} ${name}`
    if (this.#kept.has(key)) return this.#kept.get(key)
    this.#before ??= EffectsOf.in(this.pair.old)
    const effects = side === 'old' ? this.#before : this.effects
    const once = this.pair[side]
    const own = side === 'old' ? this.#running(name) : name
    const found = keptIn(own, once, effects, initialisersIn(own, once, effects))
    this.#kept.set(key, found)
    return found
  }

  /** What the running version calls it. */
  #running(name: string): string {
    return this.pair.renamed.get(name) ?? name
  }
}

export function initialisersIn(name: string, once: Once, effects: EffectsOf): Unit[] {
  const [own] = unitsNamed(once.units, name)
  return once.units.filter(
    (unit) =>
      (unit.kind === 'statement' || unit.kind === 'variable') &&
      unit !== own &&
      !isExportOnly(unit, once) &&
      // `var a = 1; var a = a + 1`
      (effects.of(unit).writes.has(name) || (unit.kind === 'variable' && unit.names.includes(name))),
  )
}

/** A name that stands for a function declared there: the running one is redirected. */
export function isFunctionName(once: OncePlan, name: string): boolean {
  const unit = once.unitOf(name)
  const node = unit && functionOf(unit)
  const fn = node && once.pair.new.file.functionOf.get(node)
  return fn !== undefined && once.file.pair.functions.has(fn)
}

/** The units that are part of what a name holds. */
export function unitsFor(once: OncePlan, name: string): Unit[] {
  const own = once.unitOf(name)
  return [...(own === undefined ? [] : [own]), ...once.initialisers(name)]
}
