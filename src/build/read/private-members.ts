import MagicString from 'magic-string'
import type { Node } from '../../instrument/parse.ts'
import type { ClassNode, Scope } from '../../instrument/scopes.ts'
import { containsNode, isReference } from '../../livepatch/ast.ts'
import { calledName } from './expressions.ts'
import { SourceFile } from './source-file.ts'

/** What compilers call with an object, a weak collection and a value: `__privateAdd(this, _x, 0)`. */
const ADDS = /^_*(classPrivate(Field|Method)InitSpec|class_private_(field|method)_init|privateAdd)\$?\d*$/
/** What may be made for an object long after it has been made itself. */
const EMPTY = /^(Map|Set|WeakMap|WeakSet|Array|Object)$/

/** A weak collection that a constructor puts its object into: a private member as compilers write it. */
interface PrivateMember {
  into: Node
  /** The statement that does so. */
  statement: Node
  /** Where the collection is made. */
  made: Node
  /** What the object has there; undefined for methods. */
  value: Node | undefined
}

/**
 * The new version of a file with private members that are new in weak collections which give every object of the class its
 * value as it is asked for, and not in its constructor: objects that there are have it as well. Such a collection is a
 * shadow variable with a constructor; only values that say nothing of the call are put there so. Lines stay where they are.
 */
export function withPrivateMembers(
  old: SourceFile,
  young: SourceFile,
  versions: readonly string[],
): SourceFile {
  if (!/\bnew Weak(Map|Set)\b/.test(young.text)) return young
  const text = new MagicString(young.text)
  const blank = ({ start, end }: Node): void => {
    text.update(start, end, young.text.slice(start, end).replaceAll(/[^\n]/g, ' '))
  }
  for (const { node, outer } of young.analysis.classes) {
    const name: string | undefined = node.id?.name
    const was =
      name === undefined ? undefined : old.analysis.classes.find((one) => one.node.id?.name === name)
    const own = constructorIn(node)
    if (was === undefined || own === undefined) continue
    const members = newMembers(own, outer, old, young)
    for (const one of members) text.update(one.made.start, one.made.end, collection(name!, one, young))
    const statements = own.value.body.body as Node[]
    const isAll = statements.every(
      (one) => members.some(({ statement }) => statement === one) || handsAllOn(one),
    )
    if (members.length > 0 && isAll && constructorIn(was.node) === undefined) blank(own)
    else for (const { statement } of members) blank(statement)
  }
  return text.hasChanged() ? SourceFile.read(young.path, text.toString(), young.type, versions) : young
}

function constructorIn(node: ClassNode['node']): Node | undefined {
  return (node.body.body as Node[]).find(({ kind }) => kind === 'constructor')
}

/** Those that only the new version has, in the order in which a constructor gives them, but for what it gives another value then. */
function newMembers(own: Node, outer: Scope, old: SourceFile, young: SourceFile): PrivateMember[] {
  return (own.value.body.body as Node[]).flatMap((statement) => {
    const given = givenIn(statement)
    if (given === undefined || old.text.includes(given.into.name)) return []
    const made = collectionOf(given.into, outer, young)
    const uses = young.usesOf(young.bindingFor(given.into))
    const isAgain = uses.some(
      ({ node }) => node !== given.into && own.start <= node.start && node.end <= own.end,
    )
    if (made === undefined || isAgain || !isEmpty(given.value, young)) return []
    return [{ ...given, statement, made }]
  })
}

/** `_x.set(this, 0)`, `_methods.add(this)`, `__privateAdd(this, _x, 0)` */
function givenIn({ type, expression }: Node): { into: Node; value: Node | undefined } | undefined {
  if (type !== 'ExpressionStatement' || expression.type !== 'CallExpression') return undefined
  const [object, ...more] = expression.arguments as Node[]
  if (object?.type !== 'ThisExpression') return undefined
  const { callee } = expression
  if (callee.type === 'Identifier')
    return ADDS.test(callee.name) && more[0]?.type === 'Identifier'
      ? { into: more[0], value: more[1] }
      : undefined
  if (callee.object?.type !== 'Identifier' || !/^(set|add)$/.test(calledName(expression) ?? ''))
    return undefined
  return { into: callee.object, value: more[0] }
}

/** Where a variable beside the class gets its weak collection, the only thing that it is ever given. */
function collectionOf(name: Node, outer: Scope, file: SourceFile): Node | undefined {
  const binding = file.bindingFor(name)
  if (binding === undefined || binding.scope !== outer) return undefined
  const values = file.usesOf(binding).flatMap(({ node }) => {
    const parent = file.parent(node)
    if (parent?.type === 'VariableDeclarator' && parent.id === node) return parent.init ? [parent.init] : []
    return parent?.type === 'AssignmentExpression' && parent.left === node ? [parent.right] : []
  })
  const [made, ...others] = values as Node[]
  const isWeak = made?.type === 'NewExpression' && /^Weak(Map|Set)$/.test(made.callee.name ?? '')
  return isWeak && others.length === 0 && made.arguments.length === 0 ? made : undefined
}

/** Whether a value is the same whenever and for whom it is made. */
function isEmpty(value: Node | undefined, file: SourceFile): boolean {
  const isOther = (node: Node, ancestors: readonly Node[]): boolean => {
    if (node.type === 'Identifier')
      return isReference(node, ancestors.at(-1)) && !EMPTY.test(node.name) && node.name !== 'undefined'
    return !/^(Literal|UnaryExpression|(Array|Object|New)Expression|Property)$/.test(node.type)
  }
  if (value === undefined) return true
  return !containsNode(value, isOther) && file.usesIn(value).every((use) => file.bindingOf(use) === undefined)
}

/** `super(...arguments)`, `super(...args)` */
function handsAllOn({ expression }: Node): boolean {
  if (expression?.type !== 'CallExpression' || expression.callee.type !== 'Super') return false
  const [only, ...others] = expression.arguments as Node[]
  return only?.type === 'SpreadElement' && others.length === 0 && only.argument.type === 'Identifier'
}

/** Where code asks for other objects than its own, those of another class have nothing in it. */
function collection(name: string, { into, made, value }: PrivateMember, file: SourceFile): string {
  const uses = file.usesOf(file.bindingFor(into)).filter(({ assigned }) => !assigned)
  const isOwn = uses.every(({ node }) => node === into || isOfThis(node, file))
  const isOfClass = isOwn ? 'Object(it) === it' : `it instanceof ${name}`
  if (made.callee.name === 'WeakSet')
    return `new (class extends WeakSet { has(it) { return ${isOfClass} } })()`
  const text = value === undefined ? 'undefined' : file.slice(value).replaceAll('\n', ' ')
  const given = `Boolean(this.set(it, ${text}))`
  const has = `has(it) { return super.has(it) || (${isOfClass} && ${given}) }`
  return `new (class extends WeakMap { ${has} get(it) { return this.has(it) ? super.get(it) : undefined } })()`
}

/** `_x.get(this)`, `__classPrivateFieldGet(this, _x, 'f')` */
function isOfThis(node: Node, file: SourceFile): boolean {
  const parent = file.parent(node)!
  const isMethod = parent.type === 'MemberExpression' && parent.object === node
  const call = isMethod ? file.parent(parent) : parent
  return call?.type === 'CallExpression' && call.arguments[0]?.type === 'ThisExpression'
}
