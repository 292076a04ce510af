import { readFileSync, statSync } from 'node:fs'
import { basename, extname, join, resolve } from 'node:path'
import { allFolders } from '../agent/folders.ts'
import type { Card } from '../agent/identity.ts'
import { isAlive, pidsIn, removeIfSilent } from '../agent/stale.ts'
import { UmbraError } from '../livepatch/errors.ts'
import { suggestion } from '../livepatch/nearest.ts'

/** A prepared process, as its card beside the socket describes it. */
export interface ProcessCard extends Card {
  socket: string
}

/** All prepared processes that are alive; what dead ones left behind is removed. */
export async function preparedProcesses(folders = allFolders()): Promise<ProcessCard[]> {
  const found = new Map<number, ProcessCard>()
  for (const folder of folders) {
    for (const pid of pidsIn(folder)) {
      if (!isAlive(pid)) await removeIfSilent(folder, pid)
      else found.set(pid, readCard(folder, pid))
    }
  }
  return [...found.values()].sort((a, b) => a.pid - b.pid)
}

function readCard(folder: string, pid: number): ProcessCard {
  const socket = join(folder, `${pid}.sock`)
  try {
    const card = JSON.parse(readFileSync(join(folder, `${pid}.json`), 'utf8')) as Card
    const { name, node, main } = card
    return { pid, name: String(name), node: String(node), ...(main !== undefined && { main }), socket }
  } catch {
    // Somebody has removed it; the socket works without.
    return { pid, name: '?', node: '?', socket }
  }
}

/**
 * The one process that a command line names: by pid, by its name, or by its main script where none has that name.
 *
 * @throws UmbraError PROCESS_NOT_FOUND, PROCESS_NOT_PREPARED, PROCESS_OF_OTHER_USER or PROCESS_AMBIGUOUS
 */
export async function findProcess(named: string): Promise<ProcessCard> {
  if (/^\d+$/.test(named)) return findPid(Number(named))
  const [one, ...others] = await findNamed(named)
  if (others.length === 0) return one!
  const pids = [one!, ...others].map(({ pid }) => pid).join(', ')
  throw new UmbraError(
    'PROCESS_AMBIGUOUS',
    `${others.length + 1} processes are called '${named}': say which pid (${pids}), or change all of them with --all`,
  )
}

/** All processes of a name, at least one; a pid is one as well. @throws as `findProcess` does */
export async function findAll(named: string): Promise<ProcessCard[]> {
  return /^\d+$/.test(named) ? [await findPid(Number(named))] : findNamed(named)
}

async function findNamed(name: string): Promise<ProcessCard[]> {
  const all = await preparedProcesses()
  const called = all.filter((card) => card.name === name)
  if (called.length > 0) return called
  const running = all.filter((card) => card.main !== undefined && isScript(card.main, name))
  if (running.length > 0) return running
  const hint = suggestion(
    name,
    all.map((card) => card.name),
  )
  throw new UmbraError(
    'PROCESS_NOT_FOUND',
    `no prepared process is called '${name}'${hint} ('umbra ps' lists them)`,
  )
}

/** Whether this main script is meant by its path, or by its name with or without the extension. */
function isScript(main: string, named: string): boolean {
  return [main, basename(main), basename(main, extname(main))].includes(named) || main === resolve(named)
}

async function findPid(pid: number): Promise<ProcessCard> {
  const card = (await preparedProcesses()).find((one) => one.pid === pid)
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
  const foreign = owner === undefined ? undefined : await cardOfOwner(pid, owner)
  if (foreign !== undefined) return foreign
  throw notPrepared(pid)
}

export function notPrepared(pid: number): UmbraError {
  return new UmbraError(
    'PROCESS_NOT_PREPARED',
    `process ${pid} is not prepared for patches: start it with 'node --import umbra/register …' or 'umbra run …' ` +
      '(and if it was, with the same UMBRA_DIR as this command)',
  )
}

/** Root looks where the process's owner would have put the socket. */
async function cardOfOwner(pid: number, owner: number): Promise<ProcessCard | undefined> {
  const cards = await preparedProcesses(allFolders(process.env, owner))
  return cards.find((card) => card.pid === pid)
}

function ownerOf(pid: number): number | undefined {
  try {
    return statSync(`/proc/${pid}`).uid
  } catch {
    return undefined
  }
}
