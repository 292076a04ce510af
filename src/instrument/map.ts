/** Source maps of instrumented code, composed with the map that the source had already. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import remapping, { type SourceMapInput } from '@jridgewell/remapping'
import type { Edits } from './edits.ts'
import { mappingsOf } from './mappings.ts'

/** A source map v3 from the edited text to what the text itself was made from. */
export function composeMap(edits: Edits, url: string): object {
  const own = {
    version: 3 as const,
    sources: [url],
    sourcesContent: [edits.source],
    names: [],
    mappings: mappingsOf(edits),
  }
  const earlier = ownMap(edits.source, url)
  if (earlier === undefined) return own
  try {
    // depth 1 only: what a loader has made in memory often names the file's own url as its source
    return { ...remapping(own, (_, { depth }) => (depth === 1 ? (earlier as SourceMapInput) : null)) }
  } catch {
    // A map that is not one: the text itself is the best that there is.
    return own
  }
}

/** The map that the file names at its end: inline, or a file beside it. */
function ownMap(source: string, url: string): unknown {
  const comments = [...source.matchAll(/^[ \t]*\/\/[#@][ \t]*sourceMappingURL=(\S+)[ \t]*$/gm)]
  const target = comments.at(-1)?.[1]
  if (target === undefined) return undefined
  try {
    const inline = /^data:application\/json[^,]*?(;base64)?,(.*)$/s.exec(target)
    if (inline !== null) {
      const [, base64, data] = inline
      return JSON.parse(base64 ? Buffer.from(data!, 'base64').toString() : decodeURIComponent(data!))
    }
    const base = new URL(url)
    if (base.protocol !== 'file:') return undefined
    const file = new URL(target, base)
    const map = JSON.parse(readFileSync(fileURLToPath(file), 'utf8')) as {
      sources?: string[]
      sourceRoot?: string
    }
    const root = map.sourceRoot ? new URL(map.sourceRoot.replace(/\/?$/, '/'), file) : file
    const sources = map.sources?.map((name) => resolve(name, root)) ?? []
    return { ...map, sourceRoot: undefined, sources }
  } catch {
    return undefined
  }
}

function resolve(name: string, base: URL): string {
  try {
    return new URL(name, base).href
  } catch {
    return name
  }
}
