/** What has the same key together, in the order of the first of each. `Map.groupBy`, which Node.js 20 has not. */
export function groupBy<K, T>(all: Iterable<T>, keyOf: (one: T) => K): Map<K, T[]> {
  return groupByEach(all, (one) => [keyOf(one)])
}

/** The same where each has several keys, none of them twice. */
export function groupByEach<K, T>(all: Iterable<T>, keysOf: (one: T) => Iterable<K>): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const one of all)
    for (const key of keysOf(one)) {
      const known = groups.get(key)
      if (known === undefined) groups.set(key, [one])
      else known.push(one)
    }
  return groups
}
