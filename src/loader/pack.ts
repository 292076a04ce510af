/**
 * Reading a pack (pack-layout.ts).
 *
 * An entry is found by its print and recognised by comparing the whole source: that is both cheaper than a hash that
 * could be trusted and exact. Entries stand in the order in which the program loaded them, so that reading ahead pays
 * and the next one can be guessed. A text is decoded as one string, of which each code is a slice: of a quarter of a
 * megabyte V8 makes an object that it never copies, and what it is read into need not be larger. A pack is never changed: a new one is written
 * beside it and renamed over it, and whoever has the old one open goes on reading that.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { SourceType } from '../instrument/types.ts'
import { cellLength } from './cell-name.ts'
import { checksum } from './checksum.ts'
import { wrapper } from './compiled.ts'
import { printOf, wordsOf } from './content-id.ts'
import {
  Block,
  Flag,
  Header,
  magic,
  namesLength,
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
  wrapped?: string | undefined
  /** V8's cache data for that; valid until the next entry is looked for. */
  data?: Buffer | undefined
  refused?: string | undefined
  imports: boolean
  announcesImports: boolean
  workers: boolean
  /** Cells of files that the program loads about the same time, this one's among them. */
  nearby?: () => string[]
}

/** What is kept about an entry beside what is needed to run it. */
export type EntryDetails = Pick<PackEntry, 'source' | 'url' | 'sites' | 'map'>

export type EntryCode = Pick<PackEntry, 'cell' | 'code'>

/** What is read at a time, in bytes. */
const window = 1 << 16
const neighbourhood = 64
/**
 * The memory that parts of a pack are read into, in bytes: there is room for most texts. It is allocated once, as the
 * allocator gives the system none back of what is freed among the texts, and not resized, from which on V8 would check
 * each access to any typed array. What is longer has memory of its own, which goes when V8 collects its heap.
 */
const room = 5 << 16

export class Pack {
  readonly #fd: number
  /** The bytes before the index: header, texts and entries. */
  readonly #end: number
  readonly #index: Uint32Array
  /** Of all entries, by number. */
  readonly #names: string
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
    this.#names = tail.toString('latin1', sizes.index + sizes.blocks)
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
    const { index, blocks, names } = sizesOf(header)
    const length = index + blocks + names
    if (end < header.byteLength || end + length !== fstatSync(fd).size) return undefined
    const tail = Buffer.allocUnsafeSlow(length)
    if (readSync(fd, tail, 0, length, end) !== length) return undefined
    return checksum(tail, checksum(Buffer.from(stamp))) === header[Header.checksum]
      ? new Pack(fd, header, tail)
      : undefined
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
      const source = this.#source(row)?.toString('utf8')
      const cold = this.#part(this.#index[row + Row.cold]!, this.#index[row + Row.coldLength]!)
      if (source === undefined || !cold || checksum(cold.subarray(4)) !== cold.readUInt32LE(0)) continue
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
      const source = this.#source(row)
      const isModule = (this.#index[row + Row.flags]! & Flag.module) !== 0
      const found = source && this.#match(row, Buffer.from(source), isModule ? 'module' : 'commonjs')
      if (found) return { cell: found.cell, code: found.code }
    }
    return undefined
  }

  /** All of it but the header, to be carried over into a newer pack. */
  contents(): PackContents | undefined {
    const body = Buffer.allocUnsafeSlow(this.#end)
    if (readSync(this.#fd, body, 0, this.#end, 0) !== this.#end) return undefined
    return { body, index: this.#index, blocks: this.#blocks, names: Buffer.from(this.#names, 'latin1') }
  }

  /**
   * The entry with this row, if it has this source and is intact. One function on purpose: V8 compiles in the background
   * what has been called 400 times. Functions that each module passes get there at the same moment, and what the
   * compilations take for each of them stays with the allocator.
   */
  #match(row: number, source: Buffer, type: SourceType): FoundEntry | undefined {
    const index = this.#index
    const flags = index[row + Row.flags]!
    const isModule = (flags & Flag.module) !== 0
    if (index[row] !== source.length || isModule !== (type === 'module')) return undefined
    const isWide = (flags & Flag.wide) !== 0
    const block = index[row + Row.block]!
    // before the hot part, whose bytes it takes the place of
    if (!isWide) this.#texts[block] ??= this.#decode(block * Block.words)
    const hot = this.#part(index[row + Row.hot]!, index[row + Row.hotLength]!)
    const sourceAt = index[row + Row.hotLength]! - source.length
    if (!hot?.subarray(sourceAt).equals(source)) return undefined
    const rest = hot.subarray(0, sourceAt)
    if (checksum(rest) !== index[row + Row.hotChecksum]) return undefined
    const text = isWide ? rest.toString('utf16le', 0, index[row + Row.codeLength]) : this.#texts[block]
    if (text === undefined) return undefined
    const start = isWide ? 0 : index[row + Row.code]!
    const end = isWide ? text.length : start + index[row + Row.codeLength]!
    const code = text.slice(start, end)
    const data = isWide ? rest.subarray(index[row + Row.codeLength]) : rest
    const number = index[row + Row.number]!
    const names = number * namesLength
    this.#next = number + 1
    const isRefused = (flags & Flag.refused) !== 0
    return {
      id: this.#names.slice(names + cellLength, names + namesLength),
      cell: this.#names.slice(names, names + cellLength),
      code: isRefused ? '' : code,
      refused: isRefused ? code : undefined,
      wrapped: isWide ? undefined : text.slice(start - wrapper.before.length, end + wrapper.after.length),
      data: data.length > 0 ? data : undefined,
      imports: (flags & Flag.imports) !== 0,
      announcesImports: (flags & Flag.announcesImports) !== 0,
      workers: (flags & Flag.workers) !== 0,
      nearby: () => this.#nearby(number),
    }
  }

  /** The source of the entry with this row. */
  #source(row: number): Buffer | undefined {
    const hot = this.#part(this.#index[row + Row.hot]!, this.#index[row + Row.hotLength]!)
    return hot?.subarray(hot.length - this.#index[row]!)
  }

  #nearby(number: number): string[] {
    const first = number - (number % neighbourhood)
    const last = Math.min(first + neighbourhood, this.#rows.length)
    return Array.from({ length: last - first }, (_, i) => {
      const at = (first + i) * namesLength
      return this.#names.slice(at, at + cellLength)
    })
  }

  #decode(block: number): string | undefined {
    const bytes = this.#part(this.#blocks[block + Block.at]!, this.#blocks[block + Block.length]!)
    return bytes && checksum(bytes) === this.#blocks[block + Block.checksum]
      ? bytes.toString('latin1')
      : undefined
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
