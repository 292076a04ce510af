import { createRequire, isBuiltin } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as umbra from '../index.ts'
import type { Registry } from '../loader/registry.ts'
import * as shadow from '../shadow/index.ts'
import type { State } from './api.ts'
import { compilePatch } from './compile-patch.ts'
import { helpers } from './context.ts'
import { UmbraError } from './errors.ts'
import type { PatchSource } from './patch.ts'
import { replacement } from './replacement.ts'
import type { Stopwatch } from './stopwatch.ts'
import { matchTarget, parseTargetName } from './target-name.ts'

/** What is each patch's own in its `import … from 'umbra'`; all else comes from the process's copy. */
export interface OwnExports {
  getState(id: string): State | undefined
  getPrevState(id: string): State | undefined
}

const require = createRequire(import.meta.url)

type Modules = Record<string, unknown>

/**
 * Runs a linked patch module and returns its default export.
 *
 * @throws UmbraError PATCH_IMPORT when an import leads nowhere, PATCH_THROWS when the module's own code throws
 */
export async function evaluate(
  source: PatchSource,
  registry: Registry,
  own: OwnExports,
  clock: Stopwatch,
): Promise<unknown> {
  const { filename } = source
  const modules: Modules = {}
  for (const specifier of source.imports)
    modules[specifier] = await resolve(specifier, filename, registry, own)
  return clock.run(() => run(source, modules, (specifier) => resolve(specifier, filename, registry, own)))
}

/** The same before the program's first line: packages that it will load are loaded for the patch first. */
export function evaluateNow(
  source: PatchSource,
  registry: Registry,
  own: OwnExports,
  main: string | undefined,
): unknown {
  const { filename } = source
  const modules: Modules = {}
  for (const specifier of source.imports) {
    const isOwn = isBuiltin(specifier) || /^umbra(?:\/|$)/.test(specifier)
    modules[specifier] = isOwn
      ? resolve(specifier, filename, registry, own)
      : namespaceOf(createRequire(main ?? `${process.cwd()}/main`)(specifier))
  }
  return run(source, modules, (specifier) => resolve(specifier, filename, registry, own))
}

function run(
  { code, filename }: PatchSource,
  modules: Modules,
  load: (specifier: string) => unknown,
): unknown {
  const url = pathToFileURL(filename).href
  try {
    const module = compilePatch(code, filename)
    const meta = { url, filename, dirname: dirname(filename) }
    return module({ ...helpers, replacement }, modules, meta, async (specifier: string) => load(specifier))
  } catch (error) {
    if (error instanceof UmbraError) throw error
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    throw new UmbraError('PATCH_THROWS', `${filename} threw while it was evaluated: ${reason}`, {
      cause: error,
    })
  }
}

/** What an import of a patch leads to; a promise only for an ES module of the program. */
function resolve(specifier: string, filename: string, registry: Registry, own: OwnExports): unknown {
  switch (specifier) {
    case 'umbra':
      return { ...umbra, ...own }
    case 'umbra/shadow':
      return shadow
    case 'umbra/shared':
      return require('#dist/shared/index.js')
    default:
      return isBuiltin(specifier)
        ? namespaceOf(process.getBuiltinModule(specifier))
        : runningCopy(specifier, filename, registry)
  }
}

/** The shape that `import` gives a CommonJS module; no getter of the module is called for it. */
function namespaceOf(exported: unknown): unknown {
  const isObject = (typeof exported === 'object' && exported !== null) || typeof exported === 'function'
  return Object.create(isObject ? (exported as object) : null, { default: { value: exported } })
}

/** A bare import of a package that a target belongs to: the copy that the program runs. */
function runningCopy(specifier: string, filename: string, registry: Registry): unknown {
  const target = parseTargetName(specifier, undefined)
  const copies = new Map<string, string>()
  for (const { url, filename: path } of registry.files()) {
    if (path !== undefined && matchTarget(target, path) === 'yes') copies.set(url, path)
  }
  const [copy, ...others] = copies
  if (copy === undefined) {
    throw new UmbraError(
      'PATCH_IMPORT',
      `${filename} imports '${specifier}', which this process has not loaded: load the patch when it has`,
    )
  }
  if (others.length > 0) {
    const urls = [...copies.keys()].join(', ')
    throw new UmbraError(
      'PATCH_IMPORT',
      `${filename} imports '${specifier}', of which this process runs ${copies.size} copies: ${urls}`,
    )
  }
  const [url, path] = copy
  const cached = createRequire(path).cache[path]
  return cached === undefined ? import(url) : namespaceOf(cached.exports)
}
