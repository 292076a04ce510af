import { exportsOf, reExportsOf } from '../read/exports.ts'
import { onceOf } from '../read/units.ts'
import type { Plan } from './plan.ts'

/**
 * What a new file, and those that it leads to, take from files that the running version has and that give something else
 * now: it is not in the running module.
 */
export function* askedByAdded(
  plan: Plan,
  path: string,
  seen = new Set<string>(),
): Generator<{ path: string; name: string }> {
  const file = plan.added.get(path)
  if (file === undefined || seen.has(path)) return
  seen.add(path)
  const once = onceOf(file, undefined)
  for (const { source, imported } of [...once.units, ...reExportsOf(once, exportsOf(once))]) {
    const from = source === undefined ? undefined : plan.resolve(path, source)
    if (from === undefined) continue
    yield* askedByAdded(plan, from, seen)
    const given = plan.files.get(from)?.changedExports.keys() ?? []
    const isWhole = imported === undefined || imported === '=' || imported === '*'
    for (const name of given) if (isWhole || name === imported) yield { path: from, name }
    const origin = isWhole ? undefined : plan.origin(from, imported)
    if (origin !== undefined && plan.files.get(origin.path)?.changedExports.has(origin.name)) yield origin
  }
}
