import { isName } from '../read/expressions.ts'

export interface Stretch {
  start: number
  end: number
}

export interface Edit extends Stretch {
  /** A function where it depends on other edits, those of a stretch that goes elsewhere. */
  text: string | (() => string)
}

/** The text of a stretch with the edits that lie in it; at one place they come in their order. */
export function applyEdits(source: string, range: { start: number; end: number }, edits: Edit[]): string {
  const within = edits
    .map((edit, order) => ({ ...edit, order }))
    .filter((edit) => edit.start >= range.start && edit.end <= range.end)
    .sort((a, b) => a.start - b.start || a.end - b.end || a.order - b.order)
  let text = ''
  let at = range.start
  for (const edit of within) {
    // What is replaced as a whole has no parts any more.
    if (edit.start < at) continue
    text += source.slice(at, edit.start) + (typeof edit.text === 'string' ? edit.text : edit.text())
    at = edit.end
  }
  return text + source.slice(at, range.end)
}

export function member(name: string): string {
  return isName(name) ? `.${name}` : `[${quote(name)}]`
}

/** A name as the key of a property. */
export function propertyKey(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : quote(name)
}

export function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r')}'`
}
