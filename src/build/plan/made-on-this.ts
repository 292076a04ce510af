import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction, walk } from '../../livepatch/ast.ts'
import { fieldKey, memberPath } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import type { MadeField, Maker } from './initialiser.ts'
import { givenBy } from './merged-literals.ts'

/** A class, whose constructor and what that calls of it give the fields that it does not declare. */
export function classMaker(file: SourceFile, node: Node): Maker {
  const elements = node.body.body as Node[]
  const declared = elements.flatMap((one): MadeField[] => {
    const key = one.type === 'PropertyDefinition' && !one.static ? keyOf(one) : undefined
    return key === undefined ? [] : [{ key, node: one, value: one.value ?? undefined }]
  })
  const methodOf = (name: string | undefined): FunctionNode | undefined => {
    const found = elements.find(
      (one) => one.type === 'MethodDefinition' && !one.static && keyOf(one) === name,
    )
    return found && file.functionOf.get(found.value)
  }
  const fn = methodOf('constructor')
  const called =
    fn === undefined ? [] : callsOnThis(fn).map((call) => ({ call, fn: methodOf(thisKey(call.callee)) }))
  const known = called.filter((one): one is { call: Node; fn: FunctionNode } => one.fn !== undefined)
  const [helpers, calls] = [known.map((one) => one.fn), known.map((one) => one.call)]
  const made = [...helpers, ...(fn === undefined ? [] : [fn])].map((one) => functionMaker(one, file))
  const [fields, given] = [made.flatMap((one) => one.fields), made.flatMap((one) => one.given ?? [])]
  return { fn, helpers, calls, fields: [...declared, ...fields], given }
}

/** A function that gives `this` its fields: in every case, or there may be objects of this version without them. */
export function functionMaker(fn: FunctionNode, source: SourceFile): Maker {
  const all = madeBy(fn.node.body, source, { isIt: isThis, handedTo: [] })
  const [fields, given] = [false, true].map((isGiven) =>
    all.filter((one) => (one.isGiven ?? false) === isGiven),
  )
  return { fn, helpers: [], fields: fields!, given: given! }
}

/** An object that is made, and the functions that it has been handed to. */
interface Made {
  isIt(node: Node): boolean
  handedTo: FunctionNode[]
}

function madeBy(statement: Node, source: SourceFile, made: Made): MadeField[] {
  switch (statement.type) {
    case 'BlockStatement':
      return (statement.body as Node[]).flatMap((one) => madeBy(one, source, made))
    case 'TryStatement':
      return madeBy(statement.block, source, made)
    case 'IfStatement': {
      if (!statement.alternate) return []
      const throws = [statement.alternate, statement.consequent].findIndex(isThrow)
      if (throws >= 0) return madeBy([statement.consequent, statement.alternate][throws], source, made)
      const otherwise = new Map(madeBy(statement.alternate, source, made).map((one) => [one.key, one]))
      const inBoth = madeBy(statement.consequent, source, made).filter(({ key }) => otherwise.has(key))
      return inBoth.map((one) => {
        const fields: [MadeField, MadeField] = [one, otherwise.get(one.key)!]
        const isGiven = fields.some((field) => field.isGiven === true)
        return {
          ...one,
          isGiven,
          value: 'various' as const,
          choice: { test: statement.test as Node, fields },
        }
      })
    }
    case 'ExpressionStatement':
      return madeByExpression(unwrap(statement.expression), source, made)
    default:
      return []
  }
}

/** After which there is no object. */
function isThrow({ type, body }: Node): boolean {
  return type === 'ThrowStatement' || (type === 'BlockStatement' && body.length > 0 && isThrow(body.at(-1)))
}

/** `this.a = this.b = value`, `this.a = 1, this.b = 2`, and what compilers make of fields of a class. */
function madeByExpression(expression: Node, source: SourceFile, made: Made): MadeField[] {
  if (expression.type === 'SequenceExpression')
    return (expression.expressions as Node[]).flatMap((one) => madeByExpression(unwrap(one), source, made))
  const defined = definedOnThis(expression)
  if (defined !== undefined) return [{ ...defined, node: expression }]
  if (expression.type === 'CallExpression') {
    const handed = handedBy(expression, source, made)
    if (handed !== undefined) return madeByHelper(handed, source)
  }
  const given = givenBy(expression, made.isIt, source)
  if (given.length > 0)
    return given.flatMap((node) => {
      const key = node.kind === 'init' ? keyOf(node) : undefined
      return key === undefined ? [] : [{ key, node, value: node.value as Node }]
    })
  const keys: { key: string; node: Node }[] = []
  let at = expression
  while (at.type === 'AssignmentExpression' && at.operator === '=') {
    const key = keyOn(at.left, made.isIt)
    if (key !== undefined) keys.push({ key, node: at })
    at = unwrap(at.right)
  }
  return keys.map((one) => ({ ...one, value: at }))
}

/** `init(this, options)`: the function of the file that the object is handed to, and which parameter it is there. */
function handedBy(call: Node, source: SourceFile, { isIt, handedTo }: Made): Made | undefined {
  const at = (call.arguments as Node[]).findIndex(isIt)
  const binding = at < 0 || call.callee.type !== 'Identifier' ? undefined : source.bindingFor(call.callee)
  const helper = binding && source.functionNamed(binding)
  const name: string | undefined = helper?.node.params[at]?.name
  if (helper === undefined || name === undefined || handedTo.includes(helper)) return undefined
  // What comes after it has waited for something is not there as the object is made.
  if (helper.node.async || helper.node.generator) return undefined
  return { isIt: (node) => node.type === 'Identifier' && node.name === name, handedTo: [...handedTo, helper] }
}

