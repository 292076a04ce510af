import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction, walk } from '../../livepatch/ast.ts'
import { isUndefined } from '../read/arguments.ts'
import { fieldKey, memberPath, unwrap } from '../read/expressions.ts'
import { sameShape, shape } from '../read/shape.ts'
import type { SourceFile } from '../read/source-file.ts'
import type { Found } from './fields.ts'
import type { FilePlan } from './file-plan.ts'
import { type MadeField, type Maker, Reach, usesCall } from './initialiser.ts'
import { type NamedKey, namedKey } from './named-key.ts'
import { isFunctionName } from './once-plan.ts'
import { outlives } from './outlives.ts'
import type { Plan } from './plan.ts'

/** Fields that the new version of a file gives its objects where it makes them, and the running one does not. */
export function fieldsMadeIn(plan: Plan, file: FilePlan): Found[] {
  const literals = [...file.pair.functions].flatMap(([young, old]) => literalFields(plan, file, young, old))
  return [...ownersIn(plan, file).flatMap((owner) => owner.fields()), ...literals]
}

/** The classes and functions of a file that make objects, in both versions. */
export function ownersIn(plan: Plan, file: FilePlan): Owner[] {
  const known = new Set<Node>()
  const makers = makersIn(file.pair.old)
  return [...file.pair.functions].flatMap(([young, old]): Owner[] => {
    const [is, was] = [young.class?.node, old.class?.node]
    if (is !== undefined && was !== undefined) {
      if (known.has(is)) return []
      known.add(is)
      return [new ClassOwner(plan, file, is, was)]
    }
    const name = young.paths[0]?.split('/').at(-1)
    const isMaker = is === undefined && name !== undefined && makers.has(name) && file.pair.changed.has(young)
    return isMaker ? [new FunctionOwner(plan, file, name, young, old)] : []
  })
}

/** The functions that have something in their prototypes. */
function makersIn(file: SourceFile): Set<string> {
  return new Set(file.analysis.functions.flatMap((fn) => prototypeOf(fn, file) ?? []))
}

/** Whose prototype a function is in: `A.prototype.m = …`, and as compilers write it. */
export function prototypeOf(fn: FunctionNode, file: SourceFile): string | undefined {
  for (const path of fn.paths) {
    const name = /^([\w$.]+)\.prototype\./.exec(path.split('/').at(-1)!)?.[1]
    if (name !== undefined) return name
  }
  const parent = file.parent(fn.node)
  // `_proto.m = function () {}`, where `_proto` is `A.prototype`.
  if (parent?.type === 'AssignmentExpression' && parent.right === fn.node) {
    const { object } = parent.left
    const made = object?.type === 'Identifier' ? file.bindingFor(object) : undefined
    const use = made && file.uses.find((one) => isDeclared(one.node, file) && file.bindingOf(one) === made)
    const init = use && file.parent(use.node)!.init
    return init?.property?.name === 'prototype' ? init.object.name : undefined
  }
  // `_createClass(A, [{ key: 'm', value: function () {} }])`
  const list = parent && file.parent(file.parent(parent) ?? parent)
  const call = list && file.parent(list)
  const isMethod = list?.type === 'ArrayExpression' && call?.type === 'CallExpression'
  return isMethod && call.arguments[1] === list && /createClass/i.test(file.slice(call.callee))
    ? call.arguments[0].name
    : undefined
}

function isDeclared(node: Node, file: SourceFile): boolean {
  const parent = file.parent(node)
  return parent?.type === 'VariableDeclarator' && parent.id === node && Boolean(parent.init)
}

/** What makes objects: finds the fields that only its new version gives them. */
export abstract class Owner {
  protected readonly plan: Plan
  protected readonly file: FilePlan
  readonly node: Node
  abstract readonly name: string
  protected abstract readonly before: Maker
  protected abstract readonly after: Maker

  constructor(plan: Plan, file: FilePlan, node: Node) {
    this.plan = plan
    this.file = file
    this.node = node
  }

  /** Every field that the running version gives a value anywhere. */
  protected abstract has(key: string): boolean
  protected abstract homes(): Node[]
  protected abstract like(): string[]

