import type { State } from './api.ts'
import { UmbraError } from './errors.ts'
import type { PatchLog } from './log.ts'
import type { Patch } from './patch.ts'

/**
 * System states: what a patch changes beside functions. The kernel's state.c: a cumulative patch has to list every
 * state of the patches that it replaces, any patch must know a state that it lists at least as well as they do.
 *
 * @throws UmbraError STATE_INCOMPATIBLE
 */
export function checkStates(patch: Patch, installed: readonly Patch[], log: PatchLog): void {
  for (const other of installed) {
    for (const old of other.states) {
      const problem = incompatibility(patch, old)
      if (problem === undefined) continue
      log.write(
        `livepatch: Livepatch patch (${patch.name}) is not compatible with the already installed livepatches.`,
      )
      throw new UmbraError(
        'STATE_INCOMPATIBLE',
        `patch '${patch.name}' is not compatible with '${other.name}', which has state '${old.id}' in version ` +
          `${old.version}: ${problem}`,
      )
    }
  }
}

function incompatibility(patch: Patch, old: State): string | undefined {
  const own = stateOf(patch, old.id)
  if (own === undefined)
    return patch.replace ? 'it does not list this state, but would replace that patch' : undefined
  return own.version >= old.version ? undefined : `it lists version ${own.version} of it only`
}

/** A patch's own state. */
export function stateOf(patch: Patch, id: string): State | undefined {
  return patch.states.find((state) => state.id === id)
}

/** The state of the newest patch before this one that lists it: what a callback takes over from. */
export function previousState(patch: Patch, patches: readonly Patch[], id: string): State | undefined {
  return patches
    .filter((other) => other !== patch && other.phase !== 'disabled')
    .map((other) => stateOf(other, id))
    .findLast((state) => state !== undefined)
}
