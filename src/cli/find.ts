import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { allFolders } from '../agent/folders.ts'
import { UmbraError } from '../livepatch/errors.ts'
import { suggestion } from '../livepatch/nearest.ts'

/** A prepared process, as its card beside the socket describes it. */
export interface ProcessCard {
  pid: number
  name: string
  node: string
  socket: string
}

/** All prepared processes that are alive; what dead ones left behind is removed. */
export function preparedProcesses(): ProcessCard[] {
  const found = new Map<number, ProcessCard>()
  for (const folder of allFolders()) {
    for (const pid of pidsIn(folder)) {
      const card = readCard(folder, pid)
      if (card !== undefined) found.set(pid, card)
    }
  }
  return [...found.values()].sort((a, b) => a.pid - b.pid)
}

function pidsIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .flatMap((file) => /^(\d+)\.sock$/.exec(file)?.[1] ?? [])
      .map(Number)
  } catch {
    return []
  }
}

function readCard(folder: string, pid: number): ProcessCard | undefined {
  const socket = join(folder, `${pid}.sock`)
  if (!isAlive(pid)) {
    rmSync(socket, { force: true })
    rmSync(join(folder, `${pid}.json`), { force: true })
    return undefined
  }
  try {
    const card = JSON.parse(readFileSync(join(folder, `${pid}.json`), 'utf8')) as Omit<ProcessCard, 'socket'>
    return { pid, name: String(card.name), node: String(card.node), socket }
  } catch {
    // The process is just starting: its socket is there, its card not yet.
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * The one process that a command line names, by pid or by name.
 *
 * @throws UmbraError PROCESS_NOT_FOUND, PROCESS_NOT_PREPARED, PROCESS_OF_OTHER_USER or PROCESS_AMBIGUOUS
 */
export function findProcess(named: string): ProcessCard {
  if (/^\d+$/.test(named)) return findPid(Number(named))
  const [one, ...others] = findAll(named)
  if (others.length === 0) return one!
  const pids = [one!, ...others].map(({ pid }) => pid).join(', ')
  throw new UmbraError(
    'PROCESS_AMBIGUOUS',
    `${others.length + 1} processes are called '${named}': say which pid (${pids})`,
  )
}

/** All processes of a name; at least one. */
export function findAll(name: string): ProcessCard[] {
  const all = preparedProcesses()
  const found = all.filter((card) => card.name === name)
  if (found.length > 0) return found
  const hint = suggestion(
    name,
    all.map((card) => card.name),
  )
  throw new UmbraError(
    'PROCESS_NOT_FOUND',
    `no prepared process is called '${name}'${hint} ('umbra ps' lists them)`,
  )
}

function findPid(pid: number): ProcessCard {
  const card = preparedProcesses().find((one) => one.pid === pid)
  if (card !== undefined) return card
  if (!isAlive(pid))
    throw new UmbraError(
      'PROCESS_NOT_FOUND',
      `there is no process ${pid} ('umbra ps' lists the prepared ones)`,
    )
  const owner = ownerOf(pid)
  if (owner !== undefined && owner !== process.getuid?.() && process.getuid?.() !== 0) {
    throw new UmbraError(
      'PROCESS_OF_OTHER_USER',
      `process ${pid} belongs to another user (uid ${owner}); run umbra as that user`,
    )
  }
  const foreign = owner === undefined ? undefined : cardOfOwner(pid, owner)
  if (foreign !== undefined) return foreign
  throw new UmbraError(
    'PROCESS_NOT_PREPARED',
    `process ${pid} is not prepared for patches: start it with 'node --import umbra/register …' or 'umbra run …' ` +
      '(and if it was, with the same UMBRA_DIR as this command)',
  )
}

/** Root looks where the process's owner would have put the socket. */
function cardOfOwner(pid: number, owner: number): ProcessCard | undefined {
  for (const folder of allFolders(process.env, owner)) {
    if (pidsIn(folder).includes(pid)) return readCard(folder, pid)
  }
  return undefined
}

function ownerOf(pid: number): number | undefined {
  try {
    return statSync(`/proc/${pid}`).uid
  } catch {
    return undefined
  }
}
