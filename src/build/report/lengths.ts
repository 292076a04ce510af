import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { neededParameter } from '../plan/needed-parameter.ts'
import { onlyHandedOn } from '../plan/only-handed-on.ts'
import { passesAll } from '../plan/parameters.ts'
import type { Plan } from '../plan/plan.ts'
import { parameterCount } from '../read/arguments.ts'
import { movedParameter } from '../read/moved-parameter.ts'
import { NOTHING, RESTART, type Report } from './report.ts'

const HANDED =
  'it takes more parameters: functions hand on the new one now, and who has got the running one goes on with it'
const UNDER_WAY = 'nothing, if that ends with the calls that are under way'

/** What is called is the running function, which hands on what it declares. */
export function tellLength(fn: FunctionNode, file: FilePlan, plan: Plan, report: Report): void {
  const { path, pair } = file
  const old = pair.functions.get(fn)!
  const count = parameterCount(fn) ?? fn.node.params.length
  const isMore = count > old.node.params.length && !passesAll(old)
  const isSame = lengthOf(fn.node) === lengthOf(old.node)
  const [line, what] = [pair.new.lineOf(fn.start), fn.paths[0]!]
  if (onlyHandedOn(fn, file) !== undefined) return report.note(path, line, what, HANDED, UNDER_WAY)
  const moved = movedParameter(fn, old.node)
  if (moved !== undefined && isCalledByPrograms(fn, file, plan)) {
    const why = `'${moved}' is another one of its parameters now, and programs go on passing them as they were`
    return report.problem(path, line, what, why, RESTART)
  }
  if (isSame && !isMore) return
  const needed = isMore ? neededByPrograms(fn, file, plan) : undefined
  if (needed !== undefined) {
    const why = `it cannot do without '${needed}' now, which the running function does not hand on, and nothing of the package passes`
    return report.problem(path, line, what, why, RESTART)
  }
  if (!isSame && plan.callees.of(fn, file).isCounted) {
    const why = `its 'length' stays ${lengthOf(old.node)}, and code of the package that has it asks for that`
    return report.problem(path, line, what, why, RESTART)
  }
  const length = isSame ? '' : `: its 'length' stays ${lengthOf(old.node)}`
  const lost = plan.parameters.of(fn) === undefined ? 'anybody' : 'the program'
  const rest = isMore
    ? `${length && ', and'}${length ? '' : ':'} what ${lost} passes beyond its own parameters does not arrive`
    : ''
  report.note(path, line, what, `the running function goes on being called${length}${rest}`, NOTHING)
}

/** A function's `length`. */
function lengthOf({ params }: Node): number {
  const end = (params as Node[]).findIndex(({ type }) => /^(Assignment|Rest)/.test(type))
  return end < 0 ? params.length : end
}

/** Whether programs call it by its name: no code of the package does, or an entry exports something of that name. */
function isCalledByPrograms(fn: FunctionNode, file: FilePlan, plan: Plan): boolean {
  const names = [...plan.callees.of(fn, file).names].filter((name) => /^[A-Za-z$]/.test(name))
  if (names.length === 0) return false
  if (!plan.parameters.isCalled(fn, file)) return true
  return [...plan.files.values()].some(
    (one) =>
      plan.isHandedOut(one.path) &&
      [...one.exports.new.keys()].some((name) => names.includes(name.split('.').at(-1)!)),
  )
}

/** A parameter that only the new version has and needs, of a function that the program alone can call. */
function neededByPrograms(fn: FunctionNode, file: FilePlan, plan: Plan): string | undefined {
  const needed = neededParameter(fn, file.pair.functions.get(fn)!, file.pair.new)
  const { parameters } = plan
  const isCalled = parameters.isCalled(fn, file) && !parameters.isOnlyListed(fn, file)
  return needed === undefined || isCalled ? undefined : needed.name
}
