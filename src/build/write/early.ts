import type { Plan } from '../plan/plan.ts'
import type { Chunk } from './mapped-text.ts'
import type { Part } from './parts.ts'

/** Files that need names of theirs before a function of theirs was called. */
export interface EarlyParts {
  /** Nothing else leads to these names. */
  needed: Part[]
  /** A call of one of their functions does, too, if that comes first. */
  better: Part[]
}

/**
 * Files of which a block is evaluated when the patch is put on the running modules, because what is put there requires
 * them, or another file's block does.
 */
export function neededEarly(parts: readonly Part[], plan: Plan): EarlyParts {
  const byPath = new Map(parts.map((part) => [part.file.path, part]))
  const required = ({ file }: Part, chunks: Chunk[]): Part[] =>
    chunks
      .flatMap(({ text }) => [...text.matchAll(/\brequire\((['"])(\.[^'"]*)\1\)/g)])
      .flatMap(([, , specifier]) => byPath.get(plan.resolve(file.path, specifier!) ?? '') ?? [])
  const reachedFrom = (queue: Part[]): Part[] => {
    const found = new Set<Part>()
    for (let part = queue.pop(); part !== undefined; part = queue.pop()) {
      const chunks = blockOf(part)
      // One that gives other files nothing is not evaluated for them.
      if (found.has(part) || !chunks.some(({ text }) => /\bexports\b/.test(text))) continue
      found.add(part)
      queue.push(...required(part, chunks))
    }
    return [...found].filter((part) => blockOf(part).some(({ text }) => /\bscope\./.test(text)))
  }
  const byBlocks = parts.flatMap((part) => required(part, blockOf(part)))
  const needed = reachedFrom([
    ...parts.flatMap((part) => required(part, part.members?.chunks ?? [])),
    ...byBlocks.filter(({ functions }) => functions.length === 0),
  ])
  return { needed, better: reachedFrom(byBlocks).filter((part) => !needed.includes(part)) }
}

function blockOf({ scopes }: Part): Chunk[] {
  return scopes.find(({ path }) => path === 'module')?.chunks ?? []
}
