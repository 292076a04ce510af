import { visitorKeys } from 'oxc-parser'
import type { Node } from '../instrument/parse.ts'
import { boundNames } from '../instrument/syntax.ts'

/** A node and the nodes around it, outermost first. */
export type Visit = (node: Node, ancestors: readonly Node[]) => void

/**
 * Calls `visit` for every node below and including `root`, parents first. Lists are counted through: an iterator makes an object
 * for each node, as long as the function is not compiled.
 */
export function walk(root: Node, visit: Visit, ancestors: Node[] = []): void {
  visit(root, ancestors)
  ancestors.push(root)
  const keys = visitorKeys[root.type] ?? []
  for (let k = 0; k < keys.length; k++) {
    const child = root[keys[k]!]
    if (Array.isArray(child)) {
      for (let i = 0; i < child.length; i++) if (child[i] !== null) walk(child[i], visit, ancestors)
    } else if (child !== null && child !== undefined) walk(child, visit, ancestors)
  }
  ancestors.pop()
}

/** The same, but for what stands in functions inside of `root`: these are visited themselves. */
export function walkOwn(root: Node, visit: Visit): void {
  const below = (node: Node, ancestors: Node[]): void => {
    visit(node, ancestors)
    if (node !== root && isFunction(node)) return
    ancestors.push(node)
    const keys = visitorKeys[node.type] ?? []
    for (let k = 0; k < keys.length; k++) {
      const child = node[keys[k]!]
      if (Array.isArray(child)) {
        for (let i = 0; i < child.length; i++) if (child[i] !== null) below(child[i], ancestors)
      } else if (child !== null && child !== undefined) below(child, ancestors)
    }
    ancestors.pop()
  }
  below(root, [])
}

/** Whether `isSought` holds for a node below and including `root`. */
export function containsNode(
  root: Node,
  isSought: (node: Node, ancestors: readonly Node[]) => boolean,
  ancestors: Node[] = [],
): boolean {
  if (isSought(root, ancestors)) return true
  ancestors.push(root)
  const isFound = someChild(root, (child) => containsNode(child, isSought, ancestors))
  ancestors.pop()
  return isFound
}

function someChild(node: Node, holds: (child: Node) => boolean): boolean {
  const keys = visitorKeys[node.type] ?? []
  for (let k = 0; k < keys.length; k++) {
    const child = node[keys[k]!]
    if (Array.isArray(child)) {
      for (let i = 0; i < child.length; i++) if (child[i] !== null && holds(child[i])) return true
    } else if (child != null && holds(child)) return true
  }
  return false
}

export function isFunction(node: Node): boolean {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  )
}

/** Whether an identifier stands for a variable, and not for a property, a label or the like. */
export function isReference(node: Node, parent: Node | undefined): boolean {
  if (node.type !== 'Identifier' || parent === undefined) return false
  switch (parent.type) {
    case 'MemberExpression':
      return parent.object === node || parent.computed
    case 'Property':
    case 'PropertyDefinition':
    case 'MethodDefinition':
    case 'AccessorProperty':
      return parent.value === node || parent.computed
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
      return false
    case 'ExportSpecifier':
      return parent.local === node
    default:
      return true
  }
}

/** Whether a member is assigned to: `a.x += 1`, `a.x++`, `[a.x] = …`, `({ a: a.x } = …)`, `for (a.x of …)`. */
export function isWritten(member: Node, ancestors: readonly Node[]): boolean {
  const parent = ancestors.at(-1)
  switch (parent?.type) {
    case 'UpdateExpression':
    case 'ArrayPattern':
    case 'RestElement':
      return true
    case 'AssignmentExpression':
    case 'AssignmentPattern':
    case 'ForInStatement':
    case 'ForOfStatement':
      return parent.left === member
    case 'Property':
      return parent.value === member && ancestors.at(-2)?.type === 'ObjectPattern'
    default:
      return false
  }
}

/** Whether `name`, used below `ancestors`, means a variable of a scope inside the module instead of the module's own. */
export function isShadowed(name: string, ancestors: readonly Node[]): boolean {
  return ancestors.slice(1).some((node) => declaredNames(node).has(name))
}

const declared = new WeakMap<Node, Set<string>>()

function declaredNames(node: Node): Set<string> {
  const known = declared.get(node)
  if (known !== undefined) return known
  const names = new Set<string>(namesOf(node))
  declared.set(node, names)
  return names
}

function namesOf(node: Node): string[] {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression': {
      const own = node.type === 'FunctionExpression' ? boundNames(node.id) : []
      return [...own, ...node.params.flatMap(boundNames), ...varsIn(node.body)]
    }
    case 'ClassExpression':
    case 'ClassDeclaration':
      return boundNames(node.id)
    case 'BlockStatement':
    case 'StaticBlock':
      return node.body.flatMap(lexicalNames)
    case 'SwitchStatement':
      return node.cases.flatMap((one: Node) => one.consequent.flatMap(lexicalNames))
    case 'ForStatement':
      return node.init ? lexicalNames(node.init) : []
    case 'ForInStatement':
    case 'ForOfStatement':
      return lexicalNames(node.left)
    case 'CatchClause':
      return boundNames(node.param)
    default:
      return []
  }
}

function lexicalNames(statement: Node): string[] {
  if (statement.type === 'VariableDeclaration' && statement.kind !== 'var') {
    return statement.declarations.flatMap((one: Node) => boundNames(one.id))
  }
  if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration')
    return boundNames(statement.id)
  return []
}

/** `var` declarations of a function's body, at any depth but not in functions inside. */
function varsIn(body: Node): string[] {
  const names: string[] = []
  walk(body, (node, ancestors) => {
    if (node.type !== 'VariableDeclaration' || node.kind !== 'var' || ancestors.some(isFunction)) return
    names.push(...node.declarations.flatMap((one: Node) => boundNames(one.id)))
  })
  return names
}
