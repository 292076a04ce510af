import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { isFunction, walkOwn } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { isKept } from '../plan/literal-fields.ts'
import { keyOf } from '../plan/made-on-this.ts'
import { outlives } from '../plan/outlives.ts'
import type { Plan } from '../plan/plan.ts'
import { changesObject } from '../read/effects.ts'
import { conditionsOf } from '../read/made-of.ts'
import { shape } from '../read/shape.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'
import type { Finding } from './findings.ts'
import { isConstructor } from './results.ts'
import { isRegistration } from './set-up.ts'

const DONE = 'it is done to what the function makes now: what it has made before the patch is without it'
const GIVEN = 'the function gives something else now: what it has given before the patch stays as it is'
const ADVICE = 'nothing, if that is right; else do it in a pre-patch callback'

/**
 * What a function does otherwise as it makes something that lives on, where nothing that it has made shows it: the calls that
 * set it up, what is assigned to it, and which of its closures it gives.
 */
export function* madeByThen(plan: Plan): Generator<Finding> {
  for (const file of plan.files.values())
    for (const fn of file.pair.changed) {
      if (file.onces.some(({ pair }) => pair.new.fn === fn)) continue
      const deeds = deedsOf(file.pair.functions.get(fn)!, file.pair.old)
      for (const one of deedsOf(fn, file.pair.new)) {
        const known = deeds.findIndex(({ text }) => text === one.text)
        if (known >= 0) deeds.splice(known, 1)
        else if (!isToldElsewhere(one, deeds)) yield note(file, one)
      }
    }
}

/** Listeners and members that the running version has not at all: that is told of them as such. */
function isToldElsewhere({ node, member }: Deed, before: readonly Deed[]): boolean {
  if (member !== undefined) return !before.some((one) => one.member === member)
  return isRegistration(node) && !before.some((one) => shape(one.node) === shape(node))
}

function note({ path, pair: { new: source } }: FilePlan, { node, why }: Deed): Finding {
  const what = source.slice(node).split('\n')[0]!.slice(0, 80)
  return { severity: 'note', file: path, line: source.lineOf(node.start), what, why, advice: ADVICE }
}

interface Deed {
  node: Node
  text: string
  why: string
  /** Of an object that the function gives. */
  member?: string | undefined
}

/** What a function does to what it makes, and what it gives, each with what decides whether it does. */
function deedsOf(fn: FunctionNode, source: SourceFile): Deed[] {
  const makes = makesClosures(fn, source)
  const found: Deed[] = []
  const add = (node: Node, why: string, member?: string): void => {
    // A function is another one wherever it is.
    const text = isFunction(node) ? 'function' : shape(node)
    found.push({ node, why, member, text: [member, text, ...conditionsOf(node, fn, source)].join(' if ') })
  }
  const gives = (value: Node): void => {
    for (const [member, one] of givenIn(unwrap(value), source)) add(one, GIVEN, member)
  }
  walkOwn(fn.node, (node) => {
    const expression = node.type === 'ExpressionStatement' ? unwrap(node.expression) : undefined
    if (expression !== undefined && isDoneTo(expression, fn, source)) add(expression, DONE)
    if (makes && node.type === 'ReturnStatement' && node.argument) gives(node.argument)
  })
  if (makes && fn.node.body.type !== 'BlockStatement') gives(fn.node.body)
  return found
}

/** `server.limit = 5`, `router.use(f)` of what the function has made; `register(name, f)` of a function in it that fills something. */
function isDoneTo(expression: Node, fn: FunctionNode, source: SourceFile): boolean {
  const isSet = expression.type === 'AssignmentExpression' && expression.left.type === 'MemberExpression'
  if (!isSet && expression.type !== 'CallExpression') return false
  let root: Node = isSet ? expression.left : unwrap(expression.callee)
  if (root.type === 'Identifier') return fillsKept(root, fn, source)
  while (/^(Member|Call)Expression$/.test(root.type)) root = unwrap(root.object ?? root.callee)
  if (root.type === 'ThisExpression') return makesObjects(fn, source) && isAtTimes(expression, fn, source)
  const binding = ownBinding(root, fn, source)
  const made = binding && source.declaredWith(binding)
  if (made === undefined || !/^(New|Call)Expression$/.test(unwrap(made).type)) return false
  // What kept closures find in a variable that is filled is a matter of its value.
  const use = source.usesIn(root)[0]
  return (
    (isKept(root, fn, source) || givenNames(fn.node).has(root.name)) &&
    !(use && changesObject(use, source) && isSeenByClosures(binding!, fn, source))
  )
}

