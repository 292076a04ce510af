import type { LoadedFile } from '../loader/registry.ts'
import { runCallbackAtImport, tellFailure } from './callbacks.ts'
import { reasonOf } from './errors.ts'
import type { Arrived, Lifecycle } from './lifecycle.ts'
import type { PatchLog } from './log.ts'
import { commonjsExports, exportsOf } from './members.ts'
import type { Patch, PatchTarget } from './patch.ts'
import { fileComes, filesHaveCome, type Placement, Switch } from './stack.ts'

/** What the log says of a module that a patch in force does not fit, with the module's name. */
export const REFUSING = 'refusing to load module'

/**
 * A file is about to run its first line: the patches that name it are applied to it first, oldest first. The kernel's
 * klp_module_coming. One that is about to come into force is made ready only, and comes with its transition.
 *
 * @throws what a pre-patch callback throws, or why a patch does not fit; the import or require throws it in turn, for
 * the alternative would be to run what somebody took pains to replace
 */
export function applyToComing(
  patches: readonly Patch[],
  file: LoadedFile,
  lifecycle: Lifecycle,
  log: PatchLog,
): void {
  const arrived: Arrived[] = []
  for (const patch of patches) {
    if (patch.phase === 'disabled') continue
    for (const target of patch.targets) {
      if (target.match(file) !== 'yes') continue
      const placements = apply(patch, target, file, !lifecycle.isComing(patch), log)
      arrived.push({ patch, placements })
    }
  }
  lifecycle.takeAlong(arrived)
}

/** The same for files that a patch itself has had loaded, before the program's first line. @throws as `applyToComing` */
export function applyToLoaded(
  patch: Patch,
  files: Iterable<LoadedFile>,
  lifecycle: Lifecycle,
  log: PatchLog,
): void {
  for (const file of [...files]) {
    applyToComing([patch], file, lifecycle, log)
    const exports = commonjsExports(file)
    if (exports !== undefined) completeComing([patch], file.filename!, exports, log)
  }
}

/** A module has run to its end: what patches add to it can be put there. */
export function completeComing(
  patches: readonly Patch[],
  filename: string,
  exports: unknown,
  log: PatchLog,
): void {
  filesHaveCome(filename)
  for (const patch of patches) {
    if (patch.phase !== 'enabled' && patch.phase !== 'patching') continue
    for (const target of patch.targets) {
      for (const file of target.placements.keys())
        if (file.filename === filename) putMembers(patch, target, file, exports, log)
    }
  }
}

function putMembers(
  patch: Patch,
  target: PatchTarget,
  file: LoadedFile,
  exports: unknown,
  log: PatchLog,
): void {
  try {
    target.putMembersOf(file, exports, (note) => log.write(`umbra: patch '${patch.name}': ${note}`))
  } catch (error) {
    log.write(
      `umbra: members of patch '${patch.name}' cannot be put on '${target.written}': ${reasonOf(error)}`,
    )
  }
}

/** An ES module is asked for once more, when it is being loaded already: the promise resolves when it has run to its end. */
function completeModule(patch: Patch, file: LoadedFile, log: PatchLog): void {
  exportsOf(file).then(
    (exports) => {
      filesHaveCome(file)
      completeComing([patch], file.filename ?? '', exports, log)
    },
    () => filesHaveCome(file),
  )
}

function apply(
  patch: Patch,
  target: PatchTarget,
  file: LoadedFile,
  inForce: boolean,
  log: PatchLog,
): Placement[] {
  const { written } = target
  log.write(`livepatch: applying patch '${patch.name}' to loading module '${written}'`)
  let placements: Placement[]
  try {
    placements = target.prepare(file)
    if (!target.applied) prePatch(patch, target, log)
    fileComes(file)
    if (inForce) new Switch({ on: placements }).settle('after')
  } catch (error) {
    target.placements.delete(file)
    log.write(`livepatch: patch '${patch.name}' failed for module '${written}', ${REFUSING} '${written}'`)
    throw error
  }
  // A CommonJS module has run by then, whatever loads it.
  if (file.type !== 'module') setImmediate(filesHaveCome, file)
  else if (target.isToBeCompleted) setImmediate(completeModule, patch, file, log)
  const first = !target.applied
  target.applied = true
  // Of one in transition all post-patch callbacks run at its end.
  if (first && patch.phase === 'enabled') postPatch(patch, target, log)
  return placements
}

function prePatch(patch: Patch, target: PatchTarget, log: PatchLog): void {
  try {
    runCallbackAtImport(patch, target, 'prePatch')
  } catch (error) {
    log.write(`livepatch: pre-patch callback failed for object '${target.written}'`)
    throw error
  }
}

function postPatch(patch: Patch, target: PatchTarget, log: PatchLog): void {
  try {
    runCallbackAtImport(patch, target, 'postPatch')
  } catch (error) {
    tellFailure(patch, target, 'postPatch', error, log)
  }
}