  /** Fields that begin with another value than in the running version, or with one that there is put in later. */
  changed(): (MadeField & { isOtherKind: boolean })[] {
    const before = new Map(this.before.fields.map((one) => [one.key, one]))
    const after = new Map(this.after.fields.map((one) => [one.key, one]))
    const isChanged = (one: MadeField): boolean => {
      if (!this.#isTold(one)) return false
      const was = before.get(one.key)
      if (was === undefined) return this.has(one.key) && !isNothing(one.value)
      return !sameValue(was.value, one.value) || this.#isOfChanged(one.value)
    }
    return [...after.values()].filter(isChanged).map((one) => {
      const [was, is] = [before.get(one.key), one].map((field) => field && collectionOf(field.value))
      return { ...one, isOtherKind: was !== undefined && is !== undefined && is !== '' && is !== was }
    })
  }

  /** Whether the same text makes another value, since a name in it stands for another one. */
  #isOfChanged(value: MadeField['value']): boolean {
    if (typeof value !== 'object') return false
    const source = this.file.pair.new
    return source.usesIn(value).some((use) => {
      const binding = source.bindingOf(use)
      const once = binding && this.file.onceOf(binding.scope)
      return once?.changed.has(use.node.name) === true && !isFunctionName(once, use.node.name)
    })
  }

  /** Whether the text says which key is meant. */
  #isTold({ key, node }: MadeField): boolean {
    return !key.startsWith('[') || this.#named(node) !== undefined
  }

  /** What stands for the key of `this[x] = …`. */
  #named({ left }: Node): NamedKey | undefined {
    return left?.computed ? namedKey(this.plan, this.file, left.property) : undefined
  }

  /** What is done to objects of the new version where they are made, and was not to those of the running one. */
  calls(): Node[] {
    const before = new Set(callsOf(this.before).map((one) => shape(one)))
    return callsOf(this.after).filter((one) => !before.has(shape(one)))
  }

  fields(): Found[] {
    const { before, after } = this
    const made = new Map(after.fields.map((one) => [one.key, one]))
    const added = [...made].filter(([key, one]) => !this.has(key) && this.#isTold(one))
    if (added.length === 0) return []
    const homes = new Set(this.homes())
    const like = this.like().slice(0, 6)
    const reach = new Reach(this.plan, this.file, after, before)
    const makers = [after.fn, ...after.helpers].flatMap((fn) => fn?.node ?? [])
    return added.map(([key, { node, value }]) => ({
      key,
      owner: this.name,
      file: this.file,
      node,
      body: this.node.type.startsWith('Class') ? this.node : undefined,
      homes,
      makers: new Set(makers),
      like,
      initialiser: this.#renamed(added, key, value) ?? reach.of(value),
      named: key.startsWith('[') ? this.#named(node) : undefined,
      isLiteral: false,
    }))
  }

  /**
   * What an object has in the field that the running version calls otherwise: one that begins with the same, is used in the
   * same places, and is gone.
   */
  #renamed(
    added: [string, MadeField][],
    key: string,
    value: MadeField['value'],
  ): Found['initialiser'] | undefined {
    if (typeof value !== 'object' || !/^#?\w/.test(key)) return undefined
    const { old, new: young } = this.file.pair
    const assigned = assignedOnThis(young.program)
    const isGone = (one: MadeField): boolean =>
      /^\w/.test(one.key) &&
      !assigned.has(one.key) &&
      ![...this.plan.files.values()].some(({ pair }) => pair.new.members.has(one.key))
    const places = placesOf(key, young)
    const gone = this.before.fields
      .filter((one) => isGone(one) && sameValue(one.value, value))
      .map((one) => ({ key: one.key, places: placesOf(one.key, old) }))
    const alike = gone.filter((one) => one.places.join() === places.join())
    const rivals = added.filter(
      ([other, one]) => sameValue(one.value, value) && placesOf(other, young).join() === places.join(),
    )
    const was = alike[rivals.findIndex(([other]) => other === key)]
    if (was === undefined || alike.length !== rivals.length) {
      const other = gone.find((one) => one.places.some((place) => places.includes(place)))
      return other && !key.startsWith('#') ? `it may be what '${other.key}' was` : undefined
    }
    const held = `this.${was.key}`
    const isPrivate = key.startsWith('#')
    const own = this.file.pair.new.slice(value)
    const isPlain = this.file.pair.new.usesIn(value).length === 0
    // Objects of the new version have the private field by the same initialiser.
    if (isPrivate && !isPlain) return undefined
    const by = isPrivate ? `('${was.key}' in this ? ${held} : ${own})` : held
    return {
      node: value,
      substitutes: [{ start: value.start, end: value.end, by }],
      isNothing: false,
      usesModule: false,
    }
  }
}

