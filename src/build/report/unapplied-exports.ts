import type { Node } from '../../instrument/parse.ts'
import { isFromElsewhere } from '../plan/changed-exports.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { exportedAs } from '../plan/succeeded.ts'
import type { Export } from '../read/exports.ts'
import { exportedAccessors } from '../read/exports.ts'
import { memberKey } from '../read/expressions.ts'
import { membersNamed } from '../read/member-index.ts'
import { saysVersion } from '../read/says-version.ts'
import type { SourceFile } from '../read/source-file.ts'
import { type Once, unitsNamed } from '../read/units.ts'
import { LOST, NOTHING, RESTART, type Report } from './report.ts'
import type { Written } from './unapplied.ts'

const TAKEN = 'the export has another value: where the program has taken it already, it keeps the old one'
const TAKEN_MEMBER =
  'members that it gives have other values: where the program has taken one already, it keeps the old one'
const TAKEN_FUNCTION =
  'the export is something else than the function that it was, and where the program has taken that already, it keeps it'
const LATE =
  'the export has another value, and code of the package that imports the module as it runs goes on with the old one'
const REFILLED =
  'the list has other elements now: what the program itself has put into it may not be among them'
const LED =
  'the export is another function: the one that programs have leads to it, with the parameters that it declares'
const LOOKED =
  ', and code of the package looks for what it needs among all exports of the module: it gets those of the running one'
const FOR_PROGRAMS = 'the export has another value, and programs alone use it: they go on with what they have'

const OTHER_VERSION = 'it says another version: programs go on with the one that they have loaded'

/** Tells what programs that have loaded a file do not get of what it exports. */
export function tellExports(file: FilePlan, written: Written, report: Report): void {
  for (const [name, kind] of file.changedExports) tellChanged(file, name, kind, written, report)
  tellNames(file, written.plan, report)
  tellAccessors(file, report)
  for (const { key, node, start } of file.stale.keys())
    if (key.startsWith('call Object.assign ') && written.put.has(node))
      report.note(file.path, file.pair.new.lineOf(start), key.slice('call '.length), TAKEN_MEMBER, NOTHING)
  for (const [name, one] of file.exports.old) {
    const isKept =
      file.exports.new.has(name) || file.reExports.new.some((it) => it.name === name || it.name === '*')
    if (isKept || name === 'module.exports' || file.exports.new.has('module.exports')) continue
    report.note(file.path, file.pair.old.lineOf(one.unit.start), `export ${name}`, LOST, NOTHING)
  }
}

/** Accessors of what a module exports are no values: those of both versions are functions that are replaced. */
function tellAccessors({ path, pair, module }: FilePlan, report: Report): void {
  const [was, is] = [exportedAccessors(module.pair.old), exportedAccessors(module.pair.new)]
  for (const [what, { start }] of is)
    if (!was.has(what))
      report.problem(
        path,
        pair.new.lineOf(start),
        what,
        'an accessor was added to what the module exports',
        RESTART,
      )
  for (const [what, { start }] of was)
    if (!is.has(what)) report.note(path, pair.old.lineOf(start), what, LOST, NOTHING)
}

