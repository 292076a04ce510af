/**
 * A pack: one file with everything that is known about the modules of one program.
 *
 *     ┌────────┬─────────┬─────────┬─ ─ ─┬───────┬───────┐
 *     │ header │ entry 0 │ entry 1 │     │ index │ cells │
 *     └────────┴─────────┴─────────┴─ ─ ─┴───────┴───────┘
 *     header   magic, where the index begins, number of entries, checksum of index and cells (seeded with the stamp: a
 *              pack that was written by another version does not pass)
 *     entry    hot part: head, url, code, source, V8's compiled form of the code · cold part: sites, map · each with a
 *              checksum, but for the source, which is compared
 *     index    24 bytes an entry, sorted by print: length and checksum of the source, offset, lengths of the hot and the
 *              cold part, number of the entry
 *     cells    the names of the entries' cells, in the order of the entries
 *
 * An entry is found by its print and recognised by comparing the whole source: that is both cheaper than a hash that
 * could be trusted and exact. Entries stand in the order in which the program loaded them, so that reading ahead pays.
 * A pack is never changed: a new one is written beside it and renamed over it, and whoever has the old one open goes on
 * reading that.
 */
import { closeSync, fstatSync, openSync, readSync, renameSync, unlinkSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { SourceType } from '../instrument/types.ts'
import { cellLength } from './cell-name.ts'

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
  /** V8's cache data for the code, as `compileCommonJs` wraps it; asked for when the entry is written. */
  compiled?: () => Buffer
  /** Why the source cannot be prepared; there is no code then. */
  refused?: string
  /** True when the text may import modules at run time. */
  imports: boolean
  /** JSON of the file's sites, and of its map; empty where nobody has asked for it. */
  sites: string
  map: string
}

/** What is needed to run a file. */
export interface FoundEntry {
  id: string
  url: string
  cell: string
  code: string
  /** V8's cache data for it; valid until the next entry is looked for. */
  data?: Buffer
  refused?: string
  imports: boolean
  /** Cells of files that the program loads about the same time, this one's among them. */
  nearby?: () => string[]
}

const magic = 0x756d6232
const headerSize = 16
const rowSize = 24
const headSize = 40
const window = 1 << 18
const neighbourhood = 64

export class Pack {
  readonly #fd: number
  readonly #index: Buffer
  readonly #cells: Buffer
  /** The bytes before the index: header and entries. */
  readonly #end: number
  #ahead = Buffer.alloc(0)
  #aheadAt = 0

