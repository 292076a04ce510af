import { existsSync, readFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'

/** How Node reads a file with this path: undefined where the text decides. */
export function typeOf(path: string): 'module' | 'commonjs' | undefined {
  const extension = extname(path)
  if (extension === '.mjs' || extension === '.mts') return 'module'
  if (extension === '.cjs' || extension === '.cts') return 'commonjs'
  return packageType(dirname(path))
}

/** The `type` of the nearest package.json. */
function packageType(folder: string): 'module' | 'commonjs' | undefined {
  for (;;) {
    const path = join(folder, 'package.json')
    if (existsSync(path))
      return (JSON.parse(readFileSync(path, 'utf8')) as { type?: 'module' | 'commonjs' }).type
    const above = dirname(folder)
    if (above === folder) return undefined
    folder = above
  }
}

/** True for text that can only be meant as an ES module, false for most other text. */
export function looksLikeModule(text: string): boolean {
  return /^\s*(?:import\b(?!\s*\()|export\b|(?:const|let|var)\b.*\bawait\b|await\b)|\bimport\s*\.\s*meta\b/m.test(
    text,
  )
}
