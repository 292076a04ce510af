import type { Node } from '../../instrument/parse.ts'
import { assignedValue, classOf, functionOf } from '../read/unit-values.ts'
import type { Unit } from '../read/units.ts'
import type { FilePlan } from './file-plan.ts'
import type { Plan } from './plan.ts'

/** The module's own name for what it exports as a whole: `module.exports = f`, `const x = exports`. */
export function nameOfExports({ exports }: FilePlan): string | undefined {
  return exports.new.get('module.exports')?.local
}

/**
 * The members that start-up code gives, by that name, to what a module exports, and that have other values now: `f.limit = 5`. Other
 * files take them out of it: `const { limit } = require('./f')`.
 */
export function otherGivenMembers(file: FilePlan, plan: Plan): string[] {
  return givenMembers(file)
    .filter(
      ({ value, changed }) =>
        changed || (!isRunningModule(value, file, plan) && plan.isOfChanged(file, value)),
    )
    .map(({ name }) => name)
}

interface Given {
  name: string
  value: Node
  changed: boolean
}

const known = new WeakMap<FilePlan, readonly Given[]>()

/** All of them but functions and classes, which stay the running ones. */
function givenMembers(file: FilePlan): readonly Given[] {
  const found = known.get(file)
  if (found !== undefined) return found
  const whole = nameOfExports(file)
  const pairs = whole === undefined ? [] : file.module.pair.pairs
  const made = pairs.flatMap(({ new: unit, changed }): Given[] => {
    const name = memberGiven(unit, whole!)
    const value = assignedValue(unit)
    if (name === undefined || value === undefined || file.exports.new.has(name)) return []
    return (functionOf(unit) ?? classOf(unit)) ? [] : [{ name, value, changed }]
  })
  known.set(file, made)
  return made
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
