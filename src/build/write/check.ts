import { compileFunction } from 'node:vm'
import { instrument } from '../../instrument/index.ts'
import type { FileSites } from '../../instrument/types.ts'
import { definePatch, type PatchDefinition } from '../../livepatch/api.ts'
import { PARAMETERS } from '../../livepatch/compile-patch.ts'
import { helpers } from '../../livepatch/context.ts'
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
  const found: Refusal[] = []
  for (const target of targets) {
    const file = fileOf(sources.get(target.module)!)
    const attempt = (part: Partial<typeof target>, key: string, scope: boolean): boolean => {
      try {
        new PatchTarget({ module: './x.js', ...part }, '/main.js', new Isolation({})).prepare(file)
        return true
      } catch (error) {
        found.push({ target: target.module, key, scope, message: (error as Error).message })
        return false
      }
    }
    const { functions = {}, scopes = {}, members, entry } = target
    const early = { ...(members && { members }), ...(entry && { entry }) }
    // All at once is the usual case; one by one only where something is wrong.
    try {
      const all = { module: './x.js', functions, scopes, ...early }
      new PatchTarget(all, '/main.js', new Isolation({})).prepare(file)
      continue
    } catch {}
    if (!attempt({ scopes, ...early }, 'members', true)) continue
    const areFine = Object.entries(scopes).every(([key]) => attempt({ scopes }, key, true))
    if (!areFine) continue
    const before = found.length
    for (const [key, fn] of Object.entries(functions))
      attempt({ scopes, functions: { [key]: fn } }, key, false)
    if (found.length === before) attempt({ functions, scopes }, Object.keys(functions)[0] ?? '', false)
  }
  return found
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
