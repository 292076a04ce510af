import type { Node } from '../instrument/parse.ts'
import type { FunctionNode } from '../instrument/scopes.ts'
import { isFunction, walk } from '../livepatch/ast.ts'
import type { Finding } from './findings.ts'
import { type Initialiser, type Maker, Reach } from './initialiser.ts'
import type { FilePlan, Plan } from './plan.ts'
import type { SourceFile } from './source-file.ts'
import { unwrap } from './units.ts'

/** A field that objects of the new version are made with, and those of the running one are not. */
export interface NewField {
  /** The property; with its `#` where it is private. */
  key: string
  /** What makes the objects: the name of a class or function. */
  owner: string
  file: FilePlan
  /** Where the new version gives the field its first value. */
  node: Node
  /** The class, where it is one. */
  body: Node | undefined
  /** Functions of the new version in which `this` is such an object, and those of them that make it. */
  homes: Set<Node>
  makers: Set<Node>
  /** Members of the objects that the running version makes. */
  like: string[]
  /** What the field begins with; otherwise, why nothing says it. */
  initialiser: Initialiser | string
  /** Objects that are made by a literal are told by their members only. */
  isLiteral: boolean
  /** What it is called in the patch, and its shadow variable in the process. */
  name: string
  id: string
}

/** What is to be known of each field. */
export function fieldFindings({ all, used, isLeft }: NewFields): Finding[] {
  return all.flatMap((field) => {
    const { file, node, owner, key, initialiser, isLiteral } = field
    const source = file.pair.new
    const place = { file: file.path, line: source.lineOf(node.start), what: `${owner}.${key}` }
    const lack = isLiteral
      ? `a new member of what '${owner}' makes: objects made before the patch are without it`
      : 'a new field: objects made before the patch are without it'
    if (isLeft) return [{ ...place, severity: 'note' as const, why: lack, advice: GIVE }]
    if (typeof initialiser === 'string')
      return [
        {
          ...place,
          severity: isLiteral ? ('note' as const) : ('problem' as const),
          why: `${lack}, and ${initialiser}`,
          advice: GIVE,
        },
      ]
    if (!used.has(field)) return []
    const why = `${lack}; they get it as a shadow variable, which enumerations such as JSON.stringify do not show`
    return [{ ...place, severity: 'note' as const, why, advice: 'nothing; --fields author leaves it to you' }]
  })
}

const GIVE =
  'give it to the objects in a pre-patch callback, or read it in the patch through a shadow variable'

type Found = Omit<NewField, 'name' | 'id'>

/** The new fields of a package's objects, by key. */
export class NewFields {
  readonly all: NewField[]
  /** Those that the text of the patch names. */
  readonly used = new Set<NewField>()
  isLeft = false
  readonly #byKey = new Map<string, NewField[]>()

  constructor(plan: Plan, label: string) {
    const texts = [...plan.files.values()].map(({ pair }) => pair.new.text)
    const names = new Set<string>()
    const nameFor = ({ owner, key }: Found): string => {
      let name = `${owner}_${key}`.replace(/[^\w$]/g, '')
      while (names.has(name) || texts.some((text) => text.includes(name))) name += '_'
      names.add(name)
      return name
    }
    this.all = [...plan.files.values()]
      .flatMap((file) => fieldsOfFile(plan, file))
      .map((one) => ({ ...one, name: nameFor(one), id: `${label} ${one.file.path} ${one.owner}.${one.key}` }))
    for (const field of this.all) {
      if (typeof field.initialiser === 'string') continue
      const others = this.#byKey.get(field.key)
      if (others === undefined) this.#byKey.set(field.key, [field])
      else others.push(field)
    }
  }

  /** None of them is seen to: that is the author's business. */
  leave(): void {
    this.isLeft = true
    this.#byKey.clear()
  }

  /** Those that objects without them can be given. */
  of(key: string): readonly NewField[] {
    return this.#byKey.get(key) ?? []
  }
}

