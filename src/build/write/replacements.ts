import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction, walk, walkOwn } from '../../livepatch/ast.ts'
import { calledByChanged } from '../plan/called-by-changed.ts'
import { onlyHandedOn } from '../plan/only-handed-on.ts'
import { isObject, type Longer, passesAll, takesThisFromAround } from '../plan/parameters.ts'
import { otherTakenAway } from '../plan/taken-away.ts'
import { argumentsIn, isApart, parameterCount, readsFirst } from '../read/arguments.ts'
import { initialisesAt } from '../read/compare-class.ts'
import type { Export } from '../read/exports.ts'
import { isAssigned } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import { isStrictWithin, mayHaveDirective, strictAround } from '../read/strictness.ts'
import { BY_HAND, Cannot } from './cannot.ts'
import { type Edit, propertyKey, quote } from './edits.ts'
import type { FileText, Piece } from './file-writer.ts'
import { OldObjects } from './old-objects.ts'
import { Part } from './part.ts'

/** The functions of a file that are put in place of running ones. */
export class Replacements extends Part {
  readonly #oldObjects = new OldObjects(this.writer)

  write(skip: Set<FunctionNode>): FileText['functions'] {
    const pieces: FileText['functions'] = []
    const add = (fn: FunctionNode, write: () => Piece | undefined): void => {
      if (skip.has(fn)) return
      try {
        const piece = write()
        if (piece !== undefined) pieces.push({ fn, ...piece })
      } catch (error) {
        if (!(error instanceof Cannot)) throw error
        this.writer.fail(fn, error)
      }
    }
    for (const [fn, why] of this.file.replaced) add(fn, () => this.#replacement(fn, why))
    for (const [fn, one] of this.file.succeeded) add(fn, () => this.#successor(fn, one))
    return pieces
  }

  #replacement(fn: FunctionNode, why: string): Piece | undefined {
    const old = this.file.pair.functions.get(fn)!
    const key = this.writer.uniquePath(old)
    if (this.#standsBack(fn, old)) return undefined
    return { key, text: this.#function(fn, old, key), line: this.source.lineOf(fn.start), why }
  }

  /** A function that calls what its module exports in its place now. */
  #successor(old: FunctionNode, one: Export): Piece {
    const key = this.writer.uniquePath(old)
    const why = `this version exports another function as '${one.name}'`
    const text = this.#successorText(old, one, propertyKey(key))
    return { key, text, line: this.source.lineOf(one.unit.start), why }
  }

  #successorText(old: FunctionNode, { local, value, unit }: Export, key: string): string {
    const { module } = this.file
    const { naming } = this.writer
    const to =
      local !== undefined
        ? this.writer.names.say(module, local, unit.node, false, false)
        : inParentheses(value!, this.writer.apply(value!, naming.rewrite(value!, undefined, undefined)))
    const head = old.async ? `async ${key}` : key
    if (passesAll(old)) return `${head}(...args) {\n  return ${to}.apply(this, args)\n}`
    const names = argumentNames(old.node.params.length)
    return `${head}(${names.join(', ')}) {\n  return ${to}.call(${['this', ...names].join(', ')})\n}`
  }

  #function(fn: FunctionNode, old: FunctionNode, path: string): string {
    this.#checkKind(fn, old)
    const { node } = fn
    const key = propertyKey(path)
    const written = this.writer.privateMethods.within(() => this.writer.naming.rewrite(node, fn, undefined))
    const { edits } = written
    this.writer.superMembers.add(fn, old, edits)
    const passed = old.node.params.length
    let params = node.params as Node[]
    let first = ''
    if (params.length > passed && !passesAll(old)) {
      if (this.#forwards(fn)) return this.#forwarder(fn, key, passed)
      first = this.#dropParameters(fn, passed, edits)
      params = params.slice(0, passed)
    }
    this.#initialised(fn, edits)
    const around = takesThisFromAround(fn, old) ? this.#thisAround(fn, old, edits) : undefined
    first += around?.first ?? ''
    const isOld = this.#oldObjects.told(fn, old, around?.self ?? 'this')
    first += (isOld === '' ? '' : this.#originalIf(isOld, fn)) + written.first
    if (first !== '') this.#begin(fn, first, edits)
    const isStrict = isStrictWithin(fn, this.source)
    const saysSo = isStrict && mayHaveDirective(node, params)
    if (saysSo)
      edits.unshift({ start: node.body.start + 1, end: node.body.start + 1, text: " 'use strict';" })
    const becameAsync = fn.async && !old.async
    const asMethod =
      becameAsync ||
      /method|getter|setter/.test(fn.kind) ||
      (fn.arrow && fn.this) ||
      fn.kind.includes('constructor')
    const text = this.writer.apply({ start: node.start, end: node.end }, edits)
    if (becameAsync)
      return this.#wrapAsync(
        fn,
        key,
        text,
        passesAll(old) ? node.params.length : Math.min(node.params.length, passed),
      )
    const isAsync = fn.async || old.async
    if (this.writer.callsItself.has(fn)) return selfCalling({ ...fn, async: isAsync }, key, text)
    const head = `${isAsync ? 'async ' : ''}${fn.generator ? '*' : ''}${key}`
    if (isStrict && !saysSo)
      return strictAround(fn, head, this.writer.parameters(fn, edits), this.writer.body(fn, edits))
    if (!asMethod) return `${key}: ${isAsync && !fn.async ? 'async ' : ''}${text}`
    if (!fn.arrow) return `${head}${text.slice(text.indexOf('('))}`
    return `${head}(${this.writer.parameters(fn, edits)}) ${this.writer.body(fn, edits)}`
  }

  #checkKind(fn: FunctionNode, old: FunctionNode): void {
    const { node } = fn
    const fail = (why: string): never => {
      throw new Cannot(node, why, BY_HAND)
    }
    if (fn.generator !== old.generator) fail('it became a generator, or is none any more')
    // Where it gives nothing, nobody minds that it stays async.
    if (old.async && !fn.async && givesValue(fn))
      fail('it is not async any more, and callers of the running one expect a promise')
    if (fn.async && !old.async && fn.generator) fail('it became an async generator')
    if (isConstructor(fn) !== isConstructor(old)) fail('it became a class, or is none any more')
    if (fn.arrow && fn.arguments) fail("it uses the 'arguments' of the function around it")
    if (fn.eval) fail('it contains a direct eval')
    if (fn.withInside) fail('it contains a with statement')
    const isTold = this.writer.thisNames.thisAround(fn, old) ?? this.plan.parameters.of(fn)?.member
    if (takesThisFromAround(fn, old) && (isTold === undefined || fn.superGet))
      fail("it uses 'this' of the function around it, which its site does not pass")
    if (fn.arguments) this.#checkArguments(fn, old)
    const listener = otherTakenAway(fn, old, this.source)
    if (listener !== undefined)
      fail(`it takes away '${listener}', and calls under way have another listener in its place`)
    const caller = calledByChanged(fn, old, this.file, this.plan)
    if (caller !== undefined && this.file.pair.changed.has(fn))
      fail(
        `'${caller}' calls it, which is another one in this version, and that of calls under way calls it as it did`,
      )
  }

