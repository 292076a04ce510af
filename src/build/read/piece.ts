import type { Binding } from '../../instrument/scopes.ts'
import type { Form } from './forms.ts'
import { assignedValue, classOf, functionOf } from './unit-values.ts'
import type { Unit } from './units.ts'

/** A unit of one version, and what it was or has become in the other. */
export interface Piece {
  unit: Unit
  form: Form
  /** The same for units that differ in names alone. */
  hash: string
  declares: Binding[]
  counterpart: Piece | undefined
  /** Whether the counterpart differs in names alone. */
  isSame: boolean
  /** Of which scope it is. */
  level: number
}

/** How many tokens a form has that is found twice by no accident. */
const TELLING = 60

/** Whether a unit gives the module's exports something. */
export function isExporting({ kind, key }: Unit): boolean {
  return kind === 'export' || /^(assign|define|call [\w.]+) (module\.)?exports\b/.test(key)
}

/** What kind of thing a piece makes. */
export function sortOf(piece: Piece | undefined): string {
  if (piece === undefined) return ''
  if (functionOf(piece.unit)) return 'function'
  if (classOf(piece.unit)) return 'class'
  return assignedValue(piece.unit)?.type ?? piece.unit.kind
}

/** Something that is more than what its text says: what the program has put into it, or objects made by it. */
export function isState({ unit, declares }: Piece): boolean {
  if (unit.kind === 'class' || declares.some(({ assigned }) => assigned)) return true
  return unit.kind === 'variable' && functionOf(unit) === undefined && !isPlain(unit)
}

function isPlain(unit: Unit): boolean {
  const type = assignedValue(unit)?.type
  return /^(Literal|TemplateLiteral|UnaryExpression|MemberExpression|Identifier)$/.test(type ?? '')
}

/** Whether a form is found twice by no accident. */
export function isTelling({ unit, form }: Piece): boolean {
  const value = isPlain(unit) ? assignedValue(unit)!.value : undefined
  return (
    unit.kind === 'import' || form.tokens.length >= TELLING || (typeof value === 'string' && value.length > 2)
  )
}

export function hasSameName(a: Piece, b: Piece): boolean {
  return a.unit.names.join() === b.unit.names.join() && a.unit.names.length > 0
}
