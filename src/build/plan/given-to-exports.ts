import type { Node } from '../../instrument/parse.ts'
import { memberPath } from '../read/expressions.ts'
import { assignedValue, classOf, functionOf } from '../read/unit-values.ts'
import type { Unit } from '../read/units.ts'
import type { FilePlan } from './file-plan.ts'
import type { OncePlan } from './once-plan.ts'
import type { Plan } from './plan.ts'

/** The module's own name for what it exports as a whole: `module.exports = f`, `const x = exports`. */
export function nameOfExports({ exports, module }: FilePlan): string | undefined {
  return exports.new.get('module.exports')?.local ?? aliasOfExports(module)
}

function aliasOfExports({ pair }: OncePlan): string | undefined {
  return pair.new.units.find((unit) => {
    const value = unit.kind === 'variable' ? assignedValue(unit) : undefined
    return value !== undefined && /^(module\.)?exports$/.test(memberPath(value)?.path ?? '')
  })?.names[0]
}

/**
 * The members that start-up code gives, by that name, to what a module exports, and that have other values now: `f.limit = 5`. Other
 * files take them out of it: `const { limit } = require('./f')`.
 */
export function otherGivenMembers(file: FilePlan, plan: Plan): string[] {
  const whole = nameOfExports(file)
  if (whole === undefined) return []
  return file.module.pair.pairs.flatMap(({ new: unit, changed }) => {
    const name = memberGiven(unit, whole)
    const value = assignedValue(unit)
    if (name === undefined || value === undefined || file.exports.new.has(name)) return []
    const isOther = changed || (!isRunningModule(value, file, plan) && plan.isOfChanged(file, value))
    return !isKept(unit) && isOther ? [name] : []
  })
}

/** A module that is imported as a whole, and changed where it is. */
function isRunningModule({ type, name }: Node, { module, path }: FilePlan, plan: Plan): boolean {
  const unit = type === 'Identifier' ? module.unitOf(name) : undefined
  if (unit?.kind !== 'import' || !/^[=*]$/.test(unit.imported ?? '')) return false
  const from = plan.resolve(path, unit.source!)
  return from === undefined || !plan.files.get(from)?.changedExports.has('module.exports')
}

function memberGiven({ targets, kind }: Unit, whole: string): string | undefined {
  const [target, ...others] = targets ?? []
  if (kind !== 'statement' || target?.root !== whole || others.length > 0) return undefined
  return /^[\w$]+\.([\w$]+)$/.exec(target.path)?.[1]
}

/** Functions and classes stay the running ones. */
function isKept(unit: Unit): boolean {
  const made: Node | undefined = functionOf(unit) ?? classOf(unit)
  return made !== undefined
}
