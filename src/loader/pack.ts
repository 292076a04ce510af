/**
 * Reading a pack (pack-layout.ts).
 *
 * An entry is found by its print and recognised by comparing the whole source: that is both cheaper than a hash that
 * could be trusted and exact. Entries stand in the order in which the program loaded them, so that reading ahead pays
 * and the next one can be guessed. A text is decoded as one string, of which each code is a slice: from a megabyte on
 * Node keeps such a string outside of V8's heap, where nothing copies it. A pack is never changed: a new one is written
 * beside it and renamed over it, and whoever has the old one open goes on reading that.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { SourceType } from '../instrument/types.ts'
import { cellLength } from './cell-name.ts'
import { wrapper } from './compiled.ts'
import { idOf, printOf, wordsOf } from './content-id.ts'
import {
  Block,
  Flag,
  Header,
  magic,
  type PackContents,
  type PackEntry,
  Row,
  sizesOf,
  words,
} from './pack-layout.ts'

/** What is needed to run a file. */
export interface FoundEntry {
  id: string
  cell: string
  code: string
  /** The code within the wrapper. */
  wrapped?: string
  /** V8's cache data for that; valid until the next entry is looked for. */
  data?: Buffer
  refused?: string
  imports: boolean
  announcesImports: boolean
  /** Cells of files that the program loads about the same time, this one's among them. */
  nearby?: () => string[]
}

/** What is kept about an entry beside what is needed to run it. */
export type EntryDetails = Pick<PackEntry, 'source' | 'url' | 'sites' | 'map'>

export type EntryCode = Pick<PackEntry, 'cell' | 'code'>

/** What is read at a time, in bytes. */
const window = 1 << 18
const neighbourhood = 64
/**
 * The memory that parts of a pack are read into, in bytes: there is room for most texts. It is allocated once, as the
 * allocator gives the system none back of what is freed among the texts, and not resized, from which on V8 would check
 * each access to any typed array. What is longer has memory of its own, which goes when V8 collects its heap.
 */
const room = 5 << 18

export class Pack {
  readonly #fd: number
  /** The bytes before the index: header, texts and entries. */
  readonly #end: number
  readonly #index: Uint32Array
  readonly #cells: Buffer
  readonly #blocks: Uint32Array
  /** Where the row of each entry begins, by number. */
  readonly #rows: Uint32Array
  readonly #texts: (string | undefined)[] = []
  /** The entry that is probably looked for next. */
  #next = 0
  #ahead: Buffer | undefined
  #aheadAt = 0
  #aheadLength = 0

  private constructor(fd: number, header: Uint32Array, tail: Buffer) {
    this.#fd = fd
    this.#end = header[Header.end]!
    const sizes = sizesOf(header)
    this.#index = words(tail, 0, sizes.index)
    this.#blocks = words(tail, sizes.index, sizes.blocks)
    this.#cells = tail.subarray(sizes.index + sizes.blocks)
    this.#rows = new Uint32Array(header[Header.entries]!)
    for (let row = 0; row < this.#index.length; row += Row.words)
      this.#rows[this.#index[row + Row.number]!] = row
  }

  /** Opens the pack at this path; undefined when there is none, or none that can be trusted. */
  static open(path: string, stamp: string): Pack | undefined {
    let fd: number
    try {
      fd = openSync(path, 'r')
    } catch {
      return undefined
    }
    try {
      const pack = Pack.#read(fd, stamp)
      if (pack !== undefined) return pack
    } catch {
      // as good as no pack
    }
    closeSync(fd)
    return undefined
  }

  static #read(fd: number, stamp: string): Pack | undefined {
    const header = new Uint32Array(Header.words)
    const isWhole = readSync(fd, header, 0, header.byteLength, 0) === header.byteLength
    if (!isWhole || header[Header.magic] !== magic) return undefined
    const end = header[Header.end]!
    const { index, blocks, cells } = sizesOf(header)
    const length = index + blocks + cells
    if (end < header.byteLength || end + length !== fstatSync(fd).size) return undefined
    const tail = Buffer.allocUnsafeSlow(length)
    if (readSync(fd, tail, 0, length, end) !== length) return undefined
    return crc32(tail, crc32(stamp)) === header[Header.checksum] ? new Pack(fd, header, tail) : undefined
  }

