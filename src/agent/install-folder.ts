import { readdirSync, realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Where installed patches are kept, for each program in a folder of its own:
 *
 *   <root>/<main script's path, encoded>/program                     that path
 *   <root>/<main script's path, encoded>/0001-<patch>.patch.json     applied in this order
 *
 * beside what starts leave there (probation.ts).
 * UMBRA_INSTALL_DIR is the root, else `umbra/installed` below XDG_DATA_HOME or ~/.local/share.
 */
export function installRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env.UMBRA_INSTALL_DIR) return env.UMBRA_INSTALL_DIR
  return join(env.XDG_DATA_HOME || join(homedir(), '.local/share'), 'umbra', 'installed')
}

/** The file in a program's folder that names its main script. */
export const SCRIPT = 'program'

/** A program's folder; the script by its real path, absolute. */
export function programFolder(script: string, root = installRoot()): string {
  return join(root, encodeURIComponent(script).slice(-200))
}

/** The real path of a main script as it stands on a command line: with or without its extension. */
export function scriptPath(script: string): string | undefined {
  for (const ending of ['', '.js', '.mjs', '.cjs', '/index.js']) {
    try {
      const path = realpathSync(script + ending)
      if (statSync(path).isFile()) return path
    } catch {
      // The next ending.
    }
  }
  return undefined
}

/** An installed patch, by what its file's name says. */
export interface InstalledFile {
  number: number
  name: string
  path: string
}

/** The installed patches of a program in the order in which they are applied. */
export function installedFiles(folder: string): InstalledFile[] {
  const found = listing(folder).flatMap((file) => {
    const match = /^(\d+)-(.+)\.patch\.json$/.exec(file)
    if (match === null) return []
    return [{ number: Number(match[1]), name: decodeURIComponent(match[2]!), path: join(folder, file) }]
  })
  return found.sort((a, b) => a.number - b.number)
}

export function fileFor(folder: string, number: number, name: string): string {
  return join(folder, `${String(number).padStart(4, '0')}-${encodeURIComponent(name)}.patch.json`)
}

/** The folders of all programs that have patches installed. */
export function installedPrograms(root = installRoot()): string[] {
  return listing(root).map((name) => join(root, name))
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
