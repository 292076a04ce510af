import type { Node } from '../../instrument/parse.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import { fieldKey, isAssigned, propertyName } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import { homeOf } from '../read/this.ts'
import { type Found, isPrivate, type NewField } from './fields.ts'
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
