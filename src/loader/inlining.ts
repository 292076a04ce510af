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

/** How long after the last module the limits are raised, in milliseconds. */
const moment = 20

/** What a site adds to a function of two parameters, in bytes of bytecode, and what room programs then need. */
const { site, room } = cellForm === 'variable' ? { site: 42, room: 1450 } : { site: 47, room: 1600 }

/**
 * V8's limits for a single function and their defaults, by version of V8: which there are, and how the middle tier
 * (Maglev) uses its own, differs. The first is the same in all.
 */
const single: Record<string, Record<string, number>> = {
  '11.3': { 'max-inlined-bytecode-size-small': 27 },
  '12.4': { 'max-inlined-bytecode-size-small': 27 },
  '13.6': { 'max-inlined-bytecode-size-small': 27 },
  '14.6': {
    'max-inlined-bytecode-size-small': 30,
    'max-inlined-bytecode-size-small-with-heapnum-in-out': 75,
    'max-maglev-inlined-bytecode-size': 100,
    'max-maglev-inlined-bytecode-size-small': 27,
    'max-maglev-inlined-bytecode-size-small-with-heapnum-in-out': 75,
    'max-maglev-eager-inlined-bytecode-size': 30,
  },
}

/** What the limits are raised by, beside their defaults. That for all that one function inlines is shared by several. */
const limits: { name: string; usual: number; more: number }[] = [
  { name: 'max-inlined-bytecode-size-cumulative', usual: 920, more: room - 920 },
  ...Object.entries({
    'max-inlined-bytecode-size': 460,
    ...single[/^\d+\.\d+/.exec(process.versions.v8)![0]],
  }).map(([name, usual]) => ({ name, usual, more: site })),
]

/** Somebody who has set one of them knows why. */
const decided = /inlined[-_]bytecode[-_]size/.test(
  [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' '),
)

let raised = false
let timer: NodeJS.Timeout | undefined

/** To be called once a thread, at its start. */
export function raiseInliningLimits(): void {
  if (decided) return
  timer = setTimeout(modulesLoaded, moment).unref()
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
  if (timer === undefined) return
  if (raised) setLimits('usual')
  timer.refresh()
}

/** May be called when work is likelier to come than further modules. */
export function modulesLoaded(): void {
  if (timer !== undefined && !raised) setLimits('raised')
}

function setLimits(which: 'usual' | 'raised'): void {
  raised = which === 'raised'
  // here, because loading it takes longer than many programs run
  const v8 = process.getBuiltinModule('node:v8')
  for (const { name, usual, more } of limits) {
    v8.setFlagsFromString(`--${name}=${which === 'usual' ? usual : usual + more}`)
  }
}
