/**
 * Node's own cache of compiled code (from 22.8 on), for ES modules: compiled CommonJS is in the pack. Prepared code is
 * longer than the original; with this it starts faster than the original does without. Writing it takes longer than
 * running most programs' modules does, a file each: it is left to the second run, which has nothing to instrument any more.
 */
import module from 'node:module'
import { join } from 'node:path'
import { modulesLoad } from './inlining.ts'

interface CompileCache {
  enableCompileCache?: (folder: string) => unknown
  flushCompileCache?: () => void
}

const { enableCompileCache, flushCompileCache } = module as CompileCache
/** When a program has loaded what it starts with, in milliseconds: it may never end in good order. */
const settled = 5000
let ours = false

/** Turns it on, below this folder, unless the program's environment has decided about it. */
export function cacheCompiled(folder: string | undefined): void {
  const { NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE, NODE_V8_COVERAGE } = process.env
  if (folder === undefined || NODE_COMPILE_CACHE || NODE_DISABLE_COMPILE_CACHE || NODE_V8_COVERAGE) return
  if (!enableCompileCache) return
  ours = true
  enableCompileCache(join(folder, 'compiled'))
  setTimeout(keepCompiled, settled).unref()
}

/** Writes what has been compiled so far; Node itself does it when the process ends in good order. */
export function keepCompiled(): void {
  if (!ours) return
  modulesLoad() // it is kept as it is taken: under V8's usual limits
  flushCompileCache?.()
}