  /** `this` of the function around it, by the name that the running version has for that, or as callers leave it. */
  #thisAround(fn: FunctionNode, old: FunctionNode, edits: Edit[]): { self: string; first: string } {
    const known = this.writer.thisNames.thisAround(fn, old)
    const { self, first } = known === undefined ? this.#leftThis(fn) : { self: known, first: '' }
    walk(fn.node, (node, ancestors) => {
      const inner = ancestors.slice(1).filter((one) => isFunction(one) || one.type === 'ClassBody')
      if (node.type === 'ThisExpression' && inner.every(({ type }) => type === 'ArrowFunctionExpression'))
        edits.push({ start: node.start, end: node.end, text: self })
    })
    return { self, first }
  }

  /** Who does not say whose member it calls gets what the running version does. */
  #leftThis(fn: FunctionNode): { self: string; first: string } {
    const { parameters, kept } = this.plan
    const { key, member } = parameters.of(fn)!
    kept.set(`${this.file.path} ${key}`, {
      severity: 'note',
      file: this.file.path,
      line: this.source.lineOf(fn.start),
      what: key,
      why: `it has begun to use 'this', which the package tells it: code of the program that calls '${member}' itself gets the running version's`,
      advice: 'nothing, unless it does',
    })
    const self = /\bself\b/.test(this.source.text) ? '$self' : 'self'
    const taken = ` const [${self}] = ${parameters.name}.of(${quote(key)});`
    return { self, first: `${taken}${this.#originalIf(`${self} === undefined`, fn)}` }
  }

  /** Where something holds, the running version's function does it. */
  #originalIf(test: string, fn: FunctionNode): string {
    const name = /\boriginal\b/.test(this.source.text) ? '$original' : 'original'
    return ` if (${test}) return ${fn.generator ? 'yield* ' : ''}${name}.apply(this, arguments);`
  }

  /** Puts statements in front of a function's own. */
  #begin(fn: FunctionNode, text: string, edits: Edit[]): void {
    const { node } = fn
    const { start, end, type } = node.body
    if (type === 'BlockStatement') {
      edits.unshift({ start: startOf(node), end: startOf(node), text })
      return
    }
    this.writer.begun.add(fn)
    edits.unshift({ start, end: start, text: `{${text} return (` })
    edits.push({ start: end, end, text: ') }' })
  }

  /** A replacement's `arguments` are an object of its own, with what the site passes. */
  #checkArguments(fn: FunctionNode, old: FunctionNode): void {
    const uses = argumentsIn(fn.node).map((node) => ({ node, parent: this.source.parent(node)! }))
    const fail = (why: string): never => {
      throw new Cannot(fn.node, why, BY_HAND)
    }
    if (!passesAll(old) && !this.#asksForParameters(fn, old))
      fail("it uses 'arguments', and the running version passes its declared parameters only")
    if (uses.some(({ parent }) => parent.type === 'MemberExpression' && parent.property.name === 'callee'))
      fail("it uses 'arguments.callee'")
    if (fn.strict || fn.node.params.some((one: Node) => one.type !== 'Identifier')) return
    const aliased = [...fn.parameters.names.values()].find(({ assigned }) => assigned)
    const others = uses.filter((one) => !isApart(one.node, fn, this.source)).map(({ node }) => node)
    if (aliased !== undefined && others.length > 0 && !readsFirst(others, fn, this.source))
      fail(`it uses 'arguments' and assigns its parameter '${aliased.name}', which are one in sloppy mode`)
    if (
      fn.node.params.length > 0 &&
      uses.some(({ parent }) => isAssigned(parent, this.source.parent(parent)))
    )
      fail("it assigns to 'arguments', which are one with its parameters in sloppy mode")
  }

  /** Whether its `arguments` are but parameters, and none that a site does not pass where the package calls it with more. */
  #asksForParameters(fn: FunctionNode, old: FunctionNode): boolean {
    const count = parameterCount(fn)
    if (count === undefined) return false
    return count <= old.node.params.length || !this.plan.parameters.isPassed(fn, this.file)
  }

  /** Whether a new function does what it does, and the running one is left to calls under way, which cannot give it what it needs. */
  #standsBack(fn: FunctionNode, old: FunctionNode): boolean {
    const handed = onlyHandedOn(fn, this.file)
    if (handed !== undefined) {
      this.plan.bring(handed.once, handed.name, 'it takes more parameters')
      return true
    }
    const isLonger = fn.node.params.length > old.node.params.length && !passesAll(old)
    return isLonger && this.plan.parameters.neededOf(fn, this.file) !== undefined && this.#forwards(fn)
  }

  /** A function with more parameters than its site passes, which others call with them: it becomes a new one. */
  #forwards(fn: FunctionNode): boolean {
    const { once, name } = this.writer.unitFunction(fn)
    if (once === undefined || name === undefined) return false
    if (once.changed.has(name)) {
      if (isObject(once.pair.new, name))
        throw new Cannot(
          fn.node,
          'it takes more parameters, and a copy of it would be another constructor or object',
          BY_HAND,
        )
      return true
    }
    const { parameters } = this.plan
    if (parameters.of(fn) !== undefined || !parameters.isPassed(fn, this.file)) return false
    this.plan.bring(once, name, 'it takes more parameters')
    return true
  }

  #forwarder(fn: FunctionNode, key: string, passed: number): string {
    const { once, name } = this.writer.unitFunction(fn)
    this.writer.blocks.demandOutside(once!, name!)
    const names = argumentNames(passed).join(', ')
    const call = `${this.writer.scopeName}.${name}.call(this${passed > 0 ? `, ${names}` : ''})`
    const head = `${fn.async ? 'async ' : ''}${fn.generator ? '*' : ''}`
    return `${head}${key}(${names}) {\n  return ${fn.generator ? 'yield* ' : ''}${call}\n}`
  }

  /**
   * Parameters that nobody passes become variables; the others are taken from where callers leave them. They are written as
   * `var`: the function may declare them once more, as it may with parameters.
   */
  #dropParameters(fn: FunctionNode, passed: number, edits: Edit[]): string {
    const longer = this.plan.parameters.of(fn)
    if (longer?.refused !== undefined) throw new Cannot(fn.node, longer.refused, BY_HAND)
    if (longer === undefined && isGivenAway(fn, this.source))
      throw new Cannot(
        fn.node,
        'it takes more parameters, and whoever it was given to may pass them',
        BY_HAND,
      )
    const params = fn.node.params as Node[]
    const dropped = params.slice(passed)
    const isPlain = ({ type, argument }: Node): boolean =>
      type !== 'RestElement' || argument.type === 'Identifier'
    if (!dropped.every(isPlain))
      throw new Cannot(fn.node, 'it takes more parameters than its site passes', BY_HAND)
    const from = passed === 0 ? dropped[0]!.start : params[passed - 1]!.end
    const end = dropped.at(-1)!.end
    // `a => …` has no parentheses to be left empty.
    const isBare = fn.arrow && passed === 0 && !/^\s*(async\s*)?\(/.test(this.source.slice(fn.node))
    const declared = (one: Node): string =>
      one.type === 'RestElement' ? `${one.argument.name} = []` : this.writer.apply(one, edits)
    const declarations =
      longer === undefined
        ? dropped.map((one) => `var ${declared(one)};`).join(' ')
        : this.#take(longer, dropped.map((one) => this.writer.apply(one, edits)).join(', '), fn)
    for (let i = edits.length - 1; i >= 0; i--)
      if (edits[i]!.start >= from && edits[i]!.end <= end) edits.splice(i, 1)
    edits.push({ start: from, end, text: isBare ? '()' : '' })
    return ` ${declarations}`
  }

  /** Calls under way in the running version leave nothing: it answers them itself where nothing can be done without. */
  #take({ key, standsBack }: Longer, names: string, fn: FunctionNode): string {
    const taken = `${this.plan.parameters.name}.of(${quote(key)})`
    if (!standsBack) return `var [${names}] = ${taken};`
    const passed = /\bpassed\b/.test(this.source.text) ? '$passed' : 'passed'
    return `const ${passed} = ${taken};${this.#originalIf(`${passed}.length === 0`, fn)} var [${names}] = ${passed};`
  }

  #wrapAsync(fn: FunctionNode, key: string, text: string, count: number): string {
    const names = argumentNames(count)
    if (fn.node.params.some((one: Node) => one.type === 'RestElement') || fn.superGet || isConstructor(fn))
      throw new Cannot(fn.node, 'it became async', BY_HAND)
    const inner =
      fn.arrow || fn.kind === 'function' ? text : `async function ${text.slice(text.indexOf('('))}`
    return `${key}(${names.join(', ')}) {\n  return (${inner}).call(${['this', ...names].join(', ')})\n}`
  }

  /** Class fields are made by the running class: those that it lacks are written by the constructor. */
  #initialised(fn: FunctionNode, edits: Edit[]): void {
    const fields = this.file.pair.initialised.get(fn) ?? []
    if (fields.length === 0) return
    const made = fields.map(({ element: { key, value } }) => {
      const text = value
        ? this.writer.apply(value, this.writer.naming.rewrite(value, undefined, undefined))
        : 'undefined'
      if (key.type === 'PrivateIdentifier')
        return `${this.writer.scopeName}.private(this)['#${key.name}'] = ${text};`
      return `this${key.type === 'Identifier' ? `.${key.name}` : `[${this.source.slice(key)}]`} = ${text};`
    })
    const at = initialisesAt(fn)!
    edits.push({ start: at, end: at, text: ` ${made.join(' ')}` })
  }
}