/** Calls, among the statements of a constructor, that have the object in them. */
function callsOf({ fn }: Maker): Node[] {
  const body: Node[] = fn?.node.body.body ?? []
  return body.flatMap(({ type, expression }) => {
    const call = type === 'ExpressionStatement' ? unwrap(expression) : undefined
    const isCall = call?.type === 'CallExpression' && call.callee.type !== 'Super'
    return isCall && definedOnThis(call) === undefined && hasThis(call) ? [call] : []
  })
}

function hasThis(root: Node): boolean {
  let found = false
  walk(root, (node) => {
    found ||= isThis(node)
  })
  return found
}

/** The kind of collection that a field begins with; empty: none. Undefined where that is not written there. */
function collectionOf(value: MadeField['value']): string | undefined {
  if (typeof value !== 'object') return undefined
  switch (value.type) {
    case 'ArrayExpression':
      return 'list'
    case 'ObjectExpression':
      return 'object'
    case 'NewExpression':
      return /^(Weak)?(Map|Set)$|^Array$/.test(value.callee.name)
        ? value.callee.name.replace('Array', 'list')
        : undefined
    case 'CallExpression':
      return memberPath(value.callee)?.path === 'Object.create' ? 'object' : undefined
    case 'Literal':
      return ''
    default:
      return isUndefined(value) ? '' : undefined
  }
}

/** The functions in which a member of some name is used. */
function placesOf(key: string, file: SourceFile): string[] {
  const places: string[] = []
  const name = key.replace('#', '')
  walk(file.program, (node) => {
    if (node.type !== 'MemberExpression' || node.computed || node.property.name !== name) return
    const fn = file.functionAround(node)
    // Where objects are made a field may be declared instead.
    if (!fn?.kind.includes('constructor')) places.push(fn?.paths[0] ?? '')
  })
  return places.sort()
}

function isNothing(value: MadeField['value']): boolean {
  return typeof value === 'object' ? isUndefined(value) : value === undefined
}

function sameValue(a: MadeField['value'], b: MadeField['value']): boolean {
  if (a === b) return true
  return typeof a === 'object' && typeof b === 'object' && sameShape(a, b)
}

class ClassOwner extends Owner {
  readonly name: string
  protected readonly before: Maker
  protected readonly after: Maker
  readonly #old: Node

  constructor(plan: Plan, file: FilePlan, young: Node, old: Node) {
    super(plan, file, young)
    this.#old = old
    this.name = young.id?.name ?? 'class'
    this.before = classMaker(file.pair.old, old)
    this.after = classMaker(file.pair.new, young)
  }

