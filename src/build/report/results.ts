import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { boundNames } from '../../instrument/syntax.ts'
import { containsNode, isFunction, walk, walkOwn } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { namedKey } from '../plan/named-key.ts'
import type { Plan } from '../plan/plan.ts'
import { isData } from '../read/effects.ts'
import { fieldKey, memberPath } from '../read/expressions.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'
import type { Finding } from './findings.ts'

/** What functions find something else for now, and something keeps what it was before: a cache, an object, a variable. */
export function* keptResults(plan: Plan): Generator<Finding> {
  for (const file of plan.files.values()) {
    yield* results(plan, file)
    yield* remembered(plan, file)
  }
}

function note({ path, pair }: FilePlan, at: Node, what: string, why: string): Finding {
  const advice = 'nothing, if that is right; else empty or change it in a pre-patch callback'
  return { severity: 'note', file: path, line: pair.new.lineOf(at.start), what, why, advice }
}

/** `cache[x] = …`, `cache.set(x, …)`, `value ??= …`, `if (!this.value) this.value = …` in functions that find something else now. */
function* results(plan: Plan, file: FilePlan): Generator<Finding> {
  const source = file.pair.new
  const told = new Set<string>()
  for (const [fn] of file.pair.functions) {
    const isOther = file.pair.changed.has(fn) || plan.affected.has(fn.node) || file.replaced.has(fn)
    if (!isOther && !usesInPlace(fn, file)) continue
    const guards = guardsIn(fn.node, source)
    const found: { node: Node; target: Node; name: string }[] = []
    walkOwn(fn.node, (node) => {
      const target = rememberedIn(node, source, guards)
      if (target === undefined || isField(plan, file, node)) return
      // `this.isStarted = true`, `seen.add(name)`
      const isPlain = isData(node.right ?? node) || node.callee?.property.name === 'add'
      const isSame = isPlain && file.pair.old.text.includes(source.slice(node))
      const named = target.type === 'ThisExpression' ? node : target
      const name = source.slice(heldBy(named, source)).split('\n')[0]!.slice(0, 60)
      if (!isSame) found.push({ node, target, name })
    })
    for (const { node, target, name } of found) {
      if (told.has(name) || !isOfRunning(node, target, file)) continue
      told.add(name)
      yield note(file, node, name, 'it keeps what the running version has found before')
    }
  }
}

/** Whether a function uses an object that the patch changes where it is. */
function usesInPlace(fn: FunctionNode, { inPlace, data, onces, pair: { new: source } }: FilePlan): boolean {
  if (inPlace.literals.size === 0 && data === undefined) return false
  const changed = new Set<string>([
    ...[...inPlace.literals.values()].flat().map(({ holder }) => holder.split('.')[0]!),
    ...[...(data?.objects ?? []), ...(data?.lists ?? [])].map(({ place }) => place.name),
  ])
  return source
    .usesIn(fn.node)
    .some(
      (use) =>
        changed.has(use.node.name) && onces.some(({ scope }) => scope === source.bindingOf(use)?.scope),
    )
}

/** `this[kState] = …` */
function isField(plan: Plan, file: FilePlan, { left }: Node): boolean {
  const isNamed = left?.type === 'MemberExpression' && fieldKey(left)?.startsWith('[') === true
  return isNamed && namedKey(plan, file, left.property) !== undefined
}

/** What a function looks at to know whether there is something yet: `!x`, `x === undefined`, `x ?? …`, `if (x) return x`, `hasOwn(this, 'x')`. */
function guardsIn(root: Node, source: SourceFile): Set<string> {
  const guards = new Set<string>()
  const add = (node: Node): void => {
    if (/^(Identifier|MemberExpression)$/.test(node.type)) guards.add(source.slice(node))
  }
  walkOwn(root, (node) => {
    const { type, operator, left, right, argument, test, consequent } = node
    if (type === 'UnaryExpression' && /^(!|typeof)$/.test(operator)) add(argument)
    if (type === 'LogicalExpression' && operator !== '&&') add(left)
    if (type === 'BinaryExpression' && /^[=!]==?$/.test(operator) && isNothing(right)) add(left)
    if ((type === 'IfStatement' && returns(consequent)) || type === 'ConditionalExpression') add(test)
    const asked = askedOf(node)
    if (asked !== undefined) guards.add(asked)
  })
  return guards
}

