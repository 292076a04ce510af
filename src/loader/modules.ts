/**
 * ES modules. Where `module.registerHooks` exists the load hook runs in this thread. It is registered when the first
 * ES module is in sight: a load hook slows the loading of CommonJS down by a tenth, and programs that are CommonJS
 * throughout need none. Elsewhere `module.register` does, see threaded.ts.
 */
import module from 'node:module'
import type { ModuleHooks } from './commonjs.ts'
import { moduleCode } from './finish.ts'
import { bufferOf } from './text.ts'
import { threadedHooks } from './threaded.ts'

type LoadResult = { format?: string | null; source?: string | ArrayBuffer | NodeJS.TypedArray | null }
type Load = (url: string, context: object, next: (url: string, context: object) => LoadResult) => LoadResult
type RegisterHooks = (hooks: { load: Load }) => void

export function moduleHooks(): ModuleHooks {
  const { registerHooks } = module as unknown as { registerHooks?: RegisterHooks }
  return registerHooks ? ownThreadHooks(registerHooks) : threadedHooks()
}

function ownThreadHooks(registerHooks: RegisterHooks): ModuleHooks {
  let registered = false
  return {
    expect() {
      if (registered) return
      registered = true
      registerHooks({ load })
    },
    get seeRequired() {
      return registered
    },
    required(compile) {
      this.expect()
      return compile()
    },
  }
}

const load: Load = (url, context, next) => {
  const result = next(url, context)
  if (result.format !== 'module' || result.source == null || !url.startsWith('file:')) return result
  const code = moduleCode(url, bufferOf(result.source))
  return code === undefined ? result : { ...result, source: code }
}
