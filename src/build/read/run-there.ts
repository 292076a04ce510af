import type { FunctionNode } from '../../instrument/scopes.ts'
import { calledName, memberPath } from './expressions.ts'
import { runsOnce } from './runs-once.ts'
import type { SourceFile } from './source-file.ts'

/** Notes which functions have run with the start-up code that they stand in, as `(one) => …` of `[…].forEach((one) => …)`. */
export function markRun(file: SourceFile): void {
  for (const fn of file.analysis.functions) {
    const { enclosing } = fn
    const isStartUp = enclosing === undefined || enclosing.node.hasRun || runsOnce(enclosing, file)
    if (isStartUp && runTimeOf(fn, file) === 'at once' && !runsOnce(fn, file)) fn.node.hasRun = true
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
