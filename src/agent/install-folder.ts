import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'

/**
 * Where installed patches are kept, for each program in a folder of its own:
 *
 *   <root>/<main script's name>-<hash of its path>/program                     that path
 *   <root>/<main script's name>-<hash of its path>/0001-<patch>.patch.json     applied in this order
 *
 * beside what starts leave there (probation.ts).
 * UMBRA_INSTALL_DIR is the root, else `umbra/installed` below XDG_DATA_HOME or ~/.local/share; there is none where the user
 * has no home either.
 */
export function installRoot(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.UMBRA_INSTALL_DIR) return env.UMBRA_INSTALL_DIR
  const data = env.XDG_DATA_HOME || homeData()
  return data ? join(data, 'umbra', 'installed') : undefined
}

function homeData(): string | undefined {
  const { homedir } = process.getBuiltinModule('node:os')
  try {
    return homedir() && join(homedir(), '.local/share')
  } catch {
    // Neither HOME nor an entry in the user database.
    return undefined
  }
}

/** The file in a program's folder that names its main script. */
export const SCRIPT = 'program'

/** A program's folder; the script by its real path, absolute. */
export function programFolder(script: string, root: string): string {
  // Here, because loading it takes milliseconds of every start, and only programs with something installed need it.
  const { createHash } = process.getBuiltinModule('node:crypto')
  const hash = createHash('sha256').update(script).digest('hex').slice(0, 32)
  return join(
    root,
    `${basename(script)
      .replace(/[^\w.-]/g, '_')
      .slice(0, 100)}-${hash}`,
  )
}

/** The main script that a folder is for; undefined where nothing says so. */
export function programIn(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, SCRIPT), 'utf8')
  } catch {
    return undefined
  }
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
    return [{ number: Number(match[1]), name: decoded(match[2]!), path: join(folder, file) }]
  })
  return found.sort((a, b) => a.number - b.number)
}

export function fileFor(folder: string, number: number, name: string): string {
  // Only what cannot stand in a file's name: other letters would grow to three times their length.
  const encoded = name.replace(/[%/\\<>:"|?\p{Cc}]/gu, encodeURIComponent)
  return join(folder, `${String(number).padStart(4, '0')}-${encoded}.patch.json`)
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    // Nothing that umbra has named.
    return name
  }
}

/** The folders of all programs that have patches installed. */
export function installedPrograms(root = installRoot()): string[] {
  if (root === undefined) return []
  return listing(root).map((name) => join(root, name))
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
