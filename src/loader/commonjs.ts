/**
 * CommonJS: the compile hook. It sees what require.extensions users such as pirates or tsx have made of a file, and it
 * leaves Node's way of loading files alone, which a load hook that returns source would change. ES modules come this way
 * too when they are required.
 */
import { Module } from 'node:module'
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Script } from 'node:vm'
import { onImport } from '../instrument/cell.ts'
import { standIn } from '../instrument/to-string.ts'
import { runScript, scriptOf } from './compiled.ts'
import { finish } from './finish.ts'
import { modulesLoad, modulesLoaded } from './inlining.ts'
import { isOwn, leftOut } from './options.ts'
import { loadsInstrumenter, mayImport, prepareAs } from './prepare.ts'
import { registry } from './registry.ts'
import { withoutTypes } from './typescript.ts'
import { expectWorkers, mayStartWorkers } from './workers.ts'

type Compile = (this: unknown, content: string, filename: string, format?: string) => unknown
type Internals = { prototype: { _compile: Compile }; _cache: Record<string, unknown> }

/** How ES modules are taken care of, as far as the compile hook is concerned. */
export interface ModuleHooks {
  /** Called before code runs that can load ES modules. */
  expect(): void
  /** True when required ES modules are prepared before they reach the compile hook. */
  readonly seeRequired: boolean
  /** Runs the compile step of a required ES module. */
  required(compile: () => unknown): unknown
}

/** Hooks into this thread's compile step. */
export function hookCommonJs(modules: ModuleHooks): void {
  const internals = Module as unknown as Internals
  for (const filename of Object.keys(internals._cache)) {
    registry.addUntouched(pathToFileURL(filename).href, 'it was loaded before umbra/register')
  }
  onImport(() => modules.expect())
  const compile = internals.prototype._compile
  let depth = 0
  const hooked: Compile = function _compile(content, filename, format) {
    modulesLoad()
    const { code, type, format: now, script } = codeFor(content, filename, format, modules)
    if (type === 'module') return modules.required(() => Reflect.apply(compile, this, [code, filename, now]))
    depth++
    try {
      const module = this as NodeJS.Module
      const result =
        script && depth > 1
          ? runScript(script, module, filename)
          : Reflect.apply(compile, this, [code, filename, now])
      registry.tellEvaluated(filename, module.exports)
      return result
    } finally {
      depth--
      if (depth <= 1 && !loadsInstrumenter()) modulesLoaded()
    }
  }
  internals.prototype._compile = standIn(hooked, compile)
}

/** What is to be compiled, as Node knows it. */
interface Code {
  code: string
  format: string | undefined
  type?: 'module'
  /** The code compiled, where umbra does that. */
  script?: Script | undefined
}

/** What is to be compiled in place of this content. Throws only what a listener of the registry throws. */
function codeFor(content: string, filename: string, format: string | undefined, modules: ModuleHooks): Code {
  const asItIs: Code = { code: content, format }
  if (typeof content !== 'string' || isOwn(filename) || loadsInstrumenter()) return asItIs
  if (!isAbsolute(filename)) return untouched(asItIs, modules)
  if (format?.endsWith('typescript')) {
    const text = withoutTypes(content, filename, pathToFileURL(filename).href)
    return text === undefined
      ? untouched(asItIs, modules)
      : codeFor(text, filename, plainFormats[format], modules)
  }
  if (format === 'module' && modules.seeRequired) return asItIs
  const reason = leftOut(filename)
  const prepared = reason === undefined ? prepareAs(content, filename, format) : { refused: reason }
  if (prepared.code !== undefined) {
    if (prepared.imports && !prepared.announcesImports) modules.expect()
    if (prepared.workers) expectWorkers()
    const script = prepared.file.type === 'commonjs' ? scriptOf(prepared, filename) : undefined
    const code = finish(prepared)
    if (prepared.file.type === 'module') return { code, format, type: 'module' }
    return { code, format, script: code === prepared.code ? script : undefined }
  }
  registry.addUntouched(pathToFileURL(filename).href, prepared.refused)
  return untouched(format === 'module' ? { ...asItIs, type: 'module' } : asItIs, modules)
}

/** Code that runs as it is; what it may load is prepared nevertheless. */
function untouched(code: Code, modules: ModuleHooks): Code {
  if (mayImport(code.code)) modules.expect()
  if (mayStartWorkers(code.code)) expectWorkers()
  return code
}

/** Formats of what is left when the types are gone. */
const plainFormats: Record<string, string> = {
  'commonjs-typescript': 'commonjs',
  'module-typescript': 'module',
}