/** A choice, so that something can follow it. */
function inParentheses({ type }: Node, text: string): string {
  return type === 'ConditionalExpression' ? `(${text})` : text
}

/** What a function that only hands on calls its parameters. */
function argumentNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `a${i}`)
}

/** Its own name must be that of a function which takes what it declares: one inside of the replacement. */
function selfCalling({ async, generator }: FunctionNode, key: string, text: string): string {
  const head = `${async ? 'async ' : ''}${generator ? '*' : ''}`
  return `${head}${key}(...args) {\n  return ${generator ? 'yield* ' : ''}(${text}).apply(this, args)\n}`
}

/** Whether a call comes to something. */
function givesValue({ node }: FunctionNode): boolean {
  let gives = node.body.type !== 'BlockStatement'
  walkOwn(node, ({ type, argument }) => {
    gives ||= type === 'ReturnStatement' && argument !== null
  })
  return gives
}

function isConstructor({ kind }: FunctionNode): boolean {
  return kind === 'constructor' || kind === 'derived constructor'
}

/** A closure that others call. */
function isGivenAway({ node }: FunctionNode, file: SourceFile): boolean {
  const parent = file.parent(node)
  if (parent?.type === 'ReturnStatement' || parent?.type === 'ArrowFunctionExpression') return true
  return /^(Call|New)Expression$/.test(parent?.type ?? '') && (parent!.arguments as Node[]).includes(node)
}

/** Where a function's statements begin, after its directives. */
function startOf({ body }: Node): number {
  const last = (body.body as Node[]).findLast(({ directive }) => typeof directive === 'string')
  return last?.end ?? body.start + 1
}
