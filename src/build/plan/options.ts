import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import { memberKey, nameOf } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import { isEmptyObject } from './state.ts'

const NAMES =
  /^_?(opts?|options?|conf|config|cfg|settings|props|params|args|init)$|(Opts?|Options?|Config|Settings|Params)$/i

/** Whether what a parameter holds is made to be looked into, by whoever calls: not an object that does something. */
export function isOptions(name: string, index: number, fn: FunctionNode, source: SourceFile): boolean {
  if (NAMES.test(name)) return true
  const uses = source.usesOf(fn.parameters.names.get(name)).map(({ node }) => node)
  if (uses.some((node) => isCalledOn(node, source))) return false
  const begins = fn.node.params[index] as Node
  if (begins.type === 'AssignmentPattern' && isEmptyObject(begins.right)) return true
  if (uses.some((node) => isEmptyBy(node, source)) || isMadeForCall(index, fn, source)) return true
  return (
    uses.some((node) => isGuard(node, source) || isGuard(source.parent(node)!, source)) &&
    uses.every((node) => isGuard(node, source) || isReadFrom(node, source))
  )
}

/** `{}` in place of what is not passed: `a || {}`, `a = {}`. */
function isEmptyBy(node: Node, source: SourceFile): boolean {
  const parent = source.parent(node)
  if (parent?.type === 'AssignmentExpression') return parent.left === node && isEmptyObject(parent!.right)
  return /^(\|\||\?\?)$/.test(parent?.operator) && parent!.left === node && isEmptyObject(parent!.right)
}

/** Whether calls in the file itself give it a literal. */
function isMadeForCall(index: number, fn: FunctionNode, source: SourceFile): boolean {
  const name = (fn.class?.node.id?.name ?? fn.paths[0]?.split(/[/.]/).at(-1)) as string | undefined
  const isCall = (node: Node): boolean =>
    /^(Call|New)Expression$/.test(node.type) &&
    node.arguments[index]?.type === 'ObjectExpression' &&
    nameOf(node.callee) === name
  return name !== undefined && containsNode(source.program, isCall)
}

function isCalledOn(node: Node, source: SourceFile): boolean {
  const parent = source.parent(node)
  const above = parent && source.parent(parent)
  const isMember = parent?.type === 'MemberExpression' && parent.object === node
  return isMember && above?.type === 'CallExpression' && above.callee === parent
}

/** `a && b`, `a || b`, `a?.b`, `!a`, `a ? b : c`, `typeof a`: code can do without it. */
function isGuard(node: Node, source: SourceFile): boolean {
  const parent = source.parent(node)
  switch (parent?.type) {
    case 'MemberExpression':
      return parent.object === node && parent.optional
    case 'LogicalExpression':
      return parent.left === node
    case 'UnaryExpression':
      return /^(!|typeof)$/.test(parent.operator)
    case 'BinaryExpression':
      return /^[!=]==?$/.test(parent.operator)
    default:
      return /^(If|Conditional)/.test(parent?.type ?? '') && parent!.test === node
  }
}

function isReadFrom(node: Node, source: SourceFile): boolean {
  const parent = source.parent(node)!
  if (parent.type !== 'MemberExpression' || parent.object !== node) return false
  const above = source.parent(parent)
  return (
    above?.type !== 'UpdateExpression' && !(above?.type === 'AssignmentExpression' && above.left === parent)
  )
}

/** The members that a function asks a parameter for; undefined where somebody else may ask it for others. */
export function askedOf(name: string, fn: FunctionNode, source: SourceFile): Set<string> | undefined {
  const asked = new Set<string>()
  for (const { node } of source.usesOf(fn.parameters.names.get(name))) {
    const parent = source.parent(node)!
    if (parent.type === 'MemberExpression' && parent.object === node) {
      const key = memberKey(parent)
      if (key === undefined) return undefined
      asked.add(key)
    } else if (parent.type === 'VariableDeclarator' && parent.id.type === 'ObjectPattern') {
      for (const { key, computed } of parent.id.properties as Node[]) {
        if (key === undefined || computed) return undefined
        asked.add(key.name ?? String(key.value))
      }
    } else if (!isFunction(parent) && !isGuard(node, source) && !isEmptyBy(node, source)) return undefined
  }
  return asked
}
