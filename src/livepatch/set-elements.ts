/** A set of the program that has other elements while a patch is enabled. */
export class SetElements {
  readonly #set: Set<unknown>
  readonly #before: unknown[]
  readonly #now: unknown[]

  /** Gives a set `elements` in place of those of `running`; what the program has taken away or added stays so. */
  constructor(set: Set<unknown>, elements: readonly unknown[], running: readonly unknown[]) {
    this.#set = set
    this.#before = [...set]
    const gone = running.filter((one) => !set.has(one))
    this.#now = elements.filter((one) => !gone.includes(one))
    const others = this.#before.filter((one) => !running.includes(one))
    refill(set, [...this.#now, ...others])
  }

  /** Takes them back. What the program has done since stays. */
  takeBack(): void {
    const since = [...this.#set].filter((one) => !this.#now.includes(one))
    const gone = this.#now.filter((one) => !this.#set.has(one))
    refill(this.#set, [...this.#before.filter((one) => !gone.includes(one)), ...since])
  }
}

function refill(set: Set<unknown>, elements: readonly unknown[]): void {
  set.clear()
  for (const one of elements) set.add(one)
}
