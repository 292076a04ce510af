import semver from 'semver'
import type { Node } from '../../instrument/parse.ts'
import { calledName, meant, memberKey } from '../read/expressions.ts'
import type { UnitPair } from '../read/file-pair.ts'
import type { Version } from '../read/folder.ts'
import { requiredModule } from '../read/imports.ts'
import { LISTENERS } from '../read/run-there.ts'
import type { SourceFile, Use } from '../read/source-file.ts'
import type { Unit } from '../read/units.ts'
import { isNeeded } from '../read/unset.ts'
import { factoryDependencies } from './factory-dependencies.ts'
import type { FilePlan } from './file-plan.ts'
import type { Plan } from './plan.ts'
import type { Part } from './same-part.ts'

/** Something that code takes from a package of which the program has a version that the release does not ask for. */
export interface TakenAnew {
  /** The package, and the ranges in which the running version and the release ask for it. */
  name: string
  was: string
  range: string
  file: FilePlan
  unit: Unit
  parts: Part[]
  /** Whether it is nothing but called, so that it may be another one than what the running version has. */
  isOnlyCalled: boolean
}

/** What of packages whose ranges have nothing in common is taken by code that differs. */
export function takenAnew(old: Version, young: Version, plan: Plan): TakenAnew[] {
  const [was, is] = [old, young].map(
    ({ manifest }) => (manifest.dependencies ?? {}) as Record<string, string>,
  )
  return Object.entries(is!).flatMap(([name, range]) => {
    if (was![name] === undefined || mayBeBoth(was![name], range)) return []
    return [...plan.files.values()].flatMap((file) =>
      unitsTaking(name, file).map(({ unit, anew }) => {
        const isOnlyCalled = unit.names.length > 0 && unit.names.every((one) => isCalled(one, file.pair.new))
        const parts = partsOf(unit, anew, name, file.pair.new)
        return { name, was: was![name]!, range, file, unit, parts, isOnlyCalled }
      }),
    )
  })
}

/**
 * Has the patch ask, as it is loaded, for what code calls anew of packages in a range that moved and still meets the old one:
 * the program may have a version that lacks it.
 */
export function askAtLoad(old: Version, young: Version, plan: Plan): void {
  const [was, is] = [old, young].map(
    ({ manifest }) => (manifest.dependencies ?? {}) as Record<string, string>,
  )
  for (const [name, range] of Object.entries(is!)) {
    const before = was![name]
    if (before === undefined || before === range || !mayBeBoth(before, range)) continue
    for (const file of plan.files.values()) {
      for (const { source, parameter } of factoryDependencies(file.pair.new)) {
        const members = isOfPackage(source, name)
          ? demanded(file.pair.new.usesOf(parameter), file.pair.new)
          : []
        const anew = members.filter((one) => !plan.knew(one))
        if (anew.length > 0) file.asksGiven.set(source, anew)
      }
      for (const { unit } of unitsTaking(name, file)) {
        const members = calledOf(unit, file.pair.new).filter((one) => !plan.knew(one))
        const once = members.length > 0 && file.onces.find(({ pair }) => pair.new.units.includes(unit))
        if (!once) continue
        file.asks.set(unit.names[0]!, members)
        plan.bring(once, unit.names[0]!, `more is asked of ${name}`, true)
      }
    }
  }
}

/** What code of a package cannot do without: `dep.more()`, `dep.table.get()`, or `more()` by a name of its own. */
function calledOf(unit: Unit, file: SourceFile): string[] {
  const [local] = unit.names
  if (unit.kind !== 'import' || local === undefined) return []
  const uses = file.usesOf(file.analysis.module.names.get(local))
  const outside = uses.filter(({ node }) => node.start < unit.start || node.start >= unit.end)
  if (/^([=*]|default)$/.test(unit.imported!)) return demanded(outside, file)
  return isCalled(local, file) || isNeeded(outside, file) ? [unit.imported!] : []
}

/** Members that code takes for granted: it calls them, or asks them for a member, and never looks for them first. */
function demanded(uses: readonly Use[], file: SourceFile): string[] {
  const [asked, looked] = [new Set<string>(), new Set<string>()]
  for (const { node } of uses) {
    const member = file.parent(node)
    const key = member?.type === 'MemberExpression' && member.object === node ? memberKey(member) : undefined
    if (key === undefined) continue
    const above = callOf(member!, file)
    const isCall = /^(Call|New)Expression$/.test(above?.type ?? '') && meant(above!.callee) === member
    const isObject = above?.type === 'MemberExpression' && above.object === member
    const isTaken = !member!.optional && !above!.optional && (isCall || isObject)
    if (isTaken) asked.add(key)
    else looked.add(key)
  }
  return [...asked].filter((one) => !looked.has(one))
}

