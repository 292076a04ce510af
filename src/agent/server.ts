import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { onExit } from '../loader/exit.ts'
import { type Commands, serve } from './connection.ts'
import { ensurePrivate, ownFolder } from './folders.ts'
import { processCard } from './identity.ts'
import { removeStale } from './stale.ts'

/**
 * Opens the control socket of this process, `<pid>.sock` in a private folder, with `<pid>.json` beside it: who the
 * process is can then be told even while its event loop is blocked.
 *
 * @throws UmbraError SOCKET_FOLDER
 */
export function listen(commands: () => Promise<Commands>, failed: (error: Error) => void): void {
  const folder = ownFolder()
  ensurePrivate(folder)
  const socket = join(folder, `${process.pid}.sock`)
  const card = join(folder, `${process.pid}.json`)
  // A process of this pid lived before and died without cleaning up: pids come round.
  rmSync(socket, { force: true })
  writeFileSync(card, `${JSON.stringify(processCard())}\n`, { mode: 0o600 })
  const server = createServer((client) => serve(client, commands))
  server.unref()
  server.on('error', failed)
  // Private from the moment it exists: it is made in this very step.
  const umask = process.umask(0o177)
  try {
    // exclusive: a worker of node:cluster would otherwise ask its primary to listen.
    server.listen({ path: socket, exclusive: true }, () => void removeStale(folder))
  } finally {
    process.umask(umask)
  }
  onExit(() => {
    rmSync(socket, { force: true })
    rmSync(card, { force: true })
  })
}
