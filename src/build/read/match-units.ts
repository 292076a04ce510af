import type { OncePair } from './file-pair.ts'
import { importShape } from './imports.ts'
import { shape } from './shape.ts'
import { assignedPaths, assignedValue, functionOf } from './unit-values.ts'
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
    const named = young.units.filter((unit) => !this.#takeImport(unit) && !this.#takeVariable(unit))
    const differing = named.filter((unit) => !this.#take(unit, false, (old) => this.#isSame(old, unit)))
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

  /** The same for an import that the running version has by another name. */
  #takeImport(unit: Unit): boolean {
    const { old, new: young, renamed } = this.#pair
    const known = importedAs(unit, old, young)
    if (known === undefined) return false
    renameIn(young, unit.names[0]!, known.names[0]!)
    renamed.set(unit.names[0]!, known.names[0]!)
    this.#take(unit, false, (one) => one === known)
    return true
  }

  /** The same for a variable: what the program has put into it is in the running one. */
  #takeVariable(unit: Unit): boolean {
    const { old, new: young, removed, renamed } = this.#pair
    const known = removed.find((one) => isRenamed(one, unit, old, young))
    if (known === undefined) return false
    renameIn(young, unit.names[0]!, known.names[0]!)
    renamed.set(unit.names[0]!, known.names[0]!)
    return this.#take(unit, false, (one) => one === known)
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

/** The import of the running version that gives the same by another name, which nothing else has now. */
function importedAs(unit: Unit, old: Once, young: Once): Unit | undefined {
  if (unit.kind !== 'import' || unit.names.length !== 1) return undefined
  const [name] = unit.names
  const is = importShape(unit)
  const isSame = (one: Unit): boolean =>
    one.kind === 'import' && importShape(one) === is && one.helper?.name === unit.helper?.name
  const same = old.units.filter(isSame)
  const isFree = ({ names }: Unit): boolean =>
    young.units.every((one) => !one.names.includes(names[0]!) || isSame(one))
  if (same.some(({ names }) => names[0] === name)) return undefined
  return same.find((one) => one.names.length === 1 && isFree(one))
}

/** Whether a variable was another one that is used in the same places, and that nothing is called any more. */
function isRenamed(was: Unit, is: Unit, old: Once, young: Once): boolean {
  if (was.kind !== 'variable' || is.kind !== 'variable' || was.names.length !== 1 || is.names.length !== 1)
    return false
  if (old.scope.names.has(is.names[0]!) || young.scope.names.has(was.names[0]!)) return false
  const values = [was, is].map((unit) => assignedValue(unit))
  const isState = values.every((one) => one === undefined || !/Function|Class/.test(one.type))
  if (!isState || values.map((one) => one && shape(one)).some((one, _, [first]) => one !== first))
    return false
  const [before, after] = [placesOf(was.names[0]!, old), placesOf(is.names[0]!, young)]
  return before !== '' && before === after
}

/** Where functions use a name of a scope, and how. */
function placesOf(name: string, { file, scope }: Once): string {
  const uses = file.uses.filter((use) => use.node.name === name && file.bindingOf(use)?.scope === scope)
  const places = uses.flatMap((use) => {
    const fn = file.functionAt(use)
    const how = use.assigned ? 'assigned' : file.parent(use.node)?.type
    return fn === undefined ? [] : [`${fn.paths[0]} ${how}`]
  })
  return places.sort().join()
}

/** Trees are compared with the names that the running version has for what it calls otherwise. */
function renameIn({ file, scope }: Once, name: string, running: string): void {
  for (const use of file.uses)
    if (use.node.name === name && file.bindingOf(use)?.scope === scope) use.node.runningName = running
}

function unitShape(unit: Unit): string {
  if (unit.filled !== undefined) return shape(unit.filled.body)
  return unit.kind === 'import' ? importShape(unit) : shape(unit.node)
}
