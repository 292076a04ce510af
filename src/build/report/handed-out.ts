import type { Node } from '../../instrument/parse.ts'
import { containsNode } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { lookingInto } from '../plan/looking-into.ts'
import type { Plan } from '../plan/plan.ts'
import { assignedValue } from '../read/unit-values.ts'
import type { Unit } from '../read/units.ts'
import type { Finding } from './findings.ts'

const WHY = 'it is made anew: whoever has got the running one keeps that, and what was put into it'
const ADVICE = 'nothing, if that is right; else change the running one in a pre-patch callback'

const IN_PLACE = 'it is changed where it is: what start-up code of other files has made of it stays as it was'

/** Objects that the running version has handed out, and in the place of which the patch puts others, or that others have looked into. */
export function* handedOutBefore(file: FilePlan, plan: Plan): Generator<Finding> {
  const tell = (at: Node, what: string, why = WHY): Finding => {
    const line = file.pair.new.lineOf(at.start)
    return { severity: 'note', file: file.path, line, what, why, advice: ADVICE }
  }
  for (const once of file.onces)
    for (const { old, new: unit } of once.pair.pairs) {
      const [name] = unit.names
      const value = assignedValue(old)
      if (name === undefined || !once.changed.has(name) || !value || !isObject(value)) continue
      if (once.isHandedOut(name, holdsObjects(value))) yield tell(unit.node, name)
    }
  for (const [literal, [change]] of file.inPlace.literals) {
    const { once, name } = change?.hidden ?? {}
    if (once?.isHandedOut(name!) && lookingInto(plan, file).length > 0) yield tell(literal, name!, IN_PLACE)
  }
  for (const [unit, name] of file.data === undefined ? file.inPlace.made : []) {
    const why = `start-up code has made it with '${name}', which changed: what it made then stays as it was`
    if (!file.inPlace.statements.has(unit)) yield tell(unit.node, madeName(unit, file), why)
  }
  for (const { element, old } of file.pair.statics)
    if (old?.value && isObject(old.value)) yield tell(element, file.pair.new.slice(element.key))
}

function madeName({ names, targets, node }: Unit, { pair }: FilePlan): string {
  return names[0] ?? targets?.[0]?.path ?? pair.new.slice(node)
}

function isObject({ type }: Node): boolean {
  return /^(Object|Array|New|Call)Expression$/.test(type)
}

function holdsObjects(value: Node): boolean {
  return containsNode(value, (node) => node !== value && isObject(node))
}
