import type { SourceType } from '../instrument/types.ts'
import { cellLength } from './cell-name.ts'
import { idLength } from './content-id.ts'

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
  /** True when the text may start worker threads. */
  workers: boolean
  /** JSON of the file's sites, and of its map; empty where nobody has asked for it. */
  sites: string
  map: string
}

/** The words of the header. */
export const Header = { magic: 0, end: 1, entries: 2, blocks: 3, checksum: 4, words: 5 } as const

/** The words of a row of the index. `code` is the offset in the text, or the length of the code that stands in `hot`. */
export const Row = {
  length: 0,
  print: 1,
  hash: 2, // two words
  flags: 4,
  number: 5,
  hot: 6,
  hotLength: 7,
  /** Of what stands before the source in the hot part. */
  hotChecksum: 8,
  cold: 9,
  coldLength: 10,
  block: 11,
  code: 12,
  codeLength: 13,
  words: 14,
} as const

export const Flag = { wide: 1, module: 2, imports: 4, refused: 8, announcesImports: 16, workers: 32 } as const

/** The words that describe a block. */
export const Block = { at: 0, length: 1, checksum: 2, words: 3 } as const

export const magic = 0x756d6236

/** Where a part begins that would come here: in words, and as V8 wants its cache data. */
export function aligned(at: number): number {
  return Math.ceil(at / 8) * 8
}

/** How long what stands in an entry's names is: its cell, then its id. */
export const namesLength = cellLength + idLength

export interface PackContents {
  body: Buffer
  index: Uint32Array
  blocks: Uint32Array
  names: Buffer
}

/** The lengths, in bytes, of what follows the bodies. */
export function sizesOf(header: Uint32Array): { index: number; blocks: number; names: number } {
  const entries = header[Header.entries]!
  return {
    index: entries * Row.words * 4,
    blocks: header[Header.blocks]! * Block.words * 4,
    names: entries * namesLength,
  }
}

export function words(bytes: Buffer, at: number, length: number): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset + at, length / 4)
}

export function bytesOf(values: Uint32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength)
}
