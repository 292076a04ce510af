import { importsOf, type Version } from '../read/folder.ts'
import type { Part } from './parts.ts'

/**
 * The parts of a patch in the order in which the files get what is put on them: a file that hands on what others export comes after
 * those, else by name.
 */
export function dependenciesFirst(parts: readonly Part[], young: Version): Part[] {
  const byPath = new Map(parts.map((part) => [part.file.path, part]))
  const found = new Set<Part>()
  const seen = new Set<string>()
  for (const root of byPath.keys()) {
    // Chains of files may be longer than the stack.
    const stack = [{ path: root, next: nextOf(root) }]
    while (stack.length > 0) {
      const { path, next } = stack.at(-1)!
      const to = next.pop()
      if (to !== undefined) stack.push({ path: to, next: nextOf(to) })
      else {
        stack.pop()
        const part = byPath.get(path)
        if (part !== undefined) found.add(part)
      }
    }
  }
  return [...found]

  function nextOf(path: string): string[] {
    if (seen.has(path) || !young.files.has(path)) return []
    seen.add(path)
    return importsOf(path, young).reverse()
  }
}
