import { groupByEach } from '../group-by.ts'
import type { FileSites, FunctionInfo, SiteInfo } from '../instrument/types.ts'
import { UmbraError } from './errors.ts'
import { suggestion } from './nearest.ts'

/** A function that was found by its path, and is known to carry a site. */
export interface ResolvedFunction {
  path: string
  index: number
  info: FunctionInfo
  site: SiteInfo
}

/**
 * Finds the function that `path` names (livepatch.md, "Paths of functions"). `path#n` takes the n-th of several of
 * the same path, from 1, in source order: the kernel's sympos.
 *
 * @throws UmbraError FUNCTION_NOT_FOUND, FUNCTION_AMBIGUOUS or FUNCTION_NO_SITE
 */
export function resolveFunction(sites: FileSites, path: string, target: string): ResolvedFunction {
  const { base, position } = splitPosition(path, sites)
  const found = functionsByPath(sites).get(base) ?? []
  const chosen = choose(found, base, position, sites, target)
  const { site } = chosen.info
  if (site.missing !== undefined) {
    throw new UmbraError(
      'FUNCTION_NO_SITE',
      `'${path}' of '${target}' (${place(chosen.info)}) carries no entry site: ${site.missing}`,
    )
  }
  return { path, index: chosen.index, info: chosen.info, site }
}

/** A trailing `#n` is a position unless a function has that very path (`C.prototype.#1` cannot exist). */
function splitPosition(path: string, sites: FileSites): { base: string; position: number | undefined } {
  const match = /^(.+)#(\d+)$/.exec(path)
  if (match === null || functionsByPath(sites).has(path)) {
    return { base: path, position: undefined }
  }
  return { base: match[1]!, position: Number(match[2]) }
}

type Found = { info: FunctionInfo; index: number }

const byPath = new WeakMap<FileSites, Map<string, Found[]>>()

/** A patch of a bundle asks for thousands of functions among tens of thousands. */
function functionsByPath(sites: FileSites): ReadonlyMap<string, Found[]> {
  const known = byPath.get(sites)
  if (known !== undefined) return known
  const all = sites.functions.map((info, index) => ({ info, index }))
  const made = groupByEach(all, ({ info }) => new Set(info.paths))
  byPath.set(sites, made)
  return made
}

function choose(
  found: Found[],
  base: string,
  position: number | undefined,
  sites: FileSites,
  target: string,
): Found {
  if (found.length === 0) {
    const known = sites.functions.flatMap((info) => info.paths)
    throw new UmbraError(
      'FUNCTION_NOT_FOUND',
      `'${target}' has no function '${base}'${suggestion(base, known)} ('umbra sites' lists them all)`,
    )
  }
  if (position !== undefined) {
    const one = found[position - 1]
    if (one !== undefined) return one
    throw new UmbraError(
      'FUNCTION_NOT_FOUND',
      `'${target}' has ${count(found.length, 'function')} '${base}', there is no '${base}#${position}'`,
    )
  }
  if (found.length === 1) return found[0]!
  const places = found.map(({ info }, i) => `'${base}#${i + 1}' (${place(info)})`).join(', ')
  throw new UmbraError(
    'FUNCTION_AMBIGUOUS',
    `'${target}' has ${found.length} functions '${base}': say which one, ${places}`,
  )
}

function place(info: FunctionInfo): string {
  return `line ${info.line}`
}

/** `1 function`, `2 functions`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}
