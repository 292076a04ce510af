/**
 * A pack: one file with everything that is known about the modules of one program.
 *
 *     ┌────────┬──────┬─────────┬───┬─────────┬─────────┬───┬─────────┬──────┬─ ─ ─┬───────┬───────┬────────┐
 *     │ header │ text │ hot 0   │ … │ hot n   │ cold 0  │ … │ cold n  │ text │     │ index │ cells │ blocks │
 *     └────────┴──────┴─────────┴───┴─────────┴─────────┴───┴─────────┴──────┴─ ─ ─┴───────┴───────┴────────┘
 *     header   magic, where the index begins, numbers of entries and of blocks, checksum of all that follows the bodies
 *              (seeded with the stamp: a pack that was written by another version does not pass)
 *     text     the code of the entries that follow, each between the halves of the wrapper that CommonJS runs in
 *     hot      source, code that does not fit into one byte a character, V8's compiled form of the code
 *     cold     checksum, lengths, url, sites, map
 *     index    a row an entry (`Row`), sorted by length and print of the source
 *     cells    the names of the entries' cells, in the order of the entries
 *     blocks   place, length and checksum of each text
 *
 * An entry is found by its print and recognised by comparing the whole source: that is both cheaper than a hash that
 * could be trusted and exact. Entries stand in the order in which the program loaded them, so that reading ahead pays
 * and the next one can be guessed. A text is decoded as one string, of which each code is a slice: from a megabyte on
 * Node keeps such a string outside of V8's heap, where nothing copies it. A pack is never changed: a new one is written
 * beside it and renamed over it, and whoever has the old one open goes on reading that.
 */
