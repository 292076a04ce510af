import { renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onExit } from '../loader/exit.ts'
import { type Commands, serve } from './connection.ts'
import { cardPath, ensurePrivate, ownFolder } from './folders.ts'
import { processCard } from './identity.ts'
import { removeStale } from './stale.ts'

/** How long after the start the socket is opened at the earliest, in milliseconds. */
const moment = 20

/**
 * Opens the control socket of this process, `<pid>.sock` in a private folder. `<pid>.json` is there before the program's
 * first line: who the process is can then be told even while its event loop is blocked. The socket comes as soon as the event
 * loop turns, before which nobody would be answered, and a moment has passed: what makes it takes longer to load than all
 * else here, programs that serve somebody have loaded it by then, and those that have ended by then need none.
 *
 * @throws UmbraError SOCKET_FOLDER
 */
export function listen(commands: () => Promise<Commands>, failed: (error: Error) => void): void {
  const folder = ownFolder()
  ensurePrivate(folder)
  const socket = join(folder, `${process.pid}.sock`)
  const card = cardPath(folder)
  // A process of this pid lived before and died without cleaning up: pids come round.
  removeFile(socket)
  writeCard(card)
  const remove = (): void => {
    removeFile(socket)
    removeFile(card)
  }
  onExit(remove)
  const fail = (error: Error): void => {
    remove()
    failed(error)
  }
  setTimeout(() => {
    try {
      // Somebody who does not see this process, in another container with the same folder, may have taken it for dead.
      writeCard(card)
      open(socket, commands, fail, () => void removeStale(folder))
    } catch (error) {
      fail(error as Error)
    }
  }, moment).unref()
}

/** Removes a file, if it is there. */
function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

function writeCard(path: string): void {
  writeFileSync(path, `${JSON.stringify(processCard())}\n`, { mode: 0o600 })
}

function open(
  path: string,
  commands: () => Promise<Commands>,
  failed: (error: Error) => void,
  opened: () => void,
): void {
  const { createServer } = process.getBuiltinModule('node:net')
  const server = createServer((client) => serve(client, commands))
  server.unref()
  server.on('error', failed)
  // A socket exists before anybody listens on it, and refuses those who find it then: it gets its name once it is heard.
  const early = path.replace(/sock$/, 'new')
  removeFile(early)
  server.once('listening', () => {
    try {
      renameSync(early, path)
      opened()
    } catch (error) {
      failed(error as Error)
    }
  })
  // Private from the moment it exists: it is made in this very step.
  const umask = process.umask(0o177)
  try {
    // exclusive: a worker of node:cluster would otherwise ask its primary to listen.
    server.listen({ path: early, exclusive: true })
  } finally {
    process.umask(umask)
  }
}
