import type { FunctionNode } from '../../instrument/scopes.ts'
import { runTimeOf } from '../read/run-there.ts'
import type { SourceFile, Use } from '../read/source-file.ts'
import { functionOf } from '../read/unit-values.ts'
import type { FilePlan } from './file-plan.ts'
import type { OncePlan } from './once-plan.ts'
import { mayBeKept } from './outlives.ts'
import { isObject, passesAll } from './parameters.ts'

/**
 * The name of a function that takes more parameters than its running version, and that functions of the module only hand to others,
 * for as long as they run themselves: `extract(path, { ignore: isLink })`. These can hand on the new one; who got the running one
 * before ends with it.
 */
export function onlyHandedOn(fn: FunctionNode, file: FilePlan): { once: OncePlan; name: string } | undefined {
  const old = file.pair.functions.get(fn)!
  if (fn.node.params.length <= old.node.params.length || passesAll(old)) return undefined
  for (const once of file.onces) {
    const [name] = once.pair.new.units.find((one) => functionOf(one) === fn.node)?.names ?? []
    if (name === undefined) continue
    const isOwn = !file.isExported(name) && !isObject(once.pair.new, name)
    return isOwn && isHandedOn(name, fn, once, file.pair.new) ? { once, name } : undefined
  }
  return undefined
}

function isHandedOn(name: string, fn: FunctionNode, { scope, pair }: OncePlan, source: SourceFile): boolean {
  const uses = source.usesOf(scope.names.get(name)).filter(({ node }) => source.parent(node)!.id !== node)
  // What start-up code hands on it has handed on.
  const isOfCall = (at: FunctionNode | undefined): boolean =>
    at !== undefined && at !== pair.new.fn && (runTimeOf(at, source) === undefined || isOfCall(at.enclosing))
  const isGiven = (use: Use): boolean => {
    const parent = source.parent(use.node)!
    const isValue =
      parent.type === 'Property' ? parent.value === use.node : parent.arguments?.includes(use.node) === true
    return isValue && isOfCall(source.functionAt(use)) && !mayBeKept(use.node, fn, source)
  }
  return uses.length > 0 && uses.every(isGiven)
}
