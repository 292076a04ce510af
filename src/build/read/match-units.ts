import { type Node, unwrap } from '../../instrument/parse.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
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
    const left = differing.filter((unit) => !this.#take(unit, true, (old) => isLike(old, unit)))
    added.push(...left.flatMap((unit) => this.#byTarget(unit) ?? [unit]))
    return this.#pair
  }

  /**
   * `A.prototype.a = A.prototype.b = function …` is what `A.prototype.b = function …` was. Returns what is new beside that,
   * `A.prototype.a = A.prototype.b`; undefined where the running version has no such function.
   */
  #byTarget(unit: Unit): Unit[] | undefined {
    const { pairs, removed } = this.#pair
    const members = assignedMembers(unit)
    const old = removed.find((one) => assignedMembers(one).some(({ path }) => isAmong(path, members)))
    if (old === undefined) return undefined
    removed.splice(removed.indexOf(old), 1)
    const before = assignedMembers(old)
    const [shared] = members.filter(({ path }) => isAmong(path, before))
    pairs.push({ old, new: unit, changed: true })
    const asMember = (whole: Unit, { root, path }: AssignedMember, value: Node): Unit => {
      return { ...whole, key: `assign ${path}`, targets: [{ root, path }], value }
    }
    removed.push(
      ...before.filter(({ path }) => !isAmong(path, members)).map((one) => asMember(old, one, one.node)),
    )
    return members
      .filter(({ path }) => !isAmong(path, before))
      .map((one) => asMember(unit, one, shared!.node))
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
    if (old.key !== young.key) return false
    // A file that is the same in both versions is read once.
    return old.node === young.node || this.#shapeOf(old) === this.#shapeOf(young)
  }

  #shapeOf(unit: Unit): string {
    const known = this.#shapes.get(unit)
    if (known !== undefined) return known
    const made = unitShape(unit)
    this.#shapes.set(unit, made)
    return made
  }
}

interface AssignedMember {
  root: string
  path: string
  node: Node
}

/** The members that a unit gives one function: `A.prototype.a` and `A.prototype.b` of `A.prototype.a = A.prototype.b = function …`. */
function assignedMembers(unit: Unit): AssignedMember[] {
  const { targets, node, kind } = unit
  if (kind !== 'statement' || targets === undefined || functionOf(unit) === undefined) return []
  if (targets.some(({ root }) => /^(module|exports)$/.test(root))) return []
  const members: AssignedMember[] = []
  let at: Node = unwrap(node.expression)
  for (const target of targets) {
    if (!/^[\w$]+(\.[\w$]+)+$/.test(target.path)) return []
    members.push({ ...target, node: at.left })
    at = unwrap(at.right)
  }
  return members
}

function isAmong(path: string, members: readonly AssignedMember[]): boolean {
  return members.some((one) => one.path === path)
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
  return unit.kind === 'import' ? importShape(unit) : shape(withoutFailure(unit.node))
}

/** Start-up code that ends in an error where something fails: in a module that is loaded, nothing has. */
function withoutFailure(node: Node): Node {
  const { type, handler } = node
  const statements: Node[] = type === 'TryStatement' && handler ? handler.body.body : []
  const isLeft = ({ type: one }: Node, ancestors: readonly Node[]): boolean =>
    /^(Return|Break|Continue)Statement$/.test(one) && !ancestors.some(isFunction)
  const fails = statements.at(-1)?.type === 'ThrowStatement' && !containsNode(handler, isLeft)
  return fails ? { ...node, handler: null } : node
}
