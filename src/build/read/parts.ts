import { type Node, unwrap } from '../../instrument/parse.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { propertyName } from './expressions.ts'
import { sameShape } from './shape.ts'

/** Two versions of a function, or of something that is the same but for functions in it. */
type Part = [old: Node, young: Node]

/**
 * What stands in the same place of two versions of a value that differ: members of objects by their names, elements of lists
 * and what calls are given one after the other. Whoever has got a function of the running one goes on calling it.
 */
export function partsAlike(old: Node, young: Node): Part[] {
  const [was, is] = [unwrap(old), unwrap(young)]
  if (isFunction(was) && isFunction(is)) return [[was, is]]
  if (was.type !== is.type) return []
  if (sameShape(was, is)) return [[was, is]]
  if (is.type === 'ObjectExpression') return membersAlike(was.properties, is.properties)
  if (is.type === 'ArrayExpression') return elementsAlike(was.elements, is.elements)
  const isCall = is.type === 'CallExpression' || is.type === 'NewExpression'
  // One that is called there has run, and is none that anybody has got.
  if (!isCall || isFunction(unwrap(is.callee)) || !sameShape(was.callee, is.callee)) return []
  return inTurn(was.arguments, is.arguments)
}

function membersAlike(olds: readonly Node[], youngs: readonly Node[]): Part[] {
  return youngs.flatMap((young) => {
    if (young.type !== 'Property') return []
    const old = olds.find(
      (one) => one.type === 'Property' && one.kind === young.kind && isSameKey(one, young),
    )
    return old === undefined ? [] : partsAlike(old.value, young.value)
  })
}

function isSameKey(old: Node, young: Node): boolean {
  const [was, is] = [propertyName(old), propertyName(young)]
  return was === is && (is !== undefined || sameShape(old.key, young.key))
}

/** Of lists that have become longer or shorter those that say who they are: `function a() {}`, `['a', …]`. */
function elementsAlike(olds: readonly (Node | null)[], youngs: readonly (Node | null)[]): Part[] {
  if (olds.length === youngs.length) return inTurn(olds, youngs)
  return youngs.flatMap((young) => {
    const key = young && elementKey(young)
    const old = key && olds.find((one) => one !== null && elementKey(one) === key)
    return old ? partsAlike(old, young!) : []
  })
}

function elementKey(node: Node): string | undefined {
  if (isFunction(node)) return node.id ? `ƒ ${node.id.name}` : undefined
  const first = node.type === 'ArrayExpression' ? node.elements[0] : undefined
  return typeof first?.value === 'string' ? `[${first.value}` : undefined
}

function inTurn(olds: readonly (Node | null)[], youngs: readonly (Node | null)[]): Part[] {
  return youngs.flatMap((young, i) => (young && olds[i] ? partsAlike(olds[i], young) : []))
}
