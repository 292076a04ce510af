import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, lstatSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, normalize, relative, resolve } from 'node:path'
import { UmbraError } from '../livepatch/errors.ts'
import { type Build, type BuildOptions, buildWithDependencies } from './build.ts'
import type { Locate } from './read/dependencies.ts'
import { readVersion, type Version } from './read/folder.ts'
import type { Finding } from './report/findings.ts'

export interface FolderOptions extends BuildOptions {
  /** The program's main script, relative to its folder; targets are named from where it stands. */
  main?: string
}

/** Compares two folders: of a package, named by its package.json, or of a program, named relative to its main script. */
export async function buildFolders(
  from: string,
  to: string,
  { main, ...options }: FolderOptions,
  locate: Locate,
  named = from,
): Promise<Build> {
  for (const folder of [from, to])
    if (!existsSync(folder)) throw new UmbraError('BUILD_FOLDER', `there is no folder ${folder}`)
  const [old, young] = [readVersion(from), readVersion(to)]
  if (main !== undefined && !old.files.has(normalize(main)))
    throw new UmbraError('BUILD_FOLDER', `there is no main script ${main} in what runs`)
  const target = (path: string): string => {
    const name = relative(dirname(main ?? ''), path)
    return name.startsWith('.') ? name : `./${name}`
  }
  const isPackage = named === from && /(^|[\\/])node_modules[\\/]/.test(realpathSync(from))
  if (isPackage) return buildWithDependencies(old, young, options, locate)
  const made = await buildWithDependencies(old, young, { ...options, target }, locate)
  const likely = main === undefined ? mainBelow(old) : undefined
  if (likely !== undefined && !made.empty) made.findings.push(namedFromTop(likely))
  return made
}

/** The main script that a package.json names, where it is not at the top of the folder. */
function mainBelow({ manifest, files }: Version): string | undefined {
  const main = typeof manifest.main === 'string' ? normalize(manifest.main) : undefined
  return main !== undefined && dirname(main) !== '.' && files.has(main) ? main : undefined
}

function namedFromTop(main: string): Finding {
  return {
    severity: 'note',
    file: 'package.json',
    line: 1,
    what: 'main',
    why: `files are named as a program finds them whose main script is at the top of the folder, and this one says '${main}'`,
    advice: `say --main ${main} if that is what runs, or no process will have them`,
  }
}

export interface DiffOptions extends FolderOptions {
  /** A unified diff, of paths under `root`. */
  diff: string
  root: string
  /** Compiles the sources; without it they are what runs. */
  run: string | undefined
}

/**
 * Makes a patch from a diff of sources: the folder is copied, compiled, patched and compiled again, and what came out is
 * compared. The folder itself is left as it is.
 */
export async function buildFromDiff(
  { diff, root, run, ...options }: DiffOptions,
  locate: Locate,
): Promise<Build> {
  const source = resolve(root)
  const patch = resolve(diff)
  if (!existsSync(patch)) throw new UmbraError('BUILD_DIFF', `there is no diff ${diff}`)
  const work = mkdtempSync(join(tmpdir(), 'umbra-build-'))
  try {
    const [old, young] = ['old', 'new'].map((side) => join(work, side)) as [string, string]
    for (const side of [old, young]) copy(source, side)
    step('the diff does not apply', ['git', 'apply', '--unsafe-paths', `--directory=${young}`, patch], work)
    if (run !== undefined) for (const side of [old, young]) step(`'${run}' failed`, ['sh', '-c', run], side)
    const name = options.name ?? basename(patch).replace(/\.(diff|patch)$/, '')
    return await buildFolders(old, young, { ...options, name }, locate, source)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Without version control, sockets and pipes and, for their size, with the installed packages as they are. */
function copy(from: string, to: string): void {
  cpSync(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !/^\.git([\\/]|$)/.test(relative(from, path)) && !isChannel(path),
  })
}

function isChannel(path: string): boolean {
  const entry = lstatSync(path)
  return entry.isSocket() || entry.isFIFO()
}

function step(what: string, [command, ...args]: string[], cwd: string): void {
  try {
    execFileSync(command!, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })
  } catch (error) {
    const { stderr, stdout, message } = error as { stderr?: string; stdout?: string; message: string }
    const said = (stderr || stdout || message).trim().split('\n').slice(0, 5).join('\n')
    throw new UmbraError('BUILD_DIFF', `${what}: ${said}`, { cause: error })
  }
}
