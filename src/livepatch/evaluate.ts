import { createRequire, isBuiltin } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compileFunction } from 'node:vm'
import type { Registry } from '../loader/registry.ts'
import type { State } from './api.ts'
import { helpers } from './context.ts'
import { UmbraError } from './errors.ts'
import type { LinkedPatch } from './link.ts'
import { replacement } from './replacement.ts'
import type { Stopwatch } from './stopwatch.ts'
import { filenameOf, matchTarget, parseTargetName } from './target-name.ts'

/** What is each patch's own in its `import … from 'umbra'`; all else comes from the process's copy. */
export interface OwnExports {
  getState(id: string): State | undefined
  getPrevState(id: string): State | undefined
}

/**
 * Runs a linked patch module and returns its default export. It is compiled as a function and not as a module, because
 * Node's module cache never lets go of a module: a patch that was unloaded must be collectable.
 *
 * @throws UmbraError PATCH_IMPORT when an import leads nowhere, PATCH_THROWS when the module's own code throws
 */
export async function evaluate(
  { body, imports }: LinkedPatch,
  filename: string,
  registry: Registry,
  clock: Stopwatch,
  own: OwnExports,
): Promise<unknown> {
  const modules: Record<string, unknown> = {}
  const load = async (specifier: string): Promise<unknown> => {
    const module = await importFor(specifier, filename, registry)
    return specifier === 'umbra' ? { ...(module as object), ...own } : module
  }
  for (const specifier of imports) modules[specifier] = await load(specifier)
  const url = pathToFileURL(filename).href
  return clock.run(() => {
    const run = compileFunction(body, ['$umbra', '$modules', '$meta', '$import'], { filename: url })
    try {
      const meta = { url, filename, dirname: dirname(filename) }
      return run({ ...helpers, replacement }, modules, meta, load) as unknown
    } catch (error) {
      if (error instanceof UmbraError) throw error
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
      throw new UmbraError('PATCH_THROWS', `${filename} threw while it was evaluated: ${reason}`, {
        cause: error,
      })
    }
  })
}

async function importFor(specifier: string, filename: string, registry: Registry): Promise<unknown> {
  if (specifier === 'umbra' || specifier.startsWith('umbra/')) return umbraModule(specifier, filename)
  if (isBuiltin(specifier)) return import(specifier)
  return runningCopy(specifier, filename, registry)
}

async function umbraModule(specifier: string, filename: string): Promise<unknown> {
  switch (specifier) {
    case 'umbra':
      return import('../index.ts')
    case 'umbra/shadow':
      return import('../shadow/index.ts')
    case 'umbra/shared':
      return import('../shared/index.ts')
    default:
      throw new UmbraError('PATCH_IMPORT', `${filename}: a patch cannot import '${specifier}'`)
  }
}

/** A bare import of a package that a target belongs to: the copy that the program runs. */
async function runningCopy(specifier: string, filename: string, registry: Registry): Promise<unknown> {
  const target = parseTargetName(specifier, undefined)
  const urls = new Set<string>()
  for (const file of registry.files()) {
    const path = filenameOf(file.url)
    if (path !== undefined && matchTarget(target, path) === 'yes') urls.add(file.url)
  }
  const [url, ...others] = urls
  if (url === undefined) {
    throw new UmbraError(
      'PATCH_IMPORT',
      `${filename} imports '${specifier}', which this process has not loaded; bundle it, or load the patch later`,
    )
  }
  if (others.length > 0) {
    throw new UmbraError(
      'PATCH_IMPORT',
      `${filename} imports '${specifier}', of which this process runs ${urls.size} copies: ${[...urls].join(', ')}`,
    )
  }
  return loadedModule(url)
}

async function loadedModule(url: string): Promise<unknown> {
  const path = filenameOf(url)!
  const cached = createRequire(path).cache[path]
  if (cached === undefined) return import(url)
  const exported: unknown = cached.exports
  // The shape that `import` gives a CommonJS module.
  return Object.assign(Object.create(null), exported, { default: exported })
}
