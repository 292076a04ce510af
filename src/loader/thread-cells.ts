/** Cells for files that the thread of hooks prepares; all registrations of umbra in that thread share them. */
import { declareCells } from '../instrument/cell.ts'
import { numberedCell } from './cell-name.ts'
import { Shared, type ThreadData } from './shared.ts'

/** How long to wait for more cells, in milliseconds; the thread that declares them may be blocked. */
const patience = 1000
/** How many cells are left when more are asked for. */
const margin = 500
/** How many cells are declared in this thread at a time. */
const step = 100

let used = 0
/** Up to where they are declared in this thread, as far as that is done. */
let declaredHere = 0

/**
 * The next cell that the thread that runs the files has declared; undefined when that takes too long. Where there may be
 * hooks of other tools it is declared in this thread too: they run here, and may be among what is prepared.
 */
export function nextCell({ shared, growth }: ThreadData): string | undefined {
  const available = Atomics.load(shared, Shared.declared)
  if (available - used === margin) growth.postMessage(undefined)
  if (used >= available && Atomics.wait(shared, Shared.declared, available, patience) === 'timed-out') {
    return undefined
  }
  if (Atomics.load(shared, Shared.others) !== 0 && used >= declaredHere) {
    declareCells(Array.from({ length: step }, (_, i) => numberedCell(used + i)))
    declaredHere = used + step
  }
  return numberedCell(used++)
}
