import type { Node } from '../../instrument/parse.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { OWN_VERSION, type SourceFile } from '../read/source-file.ts'
import type { Finding } from './findings.ts'
import { NOTHING } from './report.ts'

/** `exports.VERSION = '1.2.3'`: the running program goes on saying which release it is of. One for each file. */
export function* ownVersions(plan: Plan): Generator<Finding> {
  for (const file of plan.files.values()) {
    const { old, new: source } = file.pair
    const had = new Set(versionsIn(old).map((node) => old.slice(node)))
    const other = versionsIn(source).find((node) => !had.has(source.slice(node)) && !isInPatch(node, file))
    if (other !== undefined)
      yield {
        severity: 'note',
        file: file.path,
        line: source.lineOf(other.start),
        what: source.slice(other),
        why: 'it says which release it is of, and that stays the running one',
        advice: NOTHING,
      }
  }
}

function versionsIn({ nodes }: SourceFile): Node[] {
  return nodes.filter(({ type, value }) => type === 'Literal' && value === OWN_VERSION)
}

/** Whether it stands in a function that is replaced, or is part of a value that is made anew. */
function isInPatch(node: Node, file: FilePlan): boolean {
  const source = file.pair.new
  for (let fn = source.functionAround(node); fn !== undefined; fn = fn.enclosing)
    if (file.replaced.has(fn)) return true
  return file.onces.some((once) =>
    once.pair.new.units.some(
      ({ start, end, names }) =>
        start <= node.start && node.end <= end && names.some((name) => once.isBrought(name)),
    ),
  )
}
