import type { SourceType } from '../instrument/types.ts'
import { checksum } from './checksum.ts'

export const idLength = 32

/** 32 hexadecimal digits for a source of this type: its length, its print and the beginning of its SHA-256. */
export function contentId(source: string, type: SourceType): string {
  const bytes = Buffer.from(source)
  const { hash } = process.getBuiltinModule('node:crypto')
  const digest = hash('sha256', `${type}\n${source}`, 'buffer')
  return idOf([bytes.length, printOf(bytes, type), digest.readUInt32BE(0), digest.readUInt32BE(4)])
}

const idBytes = Buffer.alloc(16)

export function idOf(values: Iterable<number>): string {
  let at = 0
  for (const value of values) at = idBytes.writeUInt32BE(value, at)
  return idBytes.toString('hex')
}

export function wordsOf(id: string): number[] {
  return [0, 8, 16, 24].map((at) => Number.parseInt(id.slice(at, at + 8), 16))
}

export function printOf(source: Buffer, type: SourceType): number {
  return checksum(source, type === 'module' ? 1 : 2)
}
