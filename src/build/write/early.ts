import type { Plan } from '../plan/plan.ts'
import type { Chunk } from './mapped-text.ts'
import type { Part } from './parts.ts'

/**
 * Files of which a block is evaluated when the patch is put on the running modules, because what is put there requires
 * them, or of which no function is replaced, and that need names of theirs for it.
 */
export function neededEarly(parts: readonly Part[], plan: Plan): Part[] {
  const byPath = new Map(parts.map((part) => [part.file.path, part]))
  const required = ({ file }: Part, chunks: Chunk[]): Part[] =>
    chunks
      .flatMap(({ text }) => [...text.matchAll(/\brequire\((['"])(\.[^'"]*)\1\)/g)])
      .flatMap(([, , specifier]) => byPath.get(plan.resolve(file.path, specifier!) ?? '') ?? [])
  const blockOf = ({ scopes }: Part): Chunk[] => scopes.find(({ path }) => path === 'module')?.chunks ?? []
  const queue = parts.flatMap((part) => [
    ...required(part, part.members?.chunks ?? []),
    // No call of a function would ever lead to its names.
    ...required(part, blockOf(part)).filter(({ functions }) => functions.length === 0),
  ])
  const found = new Set<Part>()
  for (let part = queue.pop(); part !== undefined; part = queue.pop()) {
    const chunks = blockOf(part)
    // One that gives other files nothing is not evaluated for them.
    if (found.has(part) || !chunks.some(({ text }) => /\bexports\b/.test(text))) continue
    found.add(part)
    queue.push(...required(part, chunks))
  }
  const reaches = ({ scopes }: Part): boolean =>
    scopes.some(({ path, chunks }) => path === 'module' && chunks.some(({ text }) => /\bscope\./.test(text)))
  return [...found].filter(reaches)
}
