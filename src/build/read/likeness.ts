/** How many tokens in a row are looked at together. */
const LENGTH = 8
/** … and how many of them there must be for a likeness to be no accident. */
const LEAST = 20
/** What stands in more things than this tells none of them from the others. */
const COMMON = 12

/**
 * Pairs of sequences that have more in common with each other than with any other one: at least half of what they consist
 * of, and half as much again as the next.
 */
export function mostAlike<T>(olds: ReadonlyMap<T, number[]>, news: ReadonlyMap<T, number[]>): [T, T][] {
  const before = new Map([...olds].map(([one, tokens]) => [one, shingles(tokens)]))
  const index = new Map<number, T[]>()
  for (const [one, own] of before)
    for (const shingle of own) {
      const known = index.get(shingle)
      if (known === undefined) index.set(shingle, [one])
      else known.push(one)
    }
  const best = new Map<T, { young: T; score: number; next: number }>()
  const pairs: [T, T][] = []
  for (const [young, tokens] of news) {
    const own = shingles(tokens)
    if (own.size < LEAST) continue
    const shared = new Map<T, number>()
    for (const shingle of own) {
      const found = index.get(shingle) ?? []
      if (found.length <= COMMON) for (const one of found) shared.set(one, (shared.get(one) ?? 0) + 1)
    }
    for (const [old, count] of shared) {
      const score = count / Math.max(own.size, before.get(old)!.size)
      const known = best.get(old)
      if (known === undefined || score > known.score) best.set(old, { young, score, next: known?.score ?? 0 })
      else known.next = Math.max(known.next, score)
    }
    const [first, second] = [...shared]
      .map(([old, count]) => ({ old, score: count / Math.max(own.size, before.get(old)!.size) }))
      .sort((a, b) => b.score - a.score)
    if (first !== undefined && first.score >= 0.5 && first.score > 1.5 * (second?.score ?? 0))
      pairs.push([first.old, young])
  }
  return pairs.filter(([old, young]) => {
    const { young: own, score, next } = best.get(old)!
    return own === young && score > 1.5 * next
  })
}

/** All stretches of a few tokens, as numbers. */
function shingles(tokens: readonly number[]): Set<number> {
  const found = new Set<number>()
  for (let at = 0; at + LENGTH <= tokens.length; at++) {
    let hash = 0
    for (let i = at; i < at + LENGTH; i++) hash = (Math.imul(hash, 1000003) + tokens[i]!) | 0
    found.add(hash)
  }
  return found
}
