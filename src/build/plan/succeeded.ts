import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction } from '../../livepatch/ast.ts'
import type { Export } from '../read/exports.ts'
import { memberPath } from '../read/expressions.ts'
import { requiredModule } from '../read/imports.ts'
import { assignedValue, classOf, functionOf } from '../read/unit-values.ts'
import type { Once } from '../read/units.ts'
import type { FilePlan } from './file-plan.ts'
import { isObject } from './parameters.ts'

/** The function or class that a module exports by a name, if its own text says which. */
export function exportedAs(one: Export | undefined, { units }: Once): Node | undefined {
  let value = one?.value && unwrap(one.value)
  let name = one?.local
  for (const seen = new Set<string>(); name !== undefined && !seen.has(name); ) {
    seen.add(name)
    const unit = units.find(({ names }) => names.includes(name!))
    const made = unit && (functionOf(unit) ?? classOf(unit))
    if (made !== undefined) return made
    // `const f = g`
    value = unit && assignedValue(unit)
    name = value?.type === 'Identifier' ? value.name : undefined
  }
  return value !== undefined && (isFunction(value) || value.type.startsWith('Class')) ? value : undefined
}

/** Whether an export that is a function of both versions is not the function that it was. */
export function isAnotherFunction(was: Export, is: Export, { pair, module }: FilePlan): boolean {
  const now = exportedAs(is, module.pair.new)
  const fn = now && pair.new.functionOf.get(now)
  const before = fn && pair.functions.get(fn)
  // `module.exports.default = exports.default` says nothing of which.
  if (was.value !== undefined && /^(module|exports)$/.test(memberPath(was.value)?.root ?? '')) return false
  return before !== undefined && before.node !== exportedAs(was, module.pair.old)
}

/**
 * Functions of the running version that were exported by a name by which the new version exports another one, and that the new
 * version has no other use for: whoever has taken one is led to its successor.
 */
export function succeededBy(file: FilePlan): Map<FunctionNode, Export> {
  const { exports, changedExports, module, pair } = file
  const found = new Map<FunctionNode, Export>()
  for (const [name, kind] of changedExports) {
    const [was, is] = [exports.old.get(name), exports.new.get(name)]
    if (kind !== 'changed' || was === undefined || is === undefined) continue
    const single = exportedAs(was, module.pair.old)
    const nodes = single === undefined ? choices(was.value) : [single]
    const fns = nodes.flatMap((node) => pair.old.functionOf.get(node) ?? [])
    const isAlone = [...exports.old.values()].every((one) => {
      const other = exportedAs(one, module.pair.old)
      return one === was || other === undefined || !nodes.includes(other)
    })
    const isSucceeded = (fn: FunctionNode): boolean =>
      isCalledOnly(fn, was, file) && !isStillUsed(fn, is, file)
    if (isAlone && mayBeCalled(is, module.pair.new) && fns.every(isSucceeded))
      for (const fn of fns) found.set(fn, is)
  }
  return found
}

/** The functions of which an export is one: `a ? function …() {…} : function …() {…}`; none where it may be something else. */
function choices(value: Node | undefined): Node[] {
  const all: Node[] = []
  const queue = value === undefined ? [] : [value]
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const node = unwrap(at)
    if (node.type === 'ConditionalExpression') queue.push(node.alternate, node.consequent)
    else if (isFunction(node)) all.push(node)
    else return []
  }
  return all
}

/** Whether a function is nothing more than something to call, and the only one that its name has meant. */
function isCalledOnly(fn: FunctionNode, { name, local }: Export, { exports, module }: FilePlan): boolean {
  const { old } = module.pair
  const hasMembers = [...exports.old.keys()].some((one) => one.startsWith(`${name}.`))
  const own: string | undefined = fn.node.id?.name ?? local
  if (!/^(function|arrow|method)$/.test(fn.kind) || fn.generator || hasMembers || (fn.this && !fn.arrow))
    return false
  if (local !== undefined && old.scope.names.get(local)?.assigned) return false
  return own === undefined || !isObject(old, own)
}

/** One that can be asked for whenever it is called, a name or a member of a module, and that may be a function. */
function mayBeCalled({ local, value }: Export, { units }: Once): boolean {
  if (local !== undefined) {
    const unit = units.find(({ names }) => names.includes(local))
    const made = unit && (assignedValue(unit) ?? unit.node)
    return made !== undefined && !/^(Class|Object|Array|Literal|Template|New|Unary|Binary)/.test(made.type)
  }
  if (choices(value).length > 0) return true
  let root = value && unwrap(value)
  while (root?.type === 'MemberExpression' && !root.computed) root = unwrap(root.object)
  return root !== undefined && (requiredModule(root) !== undefined || memberPath(value!) !== undefined)
}

/** Whether the new version has the same function and does something with it. */
function isStillUsed(fn: FunctionNode, is: Export, { pair, module }: FilePlan): boolean {
  const [young] = [...pair.functions].find(([, old]) => old === fn) ?? []
  if (young === undefined || choices(is.value).includes(young.node)) return false
  const unit = module.pair.new.units.find((one) => functionOf(one) === young.node)
  const [name] = unit?.names ?? []
  if (name === undefined) return true
  return pair.new.uses.some(
    ({ node, scope }) =>
      node.name === name &&
      node !== young.node.id &&
      (node.start < unit!.start || node.start >= unit!.end) &&
      pair.new.bindingOf({ node, scope, assigned: false })?.scope === module.scope,
  )
}
