/** Which of some things are each other's counterparts, as far as places where they stand say so. */
export class Votes<T> {
  readonly #of = new Map<T, Map<T, number>>()
  readonly #for = new Map<T, Map<T, number>>()

  add(a: T, b: T, weight = 1): void {
    count(this.#of, a, b, weight)
    count(this.#for, b, a, weight)
  }

  /** The counterpart of `a`, where two thirds of all that is said of either say so. */
  favourite(a: T): T | undefined {
    const of = this.#of.get(a)
    if (of === undefined) return undefined
    const [best, votes] = [...of].reduce((one, other) => (other[1] > one[1] ? other : one))
    return isMost(votes, of) && isMost(votes, this.#for.get(best)!) ? best : undefined
  }

  /** Whether nothing said of either of them is about another. */
  agree(a: T, b: T): boolean {
    const has = this.#of.has(a) || this.#for.has(b)
    return !has || this.favourite(a) === b
  }

  /** Takes two out, once it is decided what they are. */
  settle(a: T, b: T): void {
    for (const other of this.#of.get(a)?.keys() ?? []) remove(this.#for, other, a)
    for (const other of this.#for.get(b)?.keys() ?? []) remove(this.#of, other, b)
    this.#of.delete(a)
    this.#for.delete(b)
  }

  /** All of the first kind of which something is said. */
  get open(): T[] {
    return [...this.#of.keys()]
  }
}

function count<T>(votes: Map<T, Map<T, number>>, a: T, b: T, weight: number): void {
  const known = votes.get(a) ?? new Map<T, number>()
  known.set(b, (known.get(b) ?? 0) + weight)
  votes.set(a, known)
}

function remove<T>(votes: Map<T, Map<T, number>>, a: T, b: T): void {
  const known = votes.get(a)
  known?.delete(b)
  if (known?.size === 0) votes.delete(a)
}

function isMost(votes: number, all: ReadonlyMap<unknown, number>): boolean {
  let total = 0
  for (const one of all.values()) total += one
  return votes * 3 >= total * 2
}
