/** What can be told about the main script before it is loaded. */
import { readFileSync } from 'node:fs'
import { Module } from 'node:module'
import { resolve } from 'node:path'
import { mainPath } from './main-path.ts'
import { looksLikeModule, typeOf } from './package-type.ts'

type FindPath = (request: string, paths: null, isMain: boolean) => string | false

/** False only when it is certain that the program begins as CommonJS and that nothing else is loaded before it. */
export function mainMayBeModule(): boolean {
  const options = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)]
  const preloads = options.filter((option) => option === '--import' || option.startsWith('--import='))
  if (
    preloads.length > 1 ||
    options.some((option) =>
      /^(?:--(?:experimental-)?loader|--test|--eval|-e|-p|--print|-i|--input-type|--experimental-default-type)\b/.test(
        option,
      ),
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
