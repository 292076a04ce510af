import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { describeError, UmbraError } from '../livepatch/errors.ts'
import type { PatchLog } from '../livepatch/log.ts'
import type { PatchSource } from '../livepatch/patch.ts'
import { type InstalledFile, installedFiles, markOf, marksIn } from './install-folder.ts'
import { parsePatchFile } from './patch-file.ts'
import { isAlive } from './stale.ts'

/** A start that dies sooner than this after it has applied installed patches goes without them the next time. */
const PROBATION = 10_000

/**
 * Applies the patches that are installed for this program, before its first line. Whatever goes wrong with one of them is
 * told and keeps nobody from starting.
 */
export function applyInstalled(folder: string, load: (source: PatchSource) => void, log: PatchLog): void {
  const files = installedFiles(folder)
  if (files.length === 0) return
  const say = (text: string): void => {
    log.write(`umbra: ${text}`)
    process.stderr.write(`umbra: ${text}\n`)
  }
  if (process.env.UMBRA_SKIP_INSTALLED === '1') {
    return say(`UMBRA_SKIP_INSTALLED=1: ${count(files)} not applied`)
  }
  const dead = marksIn(folder).filter((pid) => pid === process.pid || !isAlive(pid))
  if (dead.length > 0) {
    for (const pid of dead) rmSync(markOf(folder, pid), { force: true })
    return say(
      `the last start died within ${PROBATION / 1000} s of applying installed patches: ${count(files)} skipped this ` +
        "time ('umbra status' shows them, 'umbra uninstall' removes them)",
    )
  }
  onProbation(folder)
  for (const file of files) {
    try {
      load(readOwn(file))
      log.write(`umbra: installed patch '${file.name}' is applied`)
    } catch (error) {
      say(`installed patch '${file.name}' is not applied: ${describeError(error).message}`)
    }
  }
}

function count(files: InstalledFile[]): string {
  const names = files.map(({ name }) => `'${name}'`).join(', ')
  return files.length === 1 ? `installed patch ${names} is` : `installed patches ${names} are`
}

/** Read once: what is checked is what runs. @throws UmbraError INSTALLED_FILE for one that others may have written */
function readOwn({ path }: InstalledFile): PatchSource {
  const { uid, mode } = statSync(path)
  const isOwn = process.getuid === undefined || uid === process.getuid() || uid === 0
  if (!isOwn || (process.platform !== 'win32' && (mode & 0o022) !== 0)) {
    throw new UmbraError('INSTALLED_FILE', `${path} can be written by other users`)
  }
  return parsePatchFile(readFileSync(path, 'utf8'), path)
}

/** Leaves a mark that only a start that gets on well takes away. */
function onProbation(folder: string): void {
  const mark = markOf(folder, process.pid)
  const passed = (): void => rmSync(mark, { force: true })
  writeFileSync(mark, `${new Date().toISOString()}\n`, { mode: 0o600 })
  setTimeout(passed, PROBATION).unref()
  process.once('exit', (code) => {
    if (code === 0) passed()
  })
}
