import { readFileSync, statSync } from 'node:fs'
import { describeError, UmbraError } from '../livepatch/errors.ts'
import type { PatchLog } from '../livepatch/log.ts'
import type { PatchSource } from '../livepatch/patch.ts'
import { type InstalledFile, installedFiles } from './install-folder.ts'
import { parsePatchFile } from './patch-file.ts'
import { beginProbation, PROBATION } from './probation.ts'

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
  if (goesWithout(folder, say)) {
    return say(
      `${count(files)} skipped: a start that had applied installed patches died within ${PROBATION / 1000} s ` +
        "('umbra install' or 'umbra uninstall' of any of them lets the next start try again)",
    )
  }
  for (const file of files) {
    try {
      load(readOwn(file))
      log.write(`umbra: installed patch '${file.name}' is applied`)
    } catch (error) {
      say(`installed patch '${file.name}' is not applied: ${describeError(error).message}`)
    }
  }
}

/** Whether an earlier start speaks against the patches; where that cannot be kept, nothing does. */
function goesWithout(folder: string, say: (text: string) => void): boolean {
  try {
    return beginProbation(folder)
  } catch (error) {
    say(
      `whether this start gets on with its installed patches cannot be noted: ${describeError(error).message}`,
    )
    return false
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
