import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isSimple } from '../../instrument/syntax.ts'
import { containsNode, isFunction, isWritten } from '../../livepatch/ast.ts'
import { BY_HAND, Cannot } from '../write/cannot.ts'
import type { SourceFile } from './source-file.ts'

/** Whether a function is strict because of what stands around it, in a file that is sloppy as a whole. */
export function isStrictWithin(fn: FunctionNode, source: SourceFile): boolean {
  return fn.strict && !fn.ownStrict && !source.analysis.module.strict
}

/** `'use strict'` may stand in a function, if all of its parameters are plain names. */
export function mayHaveDirective({ body }: Node, params: Node[]): boolean {
  return body.type === 'BlockStatement' && isSimple(params)
}

/** A function that cannot say itself that it is strict, in one that does. */
export function strictAround(fn: FunctionNode, head: string, params: string, body: string): string {
  const inside = fn.generator
    ? `yield* (function* (${params}) ${body}).apply(this, arguments)`
    : `(${fn.async ? 'async ' : ''}(${params}) => ${body})(...arguments)`
  if (fn.generator && usesSuper(fn.node))
    throw new Cannot(fn.node, "it uses 'super' in a strict generator of a sloppy file", BY_HAND)
  return `${head}() {\n  'use strict'\n  return ${inside}\n}`
}

function usesSuper(root: Node): boolean {
  return containsNode(
    root,
    ({ type }, ancestors) => type === 'Super' && !ancestors.some((one) => one.type === 'ClassBody'),
  )
}

/** Whether a function's own part means one thing in strict code and another in sloppy code. */
export function isSensitive(fn: FunctionNode, source: SourceFile): boolean {
  if (fn.eval || fn.withInside || fn.arguments) return true
  const own = fn.node
  const assignsGlobal = source
    .usesIn(own)
    .some((use) => use.assigned && source.functionAt(use) === fn && source.bindingOf(use) === undefined)
  return assignsGlobal || containsNode(own, (node, ancestors) => isSensitiveNode(node, own, ancestors))
}

function isSensitiveNode(node: Node, own: Node, ancestors: readonly Node[]): boolean {
  const inner = ancestors.slice(1).filter(isFunction)
  // `this` of an arrow function is that of the function around it.
  if (node.type === 'ThisExpression')
    return own.type !== 'ArrowFunctionExpression' && inner.every(({ type }) => type.startsWith('Arrow'))
  if (inner.length > 0) return false
  switch (node.type) {
    case 'FunctionDeclaration':
      return node !== own && ancestors.at(-1) !== own.body
    case 'UnaryExpression':
      return node.operator === 'delete'
    case 'MemberExpression':
      return node.property.name === 'caller' || isWritten(node, ancestors)
    default:
      return false
  }
}
