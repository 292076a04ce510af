import { groupBy } from '../../../group-by.ts'
import type { Plan } from '../../plan/plan.ts'
import { Sources } from '../../plan/sources.ts'
import { entriesOf, type Version } from '../../read/folder.ts'
import { type Rehearsed, rehearseOpen } from '../../read/rehearsal.ts'
import type { Part } from '../../write/parts.ts'
import type { Finding } from '../findings.ts'
import { type Difference, Differences } from './differences.ts'
import { Known } from './known.ts'

/** How many members one finding names. */
const NAMED = 3

/**
 * What start-up code makes otherwise, where neither the patch nor the report says a word of it: both versions are run in realms of
 * their own, and what they have made is compared. That finds what no text tells: what a getter, a function that calls others, or
 * another file has made of what changed.
 */
export function otherAsStarted(
  plan: Plan,
  [old, young]: readonly [Version, Version],
  parts: readonly Part[],
  told: readonly Finding[],
): Finding[] {
  const made = bothStarted(plan, old, young)
  if (made === undefined) return []
  const known = new Known(plan, parts, told, made[0])
  const versions = [old.version, young.version] as const
  const refused = new Set(told.flatMap(({ file, severity }) => (severity === 'problem' ? [file] : [])))
  const found = new Differences(plan, known, versions, ...made)
    .find()
    .filter(({ path }) => !refused.has(path))
  const places = groupBy(found, ({ path, keys }) => `${path}\n${keys.slice(0, 2).join('\n')}`)
  return [...places.values()].map((all) => ({
    severity: 'note',
    file: all[0]!.path,
    line: lineOf(all[0]!, plan),
    what: listed(all),
    why: 'start-up code makes something else of it in this version: the running program keeps what it has',
    advice: 'nothing, unless the change is about that',
  }))
}

function bothStarted(plan: Plan, old: Version, young: Version): [Rehearsed, Rehearsed] | undefined {
  const entries = [...(entriesOf(old)?.values() ?? [])].flat()
  const differing = [...plan.files].flatMap(([path, { pair }]) =>
    pair.old.text === pair.new.text ? [] : [path],
  )
  const isThere = (path: string): boolean =>
    !path.endsWith('.json') && old.files.has(path) && young.files.has(path)
  const [first, ...others] = new Set([...entries, ...differing].filter(isThere))
  if (first === undefined) return undefined
  const sources = new Sources(plan, young.files)
  const run = (side: 'old' | 'new', { files }: Version): Rehearsed | undefined =>
    rehearseOpen(
      files,
      [first, ...others],
      (path) => plan.files.get(path)?.onces.map(({ pair }) => pair[side]) ?? [],
      (path) => sources.of(path, side),
    )
  const before = run('old', old)
  const after = before && run('new', young)
  return after && [before, after]
}

function lineOf({ path, keys: [root, key] }: Difference, plan: Plan): number {
  const file = plan.files.get(path)
  const unit =
    root === 'exports'
      ? file?.exports.new.get(key ?? 'default')?.unit
      : file?.onces.flatMap((once) => once.unitOf(root!) ?? [])[0]
  return unit === undefined ? 1 : file!.pair.new.lineOf(unit.start)
}

function listed(all: readonly Difference[]): string {
  const names = all.slice(0, NAMED).map(({ keys }) => keys.join('.'))
  return `${names.join(', ')}${all.length > NAMED ? `, and ${all.length - NAMED} more` : ''}`
}
