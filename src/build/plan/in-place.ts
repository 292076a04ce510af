import { type Node, unwrap } from '../../instrument/parse.ts'
import { isData } from '../read/effects.ts'
import { isExportOnly } from '../read/exports.ts'
import { memberKey, propertyName } from '../read/expressions.ts'
import { requiredModule } from '../read/imports.ts'
import { sameShape } from '../read/shape.ts'
import type { SourceFile, Use } from '../read/source-file.ts'
import { assignedValue, classOf, functionOf, objectOf } from '../read/unit-values.ts'
import type { Unit } from '../read/units.ts'
import { assignedMember } from '../write/members/assigned.ts'
import { MemberValues } from '../write/members/values.ts'
import { isAlias } from './exposed.ts'
import type { FilePlan } from './file-plan.ts'
import type { OncePlan } from './once-plan.ts'
import type { Plan } from './plan.ts'

/** A property of an object that the program has, which the new version gives another value. */
export interface Change {
  /** The object, as an expression of the running module's `exports`, or of a name that only the module has. */
  holder: string
  hidden?: { once: OncePlan; name: string }
  key: string
  /** undefined: it has none. */
  old: Node | undefined
  new: Node | undefined
}

/** What a file's version does to objects that programs can reach. */
export interface InPlace {
  /** Literals, and what differs in the running objects that they made. */
  literals: Map<Node, Change[]>
  /** Start-up code that gives such an object a member. */
  statements: Set<Unit>
}

/**
 * Objects that programs can reach and that are the same but for some values, like options: their properties are changed
 * where they are, so that whoever holds the object sees it, and what the program has put there stays.
 */
export function changedInPlace(plan: Plan, file: FilePlan): InPlace {
  const found: InPlace = { literals: new Map(), statements: new Set() }
  const values = new MemberValues(plan, file)
  const add = (
    old: Node | undefined,
    young: Node | undefined,
    holder: string,
    isTaken: (keys: Set<string>) => boolean,
  ): void => {
    if (old?.type !== 'ObjectExpression' || young?.type !== 'ObjectExpression') return
    const changes = differences(old, young, holder, values)
    if (changes === undefined || changes.length === 0) return
    const keys = changes.map((one) => `${one.holder}.${one.key}`.slice(holder.length + 1).split('.')[0]!)
    if (!isTaken(new Set(keys))) found.literals.set(young, changes)
  }
  for (const [name, is] of file.exports.new) {
    const was = file.exports.old.get(name)
    if (is.local !== undefined || name === 'module.exports' || !/^[\w$]+$/.test(name)) continue
    const [old, young] = [was, is].map((one) => one?.value && unwrap(one.value))
    add(old, young, `exports.${name}`, (keys) =>
      isTakenAtStart(plan, file, file.module, name, undefined, keys),
    )
  }
  for (const { once: pair, name, path } of file.exposed.names()) {
    const once = file.onces.find((one) => one.pair === pair)!
    const exported = path.split('.')[1] ?? 'module.exports'
    const isTaken = (keys: Set<string>): boolean => isTakenAtStart(plan, file, once, exported, name, keys)
    const [was, is] = [pair.old, pair.new].map(({ units }) => units.find((one) => one.names.includes(name)))
    if (was?.kind !== 'variable' || is?.kind !== 'variable' || pair.new.scope.names.get(name)?.assigned)
      continue
    add(assignedValue(was), assignedValue(is), path, isTaken)
    const units = [...pair.added, ...pair.pairs.filter((one) => one.changed).map((one) => one.new)]
    for (const unit of units) {
      const [target, ...others] = unit.targets ?? []
      if (target?.root !== name || others.length > 0 || objectOf(is) === undefined) continue
      const key = target.path.split('.')[1]!
      if (assignedMember(values, once, unit, undefined) !== undefined && !isTaken(new Set([key])))
        found.statements.add(unit)
    }
  }
  for (const [literal, changes] of hiddenInPlace(plan, file, values)) found.literals.set(literal, changes)
  return found
}

/** Objects that only the module has, where making them anew would lose what is in them, or whose they are. */
function* hiddenInPlace(plan: Plan, file: FilePlan, values: MemberValues): Generator<[Node, Change[]]> {
  for (const once of file.onces) {
    if (!file.exposed.isEntered(once.pair)) continue
    for (const { old: was, new: is, changed } of once.pair.pairs) {
      const [name] = is.names
      const binding = name === undefined ? undefined : once.pair.old.scope.names.get(name)
      if (!changed || is.kind !== 'variable' || binding === undefined || name === undefined) continue
      if (binding.assigned || file.names.bindings.get(binding)?.read === undefined) continue
      if (file.exposed.path(once.pair, name) !== undefined || !(once.isLost(name) || once.isHandedOut(name)))
        continue
      const [old, young] = [objectOf(was), objectOf(is)]
      const changes = old && young && differences(old, young, name, values)
      if (changes === undefined || changes.length === 0) continue
      const keys = changes.map((one) => `${one.holder}.${one.key}`.split('.')[1]!)
      if (isTakenAtStart(plan, file, once, undefined, name, new Set(keys))) continue
      yield [young!, changes.map((one) => ({ ...one, hidden: { once, name } }))]
    }
  }
}

