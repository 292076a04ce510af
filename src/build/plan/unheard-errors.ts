import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { walkOwn } from '../../livepatch/ast.ts'
import { calledName } from '../read/expressions.ts'
import { ownersIn } from './field-makers.ts'
import type { FilePlan } from './file-plan.ts'
import type { Plan } from './plan.ts'

/**
 * Whether a method raises 'error' where its running version does not, or asks first who listens, since objects of this
 * version listen from the start: those made before do not, and an error that nobody hears ends the process.
 */
export function raisesUnheard(fn: FunctionNode, file: FilePlan, plan: Plan): boolean {
  const old = file.pair.functions.get(fn)
  const is = callsFor(fn.node)
  if (old === undefined || is.raises === 0) return false
  const was = callsFor(old.node)
  if (is.raises <= was.raises && was.asks <= is.asks) return false
  return ownersIn(plan, file).some(
    (owner) => owner.homes().includes(fn.node) && owner.calls().some((call) => isFor(call, LISTENS)),
  )
}

const RAISES = /^emit/
const ASKS = /^(listeners|listenerCount|hasListeners)$/
const LISTENS = /^(on|addListener)$/

/** How often a function raises 'error' on its `this`, and asks who listens. */
function callsFor(fn: Node): { raises: number; asks: number } {
  const found = { raises: 0, asks: 0 }
  walkOwn(fn, (node) => {
    if (isFor(node, RAISES)) found.raises++
    else if (isFor(node, ASKS)) found.asks++
  })
  return found
}

/** `this.emit('error')`, `this.emitReserved('error')` */
function isFor(node: Node, name: RegExp): boolean {
  const { type, callee, arguments: args } = node
  return (
    type === 'CallExpression' &&
    callee.type === 'MemberExpression' &&
    callee.object.type === 'ThisExpression' &&
    name.test(calledName(node) ?? '') &&
    args[0]?.value === 'error'
  )
}
