import type { Finding } from '../build/report/findings.ts'
import { groupBy } from '../group-by.ts'
import { out } from './color.ts'

const HEADS = { problem: out.red('cannot be applied'), note: out.bold('note') }

/** What a build tells, for people: problems first, and what is said of several places once. */
export function findingText(findings: readonly Finding[]): string {
  const told = ({ severity, why, advice }: Finding): string => [severity, unquoted(why), advice].join('\n')
  const groups = [...groupBy(findings, told).values()]
  const [problems, notes] = (['problem', 'note'] as const).map((severity) =>
    groups.filter(([one]) => one!.severity === severity),
  )
  return [...problems!, ...notes!].map(groupText).join('\n')
}

function groupText(group: Finding[]): string {
  const { severity, why, advice } = group[0]!
  const isOne = group.every((one) => one.why === why)
  const same = groupBy(group, (one) => `${one.what}\n${one.why}`)
  const places = [...same.values()].map((one) => placeText(one, isOne))
  return [
    `  ${HEADS[severity]}: ${isOne ? why : unquoted(why)}`,
    `    what to do: ${advice}`,
    ...places,
  ].join('\n')
}

/** One thing, in all files that have it: bundles of one source, say. */
function placeText(same: Finding[], isOne: boolean): string {
  const { what, why } = same[0]!
  const names = isOne ? [] : quotedIn(why).filter((name) => !what.includes(name.slice(1, -1)))
  const places = same.map(({ file, line }) => `${file}:${line}`).join(', ')
  return `    ${places}: ${what}${names.length > 0 ? ` (${names.join(', ')})` : ''}`
}

const QUOTED = /(?<!\w)'[^']+'(?!\w)/g

function quotedIn(text: string): string[] {
  return text.match(QUOTED) ?? []
}

function unquoted(text: string): string {
  return text.replace(QUOTED, '…')
}
