/**
 * A file's cell at run time: a name in the script scope, which every module of the realm sees and nothing of which shows
 * on globalThis. It leads to the file's table of replacements, `undefined` while none of its functions is patched.
 *
 *   let $umbra12                             a variable
 *   const $umbra12 = { t12: undefined }      a field
 *
 * Measured on Node 20, 24 and 26 against a global property and an array: V8 treats a script's variable that was never
 * assigned to (from Node 22 on), and the one field of a constant object, as constants, so an optimised function has
 * nothing left of its site while its file is unpatched. The field has a name of its own because constness is kept per
 * object shape: with one shape for all cells, the first patch of one file would make every function of the process be
 * optimised anew. The variable is less to load for code that is not optimised.
 *
 * A cell is never in a temporal dead zone: it is declared by a script of its own that has finished.
 */
import { runInThisContext } from 'node:vm'
import { construct } from './construct.ts'

/** Replacements by the function's index in `FileSites.functions`; holes where a function is not patched. */
export type Table = ((this: unknown, accessor: unknown, ...rest: unknown[]) => unknown)[]

/** What a cell is: see above. */
export type CellForm = 'variable' | 'field'

/** The form that costs nothing in this version of Node. */
export const cellForm: CellForm = Number.parseInt(process.versions.node, 10) < 22 ? 'field' : 'variable'

const NAME = /^\$umbra(\w+)$/

/**
 * The expression by which a site reads its file's table; `undefined` at run time while nothing is patched.
 * @throws TypeError for a name that is not a cell's.
 */
export function cellExpression(cell: string, form: CellForm): string {
  const match = NAME.exec(cell)
  if (match === null)
    throw new TypeError(`'${cell}' cannot name a cell: names are $umbra and a suffix of \\w`)
  return form === 'field' ? `${cell}.t${match[1]}` : cell
}

/** The script that declares cells. */
export function cellDeclarations(cells: readonly string[], form: CellForm): string {
  if (form === 'variable') return `let ${cells.join()}`
  return `const ${cells.map((cell) => `${cell}={${cellExpression(cell, form).slice(cell.length + 1)}:void 0}`).join()}`
}

/** Finds the cell and the index of the first site in a piece of instrumented text. */
export function findSite(code: string): { cell: string; index: number } | undefined {
  const match = /(\$umbra\w+)(?:\.t\w+)?(?:;if\([\w$]+!==void 0&&\([\w$]+=[\w$]+)?\[(\d+)\]/.exec(code)
  return match === null ? undefined : { cell: match[1]!, index: Number(match[2]) }
}

/**
 * Declares cells in this realm; must come before the code of their files runs. Declaring many at once is much
 * cheaper than one by one (V8 keeps a context for every script that declares something).
 * @throws SyntaxError when one of them is declared already.
 */
export function declareCells(cells: readonly string[], form = cellForm): void {
  if (cells.length > 0) runInThisContext(cellDeclarations(cells, form), { filename: 'umbra:cells' })
}

/** What CommonJS calls before an `import()` (imports.ts). */
export const IMPORT_LISTENER = '$umbraImport'

/** Has prepared CommonJS call back before each `import()`. To be called once in a realm. */
export function onImport(listener: () => void): void {
  declareListener(IMPORT_LISTENER, listener)
}

/** What code calls at its beginning that another thread has prepared, where it is declared (loader/enter.ts). */
export const ENTER_LISTENER = '$umbraEnter'

/** Has such code call back. To be called once in a realm. */
export function onEnter(listener: (cell: string) => void): void {
  declareListener(ENTER_LISTENER, listener)
}

/** What the sites of derived constructors hand their replacements to (construct.ts). */
export const CONSTRUCT = '$umbraConstruct'

/** In the script scope, as cells are: a file may have a variable of its own by any name that a call would go through. */
function declareListener<Given extends unknown[]>(
  name: string,
  listener: (...given: Given) => unknown,
): void {
  const declare = runInThisContext(`let ${name};(f)=>{${name}=f}`, { filename: 'umbra:cells' }) as (
    listener: (...given: Given) => unknown,
  ) => void
  declare(listener)
}

interface Cell {
  get(): Table | undefined
  set(table: Table | undefined): void
}

/** Cells that were asked for by name; looking one up compiles a script. */
const found = new Map<string, Cell>()

function lookUp(cell: string, form: CellForm): Cell {
  const known = found.get(cell)
  if (known !== undefined) return known
  const table = cellExpression(cell, form)
  const made: Cell = runInThisContext(`'use strict';({get:()=>${table},set:(table)=>{${table}=table}})`, {
    filename: 'umbra:cells',
  })
  found.set(cell, made)
  return made
}

/** The table of a declared cell. @throws ReferenceError when the cell is not declared. */
export function getTable(cell: string, form = cellForm): Table | undefined {
  return lookUp(cell, form).get()
}

let isConstructDeclared = false

/** Puts a table into a declared cell, or takes it out: from now on every call of a site sees it. */
export function setTable(cell: string, table: Table | undefined, form = cellForm): void {
  if (!isConstructDeclared) declareListener(CONSTRUCT, construct)
  isConstructDeclared = true
  lookUp(cell, form).set(table)
}