/** What a function gives, in every case, to an object that is handed to it. */
function madeByHelper(made: Made, source: SourceFile): MadeField[] {
  const { body } = made.handedTo.at(-1)!.node
  if (body.type !== 'BlockStatement') return []
  const statements: Node[] = body.body
  const end = statements.findIndex(mayReturn)
  const certain = end < 0 ? statements : statements.slice(0, end)
  return certain.flatMap((one) => madeBy(one, source, made)).map((one) => ({ ...one, isGiven: true }))
}

function mayReturn(statement: Node): boolean {
  return containsNode(
    statement,
    (node, ancestors) => node.type === 'ReturnStatement' && !ancestors.some(isFunction),
  )
}

/** `_defineProperty(this, 'a', value)`, `__publicField(this, 'a', value)`, `Object.defineProperty(this, 'a', { value })`. */
function definedOnThis(node: Node): Pick<MadeField, 'key' | 'value'> | undefined {
  if (node.type !== 'CallExpression') return undefined
  const [target, key, value] = node.arguments as Node[]
  if (target === undefined || typeof key?.value !== 'string' || value === undefined || !isThis(target))
    return undefined
  const callee = unwrap(node.callee)
  const named: Node = callee.type === 'SequenceExpression' ? callee.expressions.at(-1) : callee
  const path = memberPath(named)?.path ?? ''
  if (!/defineProperty|publicField/i.test(path)) return undefined
  if (!/^(Object|Reflect)\./.test(path)) return { key: key.value, value }
  const given = (value.properties as Node[] | undefined)?.find((one) => keyOf(one) === 'value')
  return { key: key.value, value: given?.value ?? 'various' }
}

/** `this.reset()`, among the statements of a function. */
function callsOnThis({ node }: FunctionNode): Node[] {
  return (node.body.body as Node[]).flatMap((statement) => {
    const call = statement.type === 'ExpressionStatement' ? unwrap(statement.expression) : undefined
    return call?.type === 'CallExpression' && thisKey(call.callee) !== undefined ? [call] : []
  })
}

/** Calls, among the statements of a constructor, that have the object in them, and what it returns in its place. */
export function callsOf({ fn }: Maker): Node[] {
  const body: Node[] = fn?.node.body.body ?? []
  return body.flatMap(({ type, expression, argument }) => {
    if (type === 'ReturnStatement') return argument && isAnother(unwrap(argument)) ? [argument] : []
    const call = type === 'ExpressionStatement' ? unwrap(expression) : undefined
    const isCall = call?.type === 'CallExpression' && call.callee.type !== 'Super'
    return isCall && definedOnThis(call) === undefined && hasThis(call) ? [call] : []
  })
}

/** `options.strict = true` among the statements of a constructor, of what it is given. */
export function setOnGiven({ fn }: Maker): Node[] {
  const body: Node[] = fn?.node.body.body ?? []
  const given = new Set((fn?.node.params as Node[] | undefined)?.map(({ name, left }) => name ?? left?.name))
  return body.flatMap(({ expression }) => {
    const set = expression && unwrap(expression)
    const isSet = set?.type === 'AssignmentExpression' && set.left.type === 'MemberExpression'
    return isSet && set.left.object.type === 'Identifier' && given.has(set.left.object.name) ? [set] : []
  })
}

/** What is made of the object; not the object itself, `return this` and `return _super.call(this) || this`. */
function isAnother(value: Node): boolean {
  return /^(Call|New)Expression$/.test(value.type) && hasThis(value)
}

function hasThis(root: Node): boolean {
  return containsNode(root, isThis)
}

/** Whether objects of a class have a property of their own under a key, as far as its text shows it. */
export function isOwnField(key: string, node: Node, source: SourceFile): boolean {
  const elements = (node.body.body as Node[]).filter((one) => !one.static && keyOf(one) === key)
  if (elements.some(({ type }) => type === 'MethodDefinition')) return false
  return elements.length > 0 || assignedOnThis(node, source).has(key)
}

const keysOnThis = new WeakMap<Node, ReadonlySet<string>>()

/** The keys that are assigned to `this`, or to what code commonly calls it, in a part of a file. */
export function assignedOnThis(root: Node, source: SourceFile): ReadonlySet<string> {
  const known = keysOnThis.get(root)
  if (known !== undefined) return known
  const keys = new Set<string>()
  keysOnThis.set(root, keys)
  walk(root, (node) => {
    for (const one of givenBy(node, isThis, source)) keys.add(keyOf(one) ?? '')
    const key = node.type === 'AssignmentExpression' ? thisKey(node.left) : definedOnThis(node)?.key
    if (key !== undefined) keys.add(key)
  })
  return keys
}

function thisKey(node: Node): string | undefined {
  return keyOn(node, isThis)
}

function keyOn(node: Node, isIt: Made['isIt']): string | undefined {
  return node.type === 'MemberExpression' && isIt(node.object) ? fieldKey(node) : undefined
}

/** `this`, and what code and compilers call it where that is another function's. */
function isThis({ type, name, callee, arguments: args }: Node): boolean {
  if (type === 'CallExpression')
    return /assertThisInitialized/.test(callee.name ?? callee.property?.name ?? '') && isThis(args[0])
  return type === 'ThisExpression' || (type === 'Identifier' && /^(self|that|_this\d*|me)$/.test(name))
}

export function keyOf({ type, key, computed }: Node): string | undefined {
  if (/^(StaticBlock|SpreadElement|RestElement)$/.test(type) || computed) return undefined
  if (key.type === 'PrivateIdentifier') return `#${key.name}`
  return key.name ?? String(key.value)
}
