import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { UmbraError } from '../livepatch/errors.ts'

/** What fits into `sockaddr_un.sun_path` everywhere (macOS has the smallest, 104 with its final zero). */
const LONGEST_PATH = 103

/** The longest file name in a folder: `<pid>.sock` with the largest pid of Linux. */
const LONGEST_NAME = '/4194304.sock'.length

const uid = process.getuid?.() ?? 0

/**
 * The folder in which this process puts its control socket. UMBRA_DIR is taken as it is; a folder whose name is too
 * long for a socket falls back to a short one.
 */
export function ownFolder(env: NodeJS.ProcessEnv = process.env): string {
  const wanted = env.UMBRA_DIR || (env.XDG_RUNTIME_DIR ? join(env.XDG_RUNTIME_DIR, 'umbra') : temporary(uid))
  return wanted.length + LONGEST_NAME <= LONGEST_PATH ? wanted : shortFor(wanted, uid)
}

/** Where this process says who it is. */
export function cardPath(folder: string): string {
  return join(folder, `${process.pid}.json`)
}

/**
 * Every folder in which a socket of this user may lie: the CLI's environment need not be the service's, and Linux tells
 * where sockets are bound. Root looks also where the owner of one process would put it.
 */
export function allFolders(env: NodeJS.ProcessEnv = process.env, owner = uid): string[] {
  if (env.UMBRA_DIR) return [ownFolder(env)]
  const folders = [
    ...(env.XDG_RUNTIME_DIR ? [ownFolder(env)] : []),
    ...[uid, owner].flatMap((id) => [`/run/user/${id}/umbra`, temporary(id), `/tmp/umbra-${id}`, short(id)]),
    ...foldersOfBoundSockets(),
  ]
  return [...new Set(folders)].filter(isTrusted)
}

/** The folders that a process without UMBRA_DIR chooses, wherever its XDG_RUNTIME_DIR or TMPDIR is; sockets are bound as `.new`. */
function foldersOfBoundSockets(): string[] {
  try {
    const bound = readFileSync('/proc/net/unix', 'utf8')
    return Array.from(bound.matchAll(/ (\/.*\/umbra(?:-\d+(?:-s)?)?)\/\d+\.new$/gm), ([, folder]) => folder!)
  } catch {
    return []
  }
}

/** A folder that somebody else owns may hold sockets that pretend to be this user's processes. */
function isTrusted(folder: string): boolean {
  try {
    return uid === 0 || statSync(folder).uid === uid
  } catch {
    return false
  }
}

function temporary(id: number): string {
  const { tmpdir } = process.getBuiltinModule('node:os')
  return join(tmpdir(), `umbra-${id}`)
}

function short(id: number): string {
  return `/tmp/umbra-${id}-s`
}

/** UMBRA_DIR keeps processes apart, and a fallback must not mix them again. */
function shortFor(wanted: string, id: number): string {
  if (process.env.UMBRA_DIR !== wanted) return short(id)
  let hash = 0
  for (const char of wanted) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0
  return `${short(id)}/${hash.toString(36)}`
}

/**
 * Makes the folder private, or refuses one that others could write to: whoever can put a socket there can pretend to
 * be a process.
 *
 * @throws UmbraError SOCKET_FOLDER
 */
export function ensurePrivate(folder: string): void {
  if (dirname(folder) === short(uid)) ensurePrivate(short(uid))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stat = lstatSync(folder)
  if (!stat.isDirectory() || (process.getuid !== undefined && stat.uid !== uid)) {
    throw new UmbraError(
      'SOCKET_FOLDER',
      `${folder} is not a folder of this user; set UMBRA_DIR to another one`,
    )
  }
  if (process.platform === 'win32' || (stat.mode & 0o077) === 0) return
  if (basename(folder).startsWith('umbra')) {
    chmodSync(folder, 0o700)
    return
  }
  throw new UmbraError(
    'SOCKET_FOLDER',
    `${folder} is open to other users (mode ${(stat.mode & 0o777).toString(8)}); chmod 700 it, or set UMBRA_DIR to another one`,
  )
}
