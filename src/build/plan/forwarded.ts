import type { FunctionNode } from '../../instrument/scopes.ts'
import { classOf, functionOf } from '../read/compare.ts'
import type { Export } from '../read/exports.ts'
import { requiredModule, unwrap } from '../read/units.ts'
import type { FilePlan } from './file-plan.ts'

/**
 * Functions of the running version that programs have as an export which is another function in the new one: they lead to
 * that. One of a module's own that stays is replaced itself.
 */
export function forwardedExports(file: FilePlan): Map<FunctionNode, Export> {
  const { pair, exports, changedExports } = file
  const kept = new Set(pair.functions.values())
  const found = new Map<FunctionNode, Export>()
  const exported = [...exports.old.values()].map((one) => functionExported(one, file))
  for (const [name, kind] of changedExports) {
    const [was, is] = [exports.old.get(name), exports.new.get(name)]
    const fn = kind === 'changed' && was && functionExported(was, file)
    if (!fn || is === undefined || kept.has(fn) || !isPlain(fn) || !mayBeFunction(is, file)) continue
    // One that has two names would have to lead to both.
    if (exported.filter((one) => one === fn).length === 1) found.set(fn, is)
  }
  return found
}

function functionExported({ local, value }: Export, { pair, module }: FilePlan): FunctionNode | undefined {
  const unit = module.pair.old.units.find(({ names }) => local !== undefined && names.includes(local))
  const isFixed = local === undefined || module.pair.old.scope.names.get(local)?.assigned === false
  const node = unit === undefined ? value && unwrap(value) : functionOf(unit)
  return isFixed && node ? pair.old.functionOf.get(node) : undefined
}

/** One that is nothing but called. */
function isPlain({ kind, async, generator, this: usesThis }: FunctionNode): boolean {
  return /^(function|arrow)$/.test(kind) && !async && !generator && !usesThis
}

/** A function, or something of another module, of which only its text says whether it is one. */
function mayBeFunction({ local, value }: Export, { module }: FilePlan): boolean {
  if (local !== undefined) {
    const unit = module.unitOf(local)
    return (
      unit !== undefined &&
      classOf(unit) === undefined &&
      (unit.kind === 'import' || functionOf(unit) !== undefined)
    )
  }
  let root = value && unwrap(value)
  while (root?.type === 'MemberExpression' && !root.computed) root = unwrap(root.object)
  return root !== undefined && requiredModule(root) !== undefined
}
