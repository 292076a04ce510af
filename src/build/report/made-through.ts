import type { Node } from '../../instrument/parse.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { isCalled } from '../plan/changed-values.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { makesSomething } from '../plan/made-by-calls.ts'
import type { OncePlan } from '../plan/once-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { constructorOf } from '../read/compare-class.ts'
import type { Unit } from '../read/units.ts'
import type { Finding } from './findings.ts'

/**
 * What start-up code has made by functions that are the same, but call some that changed: `exports.table = build()`. That of those
 * which changed themselves is told of them.
 */
export function* madeThrough(plan: Plan, file: FilePlan): Generator<Finding> {
  if (file.data !== undefined) return
  for (const once of file.onces)
    for (const { new: unit, changed } of once.pair.pairs) {
      if (changed || !makesSomething(unit) || unit.names.some((name) => once.isBrought(name))) continue
      const called = calledThrough(plan, file, once, unit)
      if (called === undefined) continue
      yield {
        severity: 'note',
        file: file.path,
        line: file.pair.new.lineOf(unit.start),
        what: unit.names[0] ?? unit.targets![0]!.path,
        why: `start-up code has made it by '${called}', which calls something that changed: what it made then stays as it was`,
        advice: 'nothing, unless the change is about that',
      }
    }
}

function calledThrough(plan: Plan, file: FilePlan, once: OncePlan, unit: Unit): string | undefined {
  const source = file.pair.new
  return once.effects.of(unit).uses.find((use) => {
    const at = source.functionAt(use)
    if (!isCalled(use.node, source) || !plan.callTimes.hasRun(file, at)) return false
    const meant = plan.affected.meant(file, use)
    return meant !== undefined && plan.affected.has(meant) && !isReplaced(plan, meant)
  })?.node.name
}

function isReplaced(plan: Plan, meant: Node): boolean {
  const own = plan.affected.fileOf(meant)
  const node = isFunction(meant) ? meant : constructorOf(meant)
  const fn = node && own?.pair.new.functionOf.get(node)
  return own === undefined || (fn !== undefined && own.replaced.has(fn))
}