/** The member of `this` that `hasOwn(this, 'x')`, `this.hasOwnProperty('x')` and `'x' in this` ask for. */
function askedOf({ type, operator, left, right, callee, arguments: args }: Node): string | undefined {
  const isOwn = (node: Node | undefined): boolean => node?.type === 'ThisExpression'
  const keyOf = (node: Node | undefined): string | undefined =>
    typeof node?.value === 'string' ? `this.${node.value}` : undefined
  if (type === 'BinaryExpression' && operator === 'in') return isOwn(right) ? keyOf(left) : undefined
  if (type !== 'CallExpression') return undefined
  if (args.some(isOwn)) return keyOf(args.at(-1))
  return isOwn(callee.object) && args.length === 1 && /^has/.test(callee.property.name)
    ? keyOf(args[0])
    : undefined
}

function isNothing({ type, name, value, operator }: Node): boolean {
  return (
    (type === 'Literal' && value === null) ||
    name === 'undefined' ||
    (type === 'UnaryExpression' && operator === 'void')
  )
}

function returns(statement: Node): boolean {
  return statement.type === 'ReturnStatement' || statement.body?.[0]?.type === 'ReturnStatement'
}

/** Where a result is kept for the next time. */
function rememberedIn(node: Node, source: SourceFile, guards: ReadonlySet<string>): Node | undefined {
  if (node.type === 'AssignmentExpression') {
    const { left, operator } = node
    if (/^(\?\?|\|\|)=$/.test(operator)) return left
    if (operator !== '=') return undefined
    if (left.type === 'MemberExpression' && left.computed && left.property.type !== 'Literal')
      return left.object
    return guards.has(source.slice(left)) ? left : undefined
  }
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression' || node.callee.computed)
    return undefined
  const { object, property } = node.callee
  const takes = { set: 2, add: 1 }[property.name as string]
  if (takes !== undefined) return node.arguments.length === takes ? object : undefined
  // What a method defines on its object takes the place of the method.
  const isDefined = property.name === 'defineProperty' && node.arguments[0]?.type === 'ThisExpression'
  return isDefined ? node.arguments[0] : undefined
}

const REMEMBERS = /once|memo|cache|lazy|singleton/i

/** `const f = once(() => …)`, `cached(key, compile)`: what changed is called by something that keeps what it gave. */
function* remembered(plan: Plan, file: FilePlan): Generator<Finding> {
  const source = file.pair.new
  for (const { call, place } of givenToCalls(plan, file)) {
    const by = memberPath(call.callee)?.path ?? ''
    const use = source.usesIn(call.callee)[0]
    const keeper = use && plan.affected.meant(file, use)
    // A method of a class is known by its name alone.
    if (keeper && isFunction(keeper) ? !keepsResult(keeper, place) : !REMEMBERS.test(by)) continue
    const why = `'${by}' keeps what it has found before`
    yield note(file, call, source.slice(call).split('\n')[0]!.slice(0, 60), why)
  }
}

/** Where a function that does something else now is given to another one, written there or by its name. */
function* givenToCalls(plan: Plan, file: FilePlan): Generator<{ call: Node; place: number }> {
  const source = file.pair.new
  const given = [...file.pair.functions.keys()].filter(
    (fn) => file.pair.changed.has(fn) || file.replaced.has(fn),
  )
  const named = source.uses.filter((use) => {
    const meant = isArgument(use.node, source) ? plan.affected.meant(file, use) : undefined
    return meant !== undefined && isFunction(meant) && plan.affected.has(meant)
  })
  for (const { node } of [...given, ...named])
    if (isArgument(node, source)) {
      const call = source.parent(node)!
      yield { call, place: call.arguments.indexOf(node) }
    }
}

