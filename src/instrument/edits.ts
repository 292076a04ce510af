/**
 * Insertions and replacements in a text. Nothing is ever moved: every character of the original that stays keeps its
 * line and its order, so that the map is a list of the places where columns shift.
 *
 * Edits at one position are ordered by rank. What opens something has the rank of its function (outer before inner,
 * as functions are numbered in source order), what closes something the negative one (inner before outer).
 */

interface Edit {
  at: number
  drop: number
  text: string
  rank: number
}

/** The rank of what is left out: it comes after all that is inserted in its place. */
const LEFT_OUT = Number.POSITIVE_INFINITY

export class Edits {
  readonly source: string
  private readonly list: Edit[] = []
  private sorted = true

  constructor(source: string) {
    this.source = source
  }

  open(at: number, text: string, index: number, drop = 0): void {
    this.add({ at, drop, text, rank: index })
  }

  close(at: number, text: string, index: number, drop = 0): void {
    this.add({ at, drop, text, rank: -index - 1 })
  }

  /** Something inside function `index`: after what opens the function, before what closes it. */
  openInside(at: number, text: string, index: number, drop = 0): void {
    this.add({ at, drop, text, rank: index + 0.5 })
  }

  closeInside(at: number, text: string, index: number, drop = 0): void {
    this.add({ at, drop, text, rank: -index - 1.5 })
  }

  /**
   * Leaves out stretches at the ends of lines, given in their order, but for the line breaks in them: no column of the rest
   * changes. One that an edit touches stays.
   */
  leaveOut(stretches: readonly { start: number; end: number; lines: string }[]): void {
    const edits = [...this.all()]
    let next = 0
    let dropped = 0
    for (const { start, end, lines } of stretches) {
      for (; next < edits.length && edits[next]!.at <= start; next++)
        dropped = Math.max(dropped, edits[next]!.at + edits[next]!.drop)
      const isFree = dropped <= start && (next === edits.length || edits[next]!.at > end)
      if (isFree) this.add({ at: start, drop: end - start, text: lines, rank: LEFT_OUT })
    }
  }

  private add(edit: Edit): void {
    this.list.push(edit)
    this.sorted = false
  }

  /** In the order in which they stand in the text, without what is left out. */
  edits(): readonly Edit[] {
    return this.all().filter(({ rank }) => rank !== LEFT_OUT)
  }

  private all(): readonly Edit[] {
    if (!this.sorted) this.list.sort((a, b) => a.at - b.at || a.rank - b.rank)
    this.sorted = true
    return this.list
  }

  apply(start = 0, end = this.source.length): string {
    const parts: string[] = [] // joined at once: a sum of strings is a tree that the collector has to walk
    let from = start
    for (const { at, drop, text } of this.all()) {
      if (at < start) continue
      if (at > end) break
      parts.push(this.source.slice(from, at), text)
      from = Math.max(from, at + drop)
    }
    parts.push(this.source.slice(from, end))
    return parts.join('')
  }

  /** Where texts of the original, given as [start, end, index of its function], lie in the edited text. */
  locate(ranges: readonly (readonly [number, number, number])[]): [number, number][] {
    const edits = this.all()
    const shifts = new Float64Array(edits.length + 1)
    for (let n = 0; n < edits.length; n++) shifts[n + 1] = shifts[n]! + edits[n]!.text.length - edits[n]!.drop
    const shift = (at: number, counts: (rank: number) => boolean): number => {
      let low = 0
      let high = edits.length
      while (low < high) {
        const middle = (low + high) >> 1
        if (edits[middle]!.at < at) low = middle + 1
        else high = middle
      }
      let sum = shifts[low]!
      for (; low < edits.length && edits[low]!.at === at; low++) {
        if (counts(edits[low]!.rank)) sum += edits[low]!.text.length - edits[low]!.drop
      }
      return at + sum
    }
    return ranges.map(([start, end, index]) => [
      shift(start, (rank) => rank < index),
      shift(end, (rank) => rank <= -index - 1),
    ])
  }

  /** Of each edit its place in the original, how much text it inserts and how much it drops. */
  shifts(): { at: number; inserted: number; dropped: number }[] {
    return this.edits().map(({ at, text, drop }) => ({ at, inserted: text.length, dropped: drop }))
  }
}
