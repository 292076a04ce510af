import type { Node } from '../../instrument/parse.ts'
import { boundNames } from '../../instrument/syntax.ts'
import { containsNode, isFunction, walk } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { namedKey } from '../plan/named-key.ts'
import type { OncePlan } from '../plan/once-plan.ts'
import { outlives } from '../plan/outlives.ts'
import type { Plan } from '../plan/plan.ts'
import { keptIn } from '../plan/state.ts'
import { EffectsOf } from '../read/effects.ts'
import { fieldKey, memberPath } from '../read/expressions.ts'
import { SourceFile } from '../read/source-file.ts'
import { classOf } from '../read/unit-values.ts'
import { onceOf, type Unit } from '../read/units.ts'
import type { Finding } from './findings.ts'
import { RESTART } from './report.ts'

const CARRY = 'carry its contents over in a pre-patch callback, with a state that says so'

/**
 * Values that the running version has made or been given, and that go on being used or are used no more.
 * @param gone files that the new version has no more
 */
export function* keptValues(plan: Plan, gone: readonly string[]): Generator<Finding> {
  for (const file of plan.files.values()) {
    yield* results(plan, file)
    yield* derived(plan, file)
    yield* remembered(plan, file)
    for (const once of file.onces) yield* lost(plan, file, once)
  }
  for (const path of gone) yield* lostWith(plan, path)
}

function finding(
  severity: Finding['severity'],
  { path, pair }: FilePlan,
  at: Node,
  what: string,
  why: string,
): Finding {
  const advice =
    severity === 'note' ? 'nothing, if that is right; else empty or change it in a pre-patch callback' : CARRY
  return { severity, file: path, line: pair.new.lineOf(at.start), what, why, advice }
}

/** `cache[x] = …`, `cache.set(x, …)`, `value ??= …` in functions that find something else now. */
function* results(plan: Plan, file: FilePlan): Generator<Finding> {
  const source = file.pair.new
  const told = new Set<string>()
  for (const [fn] of file.pair.functions) {
    if (!file.pair.changed.has(fn) && !plan.affected.has(fn.node)) continue
    const found: { node: Node; name: string }[] = []
    walk(fn.node, (node, ancestors) => {
      if (ancestors.slice(1).some(isFunction)) return
      const target = rememberedIn(node)
      if (target !== undefined && !isField(plan, file, node)) found.push({ node, name: source.slice(target) })
    })
    for (const { node, name } of found) {
      if (told.has(name) || !isOfRunning(node, file)) continue
      told.add(name)
      yield finding('note', file, node, name, 'it keeps what the running version has found before')
    }
  }
}

/** `this[kState] = …` */
function isField(plan: Plan, file: FilePlan, { left }: Node): boolean {
  const isNamed = left?.type === 'MemberExpression' && fieldKey(left)?.startsWith('[') === true
  return isNamed && namedKey(plan, file, left.property) !== undefined
}

/** Where a result is kept for the next time. */
function rememberedIn(node: Node): Node | undefined {
  if (node.type === 'AssignmentExpression') {
    const { left, right, operator } = node
    if (/^(\?\?|\|\|)=$/.test(operator)) return left
    if (operator !== '=') return undefined
    if (left.type === 'MemberExpression' && left.computed && left.property.type !== 'Literal')
      return left.object
    const isKept =
      right.type === 'LogicalExpression' && right.operator !== '&&' && right.left.type === left.type
    return isKept && right.left.name === left.name && left.type === 'Identifier' ? left : undefined
  }
  const isSet =
    node.type === 'CallExpression' && node.callee.type === 'MemberExpression' && !node.callee.computed
  return isSet && node.callee.property.name === 'set' && node.arguments.length === 2
    ? node.callee.object
    : undefined
}

const REMEMBERS = /once|memo|cache|lazy|singleton/i

/** `const f = once(() => …)`: what changed is called by something that keeps what it gave. */
function* remembered(plan: Plan, file: FilePlan): Generator<Finding> {
  const source = file.pair.new
  for (const [fn] of file.pair.functions) {
    const call = source.parent(fn.node)
    const isGiven = call?.type === 'CallExpression' && call.arguments.includes(fn.node)
    if (!isGiven || (!file.pair.changed.has(fn) && !file.replaced.has(fn))) continue
    const by = memberPath(call.callee)?.path ?? ''
    const use = source.usesIn(call.callee)[0]
    const keeper = use && plan.affected.meant(file, use)
    const place = call.arguments.indexOf(fn.node)
    // A method of a class is known by its name alone.
    if (keeper && isFunction(keeper) ? !keepsResult(keeper, place) : !REMEMBERS.test(by)) continue
    const why = `'${by}' keeps what it has found before`
    yield finding('note', file, call, source.slice(call).split('\n')[0]!.slice(0, 60), why)
  }
}

/** Whether a function calls a parameter where it assigns something: the closure around keeps it. */
function keepsResult({ params, body }: Node, place: number): boolean {
  const [parameter] = boundNames(params[place])
  const isCall = ({ type, callee }: Node): boolean => type === 'CallExpression' && callee.name === parameter
  const isKept = ({ type, left, right }: Node): boolean =>
    type === 'AssignmentExpression' && left.type !== 'ObjectPattern' && containsNode(right, isCall)
  return parameter !== undefined && containsNode(body, isKept)
}

