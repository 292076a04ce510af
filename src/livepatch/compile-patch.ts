import { Module } from 'node:module'
import { pathToFileURL } from 'node:url'
import { compileFunction } from 'node:vm'

/** What a linked patch gets (link.ts). */
export const PARAMETERS = ['$umbra', '$umbraModules', '$umbraMeta', '$umbraImport']
const MAP = /^\/\/# sourceMappingURL=data:.*$/m

type Compile = (this: unknown, content: string, filename: string) => unknown

/**
 * A linked patch as a function. It is compiled as one and not as a module, because Node's module cache never lets go of a
 * module: a patch that was unloaded must be collectable.
 */
export function compilePatch(code: string, filename: string): (...args: unknown[]) => unknown {
  const url = pathToFileURL(filename).href
  const map = process.sourceMapsEnabled ? MAP.exec(code)?.[0] : undefined
  if (map === undefined)
    return compileFunction(code, PARAMETERS, { filename: url }) as (...args: unknown[]) => unknown
  // Node reads the maps of modules only, and drops one with its module, which is in no cache here: so the patch's
  // functions hold on to it, by a name of their scope. The hook of umbra/register leaves alone what is no path.
  const module = new Module(url) as unknown as { _compile: Compile; exports: (...args: unknown[]) => unknown }
  const head = `const $umbraModule=module;module.exports=function(${PARAMETERS.join()}){`
  module._compile(`${head}${code}\n;$umbraModule}\n${map}`, url)
  return module.exports
}
