/**
 * ES modules. Where `module.registerHooks` exists the load hook runs in this thread. It is registered when the first
 * ES module is in sight: a load hook slows the loading of CommonJS down by a tenth, and programs that are CommonJS
 * throughout need none. Elsewhere `module.register` does, see threaded.ts.
 */
import module, { syncBuiltinESMExports } from 'node:module'
import { fileURLToPath } from 'node:url'
import { standIn } from '../instrument/to-string.ts'
import type { ModuleHooks } from './commonjs.ts'
import { cacheCompiled } from './compile-cache.ts'
import { moduleCode } from './finish.ts'
import { modulesLoad } from './inlining.ts'
import { store } from './prepare.ts'
import { cacheFolder } from './store.ts'
import { bufferOf, textOf } from './text.ts'
import { threadedHooks } from './threaded.ts'
import { withoutTypes } from './typescript.ts'
import { expectWorkers } from './workers.ts'

type LoadResult = { format?: string | null; source?: string | ArrayBuffer | NodeJS.TypedArray | null }
type Load = (url: string, context: object, next: (url: string, context: object) => LoadResult) => LoadResult
type Registration = { deregister(): void }
type RegisterHooks = (hooks: { load: Load }) => Registration
type WithHooks = { registerHooks?: RegisterHooks }

export function moduleHooks(): ModuleHooks {
  const { registerHooks } = module as unknown as WithHooks
  return registerHooks ? ownThreadHooks(registerHooks) : threadedHooks()
}

/** Registers the hook, and again whenever somebody else has registered theirs: the last one sees what all others did. */
function ownThreadHooks(original: RegisterHooks): ModuleHooks {
  let own: Registration | undefined
  const register = () => {
    own?.deregister()
    own = original({ load })
  }
  const hooked: RegisterHooks = function (this: unknown, hooks) {
    const registration = Reflect.apply(original, this, [hooks]) as Registration
    if (own) register()
    return registration
  }
  ;(module as unknown as WithHooks).registerHooks = standIn(hooked, original)
  syncBuiltinESMExports()
  const expect = () => {
    if (own) return
    if (store.hasPack) cacheCompiled(cacheFolder())
    register()
  }
  return {
    expect,
    get seeRequired() {
      return own !== undefined
    },
    required(compile) {
      expect()
      return compile()
    },
  }
}

const load: Load = (url, context, next) => {
  modulesLoad()
  if (url === 'node:worker_threads') expectWorkers()
  const result = next(url, context)
  const { format, source } = result
  if (source == null || !url.startsWith('file:')) return result
  if (format === 'module') {
    const code = moduleCode(url, bufferOf(source))
    return code === undefined ? result : { ...result, source: code }
  }
  if (format !== 'module-typescript') return result
  const text = withoutTypes(textOf(bufferOf(source)), fileURLToPath(url), url)
  const code = text === undefined ? undefined : moduleCode(url, text)
  return code === undefined ? result : { ...result, format: 'module', source: code }
}
