import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { calledName, memberPath } from './expressions.ts'
import { runsInPlace } from './runs-once.ts'
import type { SourceFile } from './source-file.ts'

/** Notes which functions have run with the start-up code that they stand in, as `(one) => …` of `[…].forEach((one) => …)`. */
export function markRun(file: SourceFile): void {
  for (const fn of file.analysis.functions) {
    const { enclosing } = fn
    const isStartUp = enclosing === undefined || enclosing.node.hasRun || runsInPlace(enclosing, file)
    if (isStartUp && runTimeOf(fn, file) === 'at once' && !runsInPlace(fn, file)) fn.node.hasRun = true
  }
}

/** When a function has run that stands in start-up code: with it, or soon after. */
export type RunTime = 'at once' | 'soon'

/** Methods that call what they are given before they return, and keep nothing. */
export const ON_THE_SPOT =
  /^(forEach|map|filter|reduce|reduceRight|some|every|find|findIndex|flatMap|sort|replace|replaceAll)$/

/** What calls a function once, soon after it has been given it. */
const SOON =
  /^(setTimeout|setImmediate|queueMicrotask|(globalThis|global)\.(setTimeout|setImmediate|queueMicrotask)|process\.nextTick)$/

/** What calls a function whenever something happens, from then on. */
export const LISTENERS =
  /^(on|once|addListener|prependListener|prependOnceListener|addEventListener|register|subscribe|setInterval)$/

/** Whether a function is called where it stands, or by what it is given to; undefined where that may keep it. */
export function runTimeOf({ node }: FunctionNode, file: SourceFile): RunTime | undefined {
  const given = file.wrapped(node)
  const parent = file.parent(given)
  if (parent?.type === 'NewExpression')
    return parent.callee.name === 'Promise' && parent.arguments[0] === given ? 'at once' : undefined
  if (parent?.type === 'MemberExpression' && parent.object === given)
    return /^(call|apply)$/.test(parent.property.name) ? 'at once' : undefined
  if (parent?.type !== 'CallExpression') return undefined
  if (parent.callee === given) return 'at once'
  const method = parent.callee.type === 'MemberExpression' ? (calledName(parent) ?? '') : ''
  const path = memberPath(parent.callee)?.path ?? ''
  if (ON_THE_SPOT.test(method) || path === 'Array.from') return 'at once'
  const isSoon = /^(then|catch|finally)$/.test(method) || SOON.test(path)
  return isSoon ? 'soon' : undefined
}

/** What a function is called with that serves what comes in later, by the names that everybody gives it. */
const INCOMING = /^_?(req|request|ctx|socket|conn|connection|ws|job|msg|message|event|evt)$/

/** Whether a function serves requests, messages or the like, as its first parameter tells. */
export function isHandler(node: Node): boolean {
  return isFunction(node) && INCOMING.test(node.params[0]?.name ?? '')
}

/** Whether a function does no more with a parameter than put it somewhere: it is called later, if at all. */
export function onlyKeeps(maker: FunctionNode, index: number, file: SourceFile): boolean {
  const parameter: Node | undefined = maker.node.params[index]
  if (parameter?.type !== 'Identifier' || maker.parameters.names.has('arguments')) return false
  return file.usesOf(maker.parameters.names.get(parameter.name)).every((use) => {
    if (use.node === parameter) return true
    const at = file.functionAt(use)
    if (at !== maker && at !== undefined) return runTimeOf(at, file) === undefined
    return !use.assigned && isPutSomewhere(use.node, file)
  })
}

/** `list.push([a, it])`, `{ it }`, `table[key] = it`, `map.set(key, it)` */
function isPutSomewhere(node: Node, file: SourceFile): boolean {
  const parent = file.parent(node)
  switch (parent?.type) {
    case 'ArrayExpression':
    case 'ObjectExpression':
    case 'Property':
      return isPutSomewhere(parent, file)
    case 'AssignmentExpression':
      return parent.right === node && parent.left.type === 'MemberExpression'
    case 'CallExpression':
      return parent.callee !== node && /^(push|unshift|add|set)$/.test(calledName(parent) ?? '')
    default:
      return false
  }
}
