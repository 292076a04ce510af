import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { constants, tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { bundlePatch } from '../cli/bundle.ts'
import { UmbraError } from '../livepatch/errors.ts'
import { loadable } from './read/aside.ts'
import { nameOf, reachable, readVersion, type Version } from './read/folder.ts'
import { packageFolder } from './read/registry.ts'

/** What a thread of the test run says of the patch: targets whose files it has loaded, the others, and why it took none. */
export interface Word {
  met: string[]
  unmet: string[]
  refused: string[]
}

export interface TestRun {
  /** The command's exit status; 128 and the number of the signal that ended it. */
  status: number
  /** Threads, of all processes, that have loaded files which the patch changes. */
  patched: number
  /** Targets of the patch that none of them loaded. */
  unmet: string[]
}

export interface Verification {
  /** Where what the command prints goes; stdout, if nothing else is said. */
  output?: 'stdout' | 'stderr'
  /** Apply the patch once the package has been loaded, as a running process gets it, and not before the first line. */
  loaded?: boolean
}

/**
 * Runs the tests of the new version against the old one with the patch: in a copy of the new version's folder with the
 * old version's sources, every Node process prepared and patched.
 *
 * @throws UmbraError VERIFY_VERSION, VERIFY_DEPENDENCY, VERIFY_COMMAND, VERIFY_REFUSED, PACKAGE_NOT_FOUND, PATCH_*
 */
export async function verifyByTests(
  patch: string,
  from: string,
  to: string,
  command: string[],
  { output = 'stdout', loaded = false }: Verification = {},
): Promise<TestRun> {
  const source = await bundlePatch(patch)
  const [old, young] = await Promise.all([from, to].map(folderOf))
  const work = mkdtempSync(join(tmpdir(), 'umbra-verify-'))
  try {
    const folder = join(work, 'package')
    cpSync(young!, folder, { recursive: true, verbatimSymlinks: true })
    const [was, is] = [old!, folder].map((one) => loadable(readVersion(one))) as [Version, Version]
    checkNames(was, is)
    putBack(was, is, folder)
    checkDependencies(was, folder)
    const file = join(work, 'patch.json')
    writeFileSync(file, JSON.stringify(source))
    const env = { UMBRA_VERIFY: file, ...(loaded && { UMBRA_VERIFY_LOADED: sourcesOf(was, folder) }) }
    const status = await run(command, folder, env, output)
    const words = wordsIn(work)
    checkTargets(was, words)
    checkTaken(words)
    return { status, ...metBy(words) }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function wordsIn(work: string): Word[] {
  const names = readdirSync(work).filter((name) => name.endsWith('.word'))
  return names.map((name) => JSON.parse(readFileSync(join(work, name), 'utf8')) as Word)
}

function metBy(words: Word[]): Omit<TestRun, 'status'> {
  const met = new Set(words.flatMap((word) => word.met))
  const unmet = new Set(words.flatMap((word) => word.unmet).filter((target) => !met.has(target)))
  return { patched: words.filter((word) => word.met.length > 0).length, unmet: [...unmet] }
}

async function folderOf(version: string): Promise<string> {
  if (existsSync(version)) return resolve(version)
  if (/^[./]/.test(version)) throw new UmbraError('PACKAGE_NOT_FOUND', `there is no folder '${version}'`)
  return packageFolder(version)
}

function checkNames(was: Version, is: Version): void {
  if (was.name === is.name || was.name === undefined || is.name === undefined) return
  throw new UmbraError('VERIFY_VERSION', `--from is ${nameOf(was)}, and --to is ${nameOf(is)}`)
}

/** A patch for another version has met nothing, whatever the tests do. */
function checkTargets(was: Version, words: Word[]): void {
  if (words.length === 0 || words.some(({ met }) => met.length > 0) || was.name === undefined) return
  const own = `${was.name}@`
  const versions = words.flatMap(({ unmet }) => unmet).filter((target) => target.startsWith(own))
  const wanted = versions.map((target) => target.slice(own.length).split('/')[0]!)
  if (wanted.length === 0 || wanted.includes(was.version)) return
  throw new UmbraError('VERIFY_VERSION', `the patch is for ${own}${wanted[0]}, and --from is ${nameOf(was)}`)
}

/** Tests say nothing about a patch that a process did not take. */
function checkTaken(words: Word[]): void {
  const reasons = new Set(words.flatMap(({ refused }) => refused))
  if (reasons.size === 0) return
  const [first, ...others] = reasons
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  throw new UmbraError('VERIFY_REFUSED', `a process of the tests refused the patch: ${first}${more}`)
}

/** A file that lists what the old version is loaded from, and none of its tests. */
function sourcesOf(was: Version, folder: string): string {
  const file = join(dirname(folder), 'sources.json')
  const paths = [...(reachable(was) ?? was.files.keys())]
  const real = realpathSync(folder)
  writeFileSync(file, JSON.stringify(paths.map((path) => join(real, path))))
  return file
}

/**
 * The old sources, and none that only the new version has: files that its entries lead to. Others are what tests have, and
 * checkouts, beside the package.
 */
function putBack(was: Version, is: Version, folder: string): void {
  for (const path of reachable(is) ?? besides(was, is)) if (!was.files.has(path)) rmSync(join(folder, path))
  for (const [path, { text }] of was.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const manifest = join(folder, 'package.json')
  if (!existsSync(manifest)) return
  const written = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, unknown>
  const found = FINDS.map((key) => [key, was.manifest[key]])
  const merged = { ...written, ...Object.fromEntries(found), version: was.version }
  writeFileSync(manifest, JSON.stringify(merged, null, 2))
}

/** Where the entries cannot be told: files in folders that the old version has files in, too. */
function besides(old: Version, young: Version): string[] {
  const top = (path: string): string => (path.includes('/') ? path.split('/')[0]! : '')
  const folders = new Set([...old.files.keys()].map(top))
  return [...young.files.keys()].filter((path) => folders.has(top(path)))
}

/** What package.json says of how its files are found and read: as the old version has it, the rest being for the tests. */
const FINDS = ['type', 'main', 'exports', 'imports']

/** The old sources need what the old version depends on. */
function checkDependencies({ manifest }: Version, folder: string): void {
  const require = createRequire(join(folder, 'package.json'))
  const wanted = Object.entries((manifest.dependencies ?? {}) as Record<string, string>)
  const isThere = (name: string): boolean =>
    // With a path: Node has modules of its own that are called like packages.
    (require.resolve.paths(`${name}/package.json`) ?? []).some((path) => existsSync(join(path, name)))
  const missing = wanted.filter(([name]) => !isThere(name)).map(([name, range]) => `${name}@${range}`)
  if (missing.length === 0) return
  throw new UmbraError(
    'VERIFY_DEPENDENCY',
    `the old version needs ${missing.join(', ')}, which the folder of the new one does not have: install it there`,
  )
}

function run(
  [command, ...args]: string[],
  cwd: string,
  env: Record<string, string>,
  output: 'stdout' | 'stderr',
): Promise<number> {
  const preloads = ['loader/register.js', 'build/verify-preload.js'].map(
    (path) => `--import ${import.meta.resolve(`#dist/${path}`)}`,
  )
  const child = spawn(command!, args, {
    cwd,
    stdio: ['inherit', output === 'stdout' ? 'inherit' : process.stderr, 'inherit'],
    env: {
      ...process.env,
      // As in npm's scripts.
      PATH: [join(cwd, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
      NODE_OPTIONS: [process.env.NODE_OPTIONS, ...preloads].filter(Boolean).join(' '),
      ...env,
      UMBRA_SKIP_INSTALLED: '1',
    },
  })
  return new Promise((done, fail) => {
    child.on('error', (error) =>
      fail(new UmbraError('VERIFY_COMMAND', `'${command}' cannot be run: ${error.message}`)),
    )
    child.on('exit', (code, signal) => done(code ?? 128 + constants.signals[signal!]))
  })
}
