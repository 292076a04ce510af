/**
 * What this thread is. `node:worker_threads` brings streams with it, half of what built-in modules take in a prepared
 * program that has no use for them: it is loaded where there is one, and the main thread is told without it.
 */

type WorkerThreads = typeof import('node:worker_threads')

export function workerThreads(): WorkerThreads {
  return process.getBuiltinModule('node:worker_threads')
}

/** Node marks what a thread that does not own the process cannot do. */
const ownsProcess = !(process.abort as { disabled?: boolean }).disabled

export const isMainThread = ownsProcess || workerThreads().isMainThread

/** 0 for the main thread. */
export const threadId = isMainThread ? 0 : workerThreads().threadId