/** What lives on when the function is over: a variable of the module that the patch does not make anew, or of an object. */
function isOfRunning(node: Node, file: FilePlan): boolean {
  const source = file.pair.new
  let root: Node = node.type === 'CallExpression' ? node.callee : node.left
  const isMember = root.type === 'MemberExpression'
  while (root.type === 'MemberExpression') root = root.object
  if (root.type === 'ThisExpression') return isMember
  if (root.type !== 'Identifier') return false
  const binding = source.bindingFor(root)
  const once = binding && file.onceOf(binding.scope)
  return once?.isBrought(root.name) === false && once.pair.old.scope.names.has(root.name)
}

/** Variables of kept closures that a function made which does something else now. */
function* derived(plan: Plan, file: FilePlan): Generator<Finding> {
  const source = file.pair.new
  for (const [fn] of file.pair.functions) {
    if (file.onces.some(({ pair }) => pair.new.fn === fn) || fn.node.body.type !== 'BlockStatement') continue
    for (const statement of fn.node.body.body as Node[]) {
      const declarations = (statement.type === 'VariableDeclaration' ? statement.declarations : []) as Node[]
      for (const { id, init } of declarations) {
        if (!init || !/^(Call|New)Expression$/.test(init.type) || id.type !== 'Identifier') continue
        const use = source.usesIn(init.callee)[0]
        const meant = use && plan.affected.meant(file, use)
        if (meant === undefined || !plan.affected.has(meant) || !isSeenByKept(id, file)) continue
        yield finding(
          'note',
          file,
          id,
          id.name,
          `functions made by the running version have it as '${use!.node.name}' made it then`,
        )
      }
    }
  }
}

/** Whether a function that lives on uses a variable otherwise than by calling it. */
function isSeenByKept(id: Node, { pair: { new: source } }: FilePlan): boolean {
  const binding = source.bindingFor(id)
  return source.uses.some((use) => {
    if (use.node.name !== id.name || source.bindingOf(use) !== binding) return false
    const fn = source.functionAt(use)
    const isCalled = source.parent(use.node)?.callee === use.node
    return (
      !isCalled && fn !== undefined && fn.node !== source.functionAround(id)?.node && outlives(fn, source)
    )
  })
}

/** State that the new version has no more, or somewhere else. */
function* lost(plan: Plan, file: FilePlan, once: OncePlan): Generator<Finding> {
  const { old } = once.pair
  const before = new EffectsOf(old)
  for (const unit of once.pair.removed) {
    const [name] = unit.names
    if (unit.kind !== 'variable' || name === undefined || once.scope.names.has(name)) continue
    const kept = keptIn(name, old, before, [])
    if (kept === undefined) continue
    const isElsewhere = [...plan.added.values()].some((source) => holdsState(source))
    const why = isElsewhere
      ? 'the running version keeps in it what the program has put there, and the new one keeps such things in a new file, where nothing is yet'
      : 'the running version keeps in it what the program has put there, and the new one does not ask for it'
    yield {
      ...finding(isElsewhere ? 'problem' : 'note', file, unit.node, name, why),
      line: file.pair.old.lineOf(unit.start),
    }
  }
}

function holdsState(source: SourceFile): boolean {
  return stateOf(source).length > 0
}

/** The variables of a module into which the program puts something. */
function stateOf(source: SourceFile): Unit[] {
  const once = onceOf(source, undefined)
  const effects = new EffectsOf(once)
  return once.units.filter(
    (unit) => unit.kind === 'variable' && unit.names.some((name) => keptIn(name, once, effects, [])),
  )
}

/** State, and classes, of a file that the new version has no more, where something of that name is elsewhere now. */
function* lostWith(plan: Plan, path: string): Generator<Finding> {
  const { text, type } = plan.running.get(path)!
  const source = SourceFile.read(path, text, type, [])
  const place = { severity: 'problem' as const, file: path, advice: CARRY }
  const added = [
    ...[...plan.added.values()].flatMap((one) => onceOf(one, undefined).units),
    ...[...plan.files.values()].flatMap(({ module }) => module.pair.added),
  ]
  const isElsewhere = (unit: Unit, isSuch: (one: Unit) => boolean): boolean =>
    added.some((one) => isSuch(one) && one.names.some((name) => unit.names.includes(name)))
  for (const unit of stateOf(source)) {
    if (!isElsewhere(unit, ({ kind }) => kind === 'variable')) continue
    const why =
      'the running version keeps in it what the program has put there, and it is in another file now'
    yield { ...place, line: source.lineOf(unit.start), what: unit.names.join(), why }
  }
  for (const unit of onceOf(source, undefined).units) {
    if (classOf(unit) === undefined || !isElsewhere(unit, (one) => classOf(one) !== undefined)) continue
    const why = 'the class is in another file now, and objects of the running one exist'
    yield { ...place, line: source.lineOf(unit.start), what: unit.names.join(), why, advice: RESTART }
  }
}
