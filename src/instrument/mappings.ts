import { encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec'
import type { Edits } from './edits.ts'

/** The mappings of a source map v3: a segment for every word and sign of the original, so that columns are exact. */
export function mappingsOf(edits: Edits): string {
  const { source } = edits
  const segments = new Segments(source)
  let from = 0
  for (const { at, drop, text } of edits.edits()) {
    segments.keep(from, at)
    segments.insert(at, text)
    from = Math.max(from, at + drop)
  }
  segments.keep(from, source.length)
  return encode(segments.lines)
}

/** Follows the edited text and the original side by side. */
class Segments {
  readonly lines: SourceMapSegment[][] = [[]]
  private readonly source: string
  private column = 0
  private originalLine = 0
  private originalLineStart = 0

  constructor(source: string) {
    this.source = source
  }

  /** A stretch of the original that stays. */
  keep(from: number, to: number): void {
    const token =
      /[\p{ID_Start}$_][\p{ID_Continue}$]*|[^\s\p{ID_Start}$_]|[\n\r\u2028\u2029]|[^\S\n\r\u2028\u2029]+/gu
    token.lastIndex = from
    while (token.lastIndex < to) {
      const match = token.exec(this.source)
      if (match === null) break
      const [text] = match
      if (/^[\n\r\u2028\u2029]$/.test(text)) this.lineBreak(match.index)
      else {
        this.mark(match.index)
        this.column += Math.min(text.length, to - match.index)
      }
    }
  }

  /** A text of ours. */
  insert(at: number, text: string): void {
    if (text.includes('\n')) this.newLine()
    if (text.length > 0) this.mark(at)
    this.column += text.length - text.lastIndexOf('\n') - 1
  }

  private lineBreak(at: number): void {
    if (this.source.startsWith('\r\n', at)) this.column++
    else {
      this.newLine()
      this.originalLine++
      this.originalLineStart = at + 1
    }
  }

  private mark(at: number): void {
    this.lines.at(-1)!.push([this.column, 0, this.originalLine, at - this.originalLineStart])
  }

  private newLine(): void {
    this.lines.push([])
    this.column = 0
  }
}
