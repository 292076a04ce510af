import type { FunctionNode } from '../../instrument/scopes.ts'
import { isName } from '../read/expressions.ts'
import { textOf } from '../read/observed-text.ts'
import type { Rehearsed } from '../read/rehearsal.ts'
import type { SourceFile } from '../read/source-file.ts'
import { isObject } from './objects.ts'
import type { Sources } from './sources.ts'

/** How deep in what a module exports its functions are looked for. */
const STEPS = 3

/**
 * Functions of the running version's file by the way to them from `exports`, where start-up code that was tried out has put
 * them there: what a bundler's own start-up code exports, its text does not tell.
 */
export function* exportedFunctions(
  { exports, known, paths }: Rehearsed,
  file: SourceFile,
  sources: Sources,
): Generator<{ fn: FunctionNode; path: string }> {
  const seen = new Set<unknown>()
  const queue = [{ value: exports, path: 'exports', steps: 0 }]
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    const { value, path, steps } = at
    if (!isObject(value) || known.has(value) || seen.has(value)) continue
    seen.add(value)
    const found = typeof value === 'function' ? sources.alike(textOf(value), paths, 'old') : []
    if (found.length === 1 && found[0]!.source === file) yield { fn: found[0]!.fn, path }
    if (steps === STEPS) continue
    for (const [key, { value: inside }] of Object.entries(Object.getOwnPropertyDescriptors(value)))
      if (isName(key)) queue.push({ value: inside, path: `${path}.${key}`, steps: steps + 1 })
  }
}
