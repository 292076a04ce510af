/** A worker that runs one exported function of a test's module, by name, and posts what it returns. */
import { once } from 'node:events'
import { parentPort, Worker, type WorkerOptions, workerData } from 'node:worker_threads'

interface Job {
  module: string
  run: string
  args: unknown[]
}

/** Starts a worker on `module`'s export `run`. `result` settles with what that returns. */
export function start<T>(
  module: string,
  run: string,
  args: unknown[],
  options: WorkerOptions = {},
): { worker: Worker; result: Promise<T> } {
  const job: Job = { module, run, args }
  const worker = new Worker(new URL(import.meta.url), { ...options, workerData: { umbraTestJob: job } })
  const result = once(worker, 'message').then(([value]) => value as T)
  // Whoever terminates a worker does not wait for its result.
  result.catch(() => {})
  return { worker, result }
}

const job = (workerData as { umbraTestJob?: Job } | null)?.umbraTestJob
if (job !== undefined && parentPort !== null) {
  const functions = (await import(job.module)) as Record<string, (...args: unknown[]) => unknown>
  parentPort.postMessage(await functions[job.run]!(...job.args))
}
