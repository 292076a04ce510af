import type { OncePair } from './file-pair.ts'
import { importShape } from './imports.ts'
import { inheritanceIn } from './inheritance.ts'
import { shape } from './shape.ts'
import { assignedPaths, functionOf } from './unit-values.ts'
import type { Once, Unit } from './units.ts'

/** Finds which units of two versions of a once-scope belong together. */
export function matchUnits(old: Once, young: Once): OncePair {
  return new Matching(old, young).run()
}

class Matching {
  readonly #pair: OncePair
  readonly #shapes = new Map<Unit, string>()

  constructor(old: Once, young: Once) {
    this.#pair = { old, new: young, pairs: [], added: [], removed: [...old.units], renamed: new Map() }
  }

  run(): OncePair {
    const { added, new: young } = this.#pair
    const differing = young.units.filter((unit) => !this.#take(unit, false, (old) => this.#isSame(old, unit)))
    added.push(...differing.filter((unit) => !this.#take(unit, true, (old) => isLike(old, unit))))
    return this.#pair
  }

  /** Pairs a unit with the first one of the running version that matches and has none yet; false where there is none. */
  #take(unit: Unit, changed: boolean, isMatch: (old: Unit) => boolean): boolean {
    const { pairs, removed } = this.#pair
    const old = removed.find(isMatch)
    if (old === undefined) return false
    removed.splice(removed.indexOf(old), 1)
    pairs.push({ old, new: unit, changed })
    return true
  }

  #isSame(old: Unit, young: Unit): boolean {
    return old.key === young.key && this.#shapeOf(old) === this.#shapeOf(young)
  }

  #shapeOf(unit: Unit): string {
    const known = this.#shapes.get(unit)
    if (known !== undefined) return known
    const made = unitShape(unit)
    this.#shapes.set(unit, made)
    return made
  }
}

/** Whether a unit of the old version is what another one of the new version was. */
function isLike(old: Unit, young: Unit): boolean {
  if (old.key === young.key) return young.key !== ''
  // `var exports = module.exports = function …` and `module.exports = function …`, `exports.f = …` and `module.exports.f = …`
  const before = exportNames(old)
  return (
    exportNames(young).some((name) => before.includes(name)) &&
    functionOf(old) !== undefined &&
    functionOf(young) !== undefined
  )
}

/** The names by which a unit exports what it assigns; that of the whole is empty. */
function exportNames(unit: Unit): string[] {
  return assignedPaths(unit)
    .filter((path) => /^(module\.)?exports\.|^module\.exports$/.test(path))
    .map((path) => path.replace(/^(module\.)?exports\.?/, ''))
}

function unitShape(unit: Unit): string {
  if (unit.filled !== undefined) return shape(unit.filled.body)
  if (unit.key.startsWith('inherits ')) return shape(inheritanceIn(unit.node)!.from)
  return unit.kind === 'import' ? importShape(unit) : shape(unit.node)
}
