/**
 * Columns of the original by those of prepared code, without a source map. Edits keep lines, so that four small numbers
 * an edit are enough: how many lines it is below the one before, its column there, what it inserts, what it drops.
 */
import type { Edits } from './edits.ts'

/** 1-based line and column of an offset. */
type Position = (offset: number) => { line: number; column: number }

export function shiftsByLine(edits: Edits, position: Position): number[] {
  let last = 1
  return edits.shifts().flatMap(({ at, inserted, dropped }) => {
    const { line, column } = position(at)
    const below = line - last
    last = line
    return [below, column, inserted, dropped]
  })
}

/** The columns of one file. */
export class Columns {
  readonly #edits: Int32Array

  constructor(shifts: readonly number[]) {
    this.#edits = new Int32Array((shifts.length / 4) * Edit.words)
    let line = 1
    let moved = 0
    for (let from = 0, to = 0; from < shifts.length; from += 4, to += Edit.words) {
      const [below, column, inserted, dropped] = shifts.slice(from, from + 4) as [
        number,
        number,
        number,
        number,
      ]
      if (below > 0) moved = 0
      line += below
      const start = column + moved
      this.#edits.set([line, start, start + inserted, column, column + dropped], to)
      moved += inserted - dropped
    }
  }

  /** The 1-based column of the original for one of the prepared code, and whether that lies in text that was inserted. */
  original(line: number, column: number): { column: number; inserted: boolean } {
    const edits = this.#edits
    const edit = this.#before(line, column)
    if (edit === undefined) return { column, inserted: false }
    const behind = column - edits[edit + Edit.end]!
    if (behind < 0) return { column: edits[edit + Edit.from]!, inserted: true }
    return { column: edits[edit + Edit.to]! + behind, inserted: false }
  }

  /** Where the last edit on this line begins that is not behind the column. */
  #before(line: number, column: number): number | undefined {
    const edits = this.#edits
    let low = 0
    let high = edits.length / Edit.words
    while (low < high) {
      const middle = (low + high) >>> 1
      const edit = middle * Edit.words
      const onLine = edits[edit + Edit.line]! - line
      if (onLine < 0 || (onLine === 0 && edits[edit + Edit.start]! <= column)) low = middle + 1
      else high = middle
    }
    const edit = (low - 1) * Edit.words
    return low > 0 && edits[edit + Edit.line] === line ? edit : undefined
  }
}

/** What is kept of an edit: its line, where its text begins and ends there, and what that replaces of the original's. */
const Edit = { line: 0, start: 1, end: 2, from: 3, to: 4, words: 5 } as const
