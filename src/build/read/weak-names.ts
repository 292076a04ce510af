/** What names of a file tell: `e`, `foo$1` and `foo2` beside `foo` are chosen by programs, and may mean something else next time. */
export class WeakNames {
  readonly #families = new Map<string, Set<string>>()

  constructor(names: Iterable<string>) {
    for (const name of names) {
      const family = this.#families.get(stemOf(name))
      if (family === undefined) this.#families.set(stemOf(name), new Set([name]))
      else family.add(name)
    }
  }

  has(name: string): boolean {
    return name.length <= 3 || (this.#families.get(stemOf(name))?.size ?? 0) > 1
  }
}

function stemOf(name: string): string {
  return name.replace(/[$_]*\d*[$_]*$/, '')
}