import { closeSync, fstatSync, openSync, readSync, renameSync, unlinkSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { SourceType } from '../instrument/types.ts'
import { cellLength } from './cell-name.ts'
import { wrapper } from './compiled.ts'

/** What is stored about one text. */
export interface PackEntry {
  /** Identifies source and type: see `contentId`. */
  id: string
  url: string
  type: SourceType
  /** The cell's name within `code`. */
  cell: string
  source: string
  code: string
  /** V8's cache data for the wrapped code; asked for when the entry is written. */
  compiled?: () => Buffer
  /** Why the source cannot be prepared; there is no code then. */
  refused?: string
  /** True when the text may import modules at run time. */
  imports: boolean
  /** True when it says so before it does: `Instrumented.announcesImports`. */
  announcesImports: boolean
  /** JSON of the file's sites, and of its map; empty where nobody has asked for it. */
  sites: string
  map: string
}

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

/** The words of the header. */
const Header = { magic: 0, end: 1, entries: 2, blocks: 3, checksum: 4, words: 5 } as const

/** The words of a row of the index. `code` is the offset in the text, or the length of the code that stands in `hot`. */
const Row = {
  length: 0,
  print: 1,
  hash: 2, // two words
  flags: 4,
  number: 5,
  hot: 6,
  hotLength: 7,
  /** Of what follows the source in the hot part. */
  hotChecksum: 8,
  cold: 9,
  coldLength: 10,
  block: 11,
  code: 12,
  codeLength: 13,
  words: 14,
} as const

const Flag = { wide: 1, module: 2, imports: 4, refused: 8, announcesImports: 16 } as const

/** The words that describe a block. */
const Block = { at: 0, length: 1, checksum: 2, words: 3 } as const

const magic = 0x756d6234
/** What is read at a time, in bytes. */
const window = 1 << 18
/** A text ends with the entry that makes it longer than this. */
const blockSize = 1 << 20
const neighbourhood = 64

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
  #ahead = Buffer.alloc(0)
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
      const header = new Uint32Array(Header.words)
      const size = fstatSync(fd).size
      if (
        readSync(fd, header, 0, header.byteLength, 0) === header.byteLength &&
        header[Header.magic] === magic
      ) {
        const end = header[Header.end]!
        const { index, blocks, cells } = sizesOf(header)
        const length = index + blocks + cells
        if (end >= header.byteLength && end + length === size) {
          const tail = Buffer.allocUnsafeSlow(length)
          const whole = readSync(fd, tail, 0, length, end) === length
          if (whole && crc32(tail, crc32(stamp)) === header[Header.checksum])
            return new Pack(fd, header, tail)
        }
      }
    } catch {
      // as good as no pack
    }
    closeSync(fd)
    return undefined
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
      const hot = this.#hot(row)
      const found = hot && this.#code(row, this.#behindSource(row, hot))
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
    const hot = this.#hot(row)
    if (!hot || source.compare(hot, 0, source.length) !== 0) return undefined
    const rest = this.#behindSource(row, hot)
    const code = this.#code(row, rest)
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
  #code(row: number, behindSource: Buffer | undefined): Code | undefined {
    const index = this.#index
    if (this.#isWide(row))
      return behindSource && { code: behindSource.toString('utf16le', 0, index[row + Row.codeLength]!) }
    const text = this.#text(index[row + Row.block]!)
    if (text === undefined) return undefined
    const start = index[row + Row.code]!
    const end = start + index[row + Row.codeLength]!
    return {
      code: text.slice(start, end),
      wrapped: text.slice(start - wrapper.before.length, end + wrapper.after.length),
    }
  }

  #text(block: number): string | undefined {
    const known = this.#texts[block]
    if (known !== undefined) return known
    const at = block * Block.words
    const length = this.#blocks[at + Block.length]!
    const bytes = Buffer.allocUnsafeSlow(length) // not what is read ahead, which stays
    if (readSync(this.#fd, bytes, 0, length, this.#blocks[at + Block.at]!) !== length) return undefined
    if (crc32(bytes) !== this.#blocks[at + Block.checksum]) return undefined
    this.#texts[block] = bytes.toString('latin1')
    return this.#texts[block]
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
    if (at < this.#aheadAt || at + length > this.#aheadAt + this.#aheadLength) {
      const size = Math.min(Math.max(length, window), this.#end - at)
      if (this.#ahead.length < size) this.#ahead = Buffer.allocUnsafeSlow(size)
      this.#aheadAt = at
      this.#aheadLength = size
      if (readSync(this.#fd, this.#ahead, 0, size, at) !== size) {
        this.#aheadLength = 0
        return undefined
      }
    }
    return this.#ahead.subarray(at - this.#aheadAt, at - this.#aheadAt + length)
  }
}

type Code = Pick<FoundEntry, 'code' | 'wrapped'>

interface PackContents {
  body: Buffer
  index: Uint32Array
  blocks: Uint32Array
  cells: Buffer
}

/** The lengths, in bytes, of what follows the bodies. */
function sizesOf(header: Uint32Array): { index: number; blocks: number; cells: number } {
  const entries = header[Header.entries]!
  return {
    index: entries * Row.words * 4,
    blocks: header[Header.blocks]! * Block.words * 4,
    cells: entries * cellLength,
  }
}

function words(bytes: Buffer, at: number, length: number): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset + at, length / 4)
}

function bytesOf(values: Uint32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength)
}

/**
 * Writes a pack with the entries of `older`, if given, and these. The file is complete or absent whatever happens.
 * Throws what the file system throws.
 */
export function writePack(path: string, stamp: string, entries: PackEntry[], older: Pack | undefined): void {
  const header = new Uint32Array(Header.words)
  const old = older?.contents()
  const body = new Body(old)
  for (const group of groups(entries)) body.add(group)
  const cells = Buffer.from(entries.map(({ cell }) => cell).join(''), 'latin1')
  const tail = Buffer.concat([body.index(), body.blocks(), ...(old ? [old.cells] : []), cells])
  header[Header.magic] = magic
  header[Header.end] = body.end
  header[Header.entries] = body.rows.length
  header[Header.blocks] = body.texts.length
  header[Header.checksum] = crc32(tail, crc32(stamp))
  replaceFile(path, [bytesOf(header), ...body.parts, tail])
}

/** The entries whose code makes one text. */
function* groups(entries: PackEntry[]): Iterable<PackEntry[]> {
  let group: PackEntry[] = []
  let length = 0
  for (const entry of entries) {
    group.push(entry)
    if (!isWide(textOf(entry))) length += textOf(entry).length
    if (length < blockSize) continue
    yield group
    group = []
    length = 0
  }
  if (group.length > 0) yield group
}

/** The bodies of a pack that is being written, and what its index will say of them. */
class Body {
  /** What comes after the header. */
  readonly parts: Buffer[] = []
  readonly rows: Uint32Array[] = []
  readonly texts: Uint32Array[] = []
  end: number

  constructor(old: PackContents | undefined) {
    const start = Header.words * 4
    this.end = start
    if (!old) return
    this.#push(old.body.subarray(start))
    this.rows.push(...split(old.index, Row.words))
    this.texts.push(...split(old.blocks, Block.words))
  }

  add(entries: PackEntry[]): void {
    const texts: Buffer[] = []
    const block = this.texts.length
    const rows = entries.map((entry) => {
      const row = new Uint32Array(Row.words)
      row.set(wordsOf(entry.id))
      row[Row.flags] = flagsOf(entry)
      row[Row.number] = this.rows.length
      row[Row.block] = block
      this.rows.push(row)
      return row
    })
    let length = 0
    for (const [i, entry] of entries.entries()) {
      const code = textOf(entry)
      if (isWide(code)) continue
      texts.push(Buffer.from(wrapper.before + code + wrapper.after, 'latin1'))
      rows[i]![Row.code] = length + wrapper.before.length
      rows[i]![Row.codeLength] = code.length
      length += texts.at(-1)!.length
    }
    const text = Buffer.concat(texts)
    this.texts.push(Uint32Array.of(this.#push(text), text.length, crc32(text)))
    for (const [i, entry] of entries.entries()) {
      const { hot, codeLength, checksum } = encodeHot(entry)
      const row = rows[i]!
      row[Row.hot] = this.#push(hot)
      row[Row.hotLength] = hot.length
      row[Row.hotChecksum] = checksum
      if (codeLength > 0) row[Row.codeLength] = codeLength
    }
    for (const [i, entry] of entries.entries()) {
      const cold = encodeCold(entry)
      rows[i]![Row.cold] = this.#push(cold)
      rows[i]![Row.coldLength] = cold.length
    }
  }

  index(): Buffer {
    const byPrint = (a: Uint32Array, b: Uint32Array) => a[0]! - b[0]! || a[Row.print]! - b[Row.print]!
    return Buffer.concat(this.rows.toSorted(byPrint).map(bytesOf))
  }

  blocks(): Buffer {
    return Buffer.concat(this.texts.map(bytesOf))
  }

  #push(part: Buffer): number {
    const at = this.end
    this.parts.push(part)
    this.end += part.length
    return at
  }
}

function split(values: Uint32Array, size: number): Uint32Array[] {
  return Array.from({ length: values.length / size }, (_, i) => values.subarray(i * size, (i + 1) * size))
}

/** 32 hexadecimal digits for a source of this type: its length, its print and the beginning of its SHA-256. */
export function contentId(source: string, type: SourceType): string {
  const bytes = Buffer.from(source)
  const { hash } = process.getBuiltinModule('node:crypto')
  const digest = hash('sha256', `${type}\n${source}`, 'buffer')
  return idOf([bytes.length, printOf(bytes, type), digest.readUInt32BE(0), digest.readUInt32BE(4)])
}

const idBytes = Buffer.alloc(16)

function idOf(values: Iterable<number>): string {
  let at = 0
  for (const value of values) at = idBytes.writeUInt32BE(value, at)
  return idBytes.toString('hex')
}

function wordsOf(id: string): number[] {
  return [0, 8, 16, 24].map((at) => Number.parseInt(id.slice(at, at + 8), 16))
}

function printOf(source: Buffer, type: SourceType): number {
  return crc32(source, type === 'module' ? 1 : 2)
}

function replaceFile(path: string, parts: Buffer[]): void {
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`
  const fd = openSync(temporary, 'wx', 0o600)
  try {
    try {
      for (const part of parts) {
        for (let done = 0; done < part.length; ) done += writeSync(fd, part, done)
      }
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, path)
  } catch (error) {
    unlinkSync(temporary)
    throw error
  }
}

/** What stands in place of the source: code, or why there is none. */
function textOf({ code, refused }: PackEntry): string {
  return refused ?? code
}

function flagsOf(entry: PackEntry): number {
  return (
    (isWide(textOf(entry)) ? Flag.wide : 0) |
    (entry.type === 'module' ? Flag.module : 0) |
    (entry.imports ? Flag.imports : 0) |
    (entry.announcesImports ? Flag.announcesImports : 0) |
    (entry.refused === undefined ? 0 : Flag.refused)
  )
}

function encodeHot(entry: PackEntry): { hot: Buffer; codeLength: number; checksum: number } {
  const text = textOf(entry)
  const code = isWide(text) ? Buffer.from(text, 'utf16le') : Buffer.alloc(0)
  const rest = Buffer.concat([code, entry.compiled?.() ?? Buffer.alloc(0)])
  const hot = Buffer.concat([Buffer.from(entry.source), rest])
  return { hot, codeLength: code.length, checksum: crc32(rest) }
}

function encodeCold({ url, sites, map }: PackEntry): Buffer {
  const head = Buffer.alloc(12)
  const parts = [url, sites, map].map((text) => Buffer.from(text))
  head.writeUInt32LE(parts[0]!.length, 4)
  head.writeUInt32LE(parts[1]!.length, 8)
  const whole = Buffer.concat([head, ...parts])
  whole.writeUInt32LE(crc32(whole.subarray(4)), 0)
  return whole
}

function isWide(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that do not fit into one byte
  return /[^\u0000-\u00ff]/.test(value)
}
