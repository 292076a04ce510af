/** What can be told about a program from its options and its main script, before that is loaded. */
import { readFileSync } from 'node:fs'
import { Module } from 'node:module'
import { resolve } from 'node:path'
import { mainPath } from './main-path.ts'
import { looksLikeModule, typeOf } from './package-type.ts'

type FindPath = (request: string, paths: null, isMain: boolean) => string | false

const options = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)]
const imports = options.filter((option) => option === '--import' || option.startsWith('--import='))

function isGiven(names: RegExp): boolean {
  return options.some((option) => names.test(option))
}

/** False only when it is certain that no options bring in module hooks of other tools. */
export function mayHaveOtherHooks(): boolean {
  return (
    imports.length > 1 ||
    isGiven(/^(?:--require|-r|--(?:experimental-)?loader|--experimental-(?:policy|network-imports))\b/)
  )
}

/** False only when it is certain that the program begins as CommonJS and that nothing else is loaded before it. */
export function mainMayBeModule(): boolean {
  if (
    imports.length > 1 ||
    isGiven(
      /^(?:--(?:experimental-)?loader|--test|--eval|-e|-p|--print|-i|--input-type|--experimental-default-type)\b/,
    )
  )
    return true
  const script = mainPath()
  if (script === undefined) return true
  const path = (Module as unknown as { _findPath: FindPath })._findPath(resolve(script), null, true)
  return !path || isModule(path)
}

function isModule(path: string): boolean {
  const type = typeOf(path)
  return type === undefined ? looksLikeModule(readFileSync(path, 'utf8')) : type === 'module'
}
