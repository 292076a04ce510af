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
    const put = putBy(unwrap(unit.node.expression), values)
    const members = put.map((one) => member(one, unit.node, values))
    return members.every((one) => one !== undefined) ? members : []
  })
}

/** What is put where. */
interface Put {
  object: string
  key: string
  value: Node
}

function member({ object, key: name, value }: Put, node: Node, values: MemberValues): Member | undefined {
  const { module } = values.file
  const holder = values.holder(object, module, node)
  const text = holder && values.value(value, module, true)
  if (holder === undefined || text === undefined) return undefined
  const key = propertyKey(name)
  return {
    holder,
    enumerable: true,
    name: `${object}.${name}`,
    node,
    text: `${key}: ${text}`,
    before: `${key}: undefined`,
  }
}

/** What a call puts where, by a function that is the running version's; nothing where it does something else as well. */
function putBy({ callee, arguments: args }: Node, values: MemberValues): Put[] {
  const putter = calledIn(callee, values)
  const given = (name: string): Node | undefined => {
    const place = (putter!.params as Node[]).findIndex((one) => one.name === name)
    const isSpread = (args as Node[]).slice(0, place + 1).some(({ type }) => type === 'SpreadElement')
    return isSpread ? undefined : args[place]
  }
  const put = (putter ? assignmentsIn(putter) : []).map(({ object, key, value }) => ({
    object: object ?? callee.object?.name,
    key: given(key)?.value,
    value: given(value),
  }))
  const { names } = values.file.pair.new.analysis.module
  const isWhole = put.every(
    ({ object, key, value }) => names.has(object) && typeof key === 'string' && value !== undefined,
  )
  return isWhole ? (put as Put[]) : []
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

/** A parameter that is put under another one; no `object` for `this`. */
interface Assignment {
  object?: string
  key: string
  value: string
}

/** `object[key] = value`, where a function does nothing else with its parameters. */
function assignmentsIn({ params, body }: Node): Assignment[] {
  const statements = ((body.body ?? []) as Node[]).filter(({ directive }) => directive === undefined)
  const last = statements.at(-1)
  const isReturned =
    last?.type === 'ReturnStatement' &&
    /^(ThisExpression|Identifier|undefined)$/.test(`${last.argument?.type}`)
  const found = (isReturned ? statements.slice(0, -1) : statements).map((one) => assignmentIn(one, params))
  return found.every((one) => one !== undefined) ? found : []
}

function assignmentIn({ type, expression }: Node, params: Node[]): Assignment | undefined {
  if (type !== 'ExpressionStatement') return undefined
  const { operator, left, right } = unwrap(expression)
  if (operator !== '=' || left.type !== 'MemberExpression' || !left.computed) return undefined
  const isParameter = (node: Node): boolean =>
    node.type === 'Identifier' && params.some(({ name }) => name === node.name)
  const { object, property } = left
  if (!isParameter(property) || !isParameter(right) || isParameter(object)) return undefined
  const found = { key: property.name as string, value: right.name as string }
  if (object.type === 'ThisExpression') return found
  return object.type === 'Identifier' ? { ...found, object: object.name } : undefined
}