  protected has(key: string): boolean {
    const elements = this.#old.body.body as Node[]
    return elements.some((one) => keyOf(one) === key) || assignedOnThis(this.#old).has(key)
  }

  protected homes(): Node[] {
    return (this.node.body.body as Node[]).flatMap((one) => {
      if (one.static) return []
      if (one.type === 'MethodDefinition') return [one.value as Node]
      return one.type === 'PropertyDefinition' ? [one] : []
    })
  }

  protected like(): string[] {
    const elements = this.#old.body.body as Node[]
    const methods = elements.filter((one) => !one.static && one.kind !== 'constructor').map(keyOf)
    const names = [...this.before.fields.map(({ key }) => key), ...methods]
    return [...new Set(names.filter((one): one is string => one !== undefined && !/^[#[]/.test(one)))]
  }
}

class FunctionOwner extends Owner {
  readonly name: string
  protected readonly before: Maker
  protected readonly after: Maker

  constructor(plan: Plan, file: FilePlan, name: string, young: FunctionNode, old: FunctionNode) {
    super(plan, file, young.node)
    this.name = name
    this.before = functionMaker(old)
    this.after = functionMaker(young)
  }

  protected has(key: string): boolean {
    return assignedOnThis(this.file.pair.old.program).has(key)
  }

  protected homes(): Node[] {
    const methods = this.#methods(this.file.pair.new)
    return [this.node, ...methods.map(({ node }) => node)]
  }

  protected like(): string[] {
    const { old } = this.file.pair
    const methods = this.#methods(old).map(({ paths }) => paths[0]!.split(/[/.]/).at(-1)!)
    const fields = this.before.fields.map(({ key }) => key)
    return [...new Set([...fields, ...methods])].filter((one) => /^[\w$]+$/.test(one))
  }

  #methods(file: SourceFile): FunctionNode[] {
    return file.analysis.functions.filter((fn) => prototypeOf(fn, file) === this.name)
  }
}

function classMaker(file: SourceFile, node: Node): Maker {
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
  const helpers = fn === undefined ? [] : calledOnThis(fn).flatMap((name) => methodOf(name) ?? [])
  const made = [...helpers, ...(fn === undefined ? [] : [fn])].flatMap((one) => functionMaker(one).fields)
  return { fn, helpers, fields: [...declared, ...made] }
}

/** A function that gives `this` its fields: in every case, or there may be objects of this version without them. */
function functionMaker(fn: FunctionNode): Maker {
  return { fn, helpers: [], fields: madeBy(fn.node.body) }
}

function madeBy(statement: Node): MadeField[] {
  switch (statement.type) {
    case 'BlockStatement':
      return (statement.body as Node[]).flatMap(madeBy)
    case 'TryStatement':
      return madeBy(statement.block)
    case 'IfStatement': {
      if (!statement.alternate) return []
      const otherwise = new Set(madeBy(statement.alternate).map(({ key }) => key))
      const inBoth = madeBy(statement.consequent).filter(({ key }) => otherwise.has(key))
      return inBoth.map(({ key, node }) => ({ key, node, value: 'various' as const }))
    }
    case 'ExpressionStatement':
      return madeByExpression(unwrap(statement.expression))
    default:
      return []
  }
}

/** `this.a = this.b = value`, `this.a = 1, this.b = 2`, and what compilers make of fields of a class. */
function madeByExpression(expression: Node): MadeField[] {
  if (expression.type === 'SequenceExpression')
    return (expression.expressions as Node[]).flatMap((one) => madeByExpression(unwrap(one)))
  const defined = definedOnThis(expression)
  if (defined !== undefined) return [{ ...defined, node: expression }]
  const made: { key: string; node: Node }[] = []
  let at = expression
  while (at.type === 'AssignmentExpression' && at.operator === '=') {
    const key = thisKey(at.left)
    if (key !== undefined) made.push({ key, node: at })
    at = unwrap(at.right)
  }
  return made.map((one) => ({ ...one, value: at }))
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
function calledOnThis({ node }: FunctionNode): string[] {
  return (node.body.body as Node[]).flatMap((statement) => {
    const call = statement.type === 'ExpressionStatement' ? unwrap(statement.expression) : undefined
    return (call?.type === 'CallExpression' && thisKey(call.callee)) || []
  })
}

/** The keys that are assigned to `this`, or to what code commonly calls it, in a part of a file. */
function assignedOnThis(root: Node): Set<string> {
  const keys = new Set<string>()
  walk(root, (node) => {
    const key = node.type === 'AssignmentExpression' ? thisKey(node.left) : definedOnThis(node)?.key
    if (key !== undefined) keys.add(key)
  })
  return keys
}

function thisKey(node: Node): string | undefined {
  return node.type === 'MemberExpression' && isThis(node.object) ? fieldKey(node) : undefined
}

/** `this`, and what code and compilers call it where that is another function's. */
function isThis({ type, name, callee, arguments: args }: Node): boolean {
  if (type === 'CallExpression')
    return /assertThisInitialized/.test(callee.name ?? callee.property?.name ?? '') && isThis(args[0])
  return type === 'ThisExpression' || (type === 'Identifier' && /^(self|that|_this\d*|me)$/.test(name))
}

/** Whether objects of a class have a property of their own under a key, as far as its text shows it. */
export function isOwnField(key: string, node: Node): boolean {
  const elements = (node.body.body as Node[]).filter((one) => !one.static && keyOf(one) === key)
  if (elements.some(({ type }) => type === 'MethodDefinition')) return false
  return elements.length > 0 || assignedOnThis(node).has(key)
}

export function keyOf({ type, key, computed }: Node): string | undefined {
  if (type === 'StaticBlock' || computed) return undefined
  if (key.type === 'PrivateIdentifier') return `#${key.name}`
  return key.name ?? String(key.value)
}

// ── literals ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Fields of objects that a function makes as literals and that live on when it has returned. */
function literalFields(plan: Plan, file: FilePlan, young: FunctionNode, old: FunctionNode): Found[] {
  if (!file.pair.changed.has(young)) return []
  const before = literalsIn(old)
  return literalsIn(young).flatMap((literal) => {
    if (!livesOn(literal.node, young, file.pair.new)) return []
    const was = before.find(({ keys }) => keys.length > 0 && keys.every((key) => literal.keys.includes(key)))
    if (was === undefined || was.keys.length === literal.keys.length) return []
    before.splice(before.indexOf(was), 1)
    const reach = new Reach(
      plan,
      file,
      { fn: young, helpers: [], fields: fieldsOf(literal.node) },
      { fn: old, helpers: [], fields: fieldsOf(was.node) },
    )
    const added = (literal.node.properties as Node[]).filter((one) => !was.keys.includes(keyOf(one)!))
    return added
      .filter((one) => !plan.knew(keyOf(one)!))
      .map((one) => ({
        key: keyOf(one)!,
        owner: young.paths[0]!.split(/[/.]/).at(-1)!,
        file,
        node: one,
        body: undefined,
        homes: new Set<Node>(),
        makers: new Set([young.node]),
        like: was.keys.slice(0, 6),
        initialiser: initialiserIn(one, reach),
        named: undefined,
        isLiteral: true,
      }))
  })
}

/** `this` in a literal is not what the literal makes. */
function initialiserIn({ kind, method, value }: Node, reach: Reach): Found['initialiser'] {
  if (kind !== 'init' || method) return 'it is a member with code of its own'
  if (usesCall(value)) return "it depends on 'this', or how the function was called"
  return reach.of(value)
}

function fieldsOf(literal: Node): Maker['fields'] {
  return (literal.properties as Node[]).map((one) => ({
    key: keyOf(one)!,
    node: one,
    value: one.value,
  }))
}

function literalsIn(fn: FunctionNode): { node: Node; keys: string[] }[] {
  const found: { node: Node; keys: string[] }[] = []
  walk(fn.node, (node, ancestors) => {
    if (node.type !== 'ObjectExpression' || ancestors.filter(isFunction).at(-1) !== fn.node) return
    const properties = node.properties as Node[]
    const keys = properties.map((one) => (one.type === 'Property' ? keyOf(one) : undefined))
    if (keys.every((key) => key !== undefined)) found.push({ node, keys: keys as string[] })
  })
  return found
}

/** Whether an object goes to whoever called the function, or into something that others hold. */
function livesOn(node: Node, fn: FunctionNode, file: SourceFile): boolean {
  const parent = file.parent(node)
  switch (parent?.type) {
    case 'ParenthesizedExpression':
      return livesOn(parent, fn, file)
    case 'ReturnStatement':
    case 'ArrowFunctionExpression':
      return true
    case 'AssignmentExpression':
      return (
        parent.right === node && (parent.left.type === 'MemberExpression' || isKept(parent.left, fn, file))
      )
    case 'CallExpression':
      return (
        parent.callee !== node && /^(push|set|add|unshift|enqueue)$/.test(parent.callee.property?.name ?? '')
      )
    case 'VariableDeclarator':
      return isKept(parent.id, fn, file)
    default:
      return false
  }
}

/** Whether a variable is returned, or seen by a function that goes on being called. */
function isKept(pattern: Node, fn: FunctionNode, file: SourceFile, depth = 0): boolean {
  const binding = pattern.type === 'Identifier' ? file.bindingFor(pattern) : undefined
  if (binding === undefined) return false
  return file.usesIn(fn.node).some((use) => {
    if (use.node.name !== binding.name || file.bindingOf(use) !== binding) return false
    const at = file.functionAt(use)
    if (at !== undefined && at !== fn) return outlives(at, file)
    const parent = file.parent(use.node)
    if (parent?.type === 'ReturnStatement') return true
    return depth < 3 && isTaken(use.node, parent, file, depth + 1)
  })
}

/** Whether a function of the file keeps what is handed to it. */
function isTaken(value: Node, call: Node | undefined, file: SourceFile, depth: number): boolean {
  if (call?.type !== 'CallExpression' || call.callee.type !== 'Identifier') return false
  const place = (call.arguments as Node[]).indexOf(value)
  const binding = file.bindingFor(call.callee)
  const taker = file.analysis.functions.find(
    ({ node, enclosing, outer }) =>
      node.id?.name === call.callee.name &&
      binding !== undefined &&
      [enclosing?.body, outer].some((scope) => scope?.names.get(node.id.name) === binding),
  )
  const parameter: Node | undefined = place < 0 ? undefined : taker?.node.params[place]
  return parameter !== undefined && isKept(parameter, taker!, file, depth)
}
