/**
 * Names of cells. A name follows from the file's url or path alone, so that prepared code can be cached with its cell's
 * name in it and is the same text in every process, which V8's code caches need. All names have one length: replacing
 * one by another moves no column.
 */
const prefix = '$umbra'
const digits = 8

export const cellLength = prefix.length + digits

/** The name for a file at this place; `salt` gives others, for the rare case that it is taken. */
export function cellName(place: string, salt = 0): string {
  let high = 0x811c9dc5 ^ salt
  let low = 0x01000193 + salt
  for (let i = 0; i < place.length; i++) {
    const code = place.charCodeAt(i)
    high = Math.imul(high ^ code, 0x01000193)
    low = Math.imul(low ^ code, 0x85ebca6b) ^ (low >>> 13)
  }
  // numbered cells begin with 0: see numberedCell
  return prefix + (36 ** 7 + ((high >>> 0) % 0x200) * 0x100000000 + (low >>> 0)).toString(36).slice(-digits)
}

/** The name with this number, for cells that are declared before it is known what they are for. */
export function numberedCell(number: number): string {
  return prefix + number.toString(36).padStart(digits, '0')
}

/** Gives code that was prepared for one cell another. The digits stand in it by themselves too. */
export function renameCell(code: string, from: string, to: string): string {
  return from === to ? code : code.replaceAll(from.slice(prefix.length), to.slice(prefix.length))
}

/** True for a text that could not be told from code with this cell. */
export function mentionsCell(text: string, cell: string): boolean {
  return text.includes(cell.slice(prefix.length))
}
