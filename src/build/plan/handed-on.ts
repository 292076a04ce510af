import type { Node } from '../../instrument/parse.ts'
import { containsNode } from '../../livepatch/ast.ts'
import { memberKey, memberPath } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'

const SELF = /^(self|that|_this\d*|me|exports|module)$/

/** The calls that get an object, as far as the text of a file shows it; whoever gets what a statement returns; undefined: whoever. */
type Takers = (Node | undefined)[]

/** What a member of an object that is handed on is given, and to whom that goes. */
export interface Given {
  value: Node
  to: Node | undefined
}

/** The names of members that the code of a file gives to objects which it hands on, and to whom. */
export function givenIn(source: SourceFile): Map<string, Given[]> {
  const found = new Map<string, Given[]>()
  const add = (name: string, value: Node, takers: Takers): void =>
    void found.set(name, [...(found.get(name) ?? []), ...takers.map((to) => ({ value, to }))])
  const flow = new HandedOn(source)
  const isCopied = containsNode(source.program, copiesMembers)
  source.nodes.forEach((node) => {
    if (node.type === 'ObjectExpression' && node.properties.length > 0) {
      const takers = isCopied ? [undefined] : flow.of(node)
      for (const { key, computed, value } of takers.length > 0 ? (node.properties as Node[]) : [])
        if (key !== undefined && !computed) add(key.name ?? String(key.value), value, takers)
    }
    if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') return
    const { object } = node.left as Node
    if (object.type === 'Identifier' && !SELF.test(object.name))
      add(memberKey(node.left) ?? '', node.right, [undefined])
  })
  return found
}

/** `a[key] = b[key]` */
function copiesMembers({ type, left, right }: Node): boolean {
  if (type !== 'AssignmentExpression' || left.type !== 'MemberExpression' || !left.computed) return false
  return right.type === 'MemberExpression' && right.computed && right.property.name === left.property.name
}

/** Whom the code of a file hands objects on to. */
class HandedOn {
  readonly #source: SourceFile
  readonly #known = new Map<Node | string | undefined, Takers>()

  constructor(source: SourceFile) {
    this.#source = source
  }

  of(value: Node): Takers {
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
        return parent.callee === at ? [] : [parent]
      case 'ReturnStatement':
        return [parent]
      case 'ArrowFunctionExpression':
        return [undefined]
      case 'VariableDeclarator':
        return parent.init === at ? this.#ofName(parent.id) : []
      case 'AssignmentExpression':
        return parent.right === at ? this.#ofName(parent.left) : []
      default:
        return []
    }
  }

  /** A variable, or a member by its name, whosever it is. */
  #ofName(target: Node): Takers {
    const isVariable = target.type === 'Identifier'
    if (!isVariable && target.type !== 'MemberExpression') return []
    const key = isVariable ? target : memberKey(target)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const found: Takers = []
    this.#known.set(key, found)
    if (isVariable) {
      for (const { node } of this.#source.usesOf(this.#source.bindingFor(target)))
        if (node !== target) found.push(...this.of(node))
    } else
      this.#source.nodes.forEach((node) => {
        if (node.type === 'MemberExpression' && memberKey(node) === key) found.push(...this.of(node))
      })
    return found
  }
}

/** `Object.assign({}, a)`, `Object.freeze(a)`: what comes of it is handed on, or is not. */
function isMerge({ type, callee, arguments: args }: Node, given: Node): boolean {
  if (type !== 'CallExpression' || !/^Object\.(assign|freeze|seal)$/.test(memberPath(callee)?.path ?? ''))
    return false
  return args[0] === given || /^(Object|This)Expression$/.test(args[0].type)
}