function tellChanged(
  file: FilePlan,
  name: string,
  kind: 'changed' | 'added',
  written: Written,
  report: Report,
): void {
  const { plan, put, refilled } = written
  const one = file.exports.new.get(name)
  const node = one && (one.value ?? one.unit.node)
  const at = [file.path, file.pair.new.lineOf(one?.unit.start ?? 0), `export ${name}`] as const
  if (node !== undefined && refilled.has(node)) return report.note(...at, REFILLED, NOTHING)
  if (isLed(file, name, written)) return report.note(...at, LED, NOTHING)
  const isPut = (node !== undefined && put.has(node)) || put.has(`${file.path} exports.${name}`)
  if (isPut && file.pair.new.type !== 'module') {
    const was = exportedAs(file.exports.old.get(name), file.module.pair.old)
    if (kind === 'changed' && was !== undefined && plan.isEntry(file.path))
      report.problem(...at, TAKEN_FUNCTION, RESTART)
    else if (kind === 'changed') report.note(...at, TAKEN, NOTHING)
    return
  }
  if (kind === 'changed') {
    const isForPrograms =
      one === undefined ? isMovedAway(file, name, plan) : isOnlyForPrograms(file, name, one.local, plan)
    const { old: before, new: after } = file.module.pair
    const isVersion = saysVersion(one, after) && saysVersion(file.exports.old.get(name), before)
    if (isForPrograms && isVersion) return report.note(...at, OTHER_VERSION, NOTHING)
    if (isForPrograms) return report.problem(...at, FOR_PROGRAMS, RESTART)
    if (one !== undefined && plan.isImportedLate(file.path)) return report.problem(...at, LATE, RESTART)
  }
  const is = kind === 'added' ? 'new' : 'changed'
  if (isLookedThrough(file, name, plan)) return report.problem(...at, `the export is ${is}${LOOKED}`, RESTART)
  const why = `the export is ${is}: the package itself sees it, the running program goes on with what it has`
  report.note(...at, why, NOTHING)
}

/** Whether the function that programs have by an export leads to its successor, also where another file hands both on. */
function isLed(file: FilePlan, name: string, written: Written, seen = new Set<FilePlan>()): boolean {
  const { plan, skip } = written
  if ([...file.succeeded].some(([fn, successor]) => successor.name === name && !skip.has(fn))) return true
  if (seen.has(file)) return false
  seen.add(file)
  const { old: before } = file.reExports
  const own = before.find((one) => one.name === name && one.imported !== '*')
  const all = file.exports.old.has(name) ? [] : before.filter((one) => one.name === '*')
  const is = plan.origin(file.path, name)
  return (own === undefined ? all : [own]).some(({ source, imported }) => {
    const path = plan.resolve(file.path, source)
    const other = path === undefined ? undefined : plan.files.get(path)
    if (other === undefined) return false
    const was = imported === '*' ? name : imported
    const { path: at, name: now } = plan.origin(other.path, was)
    return at === is.path && now === is.name && isLed(other, was, written, seen)
  })
}

/** Whether code that goes on asks a module for exports that it does not name: `rules[name]`, `Object.keys(rules)`. */
function isLookedThrough({ path, pair: { new: own } }: FilePlan, name: string, plan: Plan): boolean {
  if (own.type !== 'module') return false
  return [...plan.files.values()].some(({ path: from, pair: { new: source }, module }) =>
    module.pair.new.units.some(({ kind, imported, source: specifier, names }) => {
      if (kind !== 'import' || imported !== '*' || plan.resolve(from, specifier!) !== path) return false
      return source.uses.some((use) => {
        if (use.node.name !== names[0] || source.bindingOf(use)?.scope !== module.scope) return false
        if (source.functionAt(use) === undefined) return false
        const member = memberGiven(use.node, source)
        return member === undefined ? isUsedWhole(use.node, source) : isAskedOf(member, name, plan)
      })
    }),
  )
}

function isUsedWhole(node: Node, source: SourceFile): boolean {
  const parent = source.parent(node)
  return parent?.type !== 'MemberExpression' || parent.object !== node || memberKey(parent) === undefined
}

/** `this.utils = utils`, for programs as a rule: the member's name. */
function memberGiven(node: Node, source: SourceFile): string | undefined {
  const parent = source.parent(node)
  const isGiven = parent?.type === 'AssignmentExpression' && parent.operator === '=' && parent.right === node
  return isGiven && parent.left.type === 'MemberExpression' ? memberKey(parent.left) : undefined
}

/** Whether the package asks what a member of that name has for an export, or for what it does not name. */
function isAskedOf(member: string, name: string, plan: Plan): boolean {
  return [...plan.files.values()].some(({ pair: { new: source } }) =>
    membersNamed(member, source).some((node) => {
      const parent = source.parent(node)!
      if (parent.type === 'AssignmentExpression' && parent.left === node) return false
      return isUsedWhole(node, source) || memberKey(parent) === name
    }),
  )
}

