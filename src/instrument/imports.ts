/**
 * `import()` in CommonJS: what prepares ES modules is a thread of its own on Node 20, and slows the loading of CommonJS
 * down on later versions. So it is started by the first `import()` that is run:
 *
 *   import((typeof $umbraImport=='function'&&$umbraImport(),specifier))
 *
 * Who declares it: cell.ts.
 */
import { IMPORT_LISTENER } from './cell.ts'
import type { Edits } from './edits.ts'
import type { Planner } from './parameters.ts'
import type { Comment, Node } from './parse.ts'
import type { Analysis, ImportNode } from './scopes.ts'
import { skipTrivia } from './syntax.ts'

const announcement = `typeof ${IMPORT_LISTENER}=='function'&&${IMPORT_LISTENER}()`

/** An expression with the value of this one, to be imported. */
export function announced(specifier: string): string {
  return `(${announcement},${specifier})`
}

/**
 * Has the imports of a CommonJS file announced that stand in a function with a site: in others, `toString` would show it.
 * False where there may be any that are not, in a text that is given to `eval` among them.
 */
export function announceImports(
  analysis: Analysis,
  comments: readonly Comment[],
  edits: Edits,
  planOf: Planner,
): boolean {
  const { source } = edits
  const found = new Set<number>()
  for (const { node, fn } of analysis.imports) {
    const parenthesis = skipTrivia(source, node.start + 'import'.length)
    if (!hasSite(fn, planOf) || source[parenthesis] !== '(') return false
    const { start, end }: Node = node.source
    edits.openInside(start, `(${announcement},`, fn.index)
    edits.closeInside(end, ')', fn.index)
    found.add(node.start)
  }
  const others = Array.from(source.matchAll(/\bimport\s*(?:\(|\/[/*])/g), ({ index }) => index).filter(
    (at) => !found.has(at),
  )
  return others.every((at) => comments.some(({ start, end }) => start <= at && at < end))
}

function hasSite(fn: ImportNode['fn'], planOf: Planner): fn is NonNullable<ImportNode['fn']> {
  return fn !== undefined && planOf(fn).mode !== 'missing'
}
