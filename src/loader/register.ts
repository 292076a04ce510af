/**
 * `node --import umbra/register app.js`: prepares every module that is loaded from here on, in this thread and in the
 * worker threads and child processes that it starts.
 */
import { startAgent } from '../agent/index.ts'
import { hideFromToString } from '../instrument/to-string.ts'
import { isMainThread, workerThreads } from '../thread.ts'
import { hookCommonJs } from './commonjs.ts'
import { raiseInliningLimits } from './inlining.ts'
import { isUnseen, mainMayBeModule } from './main-script.ts'
import { moduleHooks } from './modules.ts'
import { registry } from './registry.ts'
import { correctStackFrames } from './stack-frames.ts'
import { keepTickShape } from './ticks.ts'
import { expectWorkers } from './workers.ts'

const installed = Symbol.for('umbra.installed')
/** Node's own threads, which run hooks of other tools, run `--require` preloads too; they have no parent to talk to. */
const ofNode = !isMainThread && workerThreads().parentPort === null
const world = globalThis as never as Record<symbol, boolean | undefined>

if (!ofNode && !world[installed]) {
  Object.defineProperty(globalThis, installed, { value: true })
  const modules = moduleHooks()
  hookCommonJs(modules)
  if (!isMainThread || isUnseen()) expectWorkers()
  raiseInliningLimits()
  keepTickShape()
  hideFromToString((cell) => registry.byCell(cell))
  correctStackFrames()
  startAgent(registry)
  if (mainMayBeModule()) modules.expect()
}
