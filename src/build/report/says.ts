import { type Node, unwrap } from '../../instrument/parse.ts'
import { containsNode, isFunction, isReference } from '../../livepatch/ast.ts'
import { isRepeatable } from '../read/effects.ts'
import { memberPath } from '../read/expressions.ts'
import { ShapeWriter } from '../read/shape.ts'

/** Whether a statement does nothing but tell somebody something, perhaps under a condition: that is about its start alone. */
export function onlySays(node: Node | null | undefined): boolean {
  if (node === null || node === undefined) return true
  switch (node.type) {
    case 'BlockStatement':
      return (node.body as Node[]).every(onlySays)
    case 'IfStatement':
      return isRepeatable(node.test) && onlySays(node.consequent) && onlySays(node.alternate)
    case 'ExpressionStatement': {
      const call = unwrap(node.expression)
      if (call.type !== 'CallExpression' || !(call.arguments as Node[]).every((one) => isRepeatable(one)))
        return false
      return /^(console\.(log|info|warn|error|debug|trace)|process\.emitWarning)$/.test(
        memberPath(call.callee)?.path ?? '',
      )
    }
    default:
      return false
  }
}

/** `if (require.main === module) main()`, perhaps with more conditions: what is done where the file is the program itself. */
export function isForProgram({ type, test, alternate }: Node): boolean {
  return type === 'IfStatement' && !alternate && asksForMain(unwrap(test))
}

function asksForMain({ type, operator, left, right }: Node): boolean {
  if (type === 'LogicalExpression')
    return operator === '&&' && (asksForMain(unwrap(left)) || asksForMain(unwrap(right)))
  if (type !== 'BinaryExpression' || !/^===?$/.test(operator)) return false
  const paths = [left, right].map((one) => memberPath(unwrap(one))?.path)
  return paths.includes('require.main') && paths.includes('module')
}

/**
 * What `if (typeof a.b === 'function') use(a.b); else console.warn(…)` does where it holds: the statements inside, which
 * without what they use would have come to nothing.
 */
export function guarded({ type, test, consequent, alternate }: Node): Node[] | undefined {
  if (type !== 'IfStatement' || test.type !== 'BinaryExpression' || !onlySays(alternate)) return undefined
  const { left, right, operator } = test
  if (!/^===?$/.test(operator) || left.type !== 'UnaryExpression' || left.operator !== 'typeof')
    return undefined
  if (right.value !== 'function' && right.value !== 'object') return undefined
  const asked = memberPath(unwrap(left.argument))?.path
  const statements: Node[] = consequent.type === 'BlockStatement' ? consequent.body : [consequent]
  const uses = (root: Node): boolean =>
    containsNode(root, (node) => node.type === left.argument.type && memberPath(node)?.path === asked)
  return asked !== undefined && statements.every(uses) ? statements : undefined
}

/**
 * Whether start-up code is the running one but for asking first whether there is what it uses, as in `typeof Element ===
 * 'undefined' ? any : instanceOf(Element)`: that has got through without, so there is.
 */
export function asksFirst(old: Node, young: Node): boolean {
  const [before, after] = [new Whole(), new WithoutAsking()]
  before.write(old, true)
  after.write(young, true)
  return after.hasAsked && after.parts.join('') === before.parts.join('')
}

/** With the functions inside. */
class Whole extends ShapeWriter {
  protected override function(node: Node): void {
    this.any(node)
  }
}

class WithoutAsking extends Whole {
  hasAsked = false

  protected override any(node: Node): void {
    const found = node.type === 'ConditionalExpression' ? whereItIs(node) : undefined
    if (found === undefined) return super.any(node)
    this.hasAsked = true
    this.write(found)
  }
}

/** What is chosen where there is the name that `typeof` asks for, and uses it: without it, that would not have got through. */
function whereItIs({ test, consequent, alternate }: Node): Node | undefined {
  const { type, operator, left, right } = unwrap(test)
  if (type !== 'BinaryExpression' || !/^[!=]==?$/.test(operator) || right.value !== 'undefined')
    return undefined
  if (left.operator !== 'typeof' || left.argument.type !== 'Identifier') return undefined
  const chosen: Node = operator[0] === '!' ? consequent : alternate
  const isUsed = containsNode(chosen, (node, ancestors) => {
    const isIt = node.name === left.argument.name && isReference(node, ancestors.at(-1))
    return isIt && !ancestors.some(isFunction)
  })
  return isUsed ? chosen : undefined
}

/** `Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' })`, by which bundlers mark what they make. */
export function marksModule(node: Node): boolean {
  const call = node.type === 'ExpressionStatement' ? unwrap(node.expression) : node
  if (call.type !== 'CallExpression' || memberPath(call.callee)?.path !== 'Object.defineProperty')
    return false
  const [holder, key, descriptor] = call.arguments as (Node | undefined)[]
  const [only, ...others] = (descriptor?.type === 'ObjectExpression' ? descriptor.properties : []) as Node[]
  const isMark = only?.value?.value === 'Module' && others.length === 0
  return isMark && isExportsObject(holder!) && memberPath(key!)?.path === 'Symbol.toStringTag'
}

function isExportsObject(node: Node): boolean {
  return /^(module\.)?exports$/.test(memberPath(node)?.path ?? '')
}
