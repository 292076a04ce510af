import { readFileSync } from 'node:fs'
import { basename, dirname, extname } from 'node:path'
import { mainPath, managedName } from '../loader/main-path.ts'

/** Who a process is: what stands beside its socket. */
export interface Card {
  pid: number
  name: string
  /** Node's version, without the v. */
  node: string
  /** The main script as the process was given it, absolute; missing where there is none. */
  main?: string
}

/** This process's card. */
export function processCard(): Card {
  const main = mainPath()
  return {
    pid: process.pid,
    name: processName(),
    node: process.versions.node,
    ...(main !== undefined && { main }),
  }
}

/**
 * The name by which the CLI calls this process: UMBRA_NAME, else what PM2 calls it, else that of its main script without
 * the extension, or of the script's folder where the script is just called `index`, `main`, `server` or `app`.
 */
export function processName(main = mainPath(), env = process.env): string {
  const given = env.UMBRA_NAME || managedName
  if (given) return given
  if (main === undefined) return 'node'
  const name = basename(main, extname(main))
  return /^(?:index|main|server|app)$/.test(name) ? basename(dirname(main)) || name : name
}

let version: string | undefined

/** umbra's own version. */
export function ownVersion(): string {
  version ??= readVersion()
  return version
}

function readVersion(): string {
  const manifest = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
