/**
 * A pack: one file with everything that is known about the modules of one program.
 *
 *     ┌────────┬─────────┬─────────┬─ ─ ─┬───────┐
 *     │ header │ entry 0 │ entry 1 │     │ index │
 *     └────────┴─────────┴─────────┴─ ─ ─┴───────┘
 *     header   magic, offset and length of the index, its checksum (seeded with the stamp: a pack that was written by
 *              another version does not pass)
 *     entry    hot part: head, url, source, code · cold part: sites, map · each with a checksum
 *     index    20 bytes an entry, sorted by print: print, offset, length of the hot part, length of the cold part
 *
 * An entry is found by its print, length and checksum of the source, and recognised by comparing the whole source: that
 * is both cheaper than a hash that could be trusted and exact. Entries stand in the order in which the program loaded them, so that reading
 * ahead pays. A pack is never changed: a new one is written beside it and renamed over it, and whoever has the old one
 * open goes on reading that.
 */
import { closeSync, fstatSync, openSync, readSync, renameSync, unlinkSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { SourceType } from '../instrument/types.ts'

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
  /** Why the source cannot be prepared; there is no code then. */
  refused?: string
  /** True when the text may import modules at run time. */
  imports: boolean
  /** JSON of the file's sites, and of its map. */
  sites: string
  map: string
}

/** What is needed to run a file. */
export interface FoundEntry {
  id: string
  url: string
  cell: string
  code: string
  refused?: string
  imports: boolean
}

const magic = 0x756d6272
const headerSize = 16
const indexRow = 20
const headSize = 56
const window = 1 << 18

export class Pack {
  readonly #fd: number
  readonly #index: Buffer
  /** The bytes before the index: header and entries. */
  readonly #end: number
  #ahead = Buffer.alloc(0)
  #aheadAt = 0

