/**
 * A file's cell at run time.
 *
 *   const $umbra12 = { t12: undefined }      declared in the script scope: every module of the realm sees it, and
 *                        └─ the table        nothing of it shows on globalThis
 *
 * Measured on Node 20, 24 and 26 against a global property, a script-scope `let` and an array: V8 treats the one
 * field of a constant object as a constant, so an optimised function has nothing left of its site while its file is
 * unpatched. The field has a name of its own because constness is kept per object shape: with one shape for all
 * cells, the first patch of one file would make every function of the process be optimised anew.
 *
 * A cell is never in a temporal dead zone: it is declared by a script of its own that has finished.
 */
import { runInThisContext } from 'node:vm'

/** Replacements by the function's index in `FileSites.functions`; holes where a function is not patched. */
export type Table = ((this: unknown, accessor: unknown, ...rest: unknown[]) => unknown)[]

const NAME = /^\$umbra(\w+)$/

/** The property of a cell that holds its table. Throws a TypeError for a name that is not a cell's. */
function field(cell: string): string {
  const match = NAME.exec(cell)
  if (match === null)
    throw new TypeError(`'${cell}' cannot name a cell: names are $umbra and a suffix of \\w`)
  return `t${match[1]}`
}

/** The expression by which a site reads its file's table; `undefined` at run time while nothing is patched. */
export function cellExpression(cell: string): string {
  return `${cell}.${field(cell)}`
}

/** Finds the cell and the index of the first site in a piece of instrumented text. */
export function findSite(code: string): { cell: string; index: number } | undefined {
  const match = /(\$umbra\w+)\.t\w+(?:;if\([\w$]+!==void 0&&\([\w$]+=[\w$]+)?\[(\d+)\]/.exec(code)
  return match === null ? undefined : { cell: match[1]!, index: Number(match[2]) }
}

/**
 * Declares cells in this realm; must come before the code of their files runs. Declaring many at once is much
 * cheaper than one by one (V8 keeps a context for every script that declares something).
 * @throws SyntaxError when one of them is declared already.
 */
export function declareCells(cells: readonly string[]): void {
  const declarations = cells.map((cell) => `${cell}={${field(cell)}:void 0}`)
  if (cells.length > 0) runInThisContext(`const ${declarations.join()}`, { filename: 'umbra:cells' })
}

/** What CommonJS calls before an `import()` (imports.ts). */
export const IMPORT_LISTENER = '$umbraImport'

/** Has prepared CommonJS call back before each `import()`. To be called once in a realm. */
export function onImport(listener: () => void): void {
  const declare = runInThisContext(`let ${IMPORT_LISTENER};(f)=>{${IMPORT_LISTENER}=f}`, {
    filename: 'umbra:cells',
  }) as (listener: () => void) => void
  declare(listener)
}

type Cell = Record<string, Table | undefined>

/** Cells that were asked for by name; looking one up compiles a script. */
const found = new Map<string, Cell>()

function lookUp(cell: string): Cell {
  const known = found.get(cell)
  if (known !== undefined) return known
  field(cell)
  const holder: Cell = runInThisContext(cell, { filename: 'umbra:cells' })
  found.set(cell, holder)
  return holder
}

/** The table of a declared cell. @throws ReferenceError when the cell is not declared. */
export function getTable(cell: string): Table | undefined {
  return lookUp(cell)[field(cell)]
}

/** Puts a table into a declared cell, or takes it out: from now on every call of a site sees it. */
export function setTable(cell: string, table: Table | undefined): void {
  lookUp(cell)[field(cell)] = table
}
