import type { Node } from '../../instrument/parse.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { OncePlan } from '../plan/once-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { asksForChance } from '../read/chance.ts'
import type { SourceFile } from '../read/source-file.ts'
import { assignedValue } from '../read/unit-values.ts'
import { usesOf } from './constant-uses.ts'
import type { Finding } from './findings.ts'
import { isMark, isOneOfAKind } from './marks.ts'
import { NOTHING, RESTART } from './report.ts'

/**
 * Constants under which objects have something, `this[kState]`, that are another key now: objects have it under the old one.
 * A symbol that only says something else of itself is the running one.
 */
export function* otherKeys(plan: Plan): Generator<Finding> {
  for (const file of plan.files.values())
    for (const once of file.onces) {
      for (const [line, what, why] of keysOf(plan, file, once))
        yield { severity: 'problem', file: file.path, line, what, why, advice: RESTART }
      for (const [line, what] of describedOtherwise(file, once))
        yield { severity: 'note', file: file.path, line, what, why: DESCRIBED, advice: NOTHING }
    }
}

const DESCRIBED = 'the symbol has another description now: the running one goes on with its own'

function* describedOtherwise({ pair }: FilePlan, once: OncePlan): Generator<[line: number, what: string]> {
  for (const { old, new: unit, changed } of once.pair.pairs) {
    const isOwn = [old, unit].every((one) => assignedValue(one)?.callee?.name === 'Symbol')
    if (changed && isOwn && unit.kind === 'variable') yield [pair.new.lineOf(unit.start), unit.names.join()]
  }
}

function* keysOf(
  plan: Plan,
  file: FilePlan,
  once: OncePlan,
): Generator<[line: number, what: string, why: string]> {
  for (const { old, new: unit } of once.pair.pairs) {
    const [name] = unit.names
    const [was, is] = [assignedValue(old), assignedValue(unit)]
    if (
      unit.kind !== 'variable' ||
      name === undefined ||
      !once.isBrought(name) ||
      was === undefined ||
      is === undefined
    )
      continue
    const isText = isMark(was) && isMark(is)
    if (!isText && !isUnlikeAny(was) && !isUnlikeAny(is)) continue
    const uses = usesOf(plan, file, once, name).filter(
      ([node, source]) => source.functionAround(node) !== undefined,
    )
    const isGiven = uses.some(([node, source]) => isGivenAt(node, source, isText))
    if (!isGiven || !uses.some(([node, source]) => isAskedAt(node, source))) continue
    const why = `it is another key, and objects of the running version have theirs under ${file.pair.old.slice(was)}`
    yield [file.pair.new.lineOf(unit.start), name, why]
  }
}

/** A symbol, or something that chance makes. */
function isUnlikeAny(value: Node): boolean {
  return isOneOfAKind(value) ? !isMark(value) : asksForChance(value)
}

/** `this[k] = …`; of a key that nothing else is like, `x[k] = …`, `{ [k]: … }` and `class { [k] = … }` as well. */
function isGivenAt(node: Node, source: SourceFile, isText: boolean): boolean {
  const member = memberAt(node, source)
  const isAssigned = member !== undefined && isTarget(member, source)
  if (isText) return isAssigned && member.object.type === 'ThisExpression'
  const parent = source.parent(node)
  const isKey =
    /^(Property|PropertyDefinition)$/.test(parent?.type ?? '') && parent!.computed && parent!.key === node
  return isAssigned || isKey
}

/** `x[k]`, `k in x`, `{ [k]: value } = x` */
function isAskedAt(node: Node, source: SourceFile): boolean {
  const member = memberAt(node, source)
  if (member !== undefined) return !isTarget(member, source)
  const parent = source.parent(node)
  if (parent?.type === 'BinaryExpression') return parent.operator === 'in' && parent.left === node
  return parent?.type === 'Property' && parent.key === node && source.parent(parent)?.type === 'ObjectPattern'
}

function isTarget(member: Node, source: SourceFile): boolean {
  const parent = source.parent(member)
  return parent?.type === 'AssignmentExpression' && parent.left === member
}

function memberAt(node: Node, source: SourceFile): Node | undefined {
  const parent = source.parent(node)
  return parent?.type === 'MemberExpression' && parent.computed && parent.property === node
    ? parent
    : undefined
}
