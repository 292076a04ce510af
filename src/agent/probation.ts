import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { isAlive } from './stale.ts'

/**
 * Which starts of a program go without its installed patches. A start that dies within 10 s of applying them puts them
 * under suspicion: from then on starts go without. Until one of those dies as soon, for then the patches are not to blame;
 * or until the set of patches is changed, for then it says nothing any more.
 *
 *   <program's folder>/with-<pid>       a start that has applied the patches and has not lived for 10 s yet
 *   <program's folder>/without-<pid>    one that has gone without
 *   <program's folder>/suspected        starts go without
 *
 * A start that ends well takes its mark away. Well is an exit status of 0, and a signal by which people and supervisors
 * stop programs; all else is a death. One that has dropped its privileges by then empties the mark instead.
 */
type Kind = 'with' | 'without'

/** Milliseconds. */
export const PROBATION = 10_000

const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** Whether the next start goes without the installed patches. */
export function nextGoesWithout(folder: string): boolean {
  if (deadStarts(folder, 'without').length > 0) return false
  return existsSync(suspicion(folder)) || deadStarts(folder, 'with').length > 0
}

/** Puts this start on probation; returns whether it goes without the installed patches. */
export function beginProbation(folder: string): boolean {
  const without = nextGoesWithout(folder)
  for (const kind of ['with', 'without'] as const) {
    for (const pid of endedStarts(folder, kind)) rmSync(markOf(folder, kind, pid), { force: true })
  }
  if (without) writeFileSync(suspicion(folder), '', { mode: 0o600 })
  else rmSync(suspicion(folder), { force: true })
  const mark = markOf(folder, without ? 'without' : 'with', process.pid)
  untilPassed(makeMark(mark))
  return without
}

/** Makes the mark of this start; the returned function takes it away, once. */
function makeMark(mark: string): () => void {
  const file = openSync(mark, 'w', 0o600)
  writeSync(file, 'begun')
  let isOpen = true
  return () => {
    if (!isOpen) return
    isOpen = false
    try {
      rmSync(mark, { force: true })
    } catch {
      ftruncateSync(file)
    }
    closeSync(file)
  }
}

/** The installed patches are others from here on: what starts came to before says nothing of the next. */
export function forgetStarts(folder: string): void {
  rmSync(suspicion(folder), { force: true })
  for (const kind of ['with', 'without'] as const) {
    for (const pid of startsOf(folder, kind)) rmSync(markOf(folder, kind, pid), { force: true })
  }
}

/** Calls back when this start has lived long enough, or ends well before. */
function untilPassed(passed: () => void): void {
  const stopped = (signal: NodeJS.Signals): void => {
    leave()
    passed()
    // As if nobody had listened: what the program does about the signal is its own business, and by default it ends.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }
  const leave = (): void => {
    for (const signal of STOP_SIGNALS) process.off(signal, stopped)
  }
  for (const signal of STOP_SIGNALS) process.on(signal, stopped)
  process.once('exit', (code) => {
    if (code === 0) passed()
  })
  // Signals that came in the turn before, which may have been a long one, are handed over between a timer and an
  // immediate: a listener that was gone by then would have swallowed them.
  const over = (): void => {
    leave()
    passed()
  }
  setTimeout(() => setImmediate(over), PROBATION).unref()
}

function suspicion(folder: string): string {
  return join(folder, 'suspected')
}

function markOf(folder: string, kind: Kind, pid: number): string {
  return join(folder, `${kind}-${pid}`)
}

function deadStarts(folder: string, kind: Kind): number[] {
  const isEmpty = (pid: number): boolean =>
    statSync(markOf(folder, kind, pid), { throwIfNoEntry: false })?.size === 0
  return endedStarts(folder, kind).filter((pid) => !isEmpty(pid))
}

/** A process of this pid that is not this one has ended: pids come round, in containers with every start. */
function endedStarts(folder: string, kind: Kind): number[] {
  return startsOf(folder, kind).filter((pid) => pid === process.pid || !isAlive(pid))
}

function startsOf(folder: string, kind: Kind): number[] {
  return readdirSync(folder).flatMap((file) => {
    const [name, pid] = file.split('-')
    return name === kind && /^\d+$/.test(pid ?? '') ? [Number(pid)] : []
  })
}
