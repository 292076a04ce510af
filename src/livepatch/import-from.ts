import { constants, Script } from 'node:vm'

/** What `import.meta` and `import()` are in a file of the program. */
export interface ModulePlace {
  meta: { url: string; filename?: string; dirname?: string }
  import: Import
}

export type Import = (specifier: string, options?: ImportCallOptions) => Promise<unknown>

/** `import()` as it stands in the file at `url`: names lead where they lead from there, by the program's own hooks. */
export function importFrom(url: string): Import {
  const text = '(specifier, options) => import(specifier, options)'
  const script = new Script(text, {
    filename: url,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  return script.runInThisContext() as Import
}
