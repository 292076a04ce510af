import type { Node } from '../../../instrument/parse.ts'
import { isRepeatable } from '../../read/effects.ts'
import { memberPath } from '../../read/expressions.ts'
import type { SourceFile } from '../../read/source-file.ts'
import type { Member } from './member.ts'
import type { MemberValues } from './values.ts'

/** Methods and accessors that classes get. */
export function addedMembers(values: MemberValues): Member[] {
  return values.file.pair.addedMembers.flatMap(({ className, class: node, element }) => {
    const holder = values.classHolder(node)
    const { key, value, kind, computed } = element
    if (holder === undefined || kind === 'constructor' || key.type === 'PrivateIdentifier') return []
    const named = computed ? keyText(key, values) : undefined
    if (computed && (named === undefined || isOwn(element, values))) return []
    const place = { self: holder, hasSuper: true }
    const body = values.text({ start: (computed ? value : key).start, end: value.end }, value, place)
    if (body === undefined) return []
    const head = [value.async && 'async ', kind !== 'method' && `${kind} `, value.generator && '*'].filter(
      Boolean,
    )
    const on = element.static ? '' : '.prototype'
    return {
      holder: `${holder}${on}`,
      enumerable: false,
      name: `${className}${on}${computed ? `[${values.file.pair.new.slice(key)}]` : `.${key.name ?? key.value}`}`,
      node: element,
      text: head.join('') + (computed ? `[${named}]` : '') + body,
    }
  })
}

/** What stands in the brackets of a computed member. */
function keyText(key: Node, values: MemberValues): string | undefined {
  if (key.type === 'Identifier') return values.early?.early(key, key)
  const { new: source } = values.file.pair
  return isKnownSymbol(key, source) ? source.slice(key) : undefined
}

/** A method that only functions of the patch call. */
function isOwn(element: Node, { file }: MemberValues): boolean {
  return [...file.helpers.values()].some((one) => one.isOwn && one.element === element)
}

/** `Symbol.iterator`, `Symbol.for('key')` */
function isKnownSymbol(key: Node, source: SourceFile): boolean {
  const { type, callee, arguments: args } = key
  const isFor = type === 'CallExpression' && args.length === 1 && args[0].type === 'Literal'
  const [of, ...path] = memberPath(isFor ? callee : key)?.path.split('.') ?? []
  const isPath = path.length === 1 && isFor === (path[0] === 'for')
  return of === 'Symbol' && isPath && source.bindingFor((isFor ? callee : key).object) === undefined
}

export function staticFields(values: MemberValues): Member[] {
  return values.file.pair.statics.flatMap(({ class: node, element, old }) => {
    const holder = values.classHolder(node)
    const { key, value } = element
    const isMade = holder !== undefined && value && isRepeatable(value)
    const text = isMade ? values.text(value, value, { self: holder }) : undefined
    if (holder === undefined || text === undefined) return []
    const name = `${node.id?.name ?? holder}.${key.name ?? key.value}`
    return {
      holder,
      enumerable: true,
      name,
      node: element,
      text: `${values.file.pair.new.slice(key)}: ${text}`,
      ...values.before(values.file.pair.new.slice(key), old?.value),
    }
  })
}

/** Whether the superclass has a method only in the new version, and it cannot be put on the running one. */
function isOutOfReach(name: string, { superClass }: Node, values: MemberValues): boolean {
  return values.file.pair.addedMembers.some(({ class: node, element }) => {
    const isIt = element.key.name === name && superClass?.name === node.id?.name
    return isIt && values.classHolder(node) === undefined
  })
}

/** Methods that the new version's classes have no more: what they inherit takes their place, or nothing. */
export function goneMethods(values: MemberValues): Member[] {
  return values.file.pair.removedMembers.flatMap(({ class: node, element }) => {
    const holder = values.classHolder(node)
    const { key, kind, computed, static: isStatic } = element
    const isMethod = kind === 'method' && !computed && key.type === 'Identifier'
    if (holder === undefined || !isMethod || values.plan.staying.has(element)) return []
    if (isOutOfReach(key.name, node, values)) return []
    const on = isStatic ? holder : `${holder}.prototype`
    // Unless the program has put one of its own there.
    const own = JSON.stringify(values.file.pair.old.slice(element).replace(/^static\s+/, ''))
    const before = `...(String(${on}.${key.name}) === ${own} && { ${key.name}: ${on}.${key.name} })`
    return { holder: on, enumerable: false, name: `${on}.${key.name}`, node: element, text: '', before }
  })
}