const OTHER_KIND = 'the module exports something of another kind: the program goes on with what it has loaded'
const UNLESS_BY_ITSELF = 'nothing, unless the program loads this file by itself'

/** What the program has loaded keeps being what it is: an object or a function, with the name that it has. */
function tellNames({ path, pair, exports, module }: FilePlan, plan: Plan, report: Report): void {
  const line = (node: Node): number => pair.new.lineOf(node.start)
  const [was, is] = [exports.old.get('module.exports'), exports.new.get('module.exports')]
  const isOther = (was === undefined) !== (is === undefined)
  const isWhole = isOneThing(was, module.pair.old) || isOneThing(is, module.pair.new)
  if (isOther && isWhole && exports.old.size > 0) {
    const node = (is ?? [...exports.new.values()][0])?.unit.node ?? pair.new.program
    if (plan.isEntry(path)) report.problem(path, line(node), 'module.exports', OTHER_KIND, RESTART)
    else if (report.isOpen) report.note(path, line(node), 'module.exports', OTHER_KIND, UNLESS_BY_ITSELF)
  }
  for (const [name, one] of exports.new) {
    const [before, after] = [
      exportedAs(exports.old.get(name), module.pair.old),
      exportedAs(one, module.pair.new),
    ]
    const isOtherKind = before && after && before.type.startsWith('Class') !== after.type.startsWith('Class')
    if (isOtherKind && makesObjects(before, module.pair.old)) {
      const why = 'it became a class, or is none any more, and objects of the running one exist'
      report.problem(path, line(after), `export ${name}`, why, RESTART)
    }
    // One under a new name is the running one, by whose name it goes in what is compared.
    const id: Node | undefined = (exports.old.has(name) ? before : after)?.id
    if (!id || !after || id.name === pair.new.ownName(after.id?.name)) continue
    report.note(path, line(after), `export ${name}`, `its name stays '${id.name}'`, NOTHING)
  }
}

/** Whether a module exports a function or class, or what it has from elsewhere: `module.exports = imported`, `module.exports = exports.default`. */
function isOneThing(one: Export | undefined, once: Once): boolean {
  if (exportedAs(one, once) !== undefined) return true
  const [unit] = unitsNamed(once.units, one?.local)
  return unit?.kind === 'import' || one?.value?.type === 'MemberExpression'
}

/** Whether an export of the running version may have made objects: a class, or a function that is written as one. */
function makesObjects(node: Node, { file: source, scope }: Once): boolean {
  const fn = source.functionOf.get(node)
  if (fn === undefined || fn.this) return true
  return source.usesOf(scope.names.get(fn.node.id?.name)).some((use) => {
    const parent = source.parent(use.node)
    const isGiven = /^(Call|New)Expression$/.test(parent?.type ?? '') && parent!.callee !== use.node
    return (
      isGiven ||
      parent?.type === 'NewExpression' ||
      (parent?.type === 'MemberExpression' && memberKey(parent) === 'prototype')
    )
  })
}

/** A patch of which nothing in the package takes notice. */
function isOnlyForPrograms(file: FilePlan, name: string, local: string | undefined, plan: Plan): boolean {
  if (!plan.isHandedOut(file.path)) return false
  const { new: source } = file.pair
  const binding = local === undefined ? undefined : source.analysis.module.names.get(local)
  const isUsed = source.usesOf(binding).some((use) => source.functionAt(use) !== undefined)
  return !isUsed && !plan.isImported(file.path, name)
}

/** An export that programs have, and that another file makes now. */
function isMovedAway(file: FilePlan, name: string, plan: Plan): boolean {
  if (!plan.isEntry(file.path)) return false
  const own = file.reExports.new.find((one) => one.name === name)
  const isOther = own !== undefined && isFromElsewhere(file, own, plan)
  return isOther || plan.added.has(plan.origin(file.path, name).path)
}
