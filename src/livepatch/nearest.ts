import { distance } from 'fastest-levenshtein'

/** The candidates most like `name`, for "did you mean": at most `count`, none that has little in common with it. */
export function nearest(name: string, candidates: Iterable<string>, count = 3): string[] {
  const tail = lastStep(name)
  return [...new Set(candidates)]
    .map((candidate) => ({
      candidate,
      score: lastStep(candidate) === tail ? 0 : distance(name, candidate),
    }))
    .filter(({ candidate, score }) => score <= Math.max(name.length, candidate.length) / 2)
    .sort((a, b) => a.score - b.score)
    .slice(0, count)
    .map(({ candidate }) => candidate)
}

/** `; did you mean 'a' or 'b'?`, or nothing. */
export function suggestion(name: string, candidates: Iterable<string>): string {
  const names = nearest(name, candidates).map((candidate) => `'${candidate}'`)
  if (names.length === 0) return ''
  return `; did you mean ${names.join(' or ')}?`
}

function lastStep(path: string): string {
  return path.split(/[/.]/).at(-1) ?? path
}
