/**
 * Entry sites into the text of functions. A site is
 *
 *   var $uu=CELL;if($uu!==void 0&&($uu=$uu[3])!==void 0)return $uu.call(this,ACCESSOR,a,b);
 *
 * at the beginning of the body, after its directives. `void 0`, because `undefined` may be somebody's variable.
 */

import type { Accessors } from './accessors.ts'
import type { Edits } from './edits.ts'
import type { Plan, Planner } from './parameters.ts'
import type { Node } from './parse.ts'
import { ANONYMOUS, keepsName, patternHead } from './patterns.ts'
import type { FunctionNode } from './scopes.ts'
import { awaits, extras, SiteText } from './site-text.ts'
import { boundNames, skipTrivia } from './syntax.ts'
import type { SiteInfo } from './types.ts'

export class Sites {
  readonly source: string
  readonly edits: Edits
  readonly accessors: Accessors
  readonly prefix: string
  private readonly planOf: Planner
  private readonly text: SiteText
  /** The helper that makes the error of a pattern that is given undefined or null. */
  private needsPatternError = false

  constructor(
    source: string,
    edits: Edits,
    accessors: Accessors,
    planOf: Planner,
    cell: string,
    root?: FunctionNode,
  ) {
    this.source = source
    this.edits = edits
    this.accessors = accessors
    this.planOf = planOf
    this.prefix = accessors.prefix
    this.text = new SiteText(accessors, cell, root)
  }

  describe(fn: FunctionNode): SiteInfo | { missing: string } {
    const plan = this.planOf(fn)
    if (plan.mode === 'missing') return { missing: plan.why }
    const { names } = this.accessors
    const parameters: Node[] = fn.node.params
    const hasRest = parameters.at(-1)?.type === 'RestElement'
    const info: SiteInfo = {
      parameters: parameters.length - (hasRest ? 1 : 0),
      rest: hasRest || this.text.passesArguments(fn),
      extras: extras(fn),
    }
    const superGet = names.superGet.get(fn)
    const superSet = names.superSet.get(fn)
    if (superGet !== undefined && superSet !== undefined) info.super = { get: superGet, set: superSet }
    const superCall = names.superCall.get(fn)
    if (superCall !== undefined) info.superCall = superCall
    const ownArguments = names.arguments.get(fn)
    if (ownArguments !== undefined) info.arguments = ownArguments
    const hidden = this.accessors.hidden(fn)
    if (hidden.length > 0) info.hidden = hidden
    const privates = this.accessors.privatesInSight(fn)
    if (privates.size > 0) {
      info.privates = {}
      for (const name of privates.values()) info.privates[`#${name.name}`] = names.privates.get(name)!
    }
    return info
  }

  /** Functions that sites of the file need, to be declared at its end. */
  helpers(): string {
    return (this.needsPatternError ? this.patternErrors() : '') + this.text.helpers()
  }

  write(fn: FunctionNode): void {
    const plan = this.planOf(fn)
    switch (plan.mode) {
      case 'missing':
        if (this.accessors.isShared(fn)) this.beginBody(fn, '')
        break
      case 'plain':
        this.beginBody(fn, this.text.statement(fn, this.parameterNames(fn)))
        break
      case 'rename':
        this.rename(fn)
        break
      case 'move':
        this.move(fn, plan)
        break
      case 'header':
        this.header(fn, plan.from)
        break
    }
  }

  private parameterNames(fn: FunctionNode): string[] {
    return fn.node.params.map((parameter: Node) =>
      parameter.type === 'RestElement' ? `...${parameter.argument.name}` : parameter.name,
    )
  }

  /** What stands at the top of a body: the site, and the accessor that inner functions share. */
  private top(fn: FunctionNode, site: string): string {
    return this.accessors.isShared(fn) ? `${site}${this.accessors.sharedDeclaration(fn)}` : site
  }

  private beginBody(fn: FunctionNode, site: string): void {
    const body: Node = fn.node.body
    const text = this.top(fn, site)
    if (body.type !== 'BlockStatement') {
      openExpression(this.edits, fn, `{${text}return`, arrowToken(fn, this.source) + 2)
      return
    }
    const directive = lastDirective(body)
    if (directive === undefined) this.edits.open(body.start + 1, text, fn.index)
    else {
      const ended = this.source[directive.end - 1] === ';'
      this.edits.open(directive.end, ended ? text : `;${text}`, fn.index)
    }
  }

