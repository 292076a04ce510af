import { createRequire } from 'node:module'
import { types } from 'node:util'
import { UmbraError } from '../livepatch/errors.ts'
import { matchTarget, parseTargetName } from '../livepatch/target-name.ts'
import type { LoadedFile, Registry } from '../loader/registry.ts'

/**
 * Finds an object of the program by a path: `./pool.js:inUse[0].owner` begins at what a module exports, `cache.users` at
 * a global. Modules are named as targets are. Steps are `.name`, `["any name"]` and `[n]`; in a Set `[n]` is the n-th
 * element, in a Map any step is a key. None of the program's code runs: a getter or a proxy on the way ends it.
 *
 * @throws UmbraError OBJECT_PATH, saying which step leads nowhere and why
 */
export async function objectAt(path: string, registry: Registry): Promise<object> {
  const { module, steps } = parse(path)
  let at: unknown = module === undefined ? globalThis : await exportsOf(module, registry)
  let walked = module === undefined ? '' : `${module}:`
  for (const step of steps) {
    at = next(at, step, walked || 'globalThis')
    walked +=
      typeof step === 'number' ? `[${step}]` : `${walked === '' || walked.endsWith(':') ? '' : '.'}${step}`
  }
  if ((typeof at === 'object' && at !== null) || typeof at === 'function') return at
  throw wrong(`${walked} is ${at === null ? 'null' : `a value of type ${typeof at}`}, not an object`)
}

type Step = string | number

const STEP = /\.?([\p{ID_Start}$_][\p{ID_Continue}$]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\['([^'\\]*)'\]/uy

function parse(path: string): { module: string | undefined; steps: Step[] } {
  const head = path.split('[', 1)[0]!
  const colon = head.lastIndexOf(':')
  const steps: Step[] = []
  STEP.lastIndex = colon + 1
  while (STEP.lastIndex < path.length) {
    const from = STEP.lastIndex
    const match = STEP.exec(path)
    if (match === null)
      throw wrong(`'${path.slice(from)}' in '${path}' is no step: .name, [number] or ["name"]`)
    const [, name, index, quoted, plain] = match
    steps.push(index === undefined ? (name ?? plain ?? (JSON.parse(quoted!) as string)) : Number(index))
  }
  return { module: colon < 0 ? undefined : path.slice(0, colon), steps }
}

function next(at: unknown, step: Step, walked: string): unknown {
  if ((typeof at !== 'object' || at === null) && typeof at !== 'function')
    throw wrong(`${walked} is ${at === null ? 'null' : `a value of type ${typeof at}`} and has no '${step}'`)
  if (types.isProxy(at)) throw wrong(`${walked} is a proxy: a path runs none of the program's code`)
  if (types.isSet(at) && typeof step === 'number') {
    const elements = [...Set.prototype.values.call(at)]
    if (step < elements.length) return elements[step]
    throw wrong(`${walked} is a set of ${elements.length}`)
  }
  if (types.isMap(at) && Map.prototype.has.call(at, step)) return Map.prototype.get.call(at, step)
  return property(at, step, walked)
}

function property(at: object, step: Step, walked: string): unknown {
  for (let holder: object | null = at; holder !== null; holder = Object.getPrototypeOf(holder)) {
    if (types.isProxy(holder))
      throw wrong(`${walked} inherits from a proxy: a path runs none of the program's code`)
    const found = describe(holder, step, walked)
    if (found === undefined) continue
    if ('value' in found) return found.value
    throw wrong(`'${step}' of ${walked} is a getter: a path runs none of the program's code`)
  }
  throw wrong(`${walked} has no '${step}'`)
}

function describe(holder: object, step: Step, walked: string): PropertyDescriptor | undefined {
  try {
    return Object.getOwnPropertyDescriptor(holder, step)
  } catch (error) {
    // An export that is not initialised yet.
    throw wrong(`'${step}' of ${walked}: ${(error as Error).message}`)
  }
}

async function exportsOf(module: string, registry: Registry): Promise<unknown> {
  const target = parseTargetName(module, process.argv[1])
  const found = new Map<string, LoadedFile>()
  for (const file of registry.files()) {
    if (file.filename !== undefined && matchTarget(target, file.filename) === 'yes') found.set(file.url, file)
  }
  const [file, ...others] = found.values()
  if (file === undefined)
    throw wrong(`the process has loaded no module '${module}' ('umbra sites' lists them)`)
  if (others.length > 0) {
    throw wrong(`the process has loaded '${module}' ${found.size} times: ${[...found.keys()].join(', ')}`)
  }
  const filename = file.filename!
  const cached = createRequire(filename).cache[filename]
  // It is loaded: importing it runs nothing.
  return cached === undefined || file.type === 'module' ? import(file.url) : cached.exports
}

function wrong(message: string): UmbraError {
  return new UmbraError('OBJECT_PATH', message)
}
