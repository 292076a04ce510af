/** A stretch that two sequences have in common. */
export interface Run {
  a: number
  b: number
  length: number
}

/** From how many differences on two sequences are taken to have only their beginning and their end in common. */
const LIMIT = 2500

/** What two sequences have in common, in order, with as few differences as there can be (Myers). */
export function commonRuns(a: readonly number[], b: readonly number[]): Run[] {
  const shorter = Math.min(a.length, b.length)
  let head = 0
  while (head < shorter && a[head] === b[head]) head++
  let tail = 0
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const runs: Run[] = []
  if (head > 0) runs.push({ a: 0, b: 0, length: head })
  runs.push(...between(a.slice(head, a.length - tail), b.slice(head, b.length - tail), head))
  if (tail > 0) runs.push({ a: a.length - tail, b: b.length - tail, length: tail })
  return runs
}

/** Where in the first sequence that stands which stands at a place of the second one; undefined where they have it not in common. */
export function placeBefore(runs: readonly Run[], at: number): number | undefined {
  let [low, high] = [0, runs.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (runs[middle]!.b + runs[middle]!.length <= at) low = middle + 1
    else high = middle
  }
  const run = runs[low]
  return run === undefined || run.b > at ? undefined : run.a + at - run.b
}

function between(a: readonly number[], b: readonly number[], offset: number): Run[] {
  if (a.length === 0 || b.length === 0) return []
  const rounds = furthest(a, b)
  if (rounds === undefined) return []
  const runs: Run[] = []
  let [x, y] = [a.length, b.length]
  for (let d = rounds.length - 1; d >= 0 && (x > 0 || y > 0); d--) {
    const before = rounds[d - 1]
    const k = x - y
    // Where the round before had come to, and the step from there.
    const isDown = d > 0 && (k === -d || (k !== d && reach(before!, k - 1) < reach(before!, k + 1)))
    const from = d === 0 ? 0 : isDown ? reach(before!, k + 1) : reach(before!, k - 1) + 1
    if (x > from) runs.push({ a: from + offset, b: from - k + offset, length: x - from })
    if (d === 0) break
    x = isDown ? from : from - 1
    y = x - (isDown ? k + 1 : k - 1)
  }
  return runs.reverse()
}

/** For each number of differences, how far one gets in `a` on each diagonal; undefined where there are too many. */
function furthest(a: readonly number[], b: readonly number[]): Int32Array[] | undefined {
  const rounds: Int32Array[] = []
  for (let d = 0; d <= LIMIT; d++) {
    const now = new Int32Array(2 * d + 1)
    const before = rounds.at(-1)
    for (let k = -d; k <= d; k += 2) {
      let x = 0
      if (before !== undefined)
        x =
          k === -d || (k !== d && reach(before, k - 1) < reach(before, k + 1))
            ? reach(before, k + 1)
            : reach(before, k - 1) + 1
      let y = x - k
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x++
        y++
      }
      now[k + d] = x
      if (x >= a.length && y >= b.length) {
        rounds.push(now)
        return rounds
      }
    }
    rounds.push(now)
  }
  return undefined
}

/** A round of `d` differences has diagonals from -d to d. */
function reach(round: Int32Array, k: number): number {
  return round[k + ((round.length - 1) >> 1)] ?? -1
}
