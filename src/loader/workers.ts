/**
 * Worker threads. They are hooked when the first text is about to run that may start some (src/thread.ts says why).
 *
 * Worker threads that would start unprepared: Node runs no preloads in threads with code instead of a file, and those
 * with an `execArgv` or `env` of their own lose the options that name them. They are given a `--require` of
 * worker-preload.js, which takes all traces of it away again before the thread's first line.
 */

import { syncBuiltinESMExports } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Worker, WorkerOptions } from 'node:worker_threads'
import { define, own } from '../define.ts'
import { workerThreads } from '../thread.ts'
import { inheritedArguments } from './inherited-arguments.ts'

const preload = fileURLToPath(new URL('./worker-preload.js', import.meta.url))

type Parameters = [filename: string | URL, options?: WorkerOptions]
type Construct = (parameters: Parameters) => object

const listeners = new Set<(worker: Worker) => void>()
/** What is to be done before there can be workers; undefined once it has been. */
let before: Set<() => void> | undefined = new Set()

/** Calls back for each worker thread that this one starts from now on. */
export function onWorker(listener: (worker: Worker) => void): void {
  listeners.add(listener)
}

/** Calls back before this thread can start workers. */
export function beforeWorkers(listener: () => void): void {
  if (before) before.add(listener)
  else listener()
}

/** True for text that may start workers. */
export function mayStartWorkers(text: string | Buffer): boolean {
  return text.includes('worker_threads')
}

/** Has every worker thread of this one prepared. To be called before anything is run that may start some. */
export function expectWorkers(): void {
  if (!before) return
  const waiting = before
  before = undefined
  for (const listener of waiting) listener()
  hookWorkers(workerThreads())
}

function hookWorkers(workerThreads: typeof import('node:worker_threads')): void {
  const { Worker: Plain } = workerThreads
  const hooked: typeof Plain = new Proxy(Plain, {
    construct: (target, parameters, newTarget) => {
      const worker = startPrepared(parameters as Parameters, (given) =>
        Reflect.construct(target, given, newTarget === hooked ? target : newTarget),
      )
      for (const listener of listeners) listener(worker as Worker)
      return worker
    },
  })
  define(Plain.prototype, 'constructor', {
    value: hooked,
    writable: true,
    configurable: true,
  })
  workerThreads.Worker = hooked
  syncBuiltinESMExports()
}

function startPrepared(parameters: Parameters, construct: Construct): object {
  const [filename, options] = parameters
  if (!needsPreload(options)) return construct(parameters)
  const seen = Array.isArray(options.execArgv) ? options.execArgv : process.execArgv
  // without an execArgv of its own, a thread with its own env gets no options but those of its NODE_OPTIONS
  const effective = Array.isArray(options.execArgv)
    ? options.execArgv
    : hasOwnEnv(options)
      ? []
      : process.execArgv
  const start = (execArgv: readonly string[]) =>
    construct([
      filename,
      Object.create(options, { execArgv: own({ value: [...execArgv, '--require', preload] }) }),
    ])
  const { setEnvironmentData } = workerThreads()
  setEnvironmentData(inheritedArguments, [...seen])
  try {
    return start(effective)
  } catch (error) {
    const rejected = effective === options.execArgv ? [] : rejectedArguments(error)
    if (rejected.length === 0) throw error
    return start(effective.filter((argument) => !rejected.includes(argument)))
  } finally {
    setEnvironmentData(inheritedArguments, undefined as never)
  }
}

function needsPreload(options: WorkerOptions | undefined): options is WorkerOptions {
  if (typeof options !== 'object' || options === null) return false
  return Boolean(options.eval) || Array.isArray(options.execArgv) || hasOwnEnv(options)
}

function hasOwnEnv({ env }: WorkerOptions): boolean {
  return typeof env === 'object' && env !== null && (env as unknown) !== workerThreads().SHARE_ENV
}

/** The options of this process that threads do not take: those it was started with are not the thread's fault. */
function rejectedArguments(error: unknown): string[] {
  const { code, message } = error as NodeJS.ErrnoException
  if (code !== 'ERR_WORKER_INVALID_EXEC_ARGV') return []
  return message.slice(message.indexOf(': ') + 2).split(', ')
}
