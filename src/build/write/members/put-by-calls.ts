import { type Node, unwrap } from '../../../instrument/parse.ts'
import type { FilePlan } from '../../plan/file-plan.ts'
import { memberPath } from '../../read/expressions.ts'
import { assignedValue, functionOf } from '../../read/unit-values.ts'
import { propertyKey } from '../edits.ts'
import type { Member } from './member.ts'
import type { MemberValues } from './values.ts'

/**
 * `app.token('pid', f)`, where `token` does nothing but `app[name] = value`: what start-up code puts on an object by a function
 * for programs to do the same. What they have put there under the name stays.
 */
export function membersPutByCalls(values: MemberValues): Member[] {
  const { module } = values.file
  return module.pair.added.flatMap((unit) => {
    if (!unit.key.startsWith('run ')) return []
    const call = unwrap(unit.node.expression)
    const put = putBy(call, values)
    const holder = put && values.holder(put.object, module, unit.node)
    const text = holder && values.value(put.value, module, true)
    if (put === undefined || holder === undefined || text === undefined) return []
    const key = propertyKey(put.key)
    const name = `${put.object}.${put.key}`
    return {
      holder,
      enumerable: true,
      name,
      node: unit.node,
      text: `${key}: ${text}`,
      before: `${key}: undefined`,
    }
  })
}

/** What a call puts where, by a function that is the running version's. */
function putBy(
  { callee, arguments: args }: Node,
  values: MemberValues,
): { object: string; key: string; value: Node } | undefined {
  const putter = calledIn(callee, values)
  const put = putter && assignmentIn(putter)
  if (put === undefined) return undefined
  const [key, value] = [put.key, put.value].map((name) => {
    const place = (putter!.params as Node[]).findIndex((one) => one.name === name)
    return (args as Node[]).slice(0, place + 1).some(({ type }) => type === 'SpreadElement')
      ? undefined
      : args[place]
  })
  const object = put.object ?? callee.object?.name
  const isModules = values.file.pair.new.analysis.module.names.has(object)
  if (typeof key?.value !== 'string' || value === undefined || !isModules) return undefined
  return { object, key: key.value, value }
}

/** The function that is called, as it is in both versions: `f(…)`, `x.f(…)` where `x.f = f`. */
function calledIn(callee: Node, { file }: MemberValues): Node | undefined {
  const { module, pair } = file
  const paths = pathsOf(callee, file)
  const [gives, ...others] =
    callee.type === 'Identifier'
      ? [module.unitOf(callee.name)]
      : module.pair.new.units.filter(({ targets }) => targets?.some(({ path }) => paths.includes(path)))
  if (gives === undefined || others.length > 0) return undefined
  const value = assignedValue(gives)
  const unit = value?.type === 'Identifier' ? module.unitOf(value.name) : gives
  const made = unit && functionOf(unit)
  const fn = made && pair.new.functionOf.get(made)
  const isSame = fn !== undefined && pair.functions.has(fn) && !pair.changed.has(fn)
  return isSame && module.pair.pairs.some((one) => one.new === gives && !one.changed) ? made : undefined
}

/** What is called where: a member of what the module exports is given as one of `module.exports`, too. */
function pathsOf(callee: Node, file: FilePlan): string[] {
  const { root, path } = memberPath(callee) ?? {}
  if (root === undefined || path === undefined) return []
  const isExported = file.exports.new.get('module.exports')?.local === root
  return isExported ? [path, `module.exports${path.slice(root.length)}`] : [path]
}

/** `object[key] = value`, where that is all that a function does with its parameters; no `object` for `this`. */
function assignmentIn({ params, body }: Node): { object?: string; key: string; value: string } | undefined {
  const statements = ((body.body ?? []) as Node[]).filter(({ directive }) => directive === undefined)
  const [first, last, ...others] = statements
  const isReturned =
    last === undefined ||
    (last.type === 'ReturnStatement' &&
      /^(ThisExpression|Identifier|undefined)$/.test(`${last.argument?.type}`))
  if (others.length > 0 || !isReturned || first?.type !== 'ExpressionStatement') return undefined
  const { type, operator, left, right } = unwrap(first.expression)
  if (type !== 'AssignmentExpression' || operator !== '=' || left.type !== 'MemberExpression')
    return undefined
  const isParameter = (node: Node): boolean =>
    node.type === 'Identifier' && (params as Node[]).some(({ name }) => name === node.name)
  const { object, property, computed } = left
  if (!computed || !isParameter(property) || !isParameter(right) || isParameter(object)) return undefined
  const found = { key: property.name as string, value: right.name as string }
  if (object.type === 'ThisExpression') return found
  return object.type === 'Identifier' ? { ...found, object: object.name } : undefined
}