/** undefined: there are others than values that can be put there. */
function differences(old: Node, young: Node, holder: string, values: MemberValues): Change[] | undefined {
  const before = new Map<string, Node>()
  for (const one of old.properties as Node[]) {
    const key = plainKey(one)
    if (key === undefined) return undefined
    before.set(key, one.value)
  }
  const changes: Change[] = []
  let isBehind = false
  for (const one of young.properties as Node[]) {
    const key = plainKey(one)
    if (key === undefined) return undefined
    const [was, is] = [before.get(key), unwrap(one.value)]
    before.delete(key)
    // One in between would stand elsewhere.
    if (was === undefined) isBehind = true
    else if (isBehind) return undefined
    if (was !== undefined && sameShape(unwrap(was), is)) continue
    if (was !== undefined && unwrap(was).type === 'ObjectExpression' && is.type === 'ObjectExpression') {
      const inside = differences(unwrap(was), is, `${holder}.${key}`, values)
      if (inside === undefined) return undefined
      changes.push(...inside)
    } else if (was === undefined ? values.value(is) !== undefined : isData(is) && isData(was))
      changes.push({ holder, key, old: was, new: is })
    else return undefined
  }
  for (const [key, was] of before) {
    if (!isData(was)) return undefined
    changes.push({ holder, key, old: was, new: undefined })
  }
  return changes
}

function plainKey(property: Node): string | undefined {
  if (property.type !== 'Property' || property.kind !== 'init') return undefined
  const key = propertyName(property)
  return key !== undefined && /^[\w$]+$/.test(key) && key !== '__proto__' ? key : undefined
}

/** Whether start-up code has looked into the object: what it made of that is not changed with it. */
function isTakenAtStart(
  plan: Plan,
  file: FilePlan,
  once: OncePlan,
  name: string | undefined,
  local: string | undefined,
  keys: ReadonlySet<string>,
): boolean {
  const own = once.pair.new.units.some((unit) => {
    if (unit.kind === 'export' || unit.names.includes(local ?? '')) return false
    const isExport = isExportOnly(unit, once.pair.new)
    if (local !== undefined && isAlias(unit, local)) return false
    const isTarget = ({ node }: Use): boolean =>
      unit.targets?.some(({ root }) => root === local) === true && node.start === unit.start
    return once.effects
      .of(unit)
      .uses.some(
        (use) =>
          (use.node.name === local && !isTarget(use) && asksFor(file, use, keys, isExport)) ||
          (use.node.name === 'exports' && name !== undefined && isAboutMember(file, use, name, !isExport)),
      )
  })
  if (own) return true
  if (name === undefined) return false
  const whole = file.module.pair.new.units.find((one) =>
    one.names.some((it) => file.exports.new.get('module.exports')?.local === it),
  )
  const isOfFunction = whole !== undefined && (functionOf(whole) ?? classOf(whole)) !== undefined
  return [...plan.files.values()].some(
    (other) => other !== file && takes(plan, other, file.path, name, isOfFunction),
  )
}

/** Who holds a function has not looked into what stands in its members. */
function takes(plan: Plan, other: FilePlan, path: string, name: string, isOfFunction: boolean): boolean {
  const source = other.pair.new
  const imports = new Map<string, boolean>()
  for (const unit of other.module.pair.new.units) {
    if (unit.kind !== 'import' || unit.source === undefined || unit.names[0] === undefined) continue
    const from = plan.resolve(other.path, unit.source)
    if (from === undefined) continue
    const origin = plan.origin(from, unit.imported!)
    const isWhole = origin.name === '=' || origin.name === '*'
    if (origin.path === path && (isWhole || origin.name === name)) imports.set(unit.names[0], isWhole)
  }
  const isRead = other.module.pair.new.units.some((unit) => {
    if (/^(im|ex)port$/.test(unit.kind)) return false
    const isExport = isExportOnly(unit, other.module.pair.new)
    return other.module.effects.of(unit).uses.some((use) => {
      const isWhole = imports.get(use.node.name)
      const parent = source.parent(use.node)
      const isMember = isWhole && parent?.type === 'MemberExpression' && parent.object === use.node
      if (isExport && isHandedOn(isMember ? parent : use.node, source)) return false
      return isWhole === undefined ? false : !isWhole || isAboutMember(other, use, name, !isOfFunction)
    })
  })
  if (isRead) return true
  return source.requires.some((call) => {
    const from = plan.resolve(other.path, requiredModule(call)!)
    const [use] = source.usesIn(call)
    const isImport = other.module.pair.new.units.some(
      ({ kind, node, start, end }) =>
        kind === 'import' && (node.end < call.start || start <= call.start) && end >= call.end,
    )
    return from === path && !isImport && use !== undefined && source.functionAt(use) === undefined
  })
}

/** `exports.a = x`, `{ a: x }` */
function isHandedOn(node: Node, source: SourceFile): boolean {
  const parent = source.parent(node)
  return parent?.right === node || parent?.value === node
}

/** `x.key`, or `x` as a whole; to export it is not to look into it. */
function asksFor(file: FilePlan, { node }: Use, keys: ReadonlySet<string>, isExport: boolean): boolean {
  const parent = file.pair.new.parent(node)
  if (isExport && isHandedOn(node, file.pair.new)) return false
  const isMember = parent?.type === 'MemberExpression' && parent.object === node
  const key = isMember ? memberKey(parent) : undefined
  return key === undefined || keys.has(key)
}

/** `x.name`, or `x` as a whole. */
function isAboutMember(file: FilePlan, { node }: Use, name: string, isWhole = true): boolean {
  const source = file.pair.new
  const parent = source.parent(node)
  if (parent?.type !== 'MemberExpression' || parent.object !== node || parent.computed) return isWhole
  const above = source.parent(parent)
  const isTarget = above?.type === 'AssignmentExpression' && above.left === parent
  return parent.property.name === name && !isTarget
}
