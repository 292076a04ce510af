import { isMainThread } from 'node:worker_threads'
import { log } from '../livepatch/log.ts'
import { noteServers } from '../livepatch/servers.ts'
import type { Registry } from '../loader/registry.ts'
import type { Commands } from './connection.ts'
import { listen } from './server.ts'

/**
 * Starts what makes a prepared process patchable: the control socket, in the main thread. All that serves it is loaded
 * with the first client: a process that nobody patches does not pay for it. One that cannot open a socket runs on, and
 * says so.
 */
export function startAgent(registry: Registry): void {
  noteServers()
  registry.onUntouched(({ url, reason }) => log.write(`umbra: ${url} is loaded untouched: ${reason}`))
  if (!isMainThread) return
  const failed = (error: Error): void => {
    process.emitWarning(`umbra: this process cannot be patched, it has no control socket: ${error.message}`)
  }
  try {
    listen(openOnce(registry), failed)
  } catch (error) {
    failed(error as Error)
  }
}

function openOnce(registry: Registry): () => Promise<Commands> {
  let opened: Promise<Commands> | undefined
  return () => {
    opened ??= import('./commands.ts').then(({ openCommands }) => openCommands(registry, log))
    return opened
  }
}
