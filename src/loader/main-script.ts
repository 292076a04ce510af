/** What can be told about a program from its options and its main script, before that is loaded. */
import { readFileSync, realpathSync } from 'node:fs'
import { Module } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mainPath } from './main-path.ts'
import { looksLikeModule, typeOf } from './package-type.ts'

type FindPath = (request: string, paths: null, isMain: boolean) => string | false

const options = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)]
const imports = options.flatMap((option, at) => {
  if (option === '--import') return [options[at + 1] ?? '']
  return option.startsWith('--import=') ? [option.slice('--import='.length)] : []
})
/** What else is imported first, by itself or by what it imports. */
const others = imports.filter((specifier) => !isRegister(specifier))

/** Whether this is umbra/register and nothing else. */
function isRegister(specifier: string): boolean {
  if (specifier === 'umbra/register') return true
  try {
    const path = specifier.startsWith('file:') ? fileURLToPath(specifier) : resolve(specifier)
    return realpathSync(path) === realpathSync(fileURLToPath(new URL('./register.js', import.meta.url)))
  } catch {
    return false
  }
}

function isGiven(names: RegExp): boolean {
  return options.some((option) => names.test(option))
}

/** False only when it is certain that no options bring in module hooks of other tools. */
export function mayHaveOtherHooks(): boolean {
  return (
    imports.length !== 1 ||
    others.length > 0 ||
    isGiven(/^(?:--require|-r|--(?:experimental-)?loader|--experimental-(?:policy|network-imports))\b/)
  )
}

/** False only when it is certain that the program begins as CommonJS and that nothing else is loaded before it. */
export function mainMayBeModule(): boolean {
  if (
    others.length > 0 ||
    isGiven(/^(?:--(?:experimental-)?loader|--test|--input-type|--experimental-default-type)\b/)
  )
    return true
  const path = mainFile()
  return path === undefined || isModule(path)
}

/** True when code may run whose text passes no hook: what is loaded before umbra or is no file. */
export function isUnseen(): boolean {
  return mayHaveOtherHooks() || mainFile() === undefined
}

/** The file that the program begins with; undefined where it does not begin with one. */
function mainFile(): string | undefined {
  const script = mainPath()
  if (script === undefined || isGiven(/^(?:--eval|-e|-p|--print|-i)\b/)) return undefined
  return (Module as unknown as { _findPath: FindPath })._findPath(resolve(script), null, true) || undefined
}

function isModule(path: string): boolean {
  const type = typeOf(path)
  return type === undefined ? looksLikeModule(readFileSync(path, 'utf8')) : type === 'module'
}
