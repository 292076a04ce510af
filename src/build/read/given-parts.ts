import { type Node, unwrap } from '../../instrument/parse.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import { propertyName } from './expressions.ts'
import { sameShape } from './shape.ts'
import { assignedValue } from './unit-values.ts'
import type { Unit } from './units.ts'

/** What two versions of a call are given. */
export interface GivenParts {
  matched: [old: Node, young: Node][]
  added: Node[]
  removed: Node[]
}

/**
 * What two versions of a unit give to the same call, where that differs in functions alone, as far as it does, and in what
 * the call is not given any more.
 */
export function givenParts(old: Unit, young: Unit): GivenParts | undefined {
  const [was, is] = [callOf(old), callOf(young)]
  if (was === undefined || is === undefined || !sameCallee(was, is)) return undefined
  if (was.arguments.length !== is.arguments.length) return undefined
  const found: GivenParts = { matched: [[was.callee, is.callee]], added: [], removed: [] }
  const isOnlyGiven = (is.arguments as Node[]).every((one, i) => compareGiven(was.arguments[i], one, found))
  return isOnlyGiven ? found : undefined
}

/** The call of `const a = call(…)`, `a.b = call(…)` and `call(…)`. */
function callOf(unit: Unit): Node | undefined {
  if (unit.filled !== undefined) return undefined
  const isCall = unit.node.type === 'ExpressionStatement' && unit.targets === undefined
  const node = isCall ? unwrap(unit.node.expression) : assignedValue(unit)
  return node !== undefined && /^(Call|New)Expression$/.test(node.type) ? node : undefined
}

function sameCallee(old: Node, young: Node): boolean {
  return old.type === young.type && old.optional === young.optional && sameShape(old.callee, young.callee)
}

function compareGiven(old: Node | undefined, young: Node, found: GivenParts): boolean {
  if (old === undefined) return false
  const [was, is] = [unwrap(old), unwrap(young)]
  if (was.type !== 'ObjectExpression' || is.type !== 'ObjectExpression') {
    found.matched.push([was, is])
    return sameShape(was, is)
  }
  const left = new Map((was.properties as Node[]).map((one) => [partName(one), one]))
  const isPlain = [...was.properties, ...is.properties].every((one: Node) => partName(one) !== undefined)
  if (!isPlain || left.size !== was.properties.length) return false
  for (const property of is.properties as Node[]) {
    const name = partName(property)
    const match = left.get(name)
    left.delete(name)
    if (match === undefined) {
      if (!isFunction(property.value) || property.kind !== 'init') return false
      found.added.push(property)
    } else if (isFunction(match.value) && isFunction(property.value)) {
      found.matched.push([match, property])
    } else if (!compareGiven(match.value, property.value, found)) return false
  }
  found.removed.push(...left.values())
  return found.removed.every((one) => isOwnMember(propertyName(one)!, was))
}

/** What functions of a literal ask their `this` for: it is no option for the one that gets the literal. */
function isOwnMember(name: string, literal: Node): boolean {
  return containsNode(
    literal,
    ({ type, object, property, computed }) =>
      type === 'MemberExpression' && !computed && object.type === 'ThisExpression' && property.name === name,
  )
}

/** Accessors of one name are two. */
function partName(property: Node): string | undefined {
  const name = property.type === 'Property' ? propertyName(property) : undefined
  return name && `${property.kind} ${name}`
}
