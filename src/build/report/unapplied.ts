import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { isOwnField, keyOf } from '../plan/made-on-this.ts'
import type { Plan } from '../plan/plan.ts'
import { constructorOf } from '../read/compare-class.ts'
import { bundledExports } from '../read/exports.ts'
import { memberKey, propertyName } from '../read/expressions.ts'
import { handsOnSome } from '../read/field-constructor.ts'
import type { Version } from '../read/folder.ts'
import type { SourceFile } from '../read/source-file.ts'
import { classOf } from '../read/unit-values.ts'
import { isUnheardOf, isUnheardOfNow } from './asked-for.ts'
import { tellCompiled } from './compiled.ts'
import { tellLength } from './lengths.ts'
import { API, NOTHING, RESTART, type Report } from './report.ts'
import { tellExports } from './unapplied-exports.ts'
import { UnappliedStartUp } from './unapplied-start-up.ts'

const CALLED =
  'a new member that the package calls as a function of the patch: the running class does not have it'
const CONSTRUCTED =
  'the class has got a constructor: a function of the patch does what it does, for objects that are made from now on'
const OWN =
  'it was a field, which objects made before the patch have, and an accessor of their class does not show'
const HANDS_ON = 'its superclass goes on getting all that the class is called with, also what is beyond these'
const STATICS = 'give it to the class in a pre-patch callback'

/** What was written of a plan. */
export interface Written {
  plan: Plan
  young: Version
  /** Functions that cannot be replaced. */
  skip: ReadonlySet<FunctionNode>
  /** Parts of the new version that the patch puts on what running modules export. */
  put: ReadonlySet<Node | string>
  /** Lists that get other elements. */
  refilled: ReadonlySet<Node>
}

/** Tells of the changes that no rule covers. */
export function tellUnapplied(written: Written, report: Report): void {
  for (const file of written.plan.files.values()) {
    tellClasses(file, written, report)
    tellFunctions(file, written, report)
    for (const once of file.onces) new UnappliedStartUp(once, written, report).tell()
    tellExports(file, written, report)
    tellEnums(file, report)
  }
}

/** Programs, and objects, have the numbers that an enum's members had when they asked. */
function tellEnums({ path, pair, onces }: FilePlan, report: Report): void {
  for (const { old, new: unit, changed } of onces.flatMap((once) => once.pair.pairs)) {
    if (!changed || old.filled === undefined || unit.filled === undefined) continue
    const before = enumValues(old.filled.body, pair.old)
    for (const [name, value] of enumValues(unit.filled.body, pair.new)) {
      const was = before.get(name)
      if (was === undefined || was === value) continue
      const what = `${unit.filled.name}.${name}`
      const why = `it is ${value} instead of ${was}, and what has it already goes on with ${was}`
      report.problem(path, pair.new.lineOf(unit.start), what, why, RESTART)
    }
  }
}

/** `E[E["A"] = 0] = "A"`, `E["B"] = "b"` */
function enumValues(body: Node, source: SourceFile): Map<string, string> {
  return new Map(
    (body.body as Node[]).flatMap(({ expression }) => {
      const { property } = expression.left
      const { left, right } = property?.type === 'AssignmentExpression' ? property : expression
      const name = left.type === 'MemberExpression' ? memberKey(left) : undefined
      return name === undefined ? [] : [[name, source.slice(right)] as const]
    }),
  )
}

function tellClasses(file: FilePlan, written: Written, report: Report): void {
  const { pair, path } = file
  const line = ({ start }: Node): number => pair.new.lineOf(start)
  for (const { node, why } of pair.classes)
    report.problem(
      path,
      line(node),
      classNamed(node),
      why,
      'give the instances what they need in a pre-patch callback',
    )
  for (const { element, isNew } of [...pair.initialised.values()].flat()) {
    if (isNew) continue
    const why = 'the field begins with another value: objects made before the patch keep theirs'
    const advice = 'nothing, if that is right; else a pre-patch callback that changes them'
    report.note(path, line(element), pair.new.slice(element.key), why, advice)
  }
  for (const member of pair.removedMembers) tellRemoved(member, file, written, report)
  for (const { class: node, element } of pair.statics) {
    if (!written.put.has(element))
      report.problem(path, line(element), classNamed(node), 'a static field is new or changed', STATICS)
  }
  for (const member of pair.addedMembers) tellAdded(member, file, written, report)
  tellHandedOn(file, report)
  tellGiven(file, written, report)
}

