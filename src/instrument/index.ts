/**
 * `umbra/instrument`: source text in, source text with entry sites out.
 *
 *   const { code, map, sites } = instrument(source, { url: 'file:///app/handler.js', type: 'module' })
 *
 * Pure: no state is kept and nothing is declared; the code runs once its cell has been declared (cell.ts).
 */
import { createHash } from 'node:crypto'
import { Accessors } from './accessors.ts'
import { analyse } from './analyse.ts'
import { cellExpression, cellForm as usualForm } from './cell.ts'
import { shiftsByLine } from './columns.ts'
import { leaveOutComments } from './comments.ts'
import { Edits } from './edits.ts'
import { announceImports } from './imports.ts'
import { composeMap } from './map.ts'
import { Names } from './names.ts'
import { planner } from './parameters.ts'
import { type Comment, InstrumentError, parse } from './parse.ts'
import { functionPaths } from './paths.ts'
import { freePrefix } from './prefix.ts'
import type { Analysis, FunctionNode } from './scopes.ts'
import { Sites } from './sites.ts'
import type { FileSites, FunctionInfo, Instrumented, InstrumentOptions } from './types.ts'

export { type Original, type OriginalOptions, original, originals } from './original.ts'
export { InstrumentError } from './parse.ts'
export type * from './types.ts'

/**
 * Gives every function of a file an entry site.
 * @throws InstrumentError when the text cannot be parsed or prepared: the file should be loaded as it is.
 */
export function instrument(source: string, options: InstrumentOptions): Instrumented {
  return new Result(prepare(source, options), options.url)
}

/**
 * A class, although it has but one getter: V8 keeps the getter of a literal in a hidden class of its own, and with it
 * all that the getter closes over, until the next full collection.
 */
class Result implements Instrumented {
  readonly code: string
  readonly sites: FileSites
  readonly announcesImports: boolean
  readonly #edits: Edits
  readonly #url: string
  #map: object | undefined

  constructor({ code, sites, announcesImports, edits }: Prepared, url: string) {
    this.code = code
    this.sites = sites
    this.announcesImports = announcesImports
    this.#edits = edits
    this.#url = url
  }

  get map(): object {
    this.#map ??= composeMap(this.#edits, this.#url)
    return this.#map
  }
}

/** The cell that a file has unless the loader gives it another one. */
export function defaultCell(url: string): string {
  return `$umbra_${createHash('sha256').update(url).digest('hex').slice(0, 12)}`
}

interface Prepared {
  code: string
  sites: FileSites
  announcesImports: boolean
  edits: Edits
}

function prepare(
  source: string,
  { url, type, cell = defaultCell(url), cellForm = usualForm }: InstrumentOptions,
): Prepared {
  if (source.includes(cell)) {
    throw new InstrumentError(`${url} cannot be prepared: its text mentions '${cell}', the name of its cell`)
  }
  try {
    const comments: Comment[] = []
    const analysis = analyse(parse(source, type, url, comments), source, type, functionPaths)
    const edits = new Edits(source)
    const prefix = freePrefix(source)
    const names = new Names(analysis)
    const planOf = planner()
    const accessors = new Accessors(analysis, names, prefix, planOf)
    const sites = new Sites(source, edits, accessors, planOf, cellExpression(cell, cellForm))
    for (const fn of analysis.functions) sites.write(fn)
    if (analysis.functions.length > 0) accessors.writeClasses(edits)
    const announcesImports = type === 'commonjs' && announceImports(analysis, comments, edits, planOf)
    leaveOutComments(comments, edits, analysis, planOf)
    let end = ''
    if (analysis.functions.length > 0) {
      if (accessors.outermost !== '') end += accessors.moduleDeclaration()
      end += sites.helpers() + accessors.classVariables()
    }
    const code = edits.apply() + (end === '' ? '' : `\n;${end}`)
    const told = describe(source, edits, analysis, names, sites)
    return { code, edits, announcesImports, sites: told }
  } catch (error) {
    if (error instanceof RangeError) {
      throw new InstrumentError(`${url} cannot be prepared: it is nested too deeply`, { cause: error })
    }
    throw error
  }
}

function describe(source: string, edits: Edits, analysis: Analysis, names: Names, sites: Sites): FileSites {
  const position = positions(source)
  const functions = analysis.functions.map((fn: FunctionNode): FunctionInfo => {
    const { line, column } = position(fn.start)
    return {
      paths: fn.paths,
      kind: fn.kind,
      async: fn.async,
      generator: fn.generator,
      start: fn.start,
      end: fn.end,
      line,
      column,
      scope: names.index(fn.outer),
      site: sites.describe(fn),
    }
  })
  return {
    functions,
    scopes: names.scopes,
    shifts: shiftsByLine(edits, position),
    texts: textsOf(edits, analysis),
  }
}

function textsOf(edits: Edits, analysis: Analysis): number[] {
  const functions = analysis.functions.map(({ start, end, index }) => [start, end, index] as const)
  const classes = analysis.classes.map(({ node, index }) => [node.start, node.end, index] as const)
  const ranges = [...functions, ...classes]
  return edits.locate(ranges).flatMap(([start, end], n) => [ranges[n]![0], ranges[n]![1], start, end])
}

/** 1-based line and column of an offset. */
function positions(source: string): (offset: number) => { line: number; column: number } {
  const starts = [0]
  const end = /\r\n|[\n\r\u2028\u2029]/g
  while (end.test(source)) starts.push(end.lastIndex)
  return (offset) => {
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle
    }
    return { line: low + 1, column: offset - starts[low]! + 1 }
  }
}
