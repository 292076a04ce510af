/**
 * A function as written, compiled again: its text with every name that the file binds around it going through the
 * accessor of the call.
 *
 *   function handle(req) { count++; return route(req) }          in the file, with `count` and `route` of the module
 *   function handle($uc, req) { $uo($uc,4,5)._++; return $uc(6)(req) }
 *
 * It is called like a replacement: `this`, then accessor, extras, parameters. Functions inside it keep their own
 * entry sites. This is what `original` means in a replacement when no older replacement is left.
 */
import { Accessors } from './accessors.ts'
import { analyse } from './analyse.ts'
import { type CellForm, cellExpression, cellForm } from './cell.ts'
import { Edits } from './edits.ts'
import { Names } from './names.ts'
import { hasDuplicates, type Planner, planner } from './parameters.ts'
import { type Node, parse } from './parse.ts'
import { functionPaths } from './paths.ts'
import { freePrefix } from './prefix.ts'
import { Rewriter, Unreachable } from './rewriter.ts'
import type { Analysis, FunctionNode, Reference } from './scopes.ts'
import { extras } from './site-text.ts'
import { arrowToken, openExpression, openParenthesis, Sites } from './sites.ts'
import { skipTrivia } from './syntax.ts'
import type { SourceType } from './types.ts'

export interface OriginalOptions {
  url: string
  type: SourceType
  /** The file's cell, as it was given to `instrument`. */
  cell: string
  cellForm?: CellForm | undefined
}

export type Original =
  | {
      /** A function body for `vm.compileFunction(code, [])`; it returns the function. */
      code: string
      /** Offsets for compileFunction, so that frames show the original lines and columns. */
      lineOffset: number
      columnOffset: number
      missing?: undefined
    }
  /** It cannot be had: the reason, as it is shown to the author. */
  | { missing: string }

/**
 * The function `index` of a file, as written. `source` and `options` must be those that `instrument` was given.
 * @throws InstrumentError when the text does not parse; RangeError when the file has no such function.
 */
export function original(source: string, options: OriginalOptions, index: number): Original {
  return originals(source, options)(index)
}

/** The same for several functions of one file: its text is analysed once. */
export function originals(source: string, options: OriginalOptions): (index: number) => Original {
  const references: Reference[] = []
  const program = parse(source, options.type, options.url)
  const analysis = analyse(program, source, options.type, functionPaths, (reference) =>
    references.push(reference),
  )
  const file: File = {
    source,
    cell: cellExpression(options.cell, options.cellForm ?? cellForm),
    analysis,
    references,
    names: new Names(analysis),
    prefix: freePrefix(source),
    planOf: planner(),
  }
  return (index) => {
    const fn = analysis.functions[index]
    if (fn === undefined) throw new RangeError(`${options.url} has no function ${index}`)
    const why = impossible(fn)
    return why === undefined ? rewrite(file, fn) : { missing: why }
  }
}

interface File {
  source: string
  cell: string
  analysis: Analysis
  references: readonly Reference[]
  names: Names
  prefix: string
  planOf: Planner
}

function rewrite(
  { source, cell, analysis, references, names, prefix, planOf }: File,
  fn: FunctionNode,
): Original {
  const edits = new Edits(source)
  const accessors = new Accessors(analysis, names, prefix, planOf, fn)
  const sites = new Sites(source, edits, accessors, planOf, cell, fn)
  const functionOf = new Map<Node, FunctionNode>()
  for (const inner of analysis.functions) {
    if (!isInside(inner, fn)) continue
    functionOf.set(inner.node, inner)
    sites.write(inner)
  }
  try {
    const hidden = new Set(planOf(fn).mode === 'header' ? [] : fn.body.names.keys())
    const rewriter = new Rewriter(source, edits, names, fn, prefix, functionOf, references, hidden)
    rewriter.run()
    return assemble(source, edits, fn, prefix, rewriter, sites, accessors)
  } catch (error) {
    if (error instanceof Unreachable) return { missing: error.message }
    throw error
  }
}

function impossible(fn: FunctionNode): string | undefined {
  if (fn.eval) return 'it contains direct eval'
  if (fn.withInside) return 'it contains a with statement'
  if (fn.arrow && fn.superCall) return 'it is an arrow that calls super()'
  for (let outer = fn.enclosing; outer !== undefined; outer = outer.enclosing) {
    if (outer.eval && !outer.strict) return 'a function around it contains direct eval'
  }
  return undefined
}

