import { setImmediate as nextTurn } from 'node:timers/promises'

type CommandsModule = typeof import('./commands.ts')

/**
 * What commands.ts is made of, from the bottom up. Newer versions of Node load a whole graph of ES modules in one turn of
 * the event loop: this one takes some 50 ms, in pieces none of them takes more than a few.
 */
const PIECES: (() => Promise<unknown>)[] = [
  () => import('../shadow/index.ts'),
  () => import('../index.ts'),
  () => import('../livepatch/package.ts'),
  () => import('semver/classes/semver.js'),
  () => import('semver/classes/range.js'),
  () => import('../livepatch/target-name.ts'),
  () => import('../livepatch/replacement.ts'),
  () => import('../livepatch/evaluate.ts'),
  () => import('../livepatch/http-tasks.ts'),
  () => import('../livepatch/transition.ts'),
  () => import('../livepatch/additions.ts'),
  () => import('../livepatch/patch.ts'),
  () => import('../livepatch/core.ts'),
  () => import('./threads/coordinator.ts'),
  () => import('./shadow.ts'),
]

/** Loads commands.ts without holding up the program, which may be busy serving others. */
export async function loadCommands(): Promise<CommandsModule> {
  for (const load of PIECES) {
    await load()
    await nextTurn()
  }
  return import('./commands.ts')
}
