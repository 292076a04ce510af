import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction, walkOwn } from '../../livepatch/ast.ts'
import { fieldKey, memberPath } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import { isFilled } from './grown-literals.ts'
import { keyOf } from './made-on-this.ts'

/** A member that an object gets where a function makes it. */
export interface GivenMember {
  key: string
  /** Of `[x]`: what stands between the brackets. */
  named: Node | undefined
  node: Node
  value: Node
}

/** An object that a function makes in a variable and gives members one by one. */
export interface FilledLocal {
  name: string
  /** What makes it. */
  init: Node
  members: GivenMember[]
}

/** `const o = Object.create(proto); o.a = 1; o[kState] = 2; Object.assign(o, { b: 3 })` */
export function filledLocals(fn: FunctionNode, source: SourceFile): FilledLocal[] {
  const found: FilledLocal[] = []
  walkOwn(fn.node, (node) => {
    if (node.type !== 'VariableDeclarator') return
    const init: Node | undefined = node.id.type === 'Identifier' && node.init ? unwrap(node.init) : undefined
    const binding = init && makesObject(init) ? source.bindingFor(node.id) : undefined
    if (init === undefined || binding === undefined) return
    const uses = source.usesOf(binding)
    if (uses.some((use) => use.assigned && use.node !== node.id)) return
    const given = uses.flatMap((use) => membersGiven(use.node, fn, source))
    const members = init.type === 'ObjectExpression' ? [...propertiesOf(init), ...given] : given
    if (given.length > 0) found.push({ name: node.id.name, init: node.init, members })
  })
  return found
}

function makesObject(init: Node): boolean {
  if (init.type === 'CallExpression') return memberPath(init.callee)?.path === 'Object.create'
  return init.type === 'ObjectExpression' || isFunction(init)
}

/** What a statement of the function itself gives to an object, whatever happens. */
function membersGiven(object: Node, fn: FunctionNode, source: SourceFile): GivenMember[] {
  const parent = source.parent(object)
  const above = parent && source.parent(parent)
  const isStatement = (node: Node | undefined): boolean => {
    const statement = node && source.parent(node)
    return statement?.type === 'ExpressionStatement' && source.parent(statement) === fn.node.body
  }
  if (parent?.type === 'CallExpression' && isFilled(parent) && parent.arguments[0] === object)
    return isStatement(parent)
      ? (parent.arguments.slice(1) as Node[]).flatMap((one) => propertiesOf(unwrap(one)))
      : []
  if (parent?.type !== 'MemberExpression' || parent.object !== object) return []
  if (above?.type !== 'AssignmentExpression' || above.left !== parent || above.operator !== '=') return []
  const key = fieldKey(parent)
  if (key === undefined || !isStatement(above)) return []
  const named = key.startsWith('[') ? (parent.property as Node) : undefined
  return [{ key, named, node: parent, value: above.right }]
}

function propertiesOf({ type, properties }: Node): GivenMember[] {
  if (type !== 'ObjectExpression') return []
  return (properties as Node[]).flatMap((node) => {
    if (node.type !== 'Property' || node.kind !== 'init') return []
    const name = node.computed ? memberPath(node.key)?.path : undefined
    const key = name === undefined ? keyOf(node) : `[${name}]`
    return key === undefined
      ? []
      : [{ key, named: name === undefined ? undefined : node.key, node, value: node.value }]
  })
}
