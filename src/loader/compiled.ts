/**
 * CommonJS from V8's cache data. Node's compile step takes no such data, and its own cache of compiled code is a file a
 * module, so this one stands in for it: the same wrapper around the code, the same `require`. Node's own step still runs
 * the first module of each stack, and with it sets up what it does once.
 */
import { Module } from 'node:module'
import { dirname } from 'node:path'
import vm from 'node:vm'
import type { Prepared } from './prepare.ts'

type Internals = {
  _cache: object
  _extensions: object
  _resolveFilename(request: string, parent: object, isMain: boolean, options?: object): string
  _resolveLookupPaths(request: string, parent: object): string[] | null
}
type ModuleLike = NodeJS.Module & { [key: symbol]: boolean }

const internals = Module as unknown as Internals
const defaultLoader = (vm.constants as { USE_MAIN_CONTEXT_DEFAULT_LOADER?: number } | undefined)
  ?.USE_MAIN_CONTEXT_DEFAULT_LOADER

/** What Node itself puts around the text of a CommonJS module. */
export const wrapper = {
  before: '(function (exports, require, module, __filename, __dirname) {\n',
  after: '\n})',
}

/** True where this can be done. */
export const compilesItself = defaultLoader !== undefined

/** Node's compile step uses `Module.wrap` as soon as a program has changed it, or the wrapper that it uses. */
const usual = Module.wrap('')

/**
 * The script of prepared code; undefined where Node must compile it: its default loader, for one, warns that it is
 * experimental as soon as it imports something. The script's cache data is kept when there was none.
 */
export function scriptOf(
  { code, wrapped, imports, map, data, made }: Prepared & { code: string },
  filename: string,
): vm.Script | undefined {
  if (!compilesItself || map !== undefined || code.startsWith('#!') || imports) return undefined
  if (Module.wrap('') !== usual) return undefined
  try {
    const script = new vm.Script(wrapped ?? wrapper.before + code + wrapper.after, {
      filename,
      lineOffset: -1,
      cachedData: data,
      importModuleDynamically: defaultLoader as never,
    })
    if (made) made.compiled = () => script.createCachedData()
    return script
  } catch {
    return undefined // Node's own error is the one to show
  }
}

/** Runs a module's script as `Module.prototype._compile` does. */
export function runScript(script: vm.Script, module: NodeJS.Module, filename: string): unknown {
  const run = script.runInThisContext() as (...parameters: unknown[]) => unknown
  const { exports } = module
  isExecuting ??= executionMark()
  if (isExecuting) (module as ModuleLike)[isExecuting] = true
  const result = Reflect.apply(run, exports, [
    exports,
    requireOf(module),
    module,
    filename,
    dirname(filename),
  ])
  if (isExecuting) (module as ModuleLike)[isExecuting] = false
  return result
}

let isExecuting: symbol | undefined

/** Node finds cycles between the two kinds of modules by this mark. */
function executionMark(): symbol | undefined {
  const main = process.mainModule
  return main && Object.getOwnPropertySymbols(main).find(({ description }) => description === 'kIsExecuting')
}

function requireOf(module: NodeJS.Module): NodeJS.Require {
  // Named by properties, because a bundler renames functions.
  // biome-ignore-start lint/complexity/useArrowFunction: the ones that Node makes have a prototype
  const named = {
    require: function (path: string): unknown {
      return module.require(path)
    },
    resolve: function (request: string, options?: object): string {
      if (typeof request !== 'string') return Module.createRequire(module.filename).resolve(request, options)
      return internals._resolveFilename(request, module, false, options)
    },
    paths: function (request: string): string[] | null {
      if (typeof request !== 'string') return Module.createRequire(module.filename).resolve.paths(request)
      return internals._resolveLookupPaths(request, module)
    },
  }
  // biome-ignore-end lint/complexity/useArrowFunction: as above
  return Object.assign(named.require, {
    resolve: Object.assign(named.resolve, { paths: named.paths }),
    main: process.mainModule,
    extensions: internals._extensions,
    cache: internals._cache,
  }) as unknown as NodeJS.Require
}
