import { type Node, unwrap } from '../../../instrument/parse.ts'
import type { OncePlan } from '../../plan/once-plan.ts'
import type { Plan } from '../../plan/plan.ts'
import { isData } from '../../read/effects.ts'
import { exportsOf } from '../../read/exports.ts'
import { isName, memberPath, propertyName } from '../../read/expressions.ts'
import { resolveFrom } from '../../read/folder.ts'
import { SourceFile } from '../../read/source-file.ts'
import { assignedValue, functionOf } from '../../read/unit-values.ts'
import { onceOf, type Unit } from '../../read/units.ts'
import { propertyKey } from '../edits.ts'
import { accessorText } from './accessors.ts'
import type { Member } from './member.ts'
import type { MemberValues } from './values.ts'

/** `C.prototype.m = function …`, `C.create = …`. */
export function assignedMembers(values: MemberValues): Member[] {
  const { stale, onces } = values.file
  return onces.flatMap((once) => {
    const { added, pairs } = once.pair
    const changed = pairs.filter((one) => one.new.kind === 'statement' && (one.changed || stale.has(one.new)))
    const all = [...added.map((unit) => ({ new: unit, old: undefined })), ...changed]
    // What start-up code comes to is told by that.
    const left = all.filter(({ new: unit }) => values.file.data === undefined || functionOf(unit))
    return left.flatMap(({ new: unit, old }) => assignedMember(values, once, unit, old) ?? [])
  })
}

/** What a statement puts on an object that programs can reach. Undefined where that takes more of the module. */
export function assignedMember(
  values: MemberValues,
  once: OncePlan,
  unit: Unit,
  old: Unit | undefined,
): Member | undefined {
  const [target, ...others] = unit.targets ?? []
  if (target === undefined || others.length > 0 || unit.value === undefined) return undefined
  if (values.file.inPlace.literals.has(unwrap(unit.value))) return undefined
  if (isGivenAgain(target.path, unit, once.pair.new.units)) return undefined
  // Whoever has loaded the module holds what it exports: a whole in its place would be another one.
  if (target.path === 'module.exports') return undefined
  const steps = target.path.split('.')
  const holder = values.holder(target.root, once, unit.node)
  if (holder === undefined || steps.length < 2 || !steps.every(isName)) return undefined
  const key = steps.at(-1)!
  const text = key === 'prototype' ? undefined : values.value(unit.value, once, old === undefined)
  if (text === undefined) return undefined
  return {
    holder: [holder, ...steps.slice(1, -1)].join('.'),
    enumerable: true,
    name: target.path,
    node: unit.node,
    text: `${propertyKey(key)}: ${text}`,
    ...values.before(propertyKey(key), old?.value),
  }
}

/** `exports.f = void 0`, with which compilers begin, and `exports.f = f` below: programs find what it is given last. */
function isGivenAgain(path: string, { node }: Unit, units: readonly Unit[]): boolean {
  const gives = (unit: Unit): boolean => unit.targets?.some((one) => one.path === path) ?? false
  return units.some((unit) => unit.node.start >= node.end && gives(unit))
}

/** `Object.defineProperty(C.prototype, 'x', { get() … })` */
export function definedMembers(values: MemberValues): Member[] {
  return values.file.module.pair.added.flatMap((unit) => {
    if (!unit.key.startsWith('call Object.defineProperty ')) return []
    const [target, key, third] = unwrap(unit.node.expression).arguments as Node[]
    const { root, path } = memberPath(target!)!
    const holder = values.holder(root, values.file.module, unit.node)
    const descriptor = third && descriptorOf(values, third)
    if (holder === undefined || typeof key?.value !== 'string' || descriptor === undefined) return []
    const parts = (descriptor.literal.properties as Node[]).map((one) => ({
      name: propertyName(one),
      value: one.value as Node | undefined,
    }))
    const enumerable = parts.some(({ name, value }) => name === 'enumerable' && value?.value === true)
    const given = parts.filter(({ name }) => !/^(enumerable|configurable|writable)$/.test(name ?? '-'))
    const { data } = descriptor
    const texts = given.map(({ name, value }) =>
      data === undefined
        ? partText(values, name, value, propertyKey(key.value))
        : name === 'value' && `${propertyKey(key.value)}: ${data.slice(value!)}`,
    )
    if (texts.length === 0 || texts.some((text) => !text)) return []
    return {
      holder: holder + path.slice(root.length),
      enumerable,
      name: `${path}.${key.value}`,
      node: unit.node,
      text: texts.join(', '),
    }
  })
}

interface Descriptor {
  literal: Node
  /** The file that it stands in, if it is nothing but data. */
  data?: SourceFile
}

/** The literal that describes a property, also by a name that one has, frozen or not, or as what another module is. */
function descriptorOf({ plan, file }: MemberValues, node: Node): Descriptor | undefined {
  if (node.type === 'ObjectExpression') return { literal: node }
  const unit = node.type === 'Identifier' ? file.module.unitOf(node.name) : undefined
  if (unit === undefined || file.module.scope.names.get(node.name)?.assigned) return undefined
  const source =
    unit.kind === 'import' && unit.imported === '=' ? required(plan, file.path, unit.source!) : file.pair.new
  if (source === undefined) return undefined
  const made =
    source === file.pair.new
      ? assignedValue(unit)
      : exportsOf(onceOf(source, undefined)).get('module.exports')?.value
  const isFrozen = made?.type === 'CallExpression' && memberPath(made.callee)?.path === 'Object.freeze'
  const literal: Node | undefined = isFrozen ? unwrap(made.arguments[0]) : made
  return literal?.type === 'ObjectExpression' && isData(literal) ? { literal, data: source } : undefined
}

/** A module of the new version. */
function required(plan: Plan, from: string, specifier: string): SourceFile | undefined {
  const path = resolveFrom(from, specifier, (one) => plan.running.has(one))
  if (path === undefined) return undefined
  const { text, type } = plan.running.get(path)!
  // One that is not compared is the same in both.
  return plan.files.get(path)?.pair.new ?? SourceFile.readable(path, text, type)
}

/** `value`, `get` and `set` of a descriptor, as they stand in a literal. */
function partText(
  values: MemberValues,
  name: string | undefined,
  value: Node | undefined,
  key: string,
): string | undefined {
  if (value === undefined) return undefined
  if (name === 'value') {
    const text = values.value(value)
    return text && `${key}: ${text}`
  }
  const isAccessor = (name === 'get' || name === 'set') && value.type === 'FunctionExpression'
  return isAccessor ? accessorText(values, name, value, key) : undefined
}
