/**
 * V8 decides by the length of bytecode what it inlines, and a site adds some forty bytes to a function that optimised
 * code has nothing of. So the limits are raised by as much: without that a function of prepared code inlines half of
 * what it would inline plain, which costs up to an eighth of a program's speed, and with more room than that it inlines
 * more than plain code, which takes V8 longer to compile (docs/performance.md).
 *
 * V8 takes compiled code from a cache only under the options it was compiled under. So that Node's built-in modules and
 * its cache of compiled code go on being taken, the usual limits hold while modules are loaded, and the raised ones when
 * what the main module requires is there, or none has been loaded for a moment. Options are the process's, loading is a
 * thread's: where threads load at different times some code is compiled that a cache had.
 */
import { cellForm } from '../instrument/cell.ts'
import { onExit } from './exit.ts'
import { onWorker } from './workers.ts'

/** The limits are raised after one to two of these without a module, in milliseconds. */
const moment = 20

/** What a site adds to a function of two parameters, in bytes of bytecode, and what room programs then need. */
const { site, room } = cellForm === 'variable' ? { site: 42, room: 1450 } : { site: 47, room: 1600 }

/** What V8 inlines wherever it can: three bytes more since its version 14. */
const small = Number.parseInt(process.versions.v8, 10) < 14 ? 27 : 30

/**
 * V8's options, their defaults, and what comes to the same for prepared code. How many functions share the cumulative
 * limit depends on the program: with what it is raised to, most inline as many functions as plain.
 */
const limits = {
  'max-inlined-bytecode-size': { usual: 460, raised: 460 + site },
  'max-inlined-bytecode-size-small': { usual: small, raised: small + site },
  'max-inlined-bytecode-size-cumulative': { usual: 920, raised: room },
}

/** Somebody who has set one of them knows why. */
const decided = /inlined[-_]bytecode[-_]size/.test(
  [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' '),
)

let raised = false
/** Whether modules have been loaded in the last moment: the timer is not set anew with each of them. */
let loading = false
let timer: NodeJS.Timeout | undefined

/** To be called once a thread, at its start. */
export function raiseInliningLimits(): void {
  if (decided) return
  timer = setTimeout(momentPassed, moment).unref()
  onExit(() => {
    modulesLoad()
    timer = undefined // nothing raises them again: what was compiled is about to be kept
  })
  onWorker((worker) => {
    modulesLoad() // it loads modules as it starts
    // and has set the usual limits as it ended
    worker.once('exit', () => {
      if (raised) setLimits('raised')
    })
  })
}

/** To be called before modules are compiled, or what is compiled is kept. */
export function modulesLoad(): void {
  loading = true
  if (raised && timer !== undefined) {
    setLimits('usual')
    timer.refresh()
  }
}

function momentPassed(): void {
  if (!loading) return modulesLoaded()
  loading = false
  timer?.refresh()
}

/** May be called when work is likelier to come than further modules. */
export function modulesLoaded(): void {
  if (timer !== undefined && !raised) setLimits('raised')
}

function setLimits(which: 'usual' | 'raised'): void {
  raised = which === 'raised'
  // here, because loading it takes longer than many programs run
  const v8 = process.getBuiltinModule('node:v8')
  for (const [name, values] of Object.entries(limits)) v8.setFlagsFromString(`--${name}=${values[which]}`)
}
