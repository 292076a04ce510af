import { type Node, unwrap } from '../../instrument/parse.ts'

/** What a compiler has made of `value ?? otherwise`, with a variable that holds the value for as long. */
export interface Coalescing {
  value: Node
  otherwise: Node
}

/** `(_a = x) !== null && _a !== void 0 ? _a : y`, and `x !== null && x !== void 0 ? x : y` of a plain name. */
export function coalescingIn({ type, test, consequent, alternate }: Node): Coalescing | undefined {
  if (type !== 'ConditionalExpression') return undefined
  const asked = unwrap(test)
  if (asked.type !== 'LogicalExpression' || asked.operator !== '&&') return undefined
  const [first, second] = [unwrap(asked.left), unwrap(asked.right)]
  const value = comparedWith(first, isNull)
  const held = comparedWith(second, isVoid)
  const result = unwrap(consequent)
  if (value === undefined || held?.type !== 'Identifier' || result.name !== held.name) return undefined
  const isHeld = value.type === 'AssignmentExpression' && value.operator === '='
  if ((isHeld ? value.left.name : value.name) !== held.name) return undefined
  return { value: isHeld ? value.right : value, otherwise: alternate }
}

/** `x` of `x !== null`. */
function comparedWith(
  { type, operator, left, right }: Node,
  isIt: (node: Node) => boolean,
): Node | undefined {
  const isComparison = type === 'BinaryExpression' && operator === '!=='
  return isComparison && isIt(unwrap(right)) ? unwrap(left) : undefined
}

function isNull({ type, value, regex, bigint }: Node): boolean {
  return type === 'Literal' && value === null && !regex && !bigint
}

function isVoid({ type, operator, name }: Node): boolean {
  return (
    (type === 'UnaryExpression' && operator === 'void') || (type === 'Identifier' && name === 'undefined')
  )
}
