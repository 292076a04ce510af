import { type Node, unwrap } from '../../instrument/parse.ts'
import { walk } from '../../livepatch/ast.ts'
import { mayBeBoth } from '../plan/other-dependencies.ts'
import type { Plan } from '../plan/plan.ts'
import { memberKey, propertyName } from '../read/expressions.ts'
import type { Version } from '../read/folder.ts'
import type { SourceFile } from '../read/source-file.ts'
import type { Finding } from './findings.ts'
import { RESTART } from './report.ts'

/** `ids[id]`, or `ids.get(id)` */
type Way = 'by key' | 'as a collection'

/**
 * Tables that the package makes nowhere, and that a function asks in another way now: `router.ids.get(id)` for `router.ids[id]`.
 * Where the release depends on another major version of something, that makes them, and the program has the one before.
 */
export function* othersTables(old: Version, young: Version, plan: Plan): Generator<Finding> {
  const moved = movedOf(old, young)
  if (moved.length === 0) return
  for (const { path, pair } of plan.files.values())
    for (const fn of pair.changed) {
      const before = pair.functions.get(fn)
      const ways = before && waysIn(before.node)
      for (const [key, now] of waysIn(fn.node)) {
        const was = ways?.get(key)
        if (was === undefined || was === now || isMadeHere(key, plan)) continue
        const why = `it is asked ${now} and not ${was}: ${moved.join(' and ')} may make it, of which the program has the version before`
        yield {
          severity: 'problem',
          file: path,
          line: pair.new.lineOf(fn.start),
          what: key,
          why,
          advice: RESTART,
        }
      }
    }
}

/** Dependencies in ranges that have nothing in common with those of the running version. */
function movedOf(old: Version, young: Version): string[] {
  const [was, is] = [old, young].map(
    ({ manifest }) => (manifest.dependencies ?? {}) as Record<string, string>,
  )
  return Object.entries(is!).flatMap(([name, range]) => {
    const before = was![name]
    return before === undefined || mayBeBoth(before, range) ? [] : [`${name}@${range}`]
  })
}

/** How a function asks what stands in members of objects, where it does so in one way alone. */
function waysIn(fn: Node): Map<string, Way> {
  const found = new Map<string, Set<Way>>()
  walk(fn, (node, ancestors) => {
    if (node.type !== 'MemberExpression') return
    const table = unwrap(node.object)
    const key = table.type === 'MemberExpression' ? memberKey(table) : undefined
    const isCalled = ancestors.at(-1)?.type === 'CallExpression' && ancestors.at(-1)!.callee === node
    const isMethod = isCalled && /^(get|has|set|delete|add)$/.test(memberKey(node) ?? '')
    if (key === undefined || !(isMethod || (node.computed && memberKey(node) === undefined))) return
    found.set(key, (found.get(key) ?? new Set()).add(isMethod ? 'as a collection' : 'by key'))
  })
  return new Map([...found].flatMap(([key, ways]) => (ways.size === 1 ? [[key, [...ways][0]!]] : [])))
}

/** Whether code of either version gives something a member of this name. */
function isMadeHere(key: string, plan: Plan): boolean {
  const makes = (source: SourceFile): boolean =>
    source.nodes.some(
      (node) =>
        (node.type === 'AssignmentExpression' &&
          node.left.type === 'MemberExpression' &&
          memberKey(node.left) === key) ||
        (/^Property(Definition)?$/.test(node.type) && propertyName(node) === key),
    )
  return [...plan.files.values()].some(({ pair }) => makes(pair.old) || makes(pair.new))
}
