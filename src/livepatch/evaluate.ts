import { createRequire, isBuiltin } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { types } from 'node:util'
import { own } from '../define.ts'
import * as umbra from '../index.ts'
import type { Registry } from '../loader/registry.ts'
import * as shadow from '../shadow/index.ts'
import type { State } from './api.ts'
import { compilePatch } from './compile-patch.ts'
import { helpers } from './context.ts'
import { describeError, UmbraError } from './errors.ts'
import { entryOfPackage } from './package.ts'
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

/** By the name in an import of a patch, the file of the package's running copy: threads of one process run the same. */
export type Copies = Readonly<Record<string, string>>

/** A patch that has run, and which copies of packages it was given. */
export interface Evaluated {
  exported: unknown
  copies: Copies
}

/**
 * Runs a linked patch module. `known` are the copies that another thread has: one that this thread has not loaded is
 * loaded for the patch.
 *
 * @throws UmbraError PATCH_IMPORT when an import leads nowhere, PATCH_THROWS when the module's own code throws
 */
export async function evaluate(
  source: PatchSource,
  registry: Registry,
  own: OwnExports,
  clock: Stopwatch,
  known: Copies = {},
): Promise<Evaluated> {
  const { filename } = source
  const { modules, packages } = ownModules(source, own)
  const copies: Record<string, string> = {}
  for (const specifier of packages) {
    const copy = runningCopy(specifier, filename, registry, known[specifier])
    copies[specifier] = copy.path
    modules[specifier] = await open(copy)
  }
  const exported = clock.run(() => run(source, modules, (one) => resolve(one, filename, registry, own)))
  return { exported, copies }
}

/** The same before the program's or a thread's first line: packages that it will load are loaded for the patch first. */
export function evaluateNow(
  source: PatchSource,
  registry: Registry,
  own: OwnExports,
  main: string | undefined,
  known: Copies,
): Evaluated {
  const { filename } = source
  const { modules, packages } = ownModules(source, own)
  const copies: Record<string, string> = {}
  for (const specifier of packages) {
    try {
      const path = known[specifier] ?? entryOfPackage(specifier, main ?? `${process.cwd()}/main`)
      copies[specifier] = path
      modules[specifier] = namespaceOf(createRequire(path)(path))
    } catch (error) {
      throw new UmbraError(
        'PATCH_IMPORT',
        `${filename} imports '${specifier}', which cannot be loaded for it before the first line: ` +
          describeError(error).message,
        { cause: error },
      )
    }
  }
  const exported = run(source, modules, (specifier) => resolve(specifier, filename, registry, own))
  return { exported, copies }
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
    const reason = describeError(error).message
    throw new UmbraError('PATCH_THROWS', `${filename} threw while it was evaluated: ${reason}`, {
      cause: error,
    })
  }
}

/** What an import of a patch leads to; a promise only for an ES module of the program. */
function resolve(specifier: string, filename: string, registry: Registry, own: OwnExports): unknown {
  return ownModule(specifier, own) ?? open(runningCopy(specifier, filename, registry))
}

/** What a patch imports: modules that are there already, and the names of packages of the program. */
function ownModules({ imports }: PatchSource, own: OwnExports): { modules: Modules; packages: string[] } {
  const given = imports.map((specifier) => [specifier, ownModule(specifier, own)] as const)
  return {
    modules: Object.fromEntries(given.filter(([, module]) => module !== undefined)),
    packages: given.filter(([, module]) => module === undefined).map(([specifier]) => specifier),
  }
}

/** What is umbra's or Node's; undefined for a package of the program. */
function ownModule(specifier: string, own: OwnExports): unknown {
  switch (specifier) {
    case 'umbra':
      return { ...umbra, ...own }
    case 'umbra/shadow':
      return shadow
    case 'umbra/shared':
      return require('#dist/shared/index.js')
    default:
      return isBuiltin(specifier) ? namespaceOf(process.getBuiltinModule(specifier)) : undefined
  }
}

/** The shape that `import` gives a CommonJS module; no getter of the module is called for it. */
function namespaceOf(exported: unknown): unknown {
  if (types.isModuleNamespaceObject(exported)) return exported
  const isObject = (typeof exported === 'object' && exported !== null) || typeof exported === 'function'
  return Object.create(isObject ? (exported as object) : null, { default: own({ value: exported }) })
}

interface Copy {
  url: string
  path: string
}

/** A bare import of a package that a target belongs to: the copy that the program runs. */
function runningCopy(specifier: string, filename: string, registry: Registry, known?: string): Copy {
  const target = parseTargetName(specifier, undefined)
  const copies = new Map<string, string>()
  for (const { url, filename: path } of registry.files()) {
    if (path !== undefined && matchTarget(target, path) === 'yes') copies.set(url, path)
  }
  const [copy, ...others] = copies
  if (copy === undefined && known !== undefined) return { url: pathToFileURL(known).href, path: known }
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
  return { url, path }
}

function open({ url, path }: Copy): unknown {
  const cached = createRequire(path).cache[path]
  return cached === undefined ? import(url) : namespaceOf(cached.exports)
}
