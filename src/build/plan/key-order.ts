/** The keys of an object in their new order, where it does not get that by itself: those that are new are put behind those that stay. */
export function otherOrder(running: readonly string[], young: readonly string[]): string[] | undefined {
  const found = new Set([...running.filter((key) => young.includes(key)), ...young])
  return [...found].every((key, i) => key === young[i]) ? undefined : [...young]
}
