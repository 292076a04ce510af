import type { Node } from '../../instrument/parse.ts'
import { walk } from '../../livepatch/ast.ts'
import { isCounter } from '../plan/counters.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { OncePlan } from '../plan/once-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { keptIn } from '../plan/state.ts'
import { asksForChance, asksForTime } from '../read/chance.ts'
import { EffectsOf } from '../read/effects.ts'
import { memberPath } from '../read/expressions.ts'
import { shape } from '../read/shape.ts'
import { SourceFile } from '../read/source-file.ts'
import { assignedValue, classOf } from '../read/unit-values.ts'
import { onceOf, type Unit } from '../read/units.ts'
import { derived } from './derived.ts'
import type { Finding } from './findings.ts'
import { handedOutBefore } from './handed-out.ts'
import { madeThrough } from './made-through.ts'
import { RESTART } from './report.ts'

const CARRY = 'carry its contents over in a pre-patch callback, with a state that says so'

/**
 * Values that the running version has made or been given, and that go on being used or are used no more.
 * @param gone files that the new version has no more
 */
export function* keptValues(plan: Plan, gone: readonly string[]): Generator<Finding> {
  for (const file of plan.files.values()) {
    yield* derived(plan, file)
    yield* handedToSuper(file)
    yield* handedOutBefore(file, plan)
    yield* madeThrough(plan, file)
    for (const once of file.onces) {
      yield* lost(plan, file, once)
      yield* made(file, once)
      yield* counting(file, once)
    }
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

/** `const started = Date.now() - 1`: a value that is made anew, and is another one whenever that is done. */
function* made(file: FilePlan, once: OncePlan): Generator<Finding> {
  for (const { new: unit } of once.pair.pairs) {
    const [name] = unit.names
    const value = assignedValue(unit)
    if (name === undefined || value === undefined || !once.isBrought(name)) continue
    const why = asksForTime(value)
      ? 'it asks for the time, and is made when the patch is loaded'
      : asksForChance(value)
        ? 'chance makes it, and the patch has another one than the running version'
        : undefined
    if (why !== undefined) yield finding('note', file, unit.node, name, why)
  }
}

/** `let id = 0`, which is only counted up, and begins elsewhere now. */
function* counting(file: FilePlan, once: OncePlan): Generator<Finding> {
  for (const { new: unit, changed } of once.pair.pairs) {
    const [name] = unit.names
    if (!changed || unit.kind !== 'variable' || name === undefined || once.isBrought(name)) continue
    if (isCounter(once, name))
      yield finding(
        'note',
        file,
        unit.node,
        name,
        'it begins with another number, and the running one goes on from its own',
      )
  }
}

/** `super({ a: 1, b: 2 })`, which was `super({ a: 1 })`; as constructor functions write it, too: `Base.call(this, { a: 1 })`. */
function* handedToSuper(file: FilePlan): Generator<Finding> {
  for (const [fn, old] of file.pair.functions) {
    if (!/^(derived constructor|function)$/.test(fn.kind) || !file.pair.changed.has(fn)) continue
    const [was, is] = [old, fn].map((one) => superCallIn(one.node))
    if (was === undefined || is === undefined || shape(was) === shape(is)) continue
    const why =
      'it is given something else, and objects made before the patch keep what was made of what it got then'
    yield finding('note', file, is, file.pair.new.slice(is).split('\n')[0]!.slice(0, 60), why)
  }
}

function superCallIn(maker: Node): Node | undefined {
  let found: Node | undefined
  walk(maker, (node) => {
    if (node.type === 'CallExpression' && (node.callee.type === 'Super' || isSuperCall(node))) found ??= node
  })
  return found
}

/** `Base.call(this, …)`, `_super.apply(this, arguments)`. */
function isSuperCall({ callee, arguments: args }: Node): boolean {
  if (callee.type !== 'MemberExpression' || callee.computed || args[0]?.type !== 'ThisExpression')
    return false
  const base = memberPath(callee.object)?.path ?? ''
  return /^(call|apply)$/.test(callee.property.name) && /(^|\.)(_super|[A-Z][\w$]*)$/.test(base)
}

/** State that the new version has no more, or somewhere else. */
function* lost(plan: Plan, file: FilePlan, once: OncePlan): Generator<Finding> {
  const { old } = once.pair
  const before = EffectsOf.in(old)
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
  const effects = EffectsOf.in(once)
  return once.units.filter(
    (unit) => unit.kind === 'variable' && unit.names.some((name) => keptIn(name, once, effects, [])),
  )
}

/** State, and classes, of a file that the new version has no more, where something of that name is elsewhere now. */
function* lostWith(plan: Plan, path: string): Generator<Finding> {
  const { text, type } = plan.running.get(path)!
  const source = SourceFile.readable(path, text, type)
  if (source === undefined) return
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