function isInside(inner: FunctionNode, outer: FunctionNode): boolean {
  return inner !== outer && inner.start >= outer.start && inner.end <= outer.end
}

function assemble(
  source: string,
  edits: Edits,
  fn: FunctionNode,
  prefix: string,
  rewriter: Rewriter,
  sites: Sites,
  accessors: Accessors,
): Original {
  const shared = accessors.isShared(fn) ? accessors.sharedDeclaration(fn) : ''
  const start = openHeader(source, edits, fn)
  openBody(source, edits, fn, `${rewriter.usesThisVariable ? `let ${prefix}z;` : ''}${shared}`)
  const text = edits.apply(start, fn.node.end)
  const [before, after] = around(fn, prefix)
  const head = `${fn.strict ? "'use strict';" : ''}${rewriter.helpers()}${sites.helpers()}${before}`
  const lineStart = Math.max(source.lastIndexOf('\n', start - 1), source.lastIndexOf('\r', start - 1)) + 1
  return {
    code: head + text + after,
    lineOffset: source.slice(0, start).split(/\r\n|[\n\r\u2028\u2029]/).length - 1,
    columnOffset: start - lineStart - head.length,
  }
}

/** Puts a text of ours at the top of the body, which becomes a block. */
function openBody(source: string, edits: Edits, fn: FunctionNode, own: string): void {
  const { body } = fn.node
  if (body.type !== 'BlockStatement')
    return openExpression(edits, fn, `{${own}return`, arrowToken(fn, source) + 2)
  if (own === '') return
  const directive = body.body.findLast((statement: Node) => typeof statement.directive === 'string')
  edits.open(directive?.end ?? body.start + 1, directive === undefined ? own : `;${own}`, fn.index)
}

/** What stands before the parameters of the function and after its body. */
function around(fn: FunctionNode, prefix: string): [before: string, after: string] {
  const { node } = fn
  const given = extras(fn).map((extra) => `${prefix}${extra === 'self' ? 'f' : 'n'}`)
  const leading = [`${prefix}c`, ...given]
  const kind = `${fn.async ? 'async ' : ''}function${fn.generator ? '*' : ''}`
  const name = ownName(fn)
  const [before, after] =
    name === undefined ? ['', ''] : [`{${JSON.stringify(name)}:`, `}[${JSON.stringify(name)}]`]
  const id = node.id && name === undefined ? ` ${node.id.name}` : ''
  if (!(fn.arguments && !fn.arrow) && !hasDuplicates(fn)) {
    const comma = node.params.length === 0 ? '' : ','
    return [`return (${before}${kind}${id}(${leading.join()}${comma}`, `${after})`]
  }
  // The arguments object must be the original's: a function of its own for each call.
  const rest = `${prefix}y`
  const outer = `return function(${[...leading, `...${rest}`].join()})`
  return [`${outer}{return (${before}${kind}${id}(`, `${after}).apply(this,${rest})}`]
}

/** Makes the header that of a function expression; the position after its opening parenthesis. */
function openHeader(source: string, edits: Edits, fn: FunctionNode): number {
  const { node } = fn
  if (!fn.arrow) return openParenthesis(node, source) + 1
  let start = node.start
  if (fn.async) start = skipTrivia(source, start + 'async'.length)
  const last: Node | undefined = node.params.at(-1)
  if (source[start] !== '(' || last?.start === start) {
    edits.close(last!.end, ')', fn.index)
    edits.open(skipTrivia(source, last!.end), '', fn.index, 2)
    return last!.start
  }
  let close = skipTrivia(source, last?.end ?? start + 1)
  if (source[close] === ',') close = skipTrivia(source, close + 1)
  edits.open(skipTrivia(source, close + 1), '', fn.index, 2)
  return start + 1
}

/** The name that stack traces show, where the text alone would not give it. */
function ownName(fn: FunctionNode): string | undefined {
  if (fn.node.id) return undefined
  const path = fn.paths[0] ?? ''
  return /([\p{ID_Start}$_][\p{ID_Continue}$]*)$/u.exec(path)?.[1]
}
