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

  /** The 1-based column of the original for one of the prepared code; of what was inserted the place where it was. */
  original(line: number, column: number): number {
    const edits = this.#edits
    let low = 0
    let high = edits.length / Edit.words
    while (low < high) {
      const middle = (low + high) >>> 1
      const edit = middle * Edit.words
      const before =
        edits[edit + Edit.line]! < line ||
        (edits[edit + Edit.line] === line && edits[edit + Edit.start]! <= column)
      if (before) low = middle + 1
      else high = middle
    }
    const edit = (low - 1) * Edit.words
    if (low === 0 || edits[edit + Edit.line] !== line) return column
    const behind = column - edits[edit + Edit.end]!
    return behind < 0 ? edits[edit + Edit.from]! : edits[edit + Edit.to]! + behind
  }
}

/** What is kept of an edit: its line, where its text begins and ends there, and what that replaces of the original's. */
const Edit = { line: 0, start: 1, end: 2, from: 3, to: 4, words: 5 } as const
