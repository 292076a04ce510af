import type { Node } from '../instrument/parse.ts'
import { walk } from '../livepatch/ast.ts'
import { assignedValue, propertyName } from './compare.ts'
import type { Export } from './exports.ts'
import type { FilePlan, Plan } from './plan.ts'
import { isExportOnly } from './plan.ts'
import { sameShape } from './shape.ts'
import type { Use } from './source-file.ts'
import { requiredModule, unwrap } from './units.ts'

/** A property of an object that the program has, which the new version gives another value. */
export interface Change {
  /** From what the module exports to the object. */
  path: string[]
  key: string
  /** undefined: it has none. */
  old: Node | undefined
  new: Node | undefined
}

/**
 * Objects that a module exports and that are the same but for some plain values, like options: their properties are
 * changed where they are, so that whoever holds the object sees it, and what the program has set stays.
 */
export function changedInPlace(plan: Plan, file: FilePlan): Map<Node, Change[]> {
  const found = new Map<Node, Change[]>()
  for (const [name, is] of file.exports.new) {
    const was = file.exports.old.get(name)
    if (was === undefined || name === 'module.exports' || !/^[\w$]+$/.test(name)) continue
    const [old, young] = [objectOf(file, was, 'old'), objectOf(file, is, 'new')]
    if (old === undefined || young === undefined) continue
    const changes = differences(old, young, [name])
    if (changes === undefined || changes.length === 0 || isTakenAtStart(plan, file, name, is)) continue
    found.set(young, changes)
  }
  return found
}

/** The literal that is exported, if nothing else comes to stand under its name. */
function objectOf(file: FilePlan, { value, local }: Export, side: 'old' | 'new'): Node | undefined {
  const { scope, units } = file.module.pair[side]
  let literal = value && unwrap(value)
  if (local !== undefined) {
    const unit = units.find((one) => one.names.includes(local))
    if (unit?.kind !== 'variable' || scope.names.get(local)?.assigned) return undefined
    literal = assignedValue(unit)
  }
  return literal?.type === 'ObjectExpression' ? literal : undefined
}

/** undefined: there are others than plain values. */
function differences(old: Node, young: Node, path: string[]): Change[] | undefined {
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
      const inside = differences(unwrap(was), is, [...path, key])
      if (inside === undefined) return undefined
      changes.push(...inside)
    } else if (isData(is) && (was === undefined || isData(was)))
      changes.push({ path, key, old: was, new: is })
    else return undefined
  }
  for (const [key, was] of before) {
    if (!isData(was)) return undefined
    changes.push({ path, key, old: was, new: undefined })
  }
  return changes
}

function plainKey(property: Node): string | undefined {
  if (property.type !== 'Property' || property.kind !== 'init') return undefined
  const key = propertyName(property)
  return key !== undefined && /^[\w$]+$/.test(key) && key !== '__proto__' ? key : undefined
}

/** Made of nothing but what is written there. */
export function isData(value: Node): boolean {
  let holds = true
  walk(value, (node, ancestors) => {
    const isKey = ancestors.at(-1)?.type === 'Property' && ancestors.at(-1)?.key === node
    const isValue = /^(Literal|ArrayExpression|ObjectExpression|Property|ParenthesizedExpression)$/.test(
      node.type,
    )
    const isTemplate =
      node.type === 'TemplateElement' || (node.type === 'TemplateLiteral' && node.expressions.length === 0)
    const isSigned = node.type === 'UnaryExpression' && /^[-+!]$|^void$/.test(node.operator)
    if (!isKey && !isValue && !isTemplate && !isSigned) holds = false
    if (node.type === 'Property' && (node.computed || node.kind !== 'init')) holds = false
    if (node.regex?.flags.match(/[gy]/)) holds = false
  })
  return holds
}

/** Whether start-up code has looked into the object: what it made of that is not changed with it. */
function isTakenAtStart(plan: Plan, file: FilePlan, name: string, { local }: Export): boolean {
  const own = file.module.pair.new.units.some((unit) => {
    if (
      unit.kind === 'export' ||
      isExportOnly(unit, file.module.pair.new) ||
      unit.names.includes(local ?? '')
    )
      return false
    return file.module.effects
      .of(unit)
      .uses.some(
        (use) => use.node.name === local || (use.node.name === 'exports' && isAboutMember(file, use, name)),
      )
  })
  if (own) return true
  return [...plan.files.values()].some((other) => other !== file && takes(plan, other, file.path, name))
}

function takes(plan: Plan, other: FilePlan, path: string, name: string): boolean {
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
    if (/^(im|ex)port$/.test(unit.kind) || isExportOnly(unit, other.module.pair.new)) return false
    return other.module.effects.of(unit).uses.some((use) => {
      const isWhole = imports.get(use.node.name)
      return isWhole === undefined ? false : !isWhole || isAboutMember(other, use, name)
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

/** `x.name`, or `x` as a whole. */
function isAboutMember(file: FilePlan, { node }: Use, name: string): boolean {
  const source = file.pair.new
  const parent = source.parent(node)
  if (parent?.type !== 'MemberExpression' || parent.object !== node || parent.computed) return true
  const above = source.parent(parent)
  const isTarget = above?.type === 'AssignmentExpression' && above.left === parent
  return parent.property.name === name && !isTarget
}
