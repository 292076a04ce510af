import type { Node } from '../../instrument/parse.ts'
import { changesObject } from './effects.ts'
import type { SourceFile, Use } from './source-file.ts'

/** What takes nothing for 0. */
const BITS = /^([|&^]|<<|>>>?)$/

/**
 * Whether code that asks for a value can do without it: `a?.b`, `a ?? b`, `a && b`, `if (a)`, `typeof a`, `a | 0`; of an empty object
 * `a.b` as well.
 */
export function canBeUnset(use: Use, source: SourceFile, isEmpty: boolean): boolean {
  const { node } = use
  const parent = source.parent(node)!
  if (parent.type === 'MemberExpression' && parent.object === node)
    return parent.optional || (isEmpty && !changesObject(use, source) && !isCallee(parent, source))
  if (parent.type === 'LogicalExpression') return parent.left === node
  if (parent.type === 'UnaryExpression') return /^(!|typeof|void)$/.test(parent.operator)
  if (parent.type === 'BinaryExpression' && BITS.test(parent.operator)) return true
  if (parent.type === 'BinaryExpression')
    return /^[!=]==?$/.test(parent.operator) && [parent.left, parent.right].some(isNothingWritten)
  return /^(If|Conditional)/.test(parent.type) && parent.test === node
}

/** Whether code cannot do without a value: nothing looks whether there is one before it is used, or it throws without. */
export function isNeeded(uses: readonly Use[], source: SourceFile): boolean {
  if (uses.some(({ node }) => isDemanded(node, source))) return true
  return (
    uses.every((use) => !use.assigned && !canBeUnset(use, source, false)) &&
    uses.some((use) => isUsedUp(use, source))
  )
}

/** `if (typeof a !== 'function') throw …`, `if (!a) throw …` */
function isDemanded(node: Node, source: SourceFile): boolean {
  let test = source.parent(node)!
  const isAsked = test.type === 'UnaryExpression' && /^(!|typeof)$/.test(test.operator)
  if (!isAsked) return false
  if (test.operator === 'typeof') test = source.parent(test)!
  const isDenied = test.operator === '!' || /^!==?$/.test(test.operator)
  const statement = source.parent(test)
  if (!isDenied || statement?.type !== 'IfStatement' || statement.test !== test) return false
  const { consequent } = statement
  return (consequent.body?.[0] ?? consequent).type === 'ThrowStatement'
}

/** Called, asked for a member, gone through, or reckoned with. */
function isUsedUp({ node }: Use, source: SourceFile): boolean {
  const parent = source.parent(node)!
  if (parent.type === 'MemberExpression') return parent.object === node
  if (/^(Call|New)Expression$/.test(parent.type)) return parent.callee === node
  if (parent.type === 'BinaryExpression') return !/^[!=]==?$/.test(parent.operator)
  return (
    /^(SpreadElement|TemplateLiteral)$/.test(parent.type) ||
    (parent.type === 'ForOfStatement' && parent.right === node)
  )
}

function isCallee(node: Node, source: SourceFile): boolean {
  const parent = source.parent(node)
  return /^(Call|New)Expression$/.test(parent?.type ?? '') && parent!.callee === node
}

function isNothingWritten({ type, name, value, operator }: Node): boolean {
  return (
    name === 'undefined' ||
    (type === 'Literal' && value === null) ||
    (type === 'UnaryExpression' && operator === 'void')
  )
}
