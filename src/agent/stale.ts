import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** The pids of the processes that have a card or a control socket in a folder; none where it cannot be read. */
export function pidsIn(folder: string): number[] {
  try {
    const pids = readdirSync(folder).flatMap((file) => /^(\d+)\.(?:sock|json)$/.exec(file)?.[1] ?? [])
    return [...new Set(pids.map(Number))]
  } catch {
    return []
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Removes what processes left behind that died without cleaning up. A socket that somebody listens on stays even if no
 * process of its pid is in sight: it may be that of another container with the same folder.
 */
export async function removeStale(folder: string): Promise<void> {
  const dead = pidsIn(folder).filter((pid) => !isAlive(pid))
  await Promise.all(dead.map((pid) => removeIfSilent(folder, pid)))
}

export async function removeIfSilent(folder: string, pid: number): Promise<void> {
  const socket = join(folder, `${pid}.sock`)
  if (await isHeard(socket)) return
  for (const ending of ['new', 'sock', 'json']) {
    try {
      rmSync(join(folder, `${pid}.${ending}`), { force: true })
    } catch {
      // Not this process's to remove: it stays.
    }
  }
}

function isHeard(path: string): Promise<boolean> {
  const { connect } = process.getBuiltinModule('node:net')
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.unref()
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'),
    )
  })
}
