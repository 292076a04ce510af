import { type Node, parse } from '../../instrument/parse.ts'
import { entriesOf, resolveFrom, type Version } from './folder.ts'

/** `{ a as b, c }` of an import or export, and the module that it is of. */
const LIST = /\b(import|export)((?:\s+[\w$]+\s*,)?\s*)\{([^{}]*)\}(\s*from\s*)(['"])(\.{1,2}\/[^'"]*)\5/g
/** All of a module by one name, or handed on. */
const WHOLE = /\b(?:import|export)\s*\*[^'"{};]*from\s*['"](\.{1,2}\/[^'"]*)['"]/g
/** `import('./x').then(function (n) { return n.a; })`, as bundlers write it; without the second part it gets all of a module. */
const LATE =
  /\bimport\(\s*(['"])(\.{1,2}\/[^'"]*)\1\s*\)(\.then\(\s*(?:function\s*\(\s*([\w$]+)\s*\)\s*\{\s*return\s+\4\.|\(?\s*([\w$]+)\s*\)?\s*=>\s*\5\.))?([\w$]+)?/g

/**
 * The new version with the names by which chunks of a bundler export what they make as in the running version: letters, which
 * are given out anew when one more is exported.
 */
export function withRunningExportNames(old: Version, young: Version): Version {
  const names = renamedExports(old, young)
  if (names.size === 0) return young
  const files: Version['files'] = new Map()
  for (const [path, { text, type }] of young.files) {
    const given = (specifier: string): ReadonlyMap<string, string> | undefined =>
      names.get(resolveFrom(path, specifier, (one) => young.files.has(one)) ?? '')
    const own = names.get(path)
    const exported = own === undefined ? text : withOwnNames(text, path, own)
    const led = exported
      .replaceAll(LIST, (whole, verb, before, list, from, quote, specifier) => {
        const map = given(specifier)
        const renamed = map && renamedList(list, map)
        return renamed === undefined
          ? whole
          : `${verb}${before}{${renamed}}${from}${quote}${specifier}${quote}`
      })
      .replaceAll(LATE, (whole, _quote, specifier, then, _a, _b, name) => {
        const to = then === undefined ? undefined : given(specifier)?.get(name)
        return to === undefined ? whole : whole.slice(0, -name.length) + to
      })
    files.set(path, { text: led, type })
  }
  return { ...young, files }
}

/** Of each file, the names of its exports that another one is to take the place of. */
function renamedExports(old: Version, young: Version): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>()
  const entries = new Set([...(entriesOf(young)?.values() ?? [])].flat())
  for (const [path, { text, type }] of young.files) {
    const was = old.files.get(path)
    if (type !== 'module' || was === undefined || was.text === text || entries.has(path)) continue
    if (!/\bexport\s*\{[^{}]*\bas\b/.test(text)) continue
    const renamed = namesFor(exportedIn(was.text, path), exportedIn(text, path))
    if (renamed.size > 0) found.set(path, renamed)
  }
  for (const path of found.size === 0 ? [] : takenWhole(young)) found.delete(path)
  return found
}

/** The list that says all that a module exports. */
function exportList(text: string, path: string): Node | undefined {
  const statements = parse(text, 'module', path).body as Node[]
  const exporting = statements.filter(({ type, source }) => type.startsWith('Export') && !source)
  const [list, ...others] = exporting
  return others.length === 0 && list?.type === 'ExportNamedDeclaration' && !list.declaration
    ? list
    : undefined
}

interface Exported {
  name: string
  local: string
}

/** What a module exports, and what it calls that itself. */
function exportedIn(text: string, path: string): Exported[] {
  const specifiers = (exportList(text, path)?.specifiers ?? []) as Node[]
  return specifiers.map(({ local, exported }) => ({
    name: exported.name ?? exported.value,
    local: local.name ?? local.value,
  }))
}

/** The running names of exports that are called otherwise; those of the running version that mean something else stay free. */
function namesFor(olds: readonly Exported[], news: readonly Exported[]): Map<string, string> {
  const renamed = new Map<string, string>()
  const isGivenOut = ({ name, local }: Exported): boolean =>
    name === 'default' || (/^[\w$]{1,2}$/.test(name) && local.length > 2)
  if (olds.length === 0 || ![...olds, ...news].every(isGivenOut)) return renamed
  const running = new Map(olds.map(({ name, local }) => [local, name]))
  const taken = new Set([...olds, ...news].map(({ name }) => name))
  for (const { name, local } of news) {
    const was = running.get(local)
    if (name === 'default' || was === 'default' || was === name) continue
    if (was !== undefined) renamed.set(name, was)
    else if (olds.some((one) => one.name === name)) {
      let own = local
      while (taken.has(own)) own += '$'
      taken.add(own)
      renamed.set(name, own)
    }
  }
  // Two that would have one name.
  const now = news.map(({ name }) => renamed.get(name) ?? name)
  return new Set(now).size === now.length ? renamed : new Map()
}

/** Files of which something gets all exports: what is looked for there cannot be told. */
function takenWhole(young: Version): string[] {
  return [...young.files].flatMap(([path, { text }]) => {
    const whole = [...text.matchAll(WHOLE)].map(([, specifier]) => specifier!)
    const late = [...text.matchAll(LATE)].filter(([, , , then, , , name]) => then === undefined || !name)
    return [...whole, ...late.map(([, , specifier]) => specifier!)].flatMap(
      (specifier) => resolveFrom(path, specifier, (one) => young.files.has(one)) ?? [],
    )
  })
}

/** A module with other names in its list of exports. */
function withOwnNames(text: string, path: string, names: ReadonlyMap<string, string>): string {
  const { start, end } = exportList(text, path)!
  const list = text.slice(start, end).replace(/\{([^{}]*)\}/, (whole, inside: string) => {
    const renamed = renamedList(inside, names, true)
    return renamed === undefined ? whole : `{${renamed}}`
  })
  return text.slice(0, start) + list + text.slice(end)
}

/** A list with other names; those of the module itself stand behind `as`. */
function renamedList(list: string, names: ReadonlyMap<string, string>, isOwn = false): string | undefined {
  let isOther = false
  const made = list.split(',').map((one) => {
    const [, before, first, second, after] = /^(\s*)([\w$]+)(?:\s+as\s+([\w$]+))?(\s*)$/.exec(one) ?? []
    const to = first === undefined ? undefined : names.get(isOwn ? (second ?? first) : first)
    if (to === undefined) return one
    isOther = true
    return isOwn ? `${before}${first} as ${to}${after}` : `${before}${to} as ${second ?? first}${after}`
  })
  return isOther ? made.join(',') : undefined
}
