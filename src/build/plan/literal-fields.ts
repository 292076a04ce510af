import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction, walk } from '../../livepatch/ast.ts'
import { calledName, isName } from '../read/expressions.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'
import { functionOf } from '../read/unit-values.ts'
import { isStore } from './collections.ts'
import { isReadBeside } from './field-needs.ts'
import type { Found } from './fields.ts'
import type { FilePlan } from './file-plan.ts'
import { filledLocals, type GivenMember } from './filled-locals.ts'
import { isFilled } from './grown-literals.ts'
import { type Maker, Reach, usesCall } from './initialiser.ts'
import { keyOf } from './made-on-this.ts'
import { usersOfChanged, writtenIn } from './merged-literals.ts'
import { namedKey } from './named-key.ts'
import { outlives } from './outlives.ts'
import type { Plan } from './plan.ts'

/** Fields of objects that a function makes as literals and that live on when it has returned. */
export function literalFields(plan: Plan, file: FilePlan, young: FunctionNode, old: FunctionNode): Found[] {
  if (!file.pair.changed.has(young) && !usersOfChanged(file).has(young)) return []
  return grownLiterals(file, young, old).flatMap(({ literal, was, added }) => {
    const reach = new Reach(
      plan,
      file,
      { fn: young, helpers: [], fields: fieldsOf(literal.properties) },
      { fn: old, helpers: [], fields: fieldsOf(was.properties) },
    )
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
        isMerged: literal.isMerged,
      }))
  })
}

/** Members that such objects have more, under names which the running version has for others: no field is made of them. */
export function membersByKnownNames(
  plan: Plan,
  file: FilePlan,
  young: FunctionNode,
  old: FunctionNode,
): { key: string; node: Node }[] {
  const written = grownLiterals(file, young, old)
    .flatMap(({ added }) => added)
    .map((node) => ({ key: keyOf(node)!, node }))
  const before = filledLocals(old, file.pair.old)
  const filled = filledLocals(young, file.pair.new).flatMap(({ name, init, members }) => {
    const keys = before.find((one) => one.name === name)?.members.map(({ key }) => key)
    const isGrown = keys !== undefined && livesOn(init, young, file.pair.new)
    return isGrown ? members.filter(({ key }) => !keys.includes(key)) : []
  })
  return [...written, ...filled].filter(({ key }) => plan.knew(key))
}

/** The literals of a function that live on and have members more than in the running version. */
export function grownIn(file: FilePlan, young: FunctionNode, old: FunctionNode): Set<unknown> {
  return new Set(grownLiterals(file, young, old).map(({ literal }) => literal.node))
}

interface Grown {
  literal: Literal
  was: Literal
  added: Node[]
}

/** Literals that live on, and what they have more than in the running version. */
function grownLiterals(file: FilePlan, young: FunctionNode, old: FunctionNode): Grown[] {
  const before = literalsIn(old, file.pair.old)
  return literalsIn(young, file.pair.new).flatMap((literal) => {
    if (!livesOn(literal.node, young, file.pair.new)) return []
    const was = before.find(({ keys }) => keys.length > 0 && keys.every((key) => literal.keys.includes(key)))
    if (was === undefined || was.keys.length === literal.keys.length) return []
    before.splice(before.indexOf(was), 1)
    return { literal, was, added: literal.properties.filter((one) => !was.keys.includes(keyOf(one)!)) }
  })
}

/** The same for objects that a function has in a variable, and gives members there. */
export function filledFields(plan: Plan, file: FilePlan, young: FunctionNode, old: FunctionNode): Found[] {
  if (!file.pair.changed.has(young)) return []
  const before = filledLocals(old, file.pair.old)
  return filledLocals(young, file.pair.new).flatMap(({ name, init, members }) => {
    const was = before.find((one) => one.name === name)
    const keys = was?.members.map(({ key }) => key) ?? []
    const like = keys.filter((key) => isName(key)).slice(0, 6)
    if (was === undefined || like.length === 0 || !livesOn(init, young, file.pair.new)) return []
    const reach = new Reach(
      plan,
      file,
      { fn: young, helpers: [], fields: members },
      { fn: old, helpers: [], fields: was.members },
    )
    const isNew = ({ key }: GivenMember): boolean =>
      !keys.includes(key) && !plan.knew(key.replace(/^\[|\]$/g, ''))
    const isAsked = ({ key }: GivenMember): boolean => isReadBeside(plan, key, young.node)
    return members
      .filter((one) => isNew(one) && isAsked(one))
      .map(({ key, named, node, value }) => ({
        key,
        owner: young.paths[0]!.split(/[/.]/).at(-1)!,
        file,
        node,
        body: undefined,
        homes: new Set<Node>(),
        makers: new Set([young.node]),
        like,
        initialiser: usesCall(value)
          ? "it depends on 'this', or how the function was called"
          : reach.of({ value }),
        named: named && namedKey(plan, file, named),
        isLiteral: true,
        isFilled: true,
      }))
  })
}

/** `this` in a literal is not what the literal makes. */
function initialiserIn(property: Node, reach: Reach): Found['initialiser'] {
  const { kind, method, value } = property
  if (kind !== 'init' || (method && containsNode(value, isSuper)))
    return 'it is a member with code of its own'
  if (usesCall(value)) return "it depends on 'this', or how the function was called"
  // A method is written as one.
  return reach.of({ value: method ? property : value })
}

function isSuper({ type }: Node): boolean {
  return type === 'Super'
}

