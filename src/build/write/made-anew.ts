import { isBuiltin } from 'node:module'
import type { Node } from '../../instrument/parse.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import { returnedName } from '../plan/exposed.ts'
import { isFilledUnseen } from '../plan/filled-unseen.ts'
import { isMadeInKind } from '../plan/made-in-kind.ts'
import { isFunctionName, type OncePlan } from '../plan/once-plan.ts'
import { calledThere } from '../plan/outside-name.ts'
import { comparedWith } from '../plan/state.ts'
import { memberPath } from '../read/expressions.ts'
import { PureCalls } from '../read/pure-calls.ts'
import { assignedValue, classOf } from '../read/unit-values.ts'
import type { Unit } from '../read/units.ts'
import { BY_HAND, Cannot } from './cannot.ts'

/** Making a value anew must not lose what the program has put into the running one. */
export function checkMadeAnew(once: OncePlan, name: string): void {
  const old = once.pair.old.scope.names.get(name)
  if (old === undefined || isFunctionName(once, name)) return
  const own = once.unitOf(name)
  // What is loaded again is the module that is there.
  if (own?.kind === 'import' && isBuiltin(own.source ?? '')) return
  const kept = once.keeps(name) ?? once.mayKeep(name)
  if (kept !== undefined)
    throw new Cannot(
      own?.node ?? kept.node,
      `'${name}' has to be made anew, and the running one holds what the program has put into it`,
      'carry its contents over in a pre-patch callback, with a state that says so',
    )
  if (once.initialisers(name).some((unit) => classOf(unit) !== undefined) || holdsClass(once, own))
    throw new Cannot(
      own?.node ?? once.pair.new.units[0]!.node,
      `'${name}' has to be made anew, and classes that stand in it would be others than those of existing objects`,
      BY_HAND,
    )
  if (once.changed.has(name) && isComparedObject(once, name))
    throw new Cannot(
      own?.node ?? once.pair.new.units[0]!.node,
      `'${name}' has to be made anew, and what has the running one in it is compared with it`,
      BY_HAND,
    )
  if (once.soft.has(name) && isFilledUnseen(name, once))
    throw new Cannot(
      own!.node,
      `'${name}' is needed where it cannot be reached, and start-up code may have put something into it in ways that its text does not tell`,
      BY_HAND,
    )
  const why = once.changed.get(name) ?? once.soft.get(name)
  const isUnchanged = once.pair.pairs.some((pair) => pair.new === own && !pair.changed)
  if (
    own?.kind === 'variable' &&
    isUnchanged &&
    !PureCalls.of(once.pair.new.file).isRepeatable(assignedValue(own)) &&
    !countsAnew(assignedValue(own), once) &&
    !isMadeInKind(once, name) &&
    !why?.startsWith('made')
  ) {
    throw new Cannot(
      own.node,
      `'${name}' is needed where it cannot be reached, and making it a second time may have effects`,
      BY_HAND,
    )
  }
}

/** An object that tells what it is by being that object: `const NONE = {}`. */
function isComparedObject(once: OncePlan, name: string): boolean {
  const { old, new: young } = once.pair
  const own = old.units.find(({ names }) => names.includes(name))
  const value = own && assignedValue(own)
  const isObject = value !== undefined && /^(Object|Array|New|Call)Expression$/.test(value.type)
  return isObject && once.isHandedOut(name) && comparedWith(name, young) !== undefined
}

/**
 * A class in a literal that stands in both versions: `{ a: class { … } }`; what a function gives that is called there; or a class
 * that became something else: `(_a = class { … }, _a.n = 1, _a)`.
 */
function holdsClass({ pair }: OncePlan, own: Unit | undefined): boolean {
  const both = pair.pairs.find((one) => one.new === own)
  if (both === undefined) return false
  return (
    (classOf(both.old) !== undefined && both.changed) ||
    [both.old, both.new].every(
      (unit) => classOf(unit) === undefined && (hasClass(unit.node) || givesClass(unit)),
    )
  )
}

/** `(function (Base) { function C() {} C.prototype.m = …; return C })(Base)`, and the same with `class`. */
function givesClass(unit: Unit): boolean {
  const fn = calledThere(unit)
  if (fn === undefined) return false
  const given: Node | undefined = fn.body.type === 'BlockStatement' ? fn.body.body.at(-1)?.argument : fn.body
  if (given?.type === 'ClassExpression') return true
  const name = returnedName(fn)
  if (name === undefined) return false
  return containsNode(fn.body, (node) => {
    if (node.type === 'ClassDeclaration') return node.id?.name === name
    return node.type === 'MemberExpression' && memberPath(node)?.path === `${name}.prototype`
  })
}

function hasClass(root: Node): boolean {
  return containsNode(
    root,
    ({ type }, ancestors) => type === 'ClassExpression' && !ancestors.some(isFunction),
  )
}

/** `R++`, where the patch begins to count from the start. */
function countsAnew(value: Node | undefined, once: OncePlan): boolean {
  return value?.type === 'UpdateExpression' && once.isBrought(value.argument.name)
}