/** Packages of which the new version does nothing but call what it takes anew: they come along. */
export function takenAlong(taken: readonly TakenAnew[], plan: Plan): Set<string> {
  const others = new Set(taken.filter(({ isOnlyCalled }) => !isOnlyCalled).map(({ name }) => name))
  const along = taken.filter(({ name }) => !others.has(name))
  for (const { file, unit, name, range } of along)
    for (const once of file.onces.filter(({ pair }) => pair.new.units.includes(unit)))
      for (const one of unit.names) plan.bring(once, one, `from ${name}@${range}, which comes along`)
  return new Set(along.map(({ name }) => name))
}

interface Taking {
  unit: Unit
  /** Members that an unchanged import is asked for in another way, an empty name for the import itself. */
  anew?: string[]
}

function isOfPackage(source: string | undefined, name: string): boolean {
  return source === name || source?.startsWith(`${name}/`) === true
}

/** What a piece of start-up code takes from a package. */
function partsOf(unit: Unit, anew: string[] | undefined, name: string, file: SourceFile): Part[] {
  const { kind, source, imported, start, end } = unit
  if (kind !== 'import' || source === undefined) {
    const calls = file.requires.filter((call) => call.start >= start && call.end <= end)
    const specifiers = calls.map((call) => requiredModule(call)!)
    return specifiers.filter((one) => isOfPackage(one, name)).map((specifier) => ({ specifier, name: '*' }))
  }
  if (!/^[=*]$/.test(imported!)) return [{ specifier: source, name: imported! }]
  const members = anew ?? [...usesOf(unit, file).values()]
  return [...new Set(members)].map((one) => ({ specifier: source, name: one === '' ? '*' : one }))
}

/** Start-up code that takes something from a package, where that or what is done with it differs. */
function unitsTaking(name: string, { pair }: FilePlan): Taking[] {
  const isOf = (source: string | undefined): boolean => isOfPackage(source, name)
  const usedAnew = ({ old, new: unit }: UnitPair): string[] => {
    if (unit.kind !== 'import' || !isOf(unit.source)) return []
    const known = usesOf(old, pair.old)
    return [...usesOf(unit, pair.new)].flatMap(([how, member]) => (known.has(how) ? [] : member))
  }
  const changed = pair.onces.flatMap((once) => [
    ...once.added.map((unit): Taking => ({ unit })),
    ...once.pairs.flatMap((one): Taking[] => {
      if (one.changed) return [{ unit: one.new }]
      const anew = usedAnew(one)
      return anew.length > 0 ? [{ unit: one.new, anew }] : []
    }),
  ])
  const required = pair.new.requires.filter(
    (call) => isOf(requiredModule(call)) && pair.new.functionAround(call) === undefined,
  )
  return changed.filter(
    ({ unit: { kind, source, start, end } }) =>
      (kind === 'import' && isOf(source)) || required.some((call) => call.start >= start && call.end <= end),
  )
}

/** What is done with what is imported, and with which member: with how many arguments it is called. */
function usesOf({ names, start, end }: Unit, file: SourceFile): Map<string, string> {
  const binding = file.analysis.module.names.get(names[0] ?? '')
  const uses = file.usesOf(binding).filter(({ node }) => node.start < start || node.start >= end)
  return new Map(
    uses.map(({ node }) => {
      const above = file.parent(node)
      const isMember = above?.type === 'MemberExpression' && above.object === node
      const asked = isMember ? above : node
      const call = callOf(asked, file)
      const isCalled = /^(Call|New)Expression$/.test(call?.type ?? '') && meant(call!.callee) === asked
      const how = isCalled ? `${call!.type} ${call!.arguments.length}` : ''
      const member = isMember ? (memberKey(above) ?? '') : ''
      return [`${member} ${how}`, member]
    }),
  )
}

/** `f(…)` and `f.g(…)`, or a listener, wherever a name of the module stands. */
function isCalled(name: string, file: SourceFile): boolean {
  return file.uses.every((use) => {
    if (use.node.name !== name || file.bindingOf(use)?.scope !== file.analysis.module) return true
    const parent = file.parent(use.node)
    if (/^(Import\w*Specifier|VariableDeclarator|Property)$/.test(parent?.type ?? ''))
      return parent!.init !== use.node && !isInLiteral(parent!, file)
    const isMember = parent?.type === 'MemberExpression' && parent.object === use.node
    const callee = isMember ? parent : use.node
    const call = callOf(callee, file)
    if (call?.type !== 'CallExpression') return false
    return meant(call.callee) === callee || LISTENERS.test(calledName(call) ?? '')
  })
}

/** What stands around a callee, which compilers write as `(0, x.f)`. */
function callOf(callee: Node, file: SourceFile): Node | undefined {
  const above = file.parent(callee)
  const isAround =
    /^(Sequence|Parenthesized)Expression$/.test(above?.type ?? '') && meant(above!) === meant(callee)
  return isAround ? callOf(above!, file) : above
}

function isInLiteral(property: Node, file: SourceFile): boolean {
  return property.type === 'Property' && file.parent(property)?.type === 'ObjectExpression'
}

/** Whether one version of a package will do for two ranges; what is no range may be anything. */
export function mayBeBoth(a: string, b: string): boolean {
  return semver.validRange(a) === null || semver.validRange(b) === null || semver.intersects(a, b)
}