function fieldsOf(properties: readonly Node[]): Maker['fields'] {
  return properties.map((one) => ({ key: keyOf(one)!, node: one, value: one.value }))
}

interface Literal {
  node: Node
  properties: Node[]
  keys: string[]
  /** It is made of others. */
  isMerged: boolean
}

function literalsIn(fn: FunctionNode, source: SourceFile): Literal[] {
  const found: Literal[] = []
  walk(fn.node, (node, ancestors) => {
    if (!/^(Object|Call)Expression$/.test(node.type) || ancestors.filter(isFunction).at(-1) !== fn.node)
      return
    const merged = writtenIn(node, source)
    const properties = merged ?? (node.properties as Node[] | undefined) ?? []
    const keys = properties.map((one) => (one.type === 'Property' ? keyOf(one) : undefined))
    if (properties.length > 0 && keys.every((key) => key !== undefined))
      found.push({ node, properties, keys: keys as string[], isMerged: merged !== undefined })
  })
  return found
}

/** Whether an object goes to whoever called the function, or into something that others hold. */
export function livesOn(node: Node, fn: FunctionNode, file: SourceFile): boolean {
  const parent = file.parent(node)
  switch (parent?.type) {
    case 'ParenthesizedExpression':
      return livesOn(parent, fn, file)
    case 'Property':
      return parent.value === node && livesOn(file.parent(parent)!, fn, file)
    case 'ReturnStatement':
    case 'ArrowFunctionExpression':
      return true
    case 'AssignmentExpression':
      return (
        parent.right === node && (parent.left.type === 'MemberExpression' || isKept(parent.left, fn, file))
      )
    case 'CallExpression':
      if (isFilled(parent) && parent.arguments[0] === node) return livesOn(parent, fn, file)
      return isStore(parent, node)
    case 'VariableDeclarator':
      return isKept(parent.id, fn, file)
    default:
      return false
  }
}

/** Whether a variable is returned, put on an object, or seen by a function that goes on being called; of another file, where the plan is known. */
export function isKept(pattern: Node, fn: FunctionNode, file: SourceFile, plan?: Plan, depth = 0): boolean {
  const binding = pattern.type === 'Identifier' ? file.bindingFor(pattern) : undefined
  if (binding === undefined) return false
  return file.usesOf(binding).some((use) => {
    if (use.node.start < fn.start || use.node.start >= fn.end) return false
    const at = file.functionAt(use)
    if (at !== undefined && at !== fn) return outlives(at, file)
    const parent = file.parent(use.node)
    if (parent?.type === 'ReturnStatement') return true
    if (parent?.type === 'AssignmentExpression' && parent.right === use.node)
      return parent.left.type === 'MemberExpression'
    // `object.method.bind(object)`
    if (parent?.type === 'CallExpression' && calledName(parent) === 'bind')
      return parent.arguments[0] === use.node && livesOn(parent, fn, file)
    if (parent?.type === 'CallExpression' && isStore(parent, use.node))
      return isListKept(parent.callee.object, fn, file, plan, depth)
    return depth < 3 && isTaken(use.node, parent, file, plan, depth + 1)
  })
}

/** Whether a list goes on when a function that puts something into it has returned. */
export function isListKept(
  list: Node,
  fn: FunctionNode,
  file: SourceFile,
  plan: Plan | undefined,
  depth = 0,
): boolean {
  const binding = list.type === 'Identifier' ? file.bindingFor(list) : undefined
  const owner = binding && ownerOf(binding.scope)
  if (owner === undefined) return true
  return owner === fn ? depth < 3 && isKept(list, fn, file, plan, depth + 1) : outlives(fn, file)
}

/** Whether a function of the package keeps what is handed to it. */
export function isTaken(
  value: Node,
  call: Node | undefined,
  file: SourceFile,
  plan: Plan | undefined,
  depth = 0,
): boolean {
  if (call?.type !== 'CallExpression' || call.callee.type !== 'Identifier') return false
  const place = (call.arguments as Node[]).indexOf(value)
  const taker = place < 0 ? undefined : (takerIn(call.callee, file) ?? takerBeside(call.callee, file, plan))
  const parameter: Node | undefined = taker?.fn.node.params[place]
  return parameter !== undefined && isKept(parameter, taker!.fn, taker!.source, plan, depth)
}

interface Taker {
  fn: FunctionNode
  source: SourceFile
}

function takerIn(callee: Node, file: SourceFile): Taker | undefined {
  const binding = file.bindingFor(callee)
  const fn = binding && file.functionNamed(binding)
  return fn && { fn, source: file }
}

/** The function that a file imports. */
function takerBeside(callee: Node, { path }: SourceFile, plan: Plan | undefined): Taker | undefined {
  const unit = plan?.files.get(path)?.module.unitOf(callee.name)
  if (unit?.kind !== 'import' || unit.source === undefined) return undefined
  const from = plan!.resolve(path, unit.source)
  const origin = from === undefined ? undefined : plan!.origin(from, unit.imported!)
  const file = origin && plan!.files.get(origin.path)
  if (file === undefined) return undefined
  const source = file.pair.new
  const given = file.exports.new.get(/^[=*]$/.test(origin!.name) ? 'module.exports' : origin!.name)
  const own = given?.local === undefined ? undefined : file.module.unitOf(given.local)
  const fn = source.functionOf.get((own && functionOf(own)) ?? given?.value ?? source.program)
  return fn && { fn, source }
}
