import { encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec'

/** Lines of a text, with the place of the new version that they come from. */
export interface Chunk {
  text: string
  /** 1-based; undefined for what the new version does not have. */
  line?: number | undefined
  path?: string
}

export function textOf(chunks: Chunk[]): string {
  return chunks.map(({ text }) => text).join('\n')
}

/** How far a line may be from where it is looked for: rewriting joins a few lines and adds one here and there. */
const WINDOW = 8

/** A source map from the text of `chunks` to the new version, line by line. */
export function mapOf(
  chunks: Chunk[],
  sourceOf: (path: string) => { name: string; text: string },
): { version: 3; sources: string[]; names: string[]; mappings: string } {
  const sources = new Map<string, { index: number; name: string; lines: string[] }>()
  const find = (path: string): { index: number; lines: string[] } => {
    const known = sources.get(path)
    if (known !== undefined) return known
    const { name, text } = sourceOf(path)
    const made = { index: sources.size, name, lines: text.split('\n').map(bare) }
    sources.set(path, made)
    return made
  }
  const mappings: SourceMapSegment[][] = chunks.flatMap(({ text, line, path }) => {
    const lines = text.split('\n')
    // An empty segment: a reader of maps would take the line before for what has none.
    if (line === undefined || path === undefined) return lines.map((): SourceMapSegment[] => [[0]])
    const { index, lines: wanted } = find(path)
    return follow(lines.map(bare), wanted, line - 1).map((at): SourceMapSegment[] => [[0, index, at, 0]])
  })
  return {
    version: 3,
    sources: [...sources.values()].map(({ name }) => name),
    names: [],
    mappings: encode(mappings),
  }
}

/** For each line where it stands among the others, from `start` on: lines that were rewritten lie between their neighbours. */
function follow(lines: string[], among: string[], start: number): number[] {
  let next = start
  return lines.map((line) => {
    const from = Math.max(start, next - 2)
    const same = line === '' ? -1 : among.slice(from, next + WINDOW).indexOf(line)
    const at = Math.min(same < 0 ? next : from + same, among.length - 1)
    next = at + 1
    return at
  })
}

/** What rewriting leaves of a line. */
function bare(line: string): string {
  return line.replace(/\$?\bscope\./g, '').replace(/[\s,;]/g, '')
}

export function mapComment(map: object): string {
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}\n`
}
