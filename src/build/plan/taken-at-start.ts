import type { Node } from '../../instrument/parse.ts'
import { isExportOnly } from '../read/exports.ts'
import { memberKey } from '../read/expressions.ts'
import { requiredModule } from '../read/imports.ts'
import type { SourceFile, Use } from '../read/source-file.ts'
import { classOf, functionOf } from '../read/unit-values.ts'
import type { Unit } from '../read/units.ts'
import { isAlias } from './exposed.ts'
import type { FilePlan } from './file-plan.ts'
import type { OncePlan } from './once-plan.ts'
import { isOnlyKept } from './only-kept.ts'
import type { Plan } from './plan.ts'

/** Whether start-up code has looked into the object: what it made of that is not changed with it. */
export function isTakenAtStart(
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
          (use.node.name === local &&
            !isTarget(use) &&
            asksFor(file, use, keys, isExport) &&
            !isOnlyKept(plan, file, use.node)) ||
          (use.node.name === 'exports' && name !== undefined && isAboutMember(file, use, name, !isExport)),
      )
  })
  if (own || (local !== undefined && isTakenInside(file, once, local, keys))) return true
  if (name === undefined) return false
  const whole = file.module.pair.new.units.find((one) =>
    one.names.some((it) => file.exports.new.get('module.exports')?.local === it),
  )
  const isOfFunction = whole !== undefined && (functionOf(whole) ?? classOf(whole)) !== undefined
  return [...plan.files.values()].some(
    (other) => other !== file && takes(plan, other, file.path, name, isOfFunction),
  )
}

/** The same in functions that are called where they stand. */
function isTakenInside(file: FilePlan, once: OncePlan, local: string, keys: ReadonlySet<string>): boolean {
  const binding = once.scope.names.get(local)
  const isIt = (use: Use): boolean => use.node.name === local && file.pair.new.bindingOf(use) === binding
  return file.onces.some(
    (one) =>
      one !== once &&
      one.pair.new.units.some((unit) =>
        one.effects.of(unit).uses.some((use) => isIt(use) && asksFor(file, use, keys, false)),
      ),
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
    const isExport = isExportOnly(unit, other.module.pair.new) || isOnlyMember(unit, other)
    return other.module.effects.of(unit).uses.some((use) => {
      const isWhole = imports.get(use.node.name)
      const parent = source.parent(use.node)
      const isMember = isWhole && parent?.type === 'MemberExpression' && parent.object === use.node
      if (isExport && isHandedOn(isMember ? parent : use.node, source)) return false
      const isAsked = isWhole === false || (isWhole && isAboutMember(other, use, name, !isOfFunction))
      return isAsked === true && !isOnlyKept(plan, other, isMember ? parent : use.node)
    })
  })
  if (isRead) return true
  return source.requires.some((call) => {
    const from = plan.resolve(other.path, requiredModule(call)!)
    if (name === 'module.exports' && isHandedOn(call, source)) return false
    const [use] = source.usesIn(call)
    const isImport = other.module.pair.new.units.some(
      ({ kind, node, start, end }) =>
        kind === 'import' && (node.end < call.start || start <= call.start) && end >= call.end,
    )
    return from === path && !isImport && use !== undefined && source.functionAt(use) === undefined
  })
}

/** `f.defaults = x`, which no start-up code asks for: whoever does later finds the one object. */
function isOnlyMember(unit: Unit, { module }: FilePlan): boolean {
  const [target, ...others] = unit.targets ?? []
  const key = target?.path.split('.').at(-1)
  if (key === undefined || others.length > 0 || unit.value?.type !== 'Identifier') return false
  return !module.pair.new.units.some((one) =>
    module.effects.of(one).uses.some(({ node }) => {
      const parent = module.pair.new.file.parent(node)
      return one !== unit && parent?.type === 'MemberExpression' && memberKey(parent) === key
    }),
  )
}

/** `exports.a = x`, `{ a: x }` */
function isHandedOn(node: Node, source: SourceFile): boolean {
  const parent = source.parent(node)
  return parent?.right === node || parent?.value === node
}

/** `x.key`, or `x` as a whole; to export it is not to look into it. */
export function asksFor(
  file: FilePlan,
  { node }: Pick<Use, 'node'>,
  keys: ReadonlySet<string>,
  isExport: boolean,
): boolean {
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
