import type { LoadedFile } from '../loader/registry.ts'
import { UmbraError } from './errors.ts'
import { type Package, packageOf } from './package.ts'
import type { Patch, PatchTarget } from './patch.ts'
import { isOf, isOtherVersion } from './target-name.ts'

/**
 * Makes every replacement of a patch ready for every loaded file that it is for. Changes nothing in the program.
 *
 * @returns notes: the targets that the patch waits for, and the copies in other versions that it leaves as they are
 * @throws UmbraError when a replacement does not fit, or only other versions of a target run
 */
export function fitToLoaded({ targets }: Patch, files: Iterable<LoadedFile>): string[] {
  const loaded = [...files]
  const running = [...packagesOf(loaded)]
  const notes: string[] = []
  for (const target of targets) {
    const wrong = fitTarget(target, loaded)
    if (target.refused !== undefined) continue
    if (!target.loaded) {
      const isElsewhere = wrong.size > 0 && !running.some((one) => isOf(target.name, one))
      if (isElsewhere && target.optional) continue
      if (isElsewhere) throw wrongVersion(target, wrong)
      if (target.startsAsync) throw cannotWait(target)
      notes.push(`target '${target.written}' is not loaded: the patch waits for it`)
    } else if (target.startsAsync) notes.push(asyncNote(target))
  }
  const names = targets.map((one) => one.name)
  for (const one of running) if (isOtherVersion(names, one)) notes.push(otherVersionNote(one))
  return notes
}

/** Returns the versions of its package that run its file and that it is not for. */
function fitTarget(target: PatchTarget, files: readonly LoadedFile[]): Set<string> {
  const wrong = new Set<string>()
  for (const file of files) {
    const match = target.match(file)
    if (match === 'yes') target.prepare(file)
    else if (match === 'other version') wrong.add(packageOf(file.filename!)!.version)
  }
  return wrong
}

function packagesOf(files: readonly LoadedFile[]): Set<Package> {
  const owners = files.map(({ filename }) => (filename === undefined ? undefined : packageOf(filename)))
  return new Set(owners.filter((one) => one !== undefined))
}

function wrongVersion({ written }: PatchTarget, wrong: Set<string>): UmbraError {
  const versions = [...wrong].join(' and ')
  return new UmbraError('TARGET_VERSION', `target '${written}': this process runs version ${versions}`)
}

/** Who fixes a vulnerability wants to know of the copy that still has it. */
function otherVersionNote({ name, version, folder }: Package): string {
  return `${name} ${version} runs too, and the patch is not for that version: ${folder} stays as it is`
}

export function cannotWait({ written }: PatchTarget): UmbraError {
  return new UmbraError(
    'CALLBACK_ASYNC',
    `the prePatch callback of '${written}' is asynchronous, and that target is not loaded yet: its import could not wait ` +
      'for the callback. Make it synchronous, or load the patch when the target is loaded',
  )
}

function asyncNote({ written }: PatchTarget): string {
  return (
    `the prePatch callback of '${written}' is asynchronous, which no import can wait for: threads that start later go ` +
    'without the patch'
  )
}
