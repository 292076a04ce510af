import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { calledName } from '../read/expressions.ts'
import { LISTENERS } from '../read/run-there.ts'
import { shape } from '../read/shape.ts'

/** Whether a function listens for an event that the new version emits with something else: `emit('part', kind, part)`. */
export function hearsOther(fn: FunctionNode, { pair }: FilePlan, plan: Plan): boolean {
  const call = pair.new.parent(fn.node)
  const isListener = call?.type === 'CallExpression' && LISTENERS.test(calledName(call) ?? '')
  const event: Node | undefined = isListener && call.arguments[1] === fn.node ? call.arguments[0] : undefined
  if (event === undefined) return false
  const [before, after] = [new Set<string>(), new Set<string>()]
  for (const { pair: one } of plan.files.values())
    for (const [source, found] of [
      [one.old, before],
      [one.new, after],
    ] as const)
      source.nodes.forEach((node) => {
        const [emitted, ...given] = node.type === 'CallExpression' ? (node.arguments as Node[]) : []
        const isIt = emitted && calledName(node) === 'emit' && shape(emitted) === shape(event)
        if (isIt) found.add(given.map(shape).join())
      })
  return [...after].some((one) => !before.has(one))
}