function isArgument(node: Node, source: SourceFile): boolean {
  const call = source.parent(node)
  return call?.type === 'CallExpression' && call.arguments.includes(node)
}

/**
 * Whether a function calls a parameter and stores what that gives, or assigns it to something that is not its own: a
 * variable of the closure around it, a property.
 */
function keepsResult({ params, body }: Node, place: number): boolean {
  const [parameter] = boundNames(params[place])
  const results = new Set<string>()
  const isResult = ({ type, callee, name }: Node): boolean =>
    type === 'CallExpression' ? callee.name === parameter : type === 'Identifier' && results.has(name)
  let isKept = false
  walk(body, (node, ancestors) => {
    const isDeclared = node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init
    if (isDeclared && containsNode(node.init, isResult)) results.add(node.id.name)
    if (node.type === 'AssignmentExpression' && containsNode(node.right, isResult)) {
      if (isOwn(node.left, ancestors.findLast(isFunction) ?? body)) results.add(node.left.name)
      else isKept ||= node.left.type !== 'ObjectPattern'
    }
    const isStore = node.type === 'CallExpression' && /^(set|add|push)$/.test(node.callee.property?.name)
    if (isStore) isKept ||= (node.arguments as Node[]).some((one) => containsNode(one, isResult))
  })
  return parameter !== undefined && isKept
}

/** Whether a variable is declared in a function, outside of those in it. */
function isOwn({ type, name }: Node, around: Node): boolean {
  const isIt = (node: Node, ancestors: readonly Node[]): boolean =>
    node.type === 'VariableDeclarator' && node.id.name === name && !ancestors.slice(1).some(isFunction)
  return type === 'Identifier' && containsNode(around, isIt)
}

/** `this.table` of `(_a = this.table)[key] ?? (_a[key] = it)`, as compilers write `??=`. */
function heldBy(target: Node, source: SourceFile): Node {
  const binding = target.type === 'Identifier' ? source.bindingFor(target) : undefined
  // What lives on when the call is over is none of these.
  if (binding === undefined || ownerOf(binding.scope) === undefined) return target
  if (source.declaredWith(binding) !== undefined) return target
  const values = source.usesOf(binding).flatMap(({ node, assigned }) => {
    const parent = assigned ? source.parent(node) : undefined
    return parent?.operator === '=' && parent.left === node ? [parent.right as Node] : []
  })
  const [only, ...others] = values
  return only?.type === 'MemberExpression' && others.length === 0 ? only : target
}

/** What lives on when the function is over: a variable of the module that the patch does not make anew, or of an object. */
function isOfRunning(node: Node, given: Node, file: FilePlan): boolean {
  const source = file.pair.new
  const target = heldBy(given, source)
  let root = target
  while (root.type === 'MemberExpression') root = root.object
  const key = target.type === 'MemberExpression' && !target.computed ? target.property.name : undefined
  // A field that the running version has not is not there yet.
  if (key !== undefined && !file.pair.old.text.includes(key)) return false
  if (root.type === 'ThisExpression') return node.left !== root
  if (root.type !== 'Identifier') return false
  const binding = source.bindingFor(root)
  // `request._query = …`: what was given to the function may be given to it again, and options are none of its own.
  if (key?.startsWith('_') && binding?.kind === 'parameter') return true
  const once = binding && file.onceOf(binding.scope)
  return once?.isBrought(root.name) === false && once.pair.old.scope.names.has(root.name)
}

export function isConstructor(node: Node, source: SourceFile): boolean {
  if (node.type !== 'FunctionDeclaration' || !node.id) return false
  return source.usesOf(source.bindingFor(node.id)).some((use) => {
    const member = source.parent(use.node)
    return member?.object === use.node && member.property.name === 'prototype'
  })
}
