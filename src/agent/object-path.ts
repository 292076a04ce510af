import { createRequire } from 'node:module'
import { types } from 'node:util'
import { UmbraError } from '../livepatch/errors.ts'
import { matchTarget, parseTargetName } from '../livepatch/target-name.ts'
import { mainPath } from '../loader/main-path.ts'
import type { LoadedFile, Registry } from '../loader/registry.ts'
import { evaluateWithoutEffect } from './object-expression.ts'

/**
 * Finds an object of the program: `./pool.js:inUse[0].owner` begins at what a module exports, `cache.users` at a global.
 * Modules are named as targets are. Steps are `.name`, `["any name"]` and `[n]`; in a Set `[n]` is the n-th element, in a
 * Map any step is a key. None of the program's code runs: a getter or a proxy on the way ends it. What is no such path
 * is an expression, which may call what has no side effects; but not where only patches of trusted keys are code enough.
 *
 * @throws UmbraError OBJECT_PATH, saying which step leads nowhere and why
 */
export async function objectAt(written: string, registry: Registry, mayEvaluate: boolean): Promise<object> {
  const { module, path } = split(written)
  const start = module === undefined ? globalThis : await exportsOf(module, registry)
  const steps = parse(path)
  if (steps === undefined && !mayEvaluate)
    throw wrong(`'${path}' is no path, and a process with trusted keys evaluates no expressions`)
  const found =
    steps === undefined
      ? await evaluateWithoutEffect(path, start as object)
      : walk(start, steps, module === undefined ? '' : `${module}:`)
  if ((typeof found === 'object' && found !== null) || typeof found === 'function') return found
  throw wrong(`${written} is ${kindOf(found)}, not an object`)
}

function walk(start: unknown, steps: Step[], from: string): unknown {
  let [at, walked] = [start, from]
  for (const step of steps) {
    at = next(at, step, walked || 'globalThis')
    walked +=
      typeof step === 'number' ? `[${step}]` : `${walked === '' || walked.endsWith(':') ? '' : '.'}${step}`
  }
  return at
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : `a value of type ${typeof value}`
}

type Step = string | number

const STEP = /\.?([\p{ID_Start}$_][\p{ID_Continue}$]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\['([^'\\]*)'\]/uy

const MODULE = /^((?:file:\/\/|\.{0,2}\/|@?[\w-])[^:()[\]{}'"`?\s]*):(.*)$/su

function split(written: string): { module: string | undefined; path: string } {
  const [, module, path] = MODULE.exec(written) ?? []
  return { module, path: path ?? written }
}

/** Undefined for what is no path. */
function parse(path: string): Step[] | undefined {
  const steps: Step[] = []
  STEP.lastIndex = 0
  while (STEP.lastIndex < path.length) {
    const match = STEP.exec(path)
    if (match === null) return undefined
    const [, name, index, quoted, plain] = match
    steps.push(index === undefined ? (name ?? plain ?? (JSON.parse(quoted!) as string)) : Number(index))
  }
  return steps
}

function next(at: unknown, step: Step, walked: string): unknown {
  if ((typeof at !== 'object' || at === null) && typeof at !== 'function')
    throw wrong(`${walked} is ${kindOf(at)} and has no '${step}'`)
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
  const target = parseTargetName(module, mainPath())
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