/** A constructor that a class has had none of, and that its running version goes on without. */
function tellHandedOn({ onces, constructed, path, pair }: FilePlan, report: Report): void {
  for (const { old, new: unit } of onces.flatMap((once) => once.pair.pairs)) {
    const [was, is] = [classOf(old), classOf(unit)]
    if (was === undefined || is === undefined || constructorOf(was) !== undefined) continue
    const maker = (is.body.body as Node[]).find(handsOnSome)
    const name = unit.names[0] ?? is.id?.name ?? 'class'
    if (maker !== undefined && !constructed.has(name))
      report.note(path, pair.new.lineOf(maker.start), `${name}.constructor`, HANDS_ON, NOTHING)
  }
}

const TAKEN =
  'the class has it no more: what has bound it, or put something around it, goes on with the running one'

function classNamed({ id }: Node): string {
  return id ? `class ${id.name}` : 'a class'
}

function tellRemoved(
  { class: node, element }: FilePlan['pair']['removedMembers'][number],
  { path, pair }: FilePlan,
  { put, plan, young }: Written,
  report: Report,
): void {
  const name = pair.old.slice(element.key)
  const line = pair.new.lineOf(node.start)
  if (put.has(element)) return report.note(path, line, name, TAKEN, NOTHING)
  const why = 'the new version has it no more, and the running one stays'
  if (plan.staying.has(element)) return report.note(path, line, name, why, 'nothing: nobody asks for it')
  const isOther = (node.body.body as Node[]).some(
    (one) =>
      one.type !== element.type &&
      one.static === element.static &&
      propertyName(one) === propertyName(element),
  )
  if (isOther || node.superClass || !isUnheardOf(element.key.name ?? '', plan, young))
    report.problem(path, line, name, why, 'take it away in a pre-patch callback')
  else report.note(path, line, name, why, 'nothing: nobody asks for it')
}

function tellAdded(
  { className, element, old }: FilePlan['pair']['addedMembers'][number],
  { path, pair, helpers, constructed }: FilePlan,
  { put, plan, young }: Written,
  report: Report,
): void {
  const key = element.kind === 'get' && !element.static ? keyOf(element) : undefined
  if (key !== undefined && isOwnField(key, classOf(old)!, pair.old))
    return report.problem(path, pair.new.lineOf(element.start), `${className}.${key}`, OWN, RESTART)
  if (put.has(element)) return
  if ([...constructed.values()].some((one) => one.fn === element.value))
    return report.note(path, pair.new.lineOf(element.start), `${className}.constructor`, CONSTRUCTED, NOTHING)
  const name: string | undefined = element.key.name ?? element.key.value
  const line = pair.new.lineOf(element.start)
  const what = `${className}${name === undefined ? `[${pair.new.slice(element.key)}]` : `.${name}`}`
  const helper = [...helpers.values()].find((one) => one.element === element)
  if (helper?.isOwn) return
  if (helper) report.note(path, line, what, CALLED, NOTHING)
  else if (name !== undefined && isUnheardOf(name, plan, young) && !element.computed)
    report.note(path, line, what, API, NOTHING)
  else report.problem(path, line, what, 'a method was added to a class', RESTART)
}

/** What stands in a literal that a call has been given, which one version alone has: the call may look for it. */
function tellGiven({ path, pair, helpers }: FilePlan, { plan, young }: Written, report: Report): void {
  for (const { property, unit } of pair.given.added) {
    // What a bundler's module exports is put there, as anything else that it exports.
    if (bundledExports(unit).includes(property)) continue
    const name = propertyName(property)!
    const at = [path, pair.new.lineOf(property.start), name] as const
    if (helpers.has(name)) report.note(...at, CALLED, NOTHING)
    else report.problem(...at, 'a function was added to what start-up code hands over', RESTART)
  }
  for (const { property, unit } of pair.given.removed) {
    const name = propertyName(property)!
    const at = [path, pair.new.lineOf(unit.start), name] as const
    const why = 'the new version has it no more, and the running one stays'
    if (isUnheardOfNow(name, plan, young)) report.note(...at, why, 'nothing: nobody asks for it')
    else report.problem(...at, why, 'take it away in a pre-patch callback')
  }
}

function tellFunctions(file: FilePlan, { plan, skip }: Written, report: Report): void {
  for (const fn of file.replaced.keys()) {
    if (skip.has(fn)) continue
    tellLength(fn, file, plan, report)
    tellStrict(fn, file, report)
  }
  tellCompiled(file, report)
}

/** What is called is the running function, of which `this` is what it is in code of its kind. */
function tellStrict(fn: FunctionNode, { path, pair }: FilePlan, report: Report): void {
  const old = pair.functions.get(fn)!
  if (old.strict || !fn.strict || fn.arrow || !fn.this) return
  const why =
    "it became strict code: where it is called without 'this', it goes on getting the global object, and objects for primitives"
  report.note(path, pair.new.lineOf(fn.start), fn.paths[0]!, why, NOTHING)
}
