import { createRequire } from 'node:module'
import { compileFunction } from 'node:vm'
import type { LoadedFile } from '../loader/registry.ts'
import type { Context, Slot } from './context.ts'
import { UmbraError } from './errors.ts'

const require = createRequire(import.meta.url)

const made = new WeakMap<LoadedFile, Map<number, Slot>>()

/**
 * A function of a file as written: what `original` means when no older replacement is left. The function itself cannot
 * be called, its site would lead straight back, and closures, methods and arrows have no name to be called by: so its
 * text is compiled once more, with every name of the file going through the accessor of the call.
 *
 * @throws UmbraError ORIGINAL_UNREACHABLE with the reason, for the few functions that this cannot be done for
 */
export function asWritten(file: LoadedFile, index: number): Slot {
  const functions = made.get(file) ?? new Map<number, Slot>()
  made.set(file, functions)
  const known = functions.get(index)
  if (known !== undefined) return known
  const slot = compile(file, index)
  functions.set(index, slot)
  return slot
}

function compile(file: LoadedFile, index: number): Slot {
  // The instrumenter, with its parser, is most of umbra's code; few patches need it.
  const { original } = require('#dist/instrument/index.js') as typeof import('../instrument/index.ts')
  const { url, type, cell } = file
  const written = original(file.source(), { url, type, cell }, index)
  if (written.missing !== undefined) {
    throw new UmbraError(
      'ORIGINAL_UNREACHABLE',
      `'original' cannot be called for '${file.sites().functions[index]!.paths[0]}' of ${url}: ${written.missing}`,
    )
  }
  const { code, lineOffset, columnOffset } = written
  const fn = compileFunction(code, [], { filename: url, lineOffset, columnOffset })() as Slot
  return withExtras(fn)
}

/** Where the site hands over more than the accessor, the context carries it down to here. */
function withExtras(fn: Slot): Slot {
  return function (this: unknown, context: Context | undefined, ...args) {
    const extras = context?.extras
    return extras === undefined ? fn.call(this, context, ...args) : fn.call(this, context, ...extras, ...args)
  }
}
