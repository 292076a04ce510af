import { type Node, unwrap } from '../../instrument/parse.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { memberPath } from '../read/expressions.ts'
import { assignedValue } from '../read/unit-values.ts'
import type { Once, Unit } from '../read/units.ts'
import { returnedName, timesAssigned } from './exposed.ts'
import type { OncePlan } from './once-plan.ts'

/** A name of the code around a function, and the members that follow it. */
export interface OutsideName {
  once: OncePlan
  name: string
  members: string
}

/**
 * What a name of a function that is called where it stands is outside of it, in both versions: what it returns, and what it
 * is given. `const Pool = (function (Base) { … return C })(events.EventEmitter)`
 */
export function outsideName(
  name: string,
  { pair }: OncePlan,
  onces: readonly OncePlan[],
): OutsideName | undefined {
  const { fn } = pair.new
  const once = fn && onces.find((one) => one.pair.new.fn === fn.enclosing)
  const made = once?.pair.pairs.find((one) => calledThere(one.new) === fn!.node)
  if (made === undefined) return undefined
  const is = outside(name, pair.new, made.new, once!.pair.new)
  const was = outside(pair.renamed.get(name) ?? name, pair.old, made.old, once!.pair.old)
  const [root, ...steps] = is?.split('.') ?? []
  if (root === undefined || was !== [once!.pair.renamed.get(root) ?? root, ...steps].join('.'))
    return undefined
  return { once: once!, name: root, members: steps.map((one) => `.${one}`).join('') }
}

function outside(name: string, inner: Once, unit: Unit, outer: Once): string | undefined {
  const { node, parameters } = inner.fn!
  const path =
    returnedName(node) === name && timesAssigned(inner, name) <= 1
      ? (unit.names[0] ?? unit.targets?.[0]?.path)
      : parameters.names.get(name)?.assigned === false
        ? givenTo(name, node, assignedValue(unit))
        : undefined
  const root = path?.split('.')[0]
  const binding = root === undefined ? undefined : outer.scope.names.get(root)
  const isKept = binding?.kind === 'import' || (binding && timesAssigned(outer, root!) <= 1)
  return isKept ? path : undefined
}

function givenTo(name: string, { params }: Node, call: Node | undefined): string | undefined {
  const index = (params as Node[]).findIndex((one) => one.type === 'Identifier' && one.name === name)
  const given: Node | undefined = call?.arguments?.[index]
  const path = given && memberPath(unwrap(given))?.path
  return path !== undefined && /^[\w$]+(\.[\w$]+)*$/.test(path) ? path : undefined
}

/** The function that a unit calls where it stands, for the value of its name. */
export function calledThere(unit: Unit): Node | undefined {
  const value = assignedValue(unit)
  const callee = value?.type === 'CallExpression' ? unwrap(value.callee) : undefined
  return callee && isFunction(callee) ? callee : undefined
}