  private rename(fn: FunctionNode): void {
    const values: string[] = []
    fn.node.params.forEach((parameter: Node, n: number) => {
      if (fn.body.names.get(parameter.name)?.kind !== 'function') {
        values.push(parameter.name)
        return
      }
      values.push(this.temporary(n))
      this.edits.open(parameter.start, this.temporary(n), fn.index, parameter.end - parameter.start)
    })
    this.beginBody(fn, this.text.statement(fn, values))
  }

  private temporary(n: number): string {
    return `${this.prefix}p${n}`
  }

  /** Headers of parameters from `from` on: `$p1=void 0,$p2,...$p3`; and what the site passes for all of them. */
  private temporaries(fn: FunctionNode, from: number): { header: string[]; values: string[] } {
    const header: string[] = []
    const values: string[] = []
    fn.node.params.forEach((parameter: Node, n: number) => {
      if (n < from) values.push(parameter.name)
      else if (parameter.type === 'RestElement') {
        header.push(`...${this.temporary(n)}`)
        values.push(`...${this.temporary(n)}`)
      } else {
        // `length` counts up to the first default.
        const isFirstDefault =
          parameter.type === 'AssignmentPattern' &&
          fn.node.params.findIndex((other: Node) => other.type === 'AssignmentPattern') === n
        header.push(isFirstDefault ? `${this.temporary(n)}=void 0` : this.temporary(n))
        values.push(this.temporary(n))
      }
    })
    return { header, values }
  }

  private move(fn: FunctionNode, plan: Plan & { mode: 'move' }): void {
    const { from, keyword } = plan
    const parameters: Node[] = fn.node.params
    const { header, values } = this.temporaries(fn, from)
    const simple = !header.some((parameter) => parameter.includes('=') || parameter.startsWith('...'))
    // A sloppy function whose parameters all became simple would get an arguments object tied to them.
    if (simple && !fn.strict && !fn.arrow && fn.arguments) header.push(`...${this.prefix}x`)
    const site = this.top(fn, this.text.statement(fn, values))
    const first = parameters[from]!
    const guard = this.guard(first, from)
    const text = `${header.join()})${fn.arrow ? '=>' : ''}{${site}${guard}${keyword} `
    this.edits.open(first.start, text, fn.index)
    parameters.forEach((parameter, n) => {
      if (n < from) return
      const next = parameters[n + 1]
      const nextGuard = next === undefined ? '' : this.guard(next, n + 1)
      this.bind(fn, parameter, n)
      if (nextGuard !== '') {
        const comma = skipTrivia(this.source, parameter.end)
        this.edits.open(comma, `;${nextGuard}${keyword} `, fn.index, 1)
      }
    })
    this.endHeader(fn)
  }

  /** `{b}` given undefined must throw the error that V8 words for parameters. */
  private guard(parameter: Node, n: number): string {
    const head = patternHead(parameter, this.source, this.prefix)
    if (head === undefined) return ''
    this.needsPatternError = true
    const value = this.temporary(n)
    return `if(${value}==null)throw ${this.prefix}e((${head})=>0,${value});`
  }

  /** One parameter as a declarator, or as an assignment in the header form, with its text where it was. */
  private bind(fn: FunctionNode, parameter: Node, n: number): void {
    const value = this.temporary(n)
    const at = fn.index
    switch (parameter.type) {
      case 'AssignmentPattern': {
        const [before, after] = keepsName(parameter)
        const [open, close] = parameter.left.type === 'ArrayPattern' ? ANONYMOUS : ['', '']
        this.edits.open(parameter.right.start, `${open}${value}===void 0?${before}`, at)
        this.edits.close(parameter.right.end, `${after}:${value}${close}`, at)
        break
      }
      case 'RestElement':
        this.edits.open(parameter.start, '', at, 3)
        this.edits.close(parameter.end, `=${value}`, at)
        break
      case 'ArrayPattern':
        this.edits.close(parameter.end, `=${ANONYMOUS[0]}${value}${ANONYMOUS[1]}`, at)
        break
      default:
        this.edits.close(parameter.end, `=${value}`, at)
    }
  }

  /** Takes away what stood between the parameters and the body: a last comma, `)`, `=>`, `{`. */
  private endHeader(fn: FunctionNode): void {
    const body: Node = fn.node.body
    let at = this.dropComma(fn)
    this.edits.open(at, '', fn.index, 1)
    if (fn.arrow) {
      at = skipTrivia(this.source, at + 1)
      this.edits.open(at, '', fn.index, 2)
    }
    if (body.type === 'BlockStatement') this.edits.open(body.start, ';', fn.index, 1)
    else openExpression(this.edits, fn, ';return', at + 2)
  }