  private constructor(fd: number, index: Buffer, end: number) {
    this.#fd = fd
    this.#index = index
    this.#end = end
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
      const header = Buffer.alloc(headerSize)
      const size = fstatSync(fd).size
      if (readSync(fd, header, 0, headerSize, 0) === headerSize && header.readUInt32LE(0) === magic) {
        const end = header.readUInt32LE(4)
        const length = header.readUInt32LE(8)
        if (end >= headerSize && end + length === size && length % indexRow === 0) {
          const index = Buffer.allocUnsafeSlow(length)
          if (
            readSync(fd, index, 0, length, end) === length &&
            crc32(index, crc32(stamp)) === header.readUInt32LE(12)
          ) {
            return new Pack(fd, index, end)
          }
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

  /** What was prepared from exactly this source, if its entry is intact. */
  find(source: string, type: SourceType): FoundEntry | undefined {
    const print = printOf(source, type)
    for (
      let row = this.#firstRow(source.length, print);
      this.#isAt(row, source.length, print);
      row += indexRow
    ) {
      const found = this.#match(row, source, type)
      if (found) return found
    }
    return undefined
  }

  /** The source, and the JSON of sites and map, of the entry with this id. */
  details(id: string): { source: string; sites: string; map: string } | undefined {
    const length = Number.parseInt(id.slice(0, 8), 16)
    const print = Number.parseInt(id.slice(8, 16), 16)
    for (let row = this.#firstRow(length, print); this.#isAt(row, length, print); row += indexRow) {
      const hot = this.#hot(row)
      if (!hot || hot.toString('hex', 8, 24) !== id) continue
      const head = readHead(hot)
      const source = text(hot, headSize + head.url, head.source, head.wideSource)
      const cold = this.#cold(row)
      if (!cold) return undefined
      const sites = cold.readUInt32LE(4)
      return { source, sites: cold.toString('utf8', 8, 8 + sites), map: cold.toString('utf8', 8 + sites) }
    }
    return undefined
  }

  /** Header and entries as they stand in the file, and the index, to be carried over into a newer pack. */
  contents(): { body: Buffer; index: Buffer } | undefined {
    const body = Buffer.allocUnsafeSlow(this.#end)
    return readSync(this.#fd, body, 0, this.#end, 0) === this.#end ? { body, index: this.#index } : undefined
  }

  #match(row: number, source: string, type: SourceType): FoundEntry | undefined {
    const hot = this.#hot(row)
    if (!hot) return undefined
    const head = readHead(hot)
    if (head.type !== type) return undefined
    const sourceAt = headSize + head.url
    if (text(hot, sourceAt, head.source, head.wideSource) !== source) return undefined
    const code = text(hot, sourceAt + head.source, head.code, head.wideCode)
    return {
      id: hot.toString('hex', 8, 24),
      url: hot.toString('utf8', headSize, sourceAt),
      cell: hot.toString('latin1', 40, 40 + head.cell),
      imports: head.imports,
      ...(head.refused ? { code: '', refused: code } : { code }),
    }
  }

  /** The first row at or behind this print. */
  #firstRow(length: number, print: number): number {
    let low = 0
    let high = this.#index.length / indexRow
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = middle * indexRow
      const rowLength = this.#index.readUInt32LE(at)
      if (rowLength < length || (rowLength === length && this.#index.readUInt32LE(at + 4) < print))
        low = middle + 1
      else high = middle
    }
    return low * indexRow
  }

  #isAt(row: number, length: number, print: number): boolean {
    if (row >= this.#index.length) return false
    return this.#index.readUInt32LE(row) === length && this.#index.readUInt32LE(row + 4) === print
  }

  #hot(row: number): Buffer | undefined {
    return this.#part(this.#index.readUInt32LE(row + 8), this.#index.readUInt32LE(row + 12))
  }

  #cold(row: number): Buffer | undefined {
    const hotLength = this.#index.readUInt32LE(row + 12)
    return this.#part(this.#index.readUInt32LE(row + 8) + hotLength, this.#index.readUInt32LE(row + 16))
  }

  /** A part whose checksum is right; valid until the next call. */
  #part(at: number, length: number): Buffer | undefined {
    if (at + length > this.#end) return undefined
    if (at < this.#aheadAt || at + length > this.#aheadAt + this.#ahead.length) {
      const size = Math.min(Math.max(length, window), this.#end - at)
      if (this.#ahead.length !== size) this.#ahead = Buffer.allocUnsafeSlow(size)
      this.#aheadAt = at
      if (readSync(this.#fd, this.#ahead, 0, size, at) !== size) {
        this.#ahead = Buffer.alloc(0)
        return undefined
      }
    }
    const part = this.#ahead.subarray(at - this.#aheadAt, at - this.#aheadAt + length)
    return crc32(part.subarray(4)) === part.readUInt32LE(0) ? part : undefined
  }

  /** Lets go of what was read ahead. */
  rest(): void {
    this.#ahead = Buffer.alloc(0)
  }
}

/**
 * Writes a pack with the entries of `older`, if given, and these. The file is complete or absent whatever happens.
 * Throws what the file system throws.
 */
export function writePack(path: string, stamp: string, entries: PackEntry[], older: Pack | undefined): void {
  const old = older?.contents()
  const parts: Buffer[] = [old?.body ?? Buffer.alloc(headerSize)]
  const rows: Buffer[] = []
  let at = parts[0]!.length
  for (const entry of entries) {
    const hot = encodeHot(entry)
    const cold = encodeCold(entry)
    rows.push(encodeRow(entry, at, hot.length, cold.length))
    parts.push(hot, cold)
    at += hot.length + cold.length
  }
  for (let row = 0; old && row < old.index.length; row += indexRow)
    rows.push(old.index.subarray(row, row + indexRow))
  rows.sort(byPrint)
  const index = Buffer.concat(rows)
  const header = parts[0]!
  header.writeUInt32LE(magic, 0)
  header.writeUInt32LE(at, 4)
  header.writeUInt32LE(index.length, 8)
  header.writeUInt32LE(crc32(index, crc32(stamp)), 12)
  replaceFile(path, [...parts, index])
}

/** 32 hexadecimal digits for a source of this type: its length, its print and the beginning of its SHA-256. */
export function contentId(source: string, type: SourceType): string {
  const hash = process
    .getBuiltinModule('node:crypto')
    .createHash('sha256')
    .update(type)
    .update(source)
    .digest('hex')
    .slice(0, 16)
  return hex(source.length) + hex(printOf(source, type)) + hash
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0')
}

function replaceFile(path: string, parts: Buffer[]): void {
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`
  const fd = openSync(temporary, 'wx', 0o600)
  try {
    for (const part of parts) {
      for (let done = 0; done < part.length; ) done += writeSync(fd, part, done)
    }
    closeSync(fd)
    renameSync(temporary, path)
  } catch (error) {
    unlinkSync(temporary)
    throw error
  }
}

function byPrint(a: Buffer, b: Buffer): number {
  return a.readUInt32LE(0) - b.readUInt32LE(0) || a.readUInt32LE(4) - b.readUInt32LE(4)
}

function encodeRow({ source, type }: PackEntry, at: number, hot: number, cold: number): Buffer {
  const row = Buffer.alloc(indexRow)
  row.writeUInt32LE(source.length, 0)
  row.writeUInt32LE(printOf(source, type), 4)
  row.writeUInt32LE(at, 8)
  row.writeUInt32LE(hot, 12)
  row.writeUInt32LE(cold, 16)
  return row
}

/** head: checksum, flags, length of cell · id (16 bytes) · lengths of url, source and code · cell (16 bytes) */
function encodeHot(entry: PackEntry): Buffer {
  const { id, url, type, cell, source, imports, refused } = entry
  const code = refused ?? entry.code
  const urlBytes = Buffer.from(url)
  const sourceWide = isWide(source)
  const codeWide = isWide(code)
  const sourceBytes = Buffer.from(source, sourceWide ? 'utf16le' : 'latin1')
  const codeBytes = Buffer.from(code, codeWide ? 'utf16le' : 'latin1')
  const head = Buffer.alloc(headSize)
  head[4] =
    (sourceWide ? 1 : 0) |
    (codeWide ? 2 : 0) |
    (type === 'module' ? 4 : 0) |
    (imports ? 8 : 0) |
    (refused === undefined ? 0 : 16)
  head[5] = cell.length
  head.write(id, 8, 'hex')
  head.writeUInt32LE(urlBytes.length, 24)
  head.writeUInt32LE(sourceBytes.length, 28)
  head.writeUInt32LE(codeBytes.length, 32)
  head.write(cell, 40, 'latin1')
  return checksummed([head, urlBytes, sourceBytes, codeBytes])
}

function readHead(hot: Buffer) {
  const flags = hot[4]!
  return {
    wideSource: (flags & 1) !== 0,
    wideCode: (flags & 2) !== 0,
    type: ((flags & 4) !== 0 ? 'module' : 'commonjs') as SourceType,
    imports: (flags & 8) !== 0,
    refused: (flags & 16) !== 0,
    cell: hot[5]!,
    url: hot.readUInt32LE(24),
    source: hot.readUInt32LE(28),
    code: hot.readUInt32LE(32),
  }
}

function encodeCold({ sites, map }: PackEntry): Buffer {
  const head = Buffer.alloc(8)
  const siteBytes = Buffer.from(sites)
  head.writeUInt32LE(siteBytes.length, 4)
  return checksummed([head, siteBytes, Buffer.from(map)])
}

function checksummed(parts: Buffer[]): Buffer {
  const whole = Buffer.concat(parts)
  whole.writeUInt32LE(crc32(whole.subarray(4)), 0)
  return whole
}

function text(buffer: Buffer, at: number, length: number, wide: boolean): string {
  return wide ? buffer.toString('utf16le', at, at + length) : buffer.toString('latin1', at, at + length)
}

function isWide(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that do not fit into one byte
  return /[^\u0000-\u00ff]/.test(value)
}

function printOf(source: string, type: SourceType): number {
  return crc32(source, type === 'module' ? 1 : 2)
}