  private constructor(fd: number, index: Buffer, cells: Buffer, end: number) {
    this.#fd = fd
    this.#index = index
    this.#cells = cells
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
        const count = header.readUInt32LE(8)
        const length = count * (rowSize + cellLength)
        if (end >= headerSize && end + length === size) {
          const tail = Buffer.allocUnsafeSlow(length)
          if (
            readSync(fd, tail, 0, length, end) === length &&
            crc32(tail, crc32(stamp)) === header.readUInt32LE(12)
          ) {
            return new Pack(fd, tail.subarray(0, count * rowSize), tail.subarray(count * rowSize), end)
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

  /** What was prepared from exactly this source (in UTF-8), if its entry is intact. */
  find(source: Buffer, type: SourceType): FoundEntry | undefined {
    for (const row of this.#rows(source.length, printOf(source, type))) {
      const hot = this.#hot(row)
      if (!hot || typeOf(hot) !== type) continue
      const sourceAt = sourceStart(hot)
      if (source.compare(hot, sourceAt, compiledStart(hot)) === 0)
        return this.#found(hot, this.#index.readUInt32LE(row + 20))
    }
    return undefined
  }

  /** The source, and the JSON of sites and map, of the entry with this id. */
  details(id: string): { source: string; sites: string; map: string } | undefined {
    const length = Number.parseInt(id.slice(0, 8), 16)
    const print = Number.parseInt(id.slice(8, 16), 16)
    for (const row of this.#rows(length, print)) {
      const hot = this.#hot(row)
      if (!hot || idOf(hot) !== id) continue
      const source = hot.toString('utf8', sourceStart(hot), compiledStart(hot))
      const cold = this.#cold(row)
      if (!cold) return undefined
      const sitesEnd = 8 + cold.readUInt32LE(4)
      return { source, sites: cold.toString('utf8', 8, sitesEnd), map: cold.toString('utf8', sitesEnd) }
    }
    return undefined
  }

  has(id: string): boolean {
    return this.details(id) !== undefined
  }

  /** All of it but the header's checksum, to be carried over into a newer pack. */
  contents(): { body: Buffer; index: Buffer; cells: Buffer } | undefined {
    const body = Buffer.allocUnsafeSlow(this.#end)
    if (readSync(this.#fd, body, 0, this.#end, 0) !== this.#end) return undefined
    return { body, index: this.#index, cells: this.#cells }
  }

  #found(hot: Buffer, number: number): FoundEntry {
    const flags = hot[4]!
    const urlEnd = headSize + hot.readUInt32LE(24)
    const data = hot.subarray(compiledStart(hot))
    const intact = data.length > 0 && crc32(data) === hot.readUInt32LE(36)
    const code = hot.toString((flags & 1) !== 0 ? 'utf16le' : 'latin1', urlEnd, sourceStart(hot))
    return {
      id: idOf(hot),
      url: hot.toString('utf8', headSize, urlEnd),
      cell: this.#cell(number),
      imports: (flags & 4) !== 0,
      nearby: () => this.#nearby(number),
      ...(intact ? { data } : {}),
      ...((flags & 8) === 0 ? { code } : { code: '', refused: code }),
    }
  }

  #cell(number: number): string {
    return this.#cells.toString('latin1', number * cellLength, (number + 1) * cellLength)
  }

  #nearby(number: number): string[] {
    const first = number - (number % neighbourhood)
    const last = Math.min(first + neighbourhood, this.#cells.length / cellLength)
    return Array.from({ length: last - first }, (_, i) => this.#cell(first + i))
  }

  /** The offsets in the index of the entries with this length and print. */
  *#rows(length: number, print: number): Iterable<number> {
    const index = this.#index
    let low = 0
    let high = index.length / rowSize
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = middle * rowSize
      const order = index.readUInt32LE(at) - length || index.readUInt32LE(at + 4) - print
      if (order < 0) low = middle + 1
      else high = middle
    }
    for (let row = low * rowSize; row < index.length; row += rowSize) {
      if (index.readUInt32LE(row) !== length || index.readUInt32LE(row + 4) !== print) return
      yield row
    }
  }

  #hot(row: number): Buffer | undefined {
    const part = this.#part(this.#index.readUInt32LE(row + 8), this.#index.readUInt32LE(row + 12))
    if (!part || part.length < headSize) return undefined
    const end = sourceStart(part)
    return end <= compiledStart(part) && crc32(part.subarray(4, end)) === part.readUInt32LE(0)
      ? part
      : undefined
  }

  #cold(row: number): Buffer | undefined {
    const at = this.#index.readUInt32LE(row + 8) + this.#index.readUInt32LE(row + 12)
    const part = this.#part(at, this.#index.readUInt32LE(row + 16))
    return part && crc32(part.subarray(4)) === part.readUInt32LE(0) ? part : undefined
  }

  /** Bytes of the file; valid until the next call. */
  #part(at: number, length: number): Buffer | undefined {
    if (at + length > this.#end) return undefined
    if (at < this.#aheadAt || at + length > this.#aheadAt + this.#ahead.length) {
      const size = Math.min(Math.max(length, window), this.#end - at)
      if (this.#ahead.length !== size) this.#ahead = Buffer.allocUnsafeSlow(size)
      this.#aheadAt = at
      if (readSync(this.#fd, this.#ahead, 0, size, at) !== size) {
        this.rest()
        return undefined
      }
    }
    return this.#ahead.subarray(at - this.#aheadAt, at - this.#aheadAt + length)
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
  const parts = [old?.body ?? Buffer.alloc(headerSize)]
  const rows: Buffer[] = []
  for (let row = 0; old && row < old.index.length; row += rowSize)
    rows.push(old.index.subarray(row, row + rowSize))
  const first = rows.length
  let at = parts[0]!.length
  for (const [i, entry] of entries.entries()) {
    const hot = encodeHot(entry)
    const cold = encodeCold(entry)
    rows.push(encodeRow(entry, at, hot.length, cold.length, first + i))
    parts.push(hot, cold)
    at += hot.length + cold.length
  }
  const cells = Buffer.from(entries.map(({ cell }) => cell).join(''), 'latin1')
  const tail = Buffer.concat([...rows.sort(byPrint), ...(old ? [old.cells] : []), cells])
  const header = parts[0]!
  header.writeUInt32LE(magic, 0)
  header.writeUInt32LE(at, 4)
  header.writeUInt32LE(rows.length, 8)
  header.writeUInt32LE(crc32(tail, crc32(stamp)), 12)
  replaceFile(path, [...parts, tail])
}

/** 32 hexadecimal digits for a source of this type: its length, its print and the beginning of its SHA-256. */
export function contentId(source: string, type: SourceType): string {
  const bytes = Buffer.from(source)
  const { createHash } = process.getBuiltinModule('node:crypto')
  const hash = createHash('sha256').update(type).update(bytes).digest('hex').slice(0, 16)
  return hex(bytes.length) + hex(printOf(bytes, type)) + hash
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0')
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

function byPrint(a: Buffer, b: Buffer): number {
  return a.readUInt32LE(0) - b.readUInt32LE(0) || a.readUInt32LE(4) - b.readUInt32LE(4)
}

function encodeRow({ id }: PackEntry, at: number, hot: number, cold: number, number: number): Buffer {
  const row = Buffer.alloc(rowSize)
  row.writeUInt32LE(Number.parseInt(id.slice(0, 8), 16), 0)
  row.writeUInt32LE(Number.parseInt(id.slice(8, 16), 16), 4)
  row.writeUInt32LE(at, 8)
  row.writeUInt32LE(hot, 12)
  row.writeUInt32LE(cold, 16)
  row.writeUInt32LE(number, 20)
  return row
}

/**
 * head: checksum · flags: wide code 1, module 2, imports 4, refused 8 · id (16 bytes) · lengths of url, code and compiled
 * form · checksum of the compiled form
 */
function encodeHot(entry: PackEntry): Buffer {
  const { url, type, source, imports, refused } = entry
  const code = refused ?? entry.code
  const wide = isWide(code)
  const urlBytes = Buffer.from(url)
  const codeBytes = Buffer.from(code, wide ? 'utf16le' : 'latin1')
  const sourceBytes = Buffer.from(source)
  const compiled = entry.compiled?.() ?? Buffer.alloc(0)
  const head = Buffer.alloc(headSize)
  head[4] = (wide ? 1 : 0) | (type === 'module' ? 2 : 0) | (imports ? 4 : 0) | (refused === undefined ? 0 : 8)
  head.write(entry.id, 8, 'hex')
  head.writeUInt32LE(urlBytes.length, 24)
  head.writeUInt32LE(codeBytes.length, 28)
  head.writeUInt32LE(compiled.length, 32)
  head.writeUInt32LE(crc32(compiled), 36)
  const whole = Buffer.concat([head, urlBytes, codeBytes, sourceBytes, compiled])
  whole.writeUInt32LE(crc32(whole.subarray(4, sourceStart(whole))), 0)
  return whole
}

function encodeCold({ sites, map }: PackEntry): Buffer {
  const head = Buffer.alloc(8)
  const siteBytes = Buffer.from(sites)
  head.writeUInt32LE(siteBytes.length, 4)
  const whole = Buffer.concat([head, siteBytes, Buffer.from(map)])
  whole.writeUInt32LE(crc32(whole.subarray(4)), 0)
  return whole
}

function typeOf(hot: Buffer): SourceType {
  return (hot[4]! & 2) === 0 ? 'commonjs' : 'module'
}

function idOf(hot: Buffer): string {
  return hot.toString('hex', 8, 24)
}

function sourceStart(hot: Buffer): number {
  return headSize + hot.readUInt32LE(24) + hot.readUInt32LE(28)
}

function compiledStart(hot: Buffer): number {
  return hot.length - hot.readUInt32LE(32)
}

function isWide(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that do not fit into one byte
  return /[^\u0000-\u00ff]/.test(value)
}