  /** Drops a comma after the last parameter; the position of the closing parenthesis. */
  private dropComma(fn: FunctionNode): number {
    const at = skipTrivia(this.source, fn.node.params.at(-1).end)
    if (this.source[at] !== ',') return at
    this.edits.open(at, '', fn.index, 1)
    return skipTrivia(this.source, at + 1)
  }

  private header(fn: FunctionNode, from: number): void {
    const parameters: Node[] = fn.node.params
    const { header, values } = this.temporaries(fn, from)
    const result = `${this.prefix}r`
    const hasRest = parameters.at(-1)?.type === 'RestElement'
    const all = this.text.passesArguments(fn) || hasRest
    if (hasRest) header.pop()
    const site = `${result}=${this.text.inHeader(fn, values, all)}`
    if (from === parameters.length) this.plainHeader(fn, `...{${site}}`)
    else {
      const bound = parameters.slice(from).flatMap(boundNames)
      const open = [...header, `...{${site}`, ...bound, `${this.prefix}i=${result}===void 0?(`].join()
      this.edits.open(parameters[from]!.start, open, fn.index)
      for (let n = from; n < parameters.length; n++) this.assign(fn, parameters[n]!, n)
      this.dropComma(fn)
      this.edits.close(parameters.at(-1)!.end, '):0}', fn.index)
    }
    const test = `if(${result}!==void 0)return ${fn.generator ? `yield*${result}` : `${awaits(fn)}${result}[0]`};`
    this.beginBody(fn, test)
  }

  /** Simple parameters, and one more that is the site. */
  private plainHeader(fn: FunctionNode, site: string): void {
    const last: Node | undefined = fn.node.params.at(-1)
    if (last === undefined) {
      this.edits.open(openParenthesis(fn.node, this.source) + 1, site, fn.index)
      return
    }
    const at = skipTrivia(this.source, last.end)
    const comma = this.source[at] === ','
    if (comma) this.edits.open(at + 1, site, fn.index)
    else this.edits.close(last.end, `,${site}`, fn.index)
  }

  private assign(fn: FunctionNode, parameter: Node, n: number): void {
    if (parameter.type === 'RestElement') {
      const holes = ','.repeat(n)
      this.edits.open(parameter.start, `[${holes}`, fn.index)
      this.edits.close(parameter.end, ']=arguments', fn.index)
      return
    }
    const head = patternHead(parameter, this.source, this.prefix)
    if (head !== undefined) {
      this.needsPatternError = true
      const value = this.temporary(n)
      this.edits.open(parameter.start, `${value}??${this.prefix}t((${head})=>0,${value}),`, fn.index)
    }
    this.bind(fn, parameter, n)
  }

  /** The functions that make the errors of patterns; they leave themselves out of the stack. */
  private patternErrors(): string {
    const { prefix } = this
    const make = `function ${prefix}e(f,v){try{f(v)}catch(e){e.constructor.captureStackTrace?.(e,${prefix}e);return e}}`
    const raise = `function ${prefix}t(f,v){try{f(v)}catch(e){e.constructor.captureStackTrace?.(e,${prefix}t);throw e}}`
    return make + raise
  }
}

/** Position of an arrow's `=>`. */
export function arrowToken(fn: FunctionNode, source: string): number {
  const { node } = fn
  let at = skipTrivia(source, fn.async ? node.start + 'async'.length : node.start)
  if (node.params.length > 0) at = skipTrivia(source, node.params.at(-1).end)
  else at = skipTrivia(source, at + 1)
  if (source[at] === ',') at = skipTrivia(source, at + 1)
  return source[at] === ')' ? skipTrivia(source, at + 1) : at
}

/**
 * Makes a block of an expression body. Where the expression begins on a line of its own, what is inserted stays on
 * the line of the arrow, so that no column moves.
 */
export function openExpression(edits: Edits, fn: FunctionNode, text: string, afterArrow: number): void {
  const body: Node = fn.node.body
  const ownLine = /[\n\r\u2028\u2029]/.test(edits.source.slice(afterArrow, body.start))
  if (ownLine) edits.open(afterArrow, `${text}(`, fn.index)
  else edits.open(body.start, `${text} `, fn.index)
  edits.close(body.end, ownLine ? ')}' : '}', fn.index)
}

function lastDirective(body: Node): Node | undefined {
  let last: Node | undefined
  for (const statement of body.body) {
    if (typeof statement.directive !== 'string') break
    last = statement
  }
  return last
}

export function openParenthesis(node: Node, source: string): number {
  let at = skipTrivia(source, node.id === null ? node.start : node.id.end)
  while (source[at] !== '(')
    at = skipTrivia(
      source,
      source[at] === '*' ? at + 1 : at + /^\w+/.exec(source.slice(at, at + 20))![0].length,
    )
  return at
}
