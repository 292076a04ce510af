import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction, walkOwn } from '../../livepatch/ast.ts'
import { calledName, fieldKey, isAssigned, propertyName } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import { homeOf } from '../read/this.ts'
import { isStore } from './collections.ts'
import { type Found, isPrivate, type NewField } from './fields.ts'
import type { FilePlan } from './file-plan.ts'
import { isListKept } from './literal-fields.ts'
import type { Plan } from './plan.ts'

export function isRead(plan: Plan, { key }: Found): boolean {
  return [...plan.files.values()].some(({ pair }) => pair.new.members.has(key))
}

/** Whether code beside the function that makes an object asks for a member of this name. */
export function isReadBeside(plan: Plan, key: string, maker: Node): boolean {
  return [...plan.files.values()].some(({ pair: { new: source } }) => {
    if (!source.text.includes(key.replaceAll(/[[\]]/g, '').split('.').at(-1)!)) return false
    return containsNode(source.program, (node, ancestors) => {
      const parent = ancestors.at(-1)
      const isTaken =
        node.type === 'Property' && parent?.type === 'ObjectPattern' && propertyName(node) === key
      const isAsked = node.type === 'MemberExpression' && fieldKey(node) === key && !isAssigned(node, parent)
      return (isTaken || isAsked) && ancestors.findLast(isFunction) !== maker
    })
  })
}

/**
 * Whether everything that needs the field is a method of the object, which can go on as the running version has it
 * where there is none.
 */
export function isMethodsBusiness(plan: Plan, { key, file, homes, makers, isLiteral }: NewField): boolean {
  if (isLiteral) return false
  const isNew = !plan.knew(
    key
      .replaceAll(/[#[\]]/g, '')
      .split('.')
      .at(-1)!,
  )
  const isElsewhere = (node: Node, source: SourceFile): boolean => {
    if (node.type !== 'MemberExpression' || fieldKey(node) !== key) return false
    const home = homeOf(node.object, source)
    if (home !== undefined && makers.has(home)) return false
    if (node.object.type === 'ThisExpression' && home !== undefined && homes.has(home))
      return !isFunction(home) && home.value?.type !== 'ArrowFunctionExpression'
    // An object of another class that is made with a field of this name.
    const isOther = plan.fields.all.some((one) => one.key === key && one.homes.has(home!))
    if (node.object.type === 'ThisExpression' && isOther) return false
    const isOfKey = isNew || (source === file.pair.new && isPrivate({ key }))
    return isOfKey && !isAssigned(node, source.parent(node))
  }
  return [...plan.files.values()].every(
    ({ pair: { new: source } }) => !containsNode(source.program, (node) => isElsewhere(node, source)),
  )
}

/**
 * Whether the new version cannot do without a member that a literal has now, where the running version has put such objects
 * somewhere, or where their own methods ask for it.
 */
export function isNeededOfKept(property: Node, { pair }: FilePlan, plan: Plan): boolean {
  const [key, literal] = [propertyName(property), pair.new.parent(property)]
  const giver = pair.new.functionAround(property)
  if (key === undefined || giver === undefined || literal?.type !== 'ObjectExpression') return false
  const isMethod = ({ node }: FunctionNode): boolean => {
    const member = pair.new.parent(node)
    return member?.type === 'Property' && pair.new.parent(member) === literal
  }
  const methods = pair.new.functionsIn(giver).filter(isMethod)
  if (methods.some((one) => needsMember(key, one.node, pair.new, true))) return true
  if (!isStored(literal, giver, pair.new, plan)) return false
  return [...plan.files.values()]
    .filter(({ pair: { new: source } }) => source.members.has(key))
    .some(({ pair: { new: source } }) =>
      source.analysis.functions.some((fn) => fn !== giver && isNeededBy(fn, key, giver, source, true)),
    )
}

/** Whether a literal is put into something that goes on: by itself, or by the variable that it is. */
function isStored(value: Node, giver: FunctionNode, source: SourceFile, plan: Plan): boolean {
  const at = source.wrapped(value)
  const parent = source.parent(at)
  if (
    parent?.type === 'AssignmentExpression' &&
    parent.right === at &&
    parent.left.type === 'MemberExpression'
  )
    return isOfRunning(parent.left.computed ? parent.left.object : parent.left, giver, source, plan)
  if (parent?.type === 'CallExpression')
    return isStore(parent, at) && isOfRunning(parent.callee.object, giver, source, plan)
  if (parent?.type !== 'VariableDeclarator' || parent.id.type !== 'Identifier') return false
  return source.usesOf(source.bindingFor(parent.id)).some(({ node }) => {
    const isAgain = source.parent(node)?.type === 'VariableDeclarator'
    return !isAgain && isStored(node, giver, source, plan)
  })
}

/** A variable that goes on, or a field of an object that does. */
function isOfRunning(target: Node, giver: FunctionNode, source: SourceFile, plan: Plan): boolean {
  if (target.type === 'Identifier') return isListKept(target, giver, source, plan)
  return target.object?.type === 'ThisExpression' && !plan.shortLived.has(giver, source)
}

/** Whether a function cannot do without what is in a member; the one that gives it may have called it. */
export function isNeededBy(
  { node, paths }: FunctionNode,
  key: string,
  giver: FunctionNode,
  source: SourceFile,
  isReckoned = false,
): boolean {
  const name = paths[0]?.split(/[/.]/).at(-1) ?? ''
  return !calls(giver, name) && needsMember(key, node, source, isReckoned)
}

function calls({ node: root }: FunctionNode, name: string): boolean {
  return containsNode(root, (node) => node.type === 'CallExpression' && calledName(node) === name)
}

/** Whether a function asks for what is in a member, or reckons with it, where that counts, and never whether there is something. */
function needsMember(key: string, fn: Node, source: SourceFile, isReckoned = false): boolean {
  const ways = asksFor(key, fn, source).map((node) => wayOf(node, source.parent(node), isReckoned))
  return ways.includes('taken') && !ways.includes('tested')
}

/** Where a function asks for a member, or uses the variable that a pattern makes of it. */
function asksFor(key: string, fn: Node, source: SourceFile): Node[] {
  const found: Node[] = []
  walkOwn(fn, (node, ancestors) => {
    if (node.type === 'MemberExpression' && fieldKey(node) === key) found.push(node)
    const isTaken = node.type === 'Property' && ancestors.at(-1)?.type === 'ObjectPattern'
    if (!isTaken || propertyName(node) !== key || node.value.type !== 'Identifier') return
    const uses = source.usesOf(source.bindingFor(node.value)).map((use) => use.node)
    found.push(...uses.filter((use) => use !== node.value))
  })
  return found
}

function wayOf(node: Node, parent: Node | undefined, isReckoned: boolean): 'taken' | 'tested' | undefined {
  switch (parent?.type) {
    case 'MemberExpression':
      return parent.optional ? 'tested' : parent.object === node ? 'taken' : undefined
    case 'CallExpression':
      return parent.callee === node && !parent.optional ? 'taken' : undefined
    case 'SpreadElement':
      return 'taken'
    case 'ForOfStatement':
      return parent.right === node ? 'taken' : undefined
    case 'BinaryExpression':
      // Of nothing there is no sum.
      return isReckoned && /^([-+*/%]|\*\*)$/.test(parent.operator) ? 'taken' : 'tested'
    case 'UnaryExpression':
    case 'LogicalExpression':
      return 'tested'
    case 'AssignmentExpression':
      return parent.left === node ? 'tested' : undefined
    default:
      return parent?.test === node ? 'tested' : undefined
  }
}