function fieldsOfFile(plan: Plan, file: FilePlan): Found[] {
  const known = new Set<Node>()
  const found: Found[] = []
  for (const [young, old] of file.pair.functions) {
    const owner = ownerOf(plan, file, young, old)
    if (owner !== undefined && !known.has(owner.node)) {
      known.add(owner.node)
      found.push(...owner.fields())
    }
    found.push(...literalFields(plan, file, young, old))
  }
  return found.filter((field) => isRead(plan, field) && !isNothing(field.initialiser))
}

function ownerOf(plan: Plan, file: FilePlan, young: FunctionNode, old: FunctionNode): Owner | undefined {
  if (young.class !== undefined && old.class !== undefined)
    return new ClassOwner(plan, file, young.class.node, old.class.node)
  const name = young.paths[0]?.split('/').at(-1)
  if (name === undefined || young.kind !== 'function') return undefined
  const isMaker = (side: SourceFile): boolean =>
    side.analysis.functions.some(({ paths }) => paths.some((path) => path.startsWith(`${name}.prototype.`)))
  return isMaker(file.pair.old) ? new FunctionOwner(plan, file, name, young, old) : undefined
}

/** What makes objects: finds the fields that only its new version gives them. */
abstract class Owner {
  protected readonly plan: Plan
  protected readonly file: FilePlan
  readonly node: Node
  protected abstract readonly name: string
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

  fields(): Found[] {
    const { before, after } = this
    const made = new Map<string, { node: Node; value: Node | undefined; isCertain: boolean }>()
    for (const one of after.fields) made.set(one.key, one)
    const added = [...made].filter(([key]) => !this.has(key))
    if (added.length === 0) return []
    const homes = new Set(this.homes())
    const like = this.like().slice(0, 6)
    const reach = new Reach(this.plan, this.file, after, before)
    return added.map(([key, { node, value, isCertain }]) => ({
      key,
      owner: this.name,
      file: this.file,
      node,
      body: this.node.type.startsWith('Class') ? this.node : undefined,
      homes,
      makers: new Set(after.fn === undefined ? [] : [after.fn.node]),
      like,
      initialiser: isCertain ? reach.of(value) : 'it is not given one value in every case',
      isLiteral: false,
    }))
  }
}

class ClassOwner extends Owner {
  protected readonly name: string
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
    const names = [
      ...this.before.fields.filter(({ isCertain }) => isCertain).map(({ key }) => key),
      ...methods,
    ]
    return [...new Set(names.filter((one): one is string => one !== undefined && !one.startsWith('#')))]
  }
}

class FunctionOwner extends Owner {
  protected readonly name: string
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
    const methods = this.#methods(this.file.pair.old).map(({ paths }) => paths[0]!.split('.').at(-1)!)
    const fields = this.before.fields.filter(({ isCertain }) => isCertain).map(({ key }) => key)
    return [...new Set([...fields, ...methods])].filter((one) => /^[\w$]+$/.test(one))
  }

  #methods({ analysis }: SourceFile): FunctionNode[] {
    return analysis.functions.filter(({ paths }) =>
      paths.some((path) => path.startsWith(`${this.name}.prototype.`)),
    )
  }
}

function classMaker(file: SourceFile, node: Node): Maker {
  const elements = node.body.body as Node[]
  const declared = elements
    .filter((one) => one.type === 'PropertyDefinition' && !one.static)
    .flatMap((one) => {
      const key = keyOf(one)
      return key === undefined ? [] : [{ key, node: one, value: one.value ?? undefined, isCertain: true }]
    })
  const element = elements.find((one) => one.type === 'MethodDefinition' && one.kind === 'constructor')
  const fn = element && file.functionOf.get(element.value)
  return { fn, fields: [...declared, ...(fn === undefined ? [] : functionMaker(fn).fields)] }
}

