import { dirname, relative } from 'node:path/posix'
import type { FunctionNode } from '../../../instrument/scopes.ts'
import { SHARED } from '../../plan/data-text.ts'
import type { Expression, Place } from '../../plan/running-data.ts'
import { propertyKey, quote } from '../edits.ts'
import type { Member } from './member.ts'
import { asExpression, type MemberValues } from './values.ts'

/** The order in which an object has its keys. */
export interface KeyOrder {
  holder: string
  keys: readonly string[]
}

/** What start-up code of the new version makes otherwise of objects. */
export function dataMembers(values: MemberValues): Member[] {
  return (values.file.data?.objects ?? []).flatMap(({ place, members }) => {
    const holder = placeText(values, place)
    if (holder === undefined) return []
    return members.flatMap(({ key, enumerable, old, new: is }) => {
      const text = is === undefined ? '' : expressionText(values, is)
      const before = old === undefined ? 'undefined' : expressionText(values, old)
      if (text === undefined || before === undefined) return []
      return {
        holder,
        enumerable,
        name: `${[place.name, ...place.keys].join('.')}.${key}`,
        node: values.file.pair.new.program,
        text: text && `${propertyKey(key)}: ${text}`,
        before: `${propertyKey(key)}: ${before}`,
      }
    })
  })
}

export function keyOrders(values: MemberValues): KeyOrder[] {
  return (values.file.data?.objects ?? []).flatMap(({ place, order }) => {
    const holder = order && placeText(values, place)
    return holder === undefined ? [] : { holder, keys: order! }
  })
}

/** Lists that start-up code of the new version gives other elements. */
export function dataLists(values: MemberValues): Member[] {
  return (values.file.data?.lists ?? []).flatMap(({ place, old, new: is }) => {
    const holder = placeText(values, place)
    const [text, before] = [is, old].map((one) => expressionText(values, one))
    if (holder === undefined || text === undefined || before === undefined) return []
    const node = values.file.pair.new.program
    const name = `elements of ${[place.name, ...place.keys].join('.')}`
    return { holder, enumerable: true, name, node, text, before, isList: true }
  })
}

/** What start-up code of the new version loads first. */
export function loadedFirst({ file }: MemberValues): string[] {
  const { objects, lists, loads } = file.data ?? { objects: [], lists: [], loads: [] }
  if (objects.length + lists.length === 0) return []
  return loads.map((path) => `${requireText({ file }, path)};`)
}

function requireText({ file }: Pick<MemberValues, 'file'>, path: string): string {
  const specifier = relative(dirname(file.path), path)
  return `require(${quote(specifier.startsWith('.') ? specifier : `./${specifier}`)})`
}

/** New objects that stand at several places. */
export function sharedData(values: MemberValues): string[] {
  return (values.file.data?.shared ?? []).map(
    (one, i) => `const ${SHARED}${i + 1} = ${expressionText(values, one)};`,
  )
}

function expressionText(values: MemberValues, parts: Expression): string | undefined {
  const texts = parts.map((one) => {
    if (typeof one === 'string') return one
    return 'keys' in one ? placeText(values, one) : functionText(values, one)
  })
  return texts.includes(undefined) ? undefined : texts.join('')
}

/** A function of the new version. */
function functionText(values: MemberValues, { node, enclosing }: FunctionNode): string | undefined {
  const { onces, module } = values.file
  const once = onces.find(({ pair }) => pair.new.fn === enclosing) ?? module
  const text = values.value(node, once, true)
  if (text === undefined)
    values.early?.cannot(node, 'what start-up code makes now uses names that cannot be reached')
  return asExpression(node, text)
}

/** A running object, where each step may be gone. */
function placeText(values: MemberValues, { once, module, name, keys }: Place): string | undefined {
  const at = values.file.pair.new.program
  const loaded = module === undefined ? undefined : requireText(values, module)
  const root = loaded ?? (once === undefined ? 'exports' : values.early?.earlyName(name, once, at))
  if (root === undefined)
    values.early?.cannot(at, `what start-up code makes of '${name}' differs, and it cannot be reached`)
  const steps = keys.map((key) =>
    /^[A-Za-z_$][\w$]*$/.test(String(key)) ? `.${key}` : `[${JSON.stringify(key)}]`,
  )
  const isThere = (i: number): boolean => i === 0 && once === undefined
  return root && root + steps.map((step, i) => (isThere(i) ? step : optionalStep(step))).join('')
}

/** `.a` and `["a"]` of what may be nothing. */
function optionalStep(step: string): string {
  return step.startsWith('.') ? `?${step}` : `?.${step}`
}
