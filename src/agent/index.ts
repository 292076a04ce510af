import { join } from 'node:path'
import { isMainThread, type Worker } from 'node:worker_threads'
import { log } from '../livepatch/log.ts'
import { noteServers } from '../livepatch/servers.ts'
import type { Registry } from '../loader/registry.ts'
import { onWorker } from '../loader/workers.ts'
import type { Commands } from './connection.ts'
import { ownFolder } from './folders.ts'
import { listen } from './server.ts'
import { ownRoster, Roster, setForChildren, type ThreadHost } from './threads/roster.ts'
import { startThread } from './threads/worker.ts'

/**
 * Starts what makes a prepared process patchable: the control socket, in the main thread. All that serves it is loaded
 * with the first client: a process that nobody patches does not pay for it. One that cannot open a socket runs on, and
 * says so.
 */
export function startAgent(registry: Registry): void {
  noteServers()
  registry.onUntouched(({ url, reason }) => log.write(`umbra: ${url} is loaded untouched: ${reason}`))
  onWorker(followExit)
  if (!isMainThread) return startThread(registry)
  const failed = (error: Error): void => {
    process.emitWarning(`umbra: this process cannot be patched, it has no control socket: ${error.message}`)
  }
  try {
    const threads = { roster: new Roster(), state: join(ownFolder(), `${process.pid}.patches`) }
    setForChildren({ roster: threads.roster.memory, state: threads.state, main: process.argv[1] })
    listen(openOnce(registry, threads), failed)
  } catch (error) {
    failed(error as Error)
  }
}

/** Every thread tells of the end of those that it has started. */
function followExit(worker: Worker): void {
  const { threadId } = worker
  worker.once('exit', () => {
    ownRoster()?.leave(threadId)
  })
}

function openOnce(registry: Registry, threads: ThreadHost): () => Promise<Commands> {
  let opened: Promise<Commands> | undefined
  return () => {
    opened ??= import('./commands.ts').then(({ openCommands }) => openCommands(registry, log, threads))
    return opened
  }
}
