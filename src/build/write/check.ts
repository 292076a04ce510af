import { compileFunction } from 'node:vm'
import { instrument } from '../../instrument/index.ts'
import type { FileSites } from '../../instrument/types.ts'
import { definePatch, type PatchDefinition, type Target } from '../../livepatch/api.ts'
import { PARAMETERS } from '../../livepatch/compile-patch.ts'
import { helpers } from '../../livepatch/context.ts'
import { UmbraError } from '../../livepatch/errors.ts'
import { Isolation } from '../../livepatch/isolation.ts'
import { link } from '../../livepatch/link.ts'
import { PatchTarget } from '../../livepatch/patch.ts'
import { replacement } from '../../livepatch/replacement.ts'
import type { LoadedFile } from '../../loader/registry.ts'
import type { SourceFile } from '../read/source-file.ts'

/** Why a process would refuse a part of a patch. */
export interface Refusal {
  target: string
  /** The function or, with `scope: true`, the scope. */
  key: string
  scope: boolean
  message: string
  /** It needs a name that neither the running module nor the patch has there. */
  isUnknownName: boolean
}

/**
 * Links a patch and binds every part of it to the old version, as a process does that loads it. Nothing of the package
 * runs: replacements and blocks are made, not called.
 */
export function refusals(code: string, sources: Map<string, SourceFile>): Refusal[] {
  const { code: body, imports } = link(code, 'patch.mjs')
  const umbra = {
    definePatch,
    scope: {},
    original: () => {},
    AddedField: class {},
    AddedParameters: class {},
  }
  const modules = Object.fromEntries(imports.map((specifier) => [specifier, umbra]))
  const run = compileFunction(body, PARAMETERS)
  const { targets } = run({ ...helpers, replacement }, modules, {}, undefined) as PatchDefinition
  return targets.flatMap((target) => refusalsOf(target, fileOf(sources.get(target.module)!)))
}

function refusalsOf(target: Target, file: LoadedFile): Refusal[] {
  const { module, functions = {}, scopes = {}, calls = {}, members, entry } = target
  const bind = (part: Partial<Target>, key: string, scope: boolean): Refusal[] => {
    const error = whyRefused({ module, ...part }, file)
    if (error === undefined) return []
    const isUnknownName = error instanceof UmbraError && error.code === 'SCOPE_NOT_FOUND'
    return [{ target: module, key, scope, message: error.message, isUnknownName }]
  }
  const early = { ...(members && { members }), ...(entry && { entry }) }
  // All at once is the usual case; one by one only where something is wrong.
  if (whyRefused({ module, functions, scopes, calls, ...early }, file) === undefined) return []
  const [first] = Object.keys(scopes)
  const alone = first === undefined ? [] : bind({ scopes, calls }, first, true)
  const [block = alone[0]] = bind({ scopes, calls, ...early }, 'members', true)
  if (block !== undefined) return [block]
  const found = Object.entries(functions).flatMap(([key, fn]) =>
    bind({ scopes, calls, functions: { [key]: fn } }, key, false),
  )
  return found.length > 0 ? found : bind({ functions, scopes, calls }, Object.keys(functions)[0] ?? '', false)
}

/** undefined: it can be bound. */
function whyRefused(part: Target, file: LoadedFile): Error | undefined {
  try {
    new PatchTarget(part, '/main.js', new Isolation({})).prepare(file)
    return undefined
  } catch (error) {
    return error as Error
  }
}

function fileOf(source: SourceFile): LoadedFile {
  const url = 'file:///x.js'
  let sites: FileSites | undefined
  return {
    url,
    filename: '/x.js',
    type: source.type,
    cell: '$umbra_check',
    sites: () => {
      sites ??= instrument(source.text, { url, type: source.type, cell: '$umbra_check' }).sites
      return sites
    },
    source: () => source.text,
    table: () => undefined,
    setTable: () => {},
  }
}
