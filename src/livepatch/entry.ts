import type { LoadedFile } from '../loader/registry.ts'
import type { Context, Slot } from './context.ts'
import { UmbraError } from './errors.ts'
import type { ResolvedFunction } from './paths.ts'

/** A function of the module, by its path, and where it is to be found in what the module exports. */
export type Entry = Record<string, (exports: never) => unknown>

/**
 * The accessor of a module's names before any of its functions was called: the site of one of them is called and hands
 * it over, and nothing else of the function runs.
 *
 * @throws UmbraError when the function is not where it was: the program has put something else there
 */
export function accessorOf(
  value: unknown,
  file: LoadedFile,
  { index, info, path }: ResolvedFunction,
  written: string,
): Context | undefined {
  const text = file.source().slice(info.start, info.end)
  if (typeof value !== 'function' || Function.prototype.toString.call(value) !== text)
    throw new UmbraError(
      'ENTRY_NOT_FOUND',
      `'${path}' of '${written}' is not what the module exports any more: the program has put something else in its place`,
    )
  let accessor: Context | undefined
  const probe: Slot = (given: Context | undefined) => {
    accessor = given
  }
  const before = file.table()
  const table: Slot[] = new Array(index + 1)
  table[index] = probe
  file.setTable(table)
  try {
    Reflect.apply(value, undefined, [])
  } finally {
    file.setTable(before)
  }
  return accessor
}