/** Whether objects are made by a function. */
export function makesObjects(fn: FunctionNode, source: SourceFile): boolean {
  return fn.kind.endsWith('constructor') || isConstructor(fn.node, source)
}

/** Whether closures of a function go on being called when it is over. */
export function makesClosures(fn: FunctionNode, source: SourceFile): boolean {
  return source.functionsIn(fn).some((one) => one.enclosing === fn && outlives(one, source))
}

/** Whether something is done for some objects only: what is done for all of them are fields and calls of theirs. */
export function isAtTimes(node: Node, fn: FunctionNode, source: SourceFile): boolean {
  for (let at = source.parent(node); at !== undefined && at !== fn.node; at = source.parent(at))
    if (at.type === 'IfStatement' && !at.alternate) return true
  return false
}

/** Whether a function inside of another one puts something into a variable of it that closures which live on see. */
function fillsKept(name: Node, fn: FunctionNode, source: SourceFile): boolean {
  const binding = ownBinding(name, fn, source)
  const called = binding && source.functionNamed(binding)
  if (called === undefined) return false
  return source.usesIn(called.node).some((use) => {
    const filled = changesObject(use, source) ? source.bindingOf(use) : undefined
    return filled !== undefined && ownerOf(filled.scope) === fn && isSeenByClosures(filled, fn, source)
  })
}

function ownBinding(node: Node, fn: FunctionNode, source: SourceFile): Binding | undefined {
  const binding = node.type === 'Identifier' ? source.bindingFor(node) : undefined
  const isOwn = binding !== undefined && binding.kind !== 'parameter' && ownerOf(binding.scope) === fn
  return isOwn && !binding.assigned ? binding : undefined
}

function isSeenByClosures(binding: Binding, fn: FunctionNode, source: SourceFile): boolean {
  return source.usesOf(binding).some((use) => {
    const at = source.functionAt(use)
    return at !== undefined && at !== fn && outlives(at, source)
  })
}

/** The closures that a value has in it, by the members that they are. */
function givenIn(value: Node, source: SourceFile): [member: string | undefined, value: Node][] {
  if (value.type === 'ObjectExpression')
    return (value.properties as Node[]).flatMap((one) =>
      one.type === 'Property' && hasClosure(one.value, source) ? [[keyOf(one), one.value]] : [],
    )
  return hasClosure(value, source) ? [[undefined, value]] : []
}

function hasClosure(value: Node, source: SourceFile): boolean {
  if (isFunction(value)) return true
  const binding = value.type === 'Identifier' ? source.bindingFor(value) : undefined
  if (binding !== undefined) return source.functionNamed(binding) !== undefined
  const parts: Node[] = /^(Conditional|Logical)/.test(value.type)
    ? [value.consequent ?? value.left, value.alternate ?? value.right]
    : value.type === 'CallExpression'
      ? value.arguments
      : []
  return parts.some((one) => hasClosure(unwrap(one), source))
}

/** Variables that a function gives, or gives to what it gives. */
function givenNames(root: Node): Set<string> {
  const names = new Set<string>()
  const give = (node: Node | null): void => {
    if (node?.type === 'Identifier') names.add(node.name)
    else if (node?.type === 'NewExpression') for (const one of node.arguments) give(one)
    else if (node?.type === 'ObjectExpression') for (const one of node.properties) give(one.value ?? null)
  }
  walkOwn(root, ({ type, argument }) => {
    if (type === 'ReturnStatement') give(argument && unwrap(argument))
  })
  return names
}
