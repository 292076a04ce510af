import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode } from '../../livepatch/ast.ts'
import { changesObject, isRepeatable } from './effects.ts'

import { belongsTo, type Use } from './source-file.ts'
import { assignedValue } from './unit-values.ts'
import type { Once, Unit } from './units.ts'

/** `const a = (function () { … })()` that leaves nothing but the value behind: no function that lives on. */
export function isMadeInside(unit: Unit, [fn, ...others]: FunctionNode[], { file }: Once): boolean {
  const value = unit.kind === 'variable' ? assignedValue(unit) : undefined
  if (fn === undefined || others.length > 0 || value?.type !== 'CallExpression' || fn.this) return false
  const isCalled = unwrap(value.callee) === fn.node && value.arguments.length === 0
  const isOutside = (use: Use): boolean => {
    const binding = file.bindingOf(use)
    return binding === undefined || !belongsTo(binding.scope, fn)
  }
  const isWritten = file
    .usesIn(fn.node)
    .some((use) => (use.assigned || changesObject(use, file)) && isOutside(use))
  const isOwn = ({ callee }: Node): boolean => {
    const root = callee.type === 'MemberExpression' ? unwrap(callee.object) : undefined
    const binding = root?.type === 'Identifier' ? file.bindingFor(root) : undefined
    return binding !== undefined && belongsTo(binding.scope, fn)
  }
  const reachesOut = containsNode(fn.node, (node) => {
    if (/^(Class|Await|Yield|Tagged|Import)/.test(node.type)) return true
    return /^(Call|New)Expression$/.test(node.type) && !isRepeatable(node) && !isLoading(node) && !isOwn(node)
  })
  return isCalled && !isWritten && !reachesOut && file.functionsIn(fn).length === 0
}

/** `module.require('util')`, `process.binding('util')` */
function isLoading({ callee, arguments: args }: Node): boolean {
  const name: string | undefined = callee.type === 'MemberExpression' ? callee.property.name : undefined
  return (
    /^(require|binding|getBuiltinModule)$/.test(name ?? '') &&
    (args as Node[]).every((one) => isRepeatable(one))
  )
}
