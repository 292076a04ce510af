/**
 * Paths of functions: steps from outside to inside, joined by '/'.
 *
 * A step is the function's own name, and the binding or member that it is assigned to as written; where both exist
 * both are accepted. A member of an object literal is named after what the literal is assigned to (`proto.handle`),
 * or by its key alone where that is nothing.
 */
import { type Node, unwrap } from './parse.ts'
import type { FunctionNode } from './scopes.ts'

const ANONYMOUS = '<anonymous>'
/** A function may have several names, and so may each function around it; beyond this many the rest are dropped. */
const MOST = 8

export function functionPaths(
  fn: FunctionNode,
  ancestors: readonly Node[],
  enclosing: FunctionNode | undefined,
  source: string,
): string[] {
  const names = new Namer(ancestors, source)
  const steps = names.functionSteps(fn)
  const outer = enclosing?.paths ?? ['']
  const between = names.classesBetween()
  const paths: string[] = []
  for (const prefix of outer) {
    for (const step of steps) {
      if (paths.length < MOST) paths.push([prefix, ...between, step].filter((part) => part !== '').join('/'))
    }
  }
  return paths
}

class Namer {
  readonly ancestors: readonly Node[]
  readonly source: string
  /** The function is named by a class element; the class is part of its step. */
  private element = -1

  constructor(ancestors: readonly Node[], source: string) {
    this.ancestors = ancestors
    this.source = source
  }

  functionSteps(fn: FunctionNode): string[] {
    const steps = fn.node.id ? [fn.node.id.name as string] : []
    for (const owner of this.owners(fn.node, this.ancestors.length - 1)) {
      if (!steps.includes(owner)) steps.push(owner)
    }
    if (steps.length === 0) return [ANONYMOUS]
    const prefix = fn.kind === 'getter' ? 'get ' : fn.kind === 'setter' ? 'set ' : ''
    return steps.map((step) => prefix + step)
  }

  /** What the value `child` is assigned to, where `ancestors[at]` is its parent. */
  owners(child: Node, at: number): string[] {
    const parent = this.ancestors[at]
    if (parent === undefined) return []
    switch (parent.type) {
      case 'ParenthesizedExpression':
        return this.owners(parent, at - 1)
      case 'VariableDeclarator':
        return parent.init === child && parent.id.type === 'Identifier' ? [parent.id.name] : []
      case 'AssignmentExpression':
        if (parent.right !== child) return []
        return [this.asWritten(unwrap(parent.left)), ...this.owners(parent, at - 1)]
      case 'AssignmentPattern':
        return parent.right === child && parent.left.type === 'Identifier' ? [parent.left.name] : []
      case 'ExportDefaultDeclaration':
        return ['default']
      case 'Property':
        return parent.value === child ? this.members(parent, at) : []
      case 'MethodDefinition':
      case 'PropertyDefinition':
      case 'AccessorProperty':
        return parent.value === child ? this.classMember(parent, at) : []
      default:
        return []
    }
  }

  members(property: Node, at: number): string[] {
    const owners = this.owners(this.ancestors[at - 1]!, at - 2)
    if (owners.length === 0) return [this.key(property, '')]
    return owners.map((owner) => this.key(property, owner))
  }

  classMember(element: Node, at: number): string[] {
    this.element = at
    const owners = this.classNames(at - 2)
    if (element.kind === 'constructor') return owners
    return owners.map((owner) => this.key(element, element.static ? owner : `${owner}.prototype`))
  }

  classNames(at: number): string[] {
    const node = this.ancestors[at]!
    const names: string[] = node.id ? [node.id.name] : []
    for (const owner of this.owners(node, at - 1)) if (!names.includes(owner)) names.push(owner)
    return names.length === 0 ? [ANONYMOUS] : names
  }

  /** The member `owner.key` as it would be written. */
  key(member: Node, owner: string): string {
    const key: Node = member.key
    if (key.type === 'PrivateIdentifier') return `${owner}.#${key.name}`
    if (member.computed) return `${owner}[${this.asWritten(key)}]`
    const name = key.type === 'Identifier' ? (key.name as string) : key.value
    if (typeof name === 'string' && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) {
      return owner === '' ? name : `${owner}.${name}`
    }
    return owner === '' ? String(name) : `${owner}[${this.asWritten(key)}]`
  }

  /** The text without white space, and not too much of it. */
  asWritten(node: Node): string {
    return this.source.slice(node.start, node.end).replace(/\s+/g, '').slice(0, 200)
  }

  /** Classes in whose field initialisers or static blocks the function stands without being named by them. */
  classesBetween(): string[] {
    const between: string[] = []
    for (let at = this.ancestors.length - 1; at > 0; at--) {
      const type = this.ancestors[at]!.type
      if (type.endsWith('FunctionExpression') || type === 'FunctionDeclaration') break
      if (at === this.element) continue
      if (type === 'PropertyDefinition' || type === 'AccessorProperty' || type === 'StaticBlock') {
        between.unshift(this.classNames(at - 2)[0]!)
      }
    }
    return between
  }
}