  close(): void {
    closeSync(this.#fd)
  }

  /** What was prepared from exactly this source (in UTF-8), if its entry is intact. */
  find(source: Buffer, type: SourceType): FoundEntry | undefined {
    const guess = this.#rows[this.#next]
    if (guess !== undefined) {
      const found = this.#match(guess, source, type)
      if (found) return found
    }
    for (const row of this.#rowsOf(source.length, printOf(source, type))) {
      const found = this.#match(row, source, type)
      if (found) return found
    }
    return undefined
  }

  /** What else is known of the entry with this id. */
  details(id: string): EntryDetails | undefined {
    for (const row of this.#rowsWith(id)) {
      const source = this.#part(this.#index[row + Row.hot]!, this.#index[row]!)?.toString('utf8')
      const cold = this.#part(this.#index[row + Row.cold]!, this.#index[row + Row.coldLength]!)
      if (source === undefined || !cold || crc32(cold.subarray(4)) !== cold.readUInt32LE(0)) continue
      const urlEnd = 12 + cold.readUInt32LE(4)
      const sitesEnd = urlEnd + cold.readUInt32LE(8)
      const part = (start: number, end?: number) => cold.toString('utf8', start, end)
      return { source, url: part(12, urlEnd), sites: part(urlEnd, sitesEnd), map: part(sitesEnd) }
    }
    return undefined
  }

  /** What was made of the entry with this id. */
  code(id: string): EntryCode | undefined {
    for (const row of this.#rowsWith(id)) {
      const text = this.#text(row)
      const hot = this.#hot(row)
      const found = hot && this.#code(row, text, this.#behindSource(row, hot))
      if (found) return { cell: this.#cell(this.#index[row + Row.number]!), code: found.code }
    }
    return undefined
  }

  /** All of it but the header, to be carried over into a newer pack. */
  contents(): PackContents | undefined {
    const body = Buffer.allocUnsafeSlow(this.#end)
    if (readSync(this.#fd, body, 0, this.#end, 0) !== this.#end) return undefined
    return { body, index: this.#index, blocks: this.#blocks, cells: this.#cells }
  }

  #match(row: number, source: Buffer, type: SourceType): FoundEntry | undefined {
    const index = this.#index
    const isModule = (index[row + Row.flags]! & Flag.module) !== 0
    if (index[row] !== source.length || isModule !== (type === 'module')) return undefined
    const text = this.#text(row)
    const hot = this.#hot(row)
    if (!hot || source.compare(hot, 0, source.length) !== 0) return undefined
    const rest = this.#behindSource(row, hot)
    const code = this.#code(row, text, rest)
    const before = this.#isWide(row) ? index[row + Row.codeLength]! : 0
    return code && this.#found(row, code, rest?.subarray(before))
  }

  #isWide(row: number): boolean {
    return (this.#index[row + Row.flags]! & Flag.wide) !== 0
  }

  #hot(row: number): Buffer | undefined {
    return this.#part(this.#index[row + Row.hot]!, this.#index[row + Row.hotLength]!)
  }

  /** What follows the source in an entry's hot part, if it is intact. */
  #behindSource(row: number, hot: Buffer): Buffer | undefined {
    const rest = hot.subarray(this.#index[row]!)
    return rest.length > 0 && crc32(rest) === this.#index[row + Row.hotChecksum] ? rest : undefined
  }

  #found(row: number, { code, wrapped }: Code, data: Buffer | undefined): FoundEntry {
    const index = this.#index
    const flags = index[row + Row.flags]!
    const number = index[row + Row.number]!
    this.#next = number + 1
    const found: FoundEntry = {
      id: idOf(index.subarray(row, row + Row.flags)),
      cell: this.#cell(number),
      code,
      imports: (flags & Flag.imports) !== 0,
      announcesImports: (flags & Flag.announcesImports) !== 0,
      nearby: () => this.#nearby(number),
    }
    if ((flags & Flag.refused) !== 0) return { ...found, code: '', refused: code }
    if (wrapped !== undefined) found.wrapped = wrapped
    if (data && data.length > 0) found.data = data
    return found
  }

  /** The code of an entry, as slices of the text that it stands in, or out of its hot part. */
  #code(row: number, text: string | undefined, behindSource: Buffer | undefined): Code | undefined {
    const index = this.#index
    if (this.#isWide(row))
      return behindSource && { code: behindSource.toString('utf16le', 0, index[row + Row.codeLength]!) }
    if (text === undefined) return undefined
    const start = index[row + Row.code]!
    const end = start + index[row + Row.codeLength]!
    return {
      code: text.slice(start, end),
      wrapped: text.slice(start - wrapper.before.length, end + wrapper.after.length),
    }
  }

  /** The text that an entry's code stands in. To be asked for before its hot part, whose bytes it takes the place of. */
  #text(row: number): string | undefined {
    if (this.#isWide(row)) return undefined
    const block = this.#index[row + Row.block]!
    this.#texts[block] ??= this.#decode(block * Block.words)
    return this.#texts[block]
  }

  #decode(block: number): string | undefined {
    const bytes = this.#part(this.#blocks[block + Block.at]!, this.#blocks[block + Block.length]!)
    return bytes && crc32(bytes) === this.#blocks[block + Block.checksum]
      ? bytes.toString('latin1')
      : undefined
  }

  #cell(number: number): string {
    return this.#cells.toString('latin1', number * cellLength, (number + 1) * cellLength)
  }

  #nearby(number: number): string[] {
    const first = number - (number % neighbourhood)
    const last = Math.min(first + neighbourhood, this.#rows.length)
    return Array.from({ length: last - first }, (_, i) => this.#cell(first + i))
  }

  *#rowsWith(id: string): Iterable<number> {
    const [length, print, ...hash] = wordsOf(id)
    for (const row of this.#rowsOf(length!, print!)) {
      if (hash.every((word, i) => this.#index[row + Row.hash + i] === word)) yield row
    }
  }

  /** Where the rows of the entries with this length and print begin. */
  *#rowsOf(length: number, print: number): Iterable<number> {
    const index = this.#index
    let low = 0
    let high = this.#rows.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = middle * Row.words
      const order = index[at]! - length || index[at + Row.print]! - print
      if (order < 0) low = middle + 1
      else high = middle
    }
    for (let row = low * Row.words; row < index.length; row += Row.words) {
      if (index[row] !== length || index[row + Row.print] !== print) return
      yield row
    }
  }

  /** Bytes of the file; valid until the next call. */
  #part(at: number, length: number): Buffer | undefined {
    if (at + length > this.#end) return undefined
    if (length > room) return this.#fill(Buffer.allocUnsafeSlow(length), at)
    if (at < this.#aheadAt || at + length > this.#aheadAt + this.#aheadLength) {
      const size = Math.min(Math.max(length, window), this.#end - at)
      this.#ahead ??= Buffer.allocUnsafeSlow(room)
      this.#aheadAt = at
      this.#aheadLength = this.#fill(this.#ahead.subarray(0, size), at)?.length ?? 0
      if (this.#aheadLength === 0) return undefined
    }
    return this.#ahead!.subarray(at - this.#aheadAt, at - this.#aheadAt + length)
  }

  /** Fills these bytes from the file; undefined where it ends before. */
  #fill(bytes: Buffer, at: number): Buffer | undefined {
    return readSync(this.#fd, bytes, 0, bytes.length, at) === bytes.length ? bytes : undefined
  }
}

type Code = Pick<FoundEntry, 'code' | 'wrapped'>
