import { decode, type SourceMapMappings } from '@jridgewell/sourcemap-codec'
import { parseSync, Visitor } from 'oxc-parser'

interface SourceMap {
  sources: string[]
  mappings: string
}

/**
 * Puts the lines of a bundle back to where the patch's own file has them, by joining lines and adding empty ones, so
 * that stack traces are right without anyone switching source maps on for the whole process. The bundler prints
 * statements in source order and ends them all with semicolons, so that breaks mean nothing outside of templates.
 */
export function alignLines(code: string, map: SourceMap, filename: string): string {
  const own = map.sources.findIndex((source) => filename.endsWith(source.replace(/^(?:\.\.?\/)+/, '/')))
  const mappings = decode(map.mappings)
  const fixed = breaksInTemplates(code)
  let aligned = ''
  let line = 0
  let offset = 0
  for (const [i, text] of code.split('\n').entries()) {
    const free = !fixed.has(offset - 1)
    offset += text.length + 1
    // They would comment out what is joined to them.
    if (free && text.trimStart().startsWith('//')) continue
    const wanted = originalLine(mappings, i, own) ?? line
    const breaks = free ? Math.max(wanted - line, 0) : 1
    aligned += breaks > 0 ? '\n'.repeat(breaks) + text : ` ${text.trimStart()}`
    line += breaks
  }
  return aligned
}

/** The offsets of line breaks that are part of a template's text. */
function breaksInTemplates(code: string): Set<number> {
  const offsets = new Set<number>()
  const visitor = new Visitor({
    TemplateElement({ start, end }) {
      for (let at = code.indexOf('\n', start); at >= 0 && at < end; at = code.indexOf('\n', at + 1))
        offsets.add(at)
    },
  })
  visitor.visit(parseSync('patch.mjs', code).program)
  return offsets
}

/** The line, from 0, of the first token of line `i` that comes from the patch's own file. */
function originalLine(mappings: SourceMapMappings, i: number, own: number): number | undefined {
  for (const segment of mappings[i] ?? []) {
    if (segment.length >= 4 && segment[1] === own) return segment[2]
  }
  return undefined
}
