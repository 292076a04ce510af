import { closeSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs'
import { checksum } from './checksum.ts'
import { wrapper } from './compiled.ts'
import { wordsOf } from './content-id.ts'
import type { Pack } from './pack.ts'
import {
  aligned,
  Block,
  bytesOf,
  Flag,
  Header,
  magic,
  type PackContents,
  type PackEntry,
  Row,
} from './pack-layout.ts'

/** A text ends with the entry that makes it longer than this. */
const blockSize = 1 << 18

/**
 * Writes a pack with the entries of `older`, if given, and these. The file is complete or absent whatever happens.
 * Throws what the file system throws.
 */
export function writePack(path: string, stamp: string, entries: PackEntry[], older: Pack | undefined): void {
  const header = new Uint32Array(Header.words)
  const old = older?.contents()
  const body = new Body(old)
  for (const group of groups(entries)) body.add(group)
  const names = Buffer.from(entries.map(({ cell, id }) => cell + id).join(''), 'latin1')
  const tail = Buffer.concat([body.index(), body.blocks(), ...(old ? [old.names] : []), names])
  header[Header.magic] = magic
  header[Header.end] = body.end
  header[Header.entries] = body.rows.length
  header[Header.blocks] = body.texts.length
  header[Header.checksum] = checksum(tail, checksum(Buffer.from(stamp)))
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
    this.end = Header.words * 4
    if (!old) return
    this.#push(old.body.subarray(aligned(this.end)))
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
    this.texts.push(Uint32Array.of(this.#push(text), text.length, checksum(text)))
    for (const [i, entry] of entries.entries()) {
      const { hot, codeLength, sum } = encodeHot(entry)
      const row = rows[i]!
      row[Row.hot] = this.#push(hot)
      row[Row.hotLength] = hot.length
      row[Row.hotChecksum] = sum
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
    const at = aligned(this.end)
    this.parts.push(Buffer.alloc(at - this.end), part)
    this.end = at + part.length
    return at
  }
}

function split(values: Uint32Array, size: number): Uint32Array[] {
  return Array.from({ length: values.length / size }, (_, i) => values.subarray(i * size, (i + 1) * size))
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
    (entry.workers ? Flag.workers : 0) |
    (entry.refused === undefined ? 0 : Flag.refused)
  )
}

function encodeHot(entry: PackEntry): { hot: Buffer; codeLength: number; sum: number } {
  const text = textOf(entry)
  const code = isWide(text) ? Buffer.from(text, 'utf16le') : Buffer.alloc(0)
  const rest = Buffer.concat([code, entry.compiled?.() ?? Buffer.alloc(0)])
  const hot = Buffer.concat([rest, Buffer.from(entry.source)])
  return { hot, codeLength: code.length, sum: checksum(rest) }
}

function encodeCold({ url, sites, map }: PackEntry): Buffer {
  const head = Buffer.alloc(12)
  const parts = [url, sites, map].map((text) => Buffer.from(text))
  head.writeUInt32LE(parts[0]!.length, 4)
  head.writeUInt32LE(parts[1]!.length, 8)
  const whole = Buffer.concat([head, ...parts])
  whole.writeUInt32LE(checksum(whole.subarray(4)), 0)
  return whole
}

function isWide(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that do not fit into one byte
  return /[^\u0000-\u00ff]/.test(value)
}
