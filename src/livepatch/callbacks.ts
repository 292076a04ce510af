import type { Callbacks } from './api.ts'
import { reasonOf, UmbraError } from './errors.ts'
import type { PatchLog } from './log.ts'
import type { Patch, PatchTarget } from './patch.ts'

/** A callback that has not settled by then counts as failed. Milliseconds. */
const DEADLINE = 10_000

type Name = keyof Callbacks

/** Runs a callback and waits for it. @throws whatever the callback throws, UmbraError CALLBACK_DEADLINE */
export async function runCallback(patch: Patch, target: PatchTarget, name: Name): Promise<void> {
  await withDeadline(invoke(patch, target, name), `${name} callback of '${target.written}'`)
}

/** Runs a callback after the point of no return: a failure is told in the log and stops nothing. */
export async function runLateCallback(
  patch: Patch,
  target: PatchTarget,
  name: Name,
  log: PatchLog,
): Promise<void> {
  try {
    await runCallback(patch, target, name)
  } catch (error) {
    tellFailure(patch, target, name, error, log)
  }
}

/**
 * Runs a callback of a target that is just being imported: an import cannot wait.
 *
 * @throws whatever the callback throws, UmbraError CALLBACK_ASYNC when it returns a promise
 */
export function runCallbackAtImport(patch: Patch, target: PatchTarget, name: Name): void {
  const result = invoke(patch, target, name)
  if (typeof (result as { then?: unknown } | undefined)?.then !== 'function') return
  ;(result as Promise<unknown>).then(undefined, () => {})
  throw new UmbraError(
    'CALLBACK_ASYNC',
    `the ${name} callback of '${target.written}' returned a promise, but the target is just being imported: its ` +
      'callbacks must be synchronous',
  )
}

export function tellFailure(
  patch: Patch,
  target: PatchTarget,
  name: Name,
  error: unknown,
  log: PatchLog,
): void {
  log.write(
    `umbra: ${name} callback of patch '${patch.name}' failed for '${target.written}': ${reasonOf(error)}`,
  )
}

function invoke(patch: Patch, target: PatchTarget, name: Name): unknown {
  return target.callbacks[name]?.({ patch: patch.name, module: target.written })
}

/** @throws UmbraError CALLBACK_DEADLINE */
export async function withDeadline<T>(work: T | Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new UmbraError('CALLBACK_DEADLINE', `the ${what} did not settle within ${DEADLINE / 1000} seconds`),
      )
    }, DEADLINE)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
