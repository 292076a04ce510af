/**
 * Which thread this is, in 64 bits that no other thread of the process ever has, and whether such a thread is dead.
 *
 * On Linux: the kernel's thread id, the time at which the thread started (an id alone is given out again), and Node's
 * `threadId`. `/proc/self/task` lists exactly the threads that still run, and can be read synchronously, also by a main
 * thread that has just terminated a worker and has not returned to its event loop. Elsewhere: Node's `threadId` alone,
 * which is never given out again; that such a thread is dead can only be reported by whoever started it. Without Node:
 * a random number.
 *
 *     seen in /proc   0 │ start, 21 bits │ number, 20 bits │ kernel's id, 22 bits: what 64-bit Linux has at most
 *     only reported   1 │ 0                                │ number, 32 bits; negative where it is random
 */

interface Builtins {
  fs: typeof import('node:fs')
  threads: typeof import('node:worker_threads')
}

/** Taken when the module is loaded: a program may wrap it later, and what it wraps it in may use the table. */
const readFileSync = builtin('fs')?.readFileSync

/** The sign bit tells identities that `/proc` knows from those that are only Node's. */
const REPORTED = 1n << 63n
const TID_BITS = 22
const NUMBER_BITS = 20
const START_BITS = 21
const NUMBERS = 2 ** NUMBER_BITS - 1

let identity: bigint | undefined

/** Node's number of this thread; -1 where there is no Node, and nobody can report its exit. */
export function currentThreadId(): number {
  return builtin('threads')?.threadId ?? -1
}

/** This thread's identity, the same for as long as it runs; never 0. */
export function currentThread(): bigint {
  identity ??= fromProc() ?? BigInt.asIntN(64, REPORTED | (fromNode() ?? drawn()))
  return identity
}

function fromNode(): bigint | undefined {
  const threadId = currentThreadId()
  return threadId === -1 ? undefined : BigInt(threadId + 1)
}

/** Random, for threads have no number of their own without Node; the upper bit of its lower half tells it from Node's. */
function drawn(): bigint {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number]
  return (BigInt(high) << 32n) | BigInt((low | 0x8000_0000) >>> 0)
}

/** Whether the death of that thread can be found out here and now, without anybody reporting it. */
export function isObservable(thread: bigint): boolean {
  return thread > 0n
}

/**
 * Whether that thread has ended; undefined when that cannot be known. Only the kernel's word that there is no such
 * thread counts: a `/proc` that cannot be read (no file descriptors left) says nothing about anybody's death.
 */
export function hasEnded(thread: bigint): boolean | undefined {
  if (!isObservable(thread)) return undefined
  const stat = statOf(`self/task/${BigInt.asUintN(TID_BITS, thread)}`)
  if (stat === 'unknown') return undefined
  if (stat === 'none') return canSeeThreads() || undefined
  return startOf(stat) !== thread >> BigInt(TID_BITS + NUMBER_BITS)
}

/** Whether a report of the exit of the thread with this `threadId` is about that thread. */
export function isNumbered(thread: bigint, threadId: number): boolean {
  return threadId >= 0 && numberOf(thread) === (isObservable(thread) ? shortened(threadId) : threadId + 1)
}

/** The number in an identity by which its thread's exit is reported. */
export function numberOf(thread: bigint): number {
  return isObservable(thread)
    ? Number(BigInt.asUintN(NUMBER_BITS, thread >> BigInt(TID_BITS)))
    : Number(BigInt.asIntN(32, thread))
}

/** Whether `/proc` can be read now; it cannot when the process has no file descriptors left. */
export function canSeeThreads(): boolean {
  const own = statOf('thread-self')
  return own !== 'none' && own !== 'unknown'
}

function fromProc(): bigint | undefined {
  if (globalThis.process?.platform !== 'linux') return undefined
  const stat = statOf('thread-self')
  if (stat === 'none' || stat === 'unknown') return undefined
  const tid = BigInt(Number.parseInt(stat, 10))
  return (
    (((startOf(stat) << BigInt(NUMBER_BITS)) | BigInt(shortened(currentThreadId()))) << BigInt(TID_BITS)) |
    tid
  )
}

/** From 1 on; 0 where there is no Node. */
function shortened(threadId: number): number {
  return (threadId % NUMBERS) + 1
}

const STAT = /^\d+ \(.*\) \S(?: -?\d+){19}/s

/** Field 22 of `stat`, in clock ticks; the name before it may hold spaces and parentheses. -1 for one that has ended. */
function startOf(stat: string): bigint {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'X' || fields[0] === 'Z') return -1n
  return BigInt.asUintN(START_BITS, BigInt(fields[19] as string))
}

function statOf(thread: string): string {
  try {
    const stat = readFileSync?.(`/proc/${thread}/stat`, 'latin1')
    return stat !== undefined && STAT.test(stat) ? stat : 'unknown'
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ESRCH' ? 'none' : 'unknown'
  }
}

/** Without an import, so that the module also loads where there is no Node. */
function builtin<K extends keyof Builtins>(name: K): Builtins[K] | undefined {
  const module = name === 'fs' ? 'node:fs' : 'node:worker_threads'
  return globalThis.process?.getBuiltinModule?.(module) as Builtins[K] | undefined
}
