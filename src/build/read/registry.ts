import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import semver from 'semver'
import { UmbraError } from '../../livepatch/errors.ts'

const run = promisify(execFile)

/** Where downloaded packages are kept: versions of a package never change. */
function cacheFolder(): string {
  return join(process.env.UMBRA_CACHE ?? join(homedir(), '.cache', 'umbra'), 'packages')
}

/** `name@version`, a range or a tag; `name@npm:other@1` */
const OF_REGISTRY = /^(@[\w.~-]+\/)?[\w~-][\w.~-]*(@(npm:.+|[^:/]*))?$/

/**
 * The folder with the files of `name@version`, downloaded by npm if it is not there yet. npm's own configuration says
 * where packages come from.
 *
 * @throws UmbraError PACKAGE_NOT_FOUND with what npm says, or where it is no such name
 */
export async function packageFolder(spec: string): Promise<string> {
  // What npm packs of a folder, an archive or a repository changes, and calls itself like a version that does not.
  if (!OF_REGISTRY.test(spec))
    throw new UmbraError(
      'PACKAGE_NOT_FOUND',
      `'${spec}' is no package with its version, as qs@6.5.2: two folders are compared with --from and --to`,
    )
  const exact = /^(@[^/]+\/)?[^@/]+@(.+)$/.exec(spec)
  const known = exact !== null && semver.valid(exact[2]) !== null ? folderOf(spec) : undefined
  if (known !== undefined && existsSync(known)) return known
  mkdirSync(cacheFolder(), { recursive: true })
  const work = mkdtempSync(join(cacheFolder(), '.new-'))
  try {
    const args = ['pack', spec, '--json', '--ignore-scripts', '--pack-destination', work]
    const { stdout } = await run('npm', args, { cwd: work, shell: process.platform === 'win32' })
    const [{ id, filename }] = JSON.parse(stdout) as [{ id: string; filename: string }]
    const packed = join(work, filename.replace('@', '').replace('/', '-'))
    const unpacked = join(work, 'package')
    unpack(gunzipSync(readFileSync(existsSync(packed) ? packed : join(work, filename))), unpacked)
    const folder = folderOf(id)
    mkdirSync(dirname(folder), { recursive: true })
    if (!existsSync(folder)) renameSync(unpacked, folder)
    return folder
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? (error as Error).message)
    const reason = /npm (?:ERR!|error) (?!code)(.+)/.exec(said)?.[1] ?? said.trim().split('\n')[0]
    throw new UmbraError('PACKAGE_NOT_FOUND', `npm cannot get '${spec}': ${reason}`, { cause: error })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function folderOf(spec: string): string {
  return join(cacheFolder(), spec.replace('/', '+'))
}

/** Writes the files of a tar archive, without the folder that npm puts them in. */
function unpack(tar: Buffer, folder: string): void {
  let longName: string | undefined
  for (let at = 0; at + 512 <= tar.length; ) {
    const header = tar.subarray(at, at + 512)
    const name =
      text(header, 345, 155) === ''
        ? text(header, 0, 100)
        : `${text(header, 345, 155)}/${text(header, 0, 100)}`
    if (name === '') break
    const size = Number.parseInt(text(header, 124, 12), 8) || 0
    const content = tar.subarray(at + 512, at + 512 + size)
    const type = String.fromCharCode(header[156]!)
    at += 512 + Math.ceil(size / 512) * 512
    if (type === 'x') longName = /\d+ path=(.+)\n/.exec(content.toString('utf8'))?.[1]
    else if (type === 'L') longName = text(content, 0, size)
    else {
      if (type === '0' || type === '\0') writeInside(folder, longName ?? name, content)
      longName = undefined
    }
  }
}

function text(bytes: Buffer, start: number, length: number): string {
  const field = bytes.subarray(start, start + length)
  const end = field.indexOf(0)
  return field
    .subarray(0, end < 0 ? length : end)
    .toString('utf8')
    .trim()
}

function writeInside(folder: string, name: string, content: Buffer): void {
  const path = resolve(folder, name.split('/').slice(1).join('/'))
  // An archive could name a file outside of the folder.
  if (!path.startsWith(folder + sep)) return
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}
