import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Worker } from 'node:worker_threads'
import { describeError } from '../livepatch/errors.ts'
import { log } from '../livepatch/log.ts'
import { noteServers } from '../livepatch/servers.ts'
import { mainPath } from '../loader/main-path.ts'
import type { Registry } from '../loader/registry.ts'
import { beforeWorkers, onWorker } from '../loader/workers.ts'
import { isMainThread } from '../thread.ts'
import type { Commands } from './connection.ts'
import { installRoot, programFolder, programIn, scriptPath } from './install-folder.ts'
import { listen } from './server.ts'
import { ownRoster, Roster, setForChildren, type ThreadHost } from './threads/roster.ts'
import { SavedPatches } from './threads/saved.ts'
import { startThread } from './threads/worker.ts'
import { type KeyFile, readTrusted } from './trust.ts'

/**
 * Starts what makes a prepared process patchable: the control socket, in the main thread, and the patches that are
 * installed for the program. All that serves them is loaded with the first client or patch: a process that nobody
 * patches does not pay for it. One that cannot open a socket runs on, and says so.
 */
export function startAgent(registry: Registry): void {
  noteServers()
  registry.onUntouched(({ url, reason }) => log.write(`umbra: ${url} is loaded untouched: ${reason}`))
  onWorker(followExit)
  if (!isMainThread) return startThread(registry)
  const failed = (error: Error): void => {
    process.emitWarning(`umbra: this process cannot be patched, it has no control socket: ${error.message}`)
  }
  const threads = { roster: new Roster(), saved: new SavedPatches() }
  beforeWorkers(() =>
    setForChildren({ roster: threads.roster.memory, saved: threads.saved.memory, main: mainPath() }),
  )
  const commands = openOnce(registry, threads)
  let patching: Promise<Patching> | undefined
  const load = (): Promise<Patching> => {
    patching ??= import('./patching.ts')
    return patching
  }
  try {
    listen(async () => commands(await load()), failed)
  } catch (error) {
    return failed(error as Error)
  }
  try {
    startInstalled(() => commands(require('#dist/agent/patching.js') as Patching))
  } catch (error) {
    process.emitWarning(`umbra: installed patches are not applied: ${describeError(error).message}`)
  }
}

/** Every thread tells of the end of those that it has started. */
function followExit(worker: Worker): void {
  const { threadId } = worker
  worker.once('exit', () => {
    ownRoster()?.leave(threadId)
  })
}

const require = createRequire(import.meta.url)

type Patching = typeof import('./patching.ts')

function openOnce(registry: Registry, threads: ThreadHost): (patching: Patching) => Commands {
  const trusted = trustedKeys()
  let opened: Commands | undefined
  return ({ openCommands }) => {
    opened ??= openCommands(registry, log, { threads, trusted })
    return opened
  }
}

/** A process that was told to trust only some keys, and cannot read them, trusts none. */
function trustedKeys(): KeyFile[] | undefined {
  try {
    return readTrusted()
  } catch (error) {
    process.emitWarning(`umbra: this process takes no patches: ${describeError(error).message}`)
    return []
  }
}

/** Before the program's first line, and so synchronous. Where nothing was ever installed it is one look for a folder. */
function startInstalled(commands: () => Commands): void {
  const root = installRoot()
  const main = mainPath()
  if (main === undefined || root === undefined || !existsSync(root)) return
  const script = scriptPath(main)
  if (script === undefined) return
  const folder = programFolder(script, root)
  if (programIn(folder) !== script) return
  const { applyInstalled } = require('#dist/agent/patching.js') as Patching
  applyInstalled(folder, (source) => commands().loadNow(source), log)
}
