import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { collectionOf } from '../plan/collections.ts'
import { namedDeclaratorsOf } from '../read/declarators.ts'
import { propertyName } from '../read/expressions.ts'
import type { FilePair } from '../read/file-pair.ts'
import { shape } from '../read/shape.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'

/** Numbers, texts and the like. */
const PLAIN = /^(Literal|TemplateLiteral|BinaryExpression|UnaryExpression)$/

/**
 * Whether functions that do nothing else than before use a variable which is no other kind of thing: like objects of a
 * class, they keep what was made then.
 */
export function staysAsMade(
  binding: Binding,
  closure: FunctionNode | undefined,
  owner: FunctionNode,
  old: FunctionNode,
  { old: before, new: source, changed }: FilePair,
): boolean {
  for (let at = closure; at !== owner; at = at.enclosing)
    if (at === undefined || changed.has(at)) return false
  const was = before.usesIn(old.node).find(({ node }) => node.name === binding.name)
  const wasBound = was && before.bindingOf(was)
  if (wasBound === undefined || ownerOf(wasBound.scope) !== old) return false
  const [begun, begins] = [valuesOf(wasBound, before), valuesOf(binding, source)]
  if (isOtherKind(begun, begins)) return false
  const isHandedOn = source
    .usesOf(binding)
    .some(({ node }) => closure!.start <= node.start && node.end <= closure!.end && isGiven(node, source))
  if (!isHandedOn) return true
  const [[made], [makes]] = [begun, begins]
  if (begun.length !== 1 || begins.length !== 1 || made === undefined || makes === undefined) return false
  if (PLAIN.test(made.type) && PLAIN.test(makes.type)) return true
  if (made.type !== makes.type) return false
  // It has the members that it had.
  if (made.type === 'ObjectExpression') return true
  if (!/^(Call|New)Expression$/.test(makes.type)) return false
  return spelledOut(made.callee, old, before) === spelledOut(makes.callee, owner, source)
}

/** The text of what is called, with what variables of the function stand for: `decoder` is `decoders[type]`. */
function spelledOut(node: Node, fn: FunctionNode, source: SourceFile): string {
  const plain = unwrap(node)
  if (plain.type === 'MemberExpression') {
    const key = plain.computed ? `[${shape(plain.property)}]` : `.${plain.property.name}`
    return spelledOut(plain.object, fn, source) + key
  }
  const binding = plain.type === 'Identifier' ? source.bindingFor(plain) : undefined
  const isOwn = binding !== undefined && !binding.assigned && ownerOf(binding.scope) === fn
  const made = isOwn ? namedDeclaratorsOf(fn).find(({ id }) => id.name === binding.name)?.init : undefined
  return made && made.end <= plain.start ? spelledOut(made, fn, source) : shape(plain)
}

/** What gives a variable its values; undefined: not known. */
function valuesOf(binding: Binding, source: SourceFile): (Node | undefined)[] {
  return source.usesOf(binding).flatMap((use) => {
    if (!use.assigned && source.parent(use.node)?.type !== 'VariableDeclarator') return []
    const parent = source.parent(use.node)!
    if (parent.type === 'VariableDeclarator')
      return parent.id === use.node && parent.init ? unwrap(parent.init) : []
    return parent.type === 'AssignmentExpression' && parent.operator === '='
      ? unwrap(parent.right)
      : undefined
  })
}

/** Whether a variable begins with another kind of collection, or an object without a member that it had. */
function isOtherKind([before]: (Node | undefined)[], [now]: (Node | undefined)[]): boolean {
  if (before === undefined || now === undefined) return false
  const [was, is] = [collectionOf(before), collectionOf(now)]
  if (was !== undefined && is !== undefined && was !== is) return is !== ''
  return before.type === 'ObjectExpression' && now.type === 'ObjectExpression' && !hasMembersOf(before, now)
}

/** Whether a function hands a variable on, to one that may be another one in this version. */
function isGiven(node: Node, source: SourceFile): boolean {
  const parent = source.parent(source.wrapped(node))
  switch (parent?.type) {
    case 'MemberExpression':
      return parent.object !== node
    case 'CallExpression':
    case 'NewExpression':
      return parent.callee !== node
    case 'BinaryExpression':
    case 'UnaryExpression':
    case 'TemplateLiteral':
    case 'ReturnStatement':
    case 'ArrowFunctionExpression':
    case 'IfStatement':
      return false
    default:
      return true
  }
}

/** Whether a literal has all members of another one, whatever is in them: what is new is a matter of who asks for it. */
function hasMembersOf(before: Node, now: Node): boolean {
  const [was, is] = [before, now].map(({ properties }) =>
    (properties as Node[]).map((one) => (one.type === 'Property' ? propertyName(one) : shape(one))),
  )
  return was!.every((name) => name !== undefined && is!.includes(name))
}
