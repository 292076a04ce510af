import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { walkOwn } from '../../livepatch/ast.ts'
import { calledName } from '../read/expressions.ts'
import { shape } from '../read/shape.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'

const TAKES_AWAY = /^(removeListener|removeEventListener|off)$/

/**
 * The listener that a closure takes away in place of another one (`removeListener('end', done)`, and `finish` before): calls
 * under way have registered that, and would keep it.
 */
export function otherTakenAway(fn: FunctionNode, old: FunctionNode, source: SourceFile): string | undefined {
  const before = takenAway(old)
  for (const [event, listener] of takenAway(fn)) {
    const owner = ownerOf(source.bindingFor(listener)?.scope ?? fn.body)
    const isOfCall = owner !== undefined && owner !== fn
    const was = before.get(event)
    if (isOfCall && was !== undefined && was.name !== listener.name) return listener.name
  }
  return undefined
}

/** The names of listeners that a function takes away, by what for. */
function takenAway({ node: fn }: FunctionNode): Map<string, Node> {
  const found = new Map<string, Node>()
  walkOwn(fn, (node) => {
    const [event, listener] = node.type === 'CallExpression' ? (node.arguments as Node[]) : []
    if (event && listener?.type === 'Identifier' && TAKES_AWAY.test(calledName(node) ?? ''))
      found.set(`${shape(node.callee)} ${shape(event)}`, listener)
  })
  return found
}
