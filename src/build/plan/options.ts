import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction, walk } from '../../livepatch/ast.ts'
import { memberKey, memberPath, nameOf } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import { isEmptyObject } from './state.ts'

const NAMES =
  /^_?(opts?|options?|conf|config|cfg|settings|props|params|args|init)$|(Opts?|Options?|Config|Settings|Params)$/i
const SELF = /^(self|that|_this\d*|me|exports|module)$/

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

/** The names of members that the code of a file gives to objects which it hands on. */
export function givenIn(source: SourceFile): Set<string> {
  const found = new Set<string>()
  const flow = new HandedOn(source)
  const isCopied = containsNode(source.program, copiesMembers)
  walk(source.program, (node) => {
    if (node.type === 'ObjectExpression' && node.properties.length > 0 && (isCopied || flow.includes(node)))
      for (const { key, computed } of node.properties as Node[])
        if (key !== undefined && !computed) found.add(key.name ?? String(key.value))
    if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') return
    const { object } = node.left as Node
    if (object.type === 'Identifier' && !SELF.test(object.name)) found.add(memberKey(node.left) ?? '')
  })
  return found
}

/** `a[key] = b[key]` */
function copiesMembers({ type, left, right }: Node): boolean {
  if (type !== 'AssignmentExpression' || left.type !== 'MemberExpression' || !left.computed) return false
  return right.type === 'MemberExpression' && right.computed && right.property.name === left.property.name
}

/** Which objects of a file calls get, as far as its text shows it, or whoever called one of its functions. */
class HandedOn {
  readonly #source: SourceFile
  readonly #known = new Map<Node | string | undefined, boolean>()

  constructor(source: SourceFile) {
    this.#source = source
  }

  includes(value: Node): boolean {
    const source = this.#source
    let at = value
    let parent = source.parent(at)
    while (
      parent !== undefined &&
      (/^(Property|ObjectExp|Parenthes|Conditional|Logical|Spread)/.test(parent.type) || isMerge(parent, at))
    ) {
      at = parent
      parent = source.parent(at)
    }
    switch (parent?.type) {
      case 'CallExpression':
      case 'NewExpression':
        return parent.callee !== at
      case 'ReturnStatement':
        return true
      case 'VariableDeclarator':
        return parent.init === at && this.#isNameHandedOn(parent.id)
      case 'AssignmentExpression':
        return parent.right === at && this.#isNameHandedOn(parent.left)
      default:
        return parent?.type === 'ArrowFunctionExpression'
    }
  }

  /** A variable, or a member by its name, whosever it is. */
  #isNameHandedOn(target: Node): boolean {
    const isVariable = target.type === 'Identifier'
    if (!isVariable && target.type !== 'MemberExpression') return false
    const key = isVariable ? target : memberKey(target)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    this.#known.set(key, false)
    const is = isVariable
      ? this.#source
          .usesOf(this.#source.bindingFor(target))
          .some(({ node }) => node !== target && this.includes(node))
      : containsNode(
          this.#source.program,
          (node) => node.type === 'MemberExpression' && memberKey(node) === key && this.includes(node),
        )
    this.#known.set(key, is)
    return is
  }
}

/** `Object.assign({}, a)`, `Object.freeze(a)`: what comes of it is handed on, or is not. */
function isMerge({ type, callee, arguments: args }: Node, given: Node): boolean {
  if (type !== 'CallExpression' || !/^Object\.(assign|freeze|seal)$/.test(memberPath(callee)?.path ?? ''))
    return false
  return args[0] === given || /^(Object|This)Expression$/.test(args[0].type)
}