/** A function that gives `this` its fields. Last writing wins; what stands in a condition may not happen. */
function functionMaker(fn: FunctionNode): Maker {
  const fields: Maker['fields'] = []
  const { body } = fn.node
  const statements: Node[] = body.type === 'BlockStatement' ? body.body : []
  const certain = new Set<Node>()
  for (const statement of statements) {
    if (statement.type !== 'ExpressionStatement') continue
    let at = unwrap(statement.expression)
    const keys: { key: string; node: Node }[] = []
    while (at.type === 'AssignmentExpression' && at.operator === '=') {
      certain.add(at)
      const key = thisKey(at.left)
      if (key !== undefined) keys.push({ key, node: at })
      at = unwrap(at.right)
    }
    for (const { key, node } of keys) fields.push({ key, node, value: at, isCertain: true })
  }
  walkOwn(body, (node) => {
    if (node.type !== 'AssignmentExpression' || certain.has(node)) return
    const key = thisKey(node.left)
    const isFirst = key !== undefined && !fields.some((one) => one.key === key)
    if (isFirst) fields.push({ key, node, value: node.right, isCertain: false })
  })
  return { fn, fields }
}

/** The keys that are assigned to `this`, or to what code commonly calls it, in a part of a file. */
function assignedOnThis(root: Node): Set<string> {
  const keys = new Set<string>()
  walk(root, (node) => {
    const target = node.type === 'AssignmentExpression' ? node.left : undefined
    const key = target === undefined ? undefined : (thisKey(target) ?? selfKey(target))
    if (key !== undefined) keys.add(key)
  })
  return keys
}

function thisKey(node: Node): string | undefined {
  return node.type === 'MemberExpression' && node.object.type === 'ThisExpression'
    ? memberKey(node)
    : undefined
}

function selfKey(node: Node): string | undefined {
  const isSelf = node.type === 'MemberExpression' && /^(self|that|_this|me)$/.test(node.object.name ?? '')
  return isSelf ? memberKey(node) : undefined
}

/** The name that a member expression asks for, if it is written there. */
export function memberKey({ property, computed }: Node): string | undefined {
  if (property.type === 'PrivateIdentifier') return `#${property.name}`
  if (!computed) return property.name
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined
}

function keyOf({ type, key, computed }: Node): string | undefined {
  if (type === 'StaticBlock' || computed) return undefined
  if (key.type === 'PrivateIdentifier') return `#${key.name}`
  return key.name ?? String(key.value)
}

/** Without functions that have a `this` of their own. */
function walkOwn(root: Node, visit: (node: Node) => void): void {
  walk(root, (node, ancestors) => {
    const hasOwn = ancestors.some((one) => isFunction(one) && one.type !== 'ArrowFunctionExpression')
    if (!hasOwn && !ancestors.some((one) => one.type === 'ClassBody')) visit(node)
  })
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
      { fn: young, fields: fieldsOf(literal.node) },
      { fn: old, fields: fieldsOf(was.node) },
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
        initialiser:
          one.kind === 'init' && !one.method ? reach.of(one.value) : 'it is a member with code of its own',
        isLiteral: true,
      }))
  })
}

function fieldsOf(literal: Node): Maker['fields'] {
  return (literal.properties as Node[]).map((one) => ({
    key: keyOf(one)!,
    node: one,
    value: one.value,
    isCertain: true,
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

function isKept({ type, name }: Node, fn: FunctionNode, file: SourceFile): boolean {
  if (type !== 'Identifier') return false
  return file
    .usesIn(fn.node)
    .some((use) => use.node.name === name && file.parent(use.node)?.type === 'ReturnStatement')
}

// ── whether it matters ──────────────────────────────────────────────────────────────────────────────────────────────

function isRead(plan: Plan, { key, file }: Found): boolean {
  if (key.startsWith('#')) return file.pair.new.text.split(key).length > 2
  return [...plan.files.values()].some(({ pair }) => pair.new.members.has(key))
}

/** A field that begins as undefined is what objects without it seem to have. */
function isNothing(initialiser: NewField['initialiser']): boolean {
  return typeof initialiser !== 'string' && initialiser.isNothing
}
