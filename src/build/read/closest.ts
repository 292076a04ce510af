import type { FunctionNode } from '../../instrument/scopes.ts'
import type { SourceFile } from './source-file.ts'

/** More pairs than these are not all looked at: bundles have thousands of functions in one list. */
const MANY = 10_000

/**
 * What functions of one place have become: one after the other, or, where there are more or fewer of them now, those that have
 * most in common.
 */
export function closest(
  olds: readonly FunctionNode[],
  youngs: readonly FunctionNode[],
  files: { old: SourceFile; new: SourceFile },
): [old: FunctionNode, young: FunctionNode][] {
  if (olds.length === youngs.length || olds.length * youngs.length > MANY)
    return olds.slice(0, youngs.length).map((fn, at) => [fn, youngs[at]!])
  const [before, after] = [
    olds.map((fn) => wordsOf(fn, files.old)),
    youngs.map((fn) => wordsOf(fn, files.new)),
  ]
  const scores = olds.flatMap((old, i) =>
    youngs.map((young, j) => ({ old, young, score: likeness(before[i]!, after[j]!) })),
  )
  const taken = new Set<FunctionNode>()
  return scores
    .sort((a, b) => b.score - a.score)
    .flatMap(({ old, young }) => {
      if (taken.has(old) || taken.has(young)) return []
      taken.add(old).add(young)
      return [[old, young]]
    })
}

/** How often each word stands in a function. */
function wordsOf({ node }: FunctionNode, file: SourceFile): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [word] of file.slice(node).matchAll(/[\w$]+/g)) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

/** The part of the words of both that they have in common. */
function likeness(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  const sum = (counts: Iterable<number>): number => [...counts].reduce((total, one) => total + one, 0)
  const shared = sum([...a].map(([word, count]) => Math.min(count, b.get(word) ?? 0)))
  return (2 * shared) / (sum(a.values()) + sum(b.values()) || 1)
}
