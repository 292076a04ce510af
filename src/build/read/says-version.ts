import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Export } from './exports.ts'
import { assignedValue } from './unit-values.ts'
import type { Once, Unit } from './units.ts'

/** What a version may be written as: `1.2`, `v1.2.3-rc.1`. */
const VERSION = /^v?\d+(\.\d+)+([-+.][\w.+-]*)?$/

/** Whether an export says which version something is and no more: its name says so, and what it has is one, or read from a package.json. */
export function saysVersion(one: Export | undefined, once: Once): boolean {
  if (one === undefined || !/version_*$/i.test(one.name)) return false
  let unit = unitOf(one.local, once)
  let value = unit === undefined ? one.value : assignedValue(unit)
  // `const VERSION = version`
  for (const seen = new Set<Node>(); value?.type === 'Identifier' && !seen.has(value); ) {
    seen.add(value)
    unit = unitOf(value.name, once)
    value = unit && assignedValue(unit)
  }
  if (unit?.kind === 'import') return /\/package\.json$/.test(unit.source ?? '')
  if (value === undefined) return false
  const text = once.file.slice(value)
  if (unwrap(value).type === 'Literal') return VERSION.test(text.slice(1, -1))
  return /['"`/]package\.json['"`]/.test(text)
}

function unitOf(name: string | undefined, { units }: Once): Unit | undefined {
  return name === undefined ? undefined : units.find(({ names }) => names.includes(name))
}
