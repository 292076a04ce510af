import { once } from 'node:events'
import { getHeapStatistics } from 'node:v8'
import { Worker } from 'node:worker_threads'
import type { Build } from '../build/build.ts'
import { UmbraError } from '../livepatch/errors.ts'

/** What `umbra build` was asked for. */
export interface Order {
  old: string | undefined
  young: string | undefined
  options: {
    from?: string
    to?: string
    diff?: string
    root: string
    run?: string
    main?: string
    name?: string
    fields?: 'shadow' | 'author'
    dependencies: boolean
    bundles?: boolean
  }
}

export type MadeBuild = Omit<Build, 'wanted' | 'taken' | 'text' | 'names' | 'relies'>

export type Answer = { made: MadeBuild } | { error: { code: string; message: string } }

/** A sum of thousands of texts, or a chain of as many `else if`, is a tree of that depth. */
const STACK = 128

/**
 * Makes a patch in a thread of its own: its stack has room for code that is nested deeply, which the main thread's has not,
 * and a progress display goes on meanwhile. The parser and npm are big; every other command does without them.
 */
export async function madeBuild(order: Order): Promise<MadeBuild> {
  const heap = Math.ceil(getHeapStatistics().heap_size_limit / 2 ** 20)
  const thread = new Worker(new URL(import.meta.resolve('#dist/cli/build-thread.js')), {
    workerData: order,
    resourceLimits: { stackSizeMb: STACK, maxOldGenerationSizeMb: heap },
  })
  const [answer] = (await once(thread, 'message')) as [Answer]
  if ('error' in answer) throw new UmbraError(answer.error.code, answer.error.message)
  return answer.made
}
