import { isBuiltin } from 'node:module'
import { basename, dirname, relative } from 'node:path/posix'
import type { Node } from '../instrument/parse.ts'
import type { Binding, FunctionNode, Scope } from '../instrument/scopes.ts'
import { isFunction, walk } from '../livepatch/ast.ts'
import { argumentsIn, parameterCount, readsFirst } from './arguments.ts'
import { BY_HAND, Cannot } from './cannot.ts'
import { assignedValue, classOf, functionOf, initialisesAt } from './compare.ts'
import { applyEdits, type Edit, key, member, quote } from './edits.ts'
import { isRepeatable } from './effects.ts'
import { FieldAccess } from './field-access.ts'
import { isAssigned, type NewField } from './fields.ts'
import type { FilePlan } from './file-plan.ts'
import type { Initialiser } from './initialiser.ts'
import { Locals } from './locals.ts'
import type { Chunk } from './mapped-text.ts'
import type { MembersText } from './members.ts'
import { isFunctionName, type OncePlan, unitsFor } from './once-plan.ts'
import { isObject, passesAll } from './parameters.ts'
import type { Plan } from './plan.ts'
import { belongsTo, ownerOf, type SourceFile, type Use } from './source-file.ts'
import { isStrictWithin, mayHaveDirective, strictAround } from './strictness.ts'
import { assignedPaths, isInChain, type Once, requiredModule, type Unit } from './units.ts'

/** The text of one replacement or block, and where it comes from. */
export interface Piece {
  key: string
  text: string
  line: number
  why: string
}

export interface FileText {
  /** Some of it is sloppy code: what is not says so. */
  sloppy: boolean
  members: MembersText | undefined
  functions: (Piece & { fn: FunctionNode })[]
  scopes: { path: string; chunks: Chunk[]; names: string[]; line: number }[]
}

/** What must be brought for one once-scope, collected while its file's text is written. */
class Block {
  readonly once: OncePlan
  readonly names = new Set<string>()
  readonly exposed = new Set<string>()
  readonly exports = new Set<string>()
  readonly fields = new Set<NewField>()
  /** Names of the running module that are reached through what it exports, and the text for that. */
  readonly running = new Map<string, string>()

  constructor(once: OncePlan) {
    this.once = once
  }
}

/** Writes the parts of one file of the new version as replacements and blocks. */
export class FileWriter {
  readonly #plan: Plan
  readonly #file: FilePlan
  readonly #source: SourceFile
  readonly #blocks = new Map<OncePlan, Block>()
  readonly #locals: Locals
  /** Function expressions that call themselves by a name that nobody else sees. */
  readonly #callsItself = new Set<FunctionNode>()
  readonly #scopeName: string
  readonly #fail: (fn: FunctionNode | undefined, error: Cannot) => void
  readonly #demandExport: (path: string, name: string) => void
  readonly #fieldAccess: FieldAccess

  constructor(
    plan: Plan,
    file: FilePlan,
    scopeName: string,
    fail: (fn: FunctionNode | undefined, error: Cannot) => void,
    demandExport: (path: string, name: string) => void,
  ) {
    this.#plan = plan
    this.#locals = new Locals(plan, file, {
      scopeName,
      free: (use, binding, fn) => this.#free(use, binding, fn, undefined),
      replaceName: (node, text, edits) => this.#replaceName(node, text, edits),
      members: (root, edits) => this.#members(root, edits),
      uniquePath: (old) => this.#uniquePath(old),
    })
    this.#file = file
    this.#source = file.pair.new
    this.#scopeName = scopeName
    this.#fail = fail
    this.#demandExport = demandExport
    this.#fieldAccess = new FieldAccess(this.#source, plan.fields, (field, at) => this.#field(field, at))
  }

  functions(skip: Set<FunctionNode>): FileText['functions'] {
    const pieces: FileText['functions'] = []
    for (const [fn, why] of this.#file.replaced) {
      if (skip.has(fn)) continue
      try {
        const old = this.#file.pair.functions.get(fn)!
        const key = this.#uniquePath(old)
        const line = this.#source.lineOf(fn.start)
        pieces.push({ fn, key, text: this.#function(fn, old, key), line, why })
      } catch (error) {
        if (!(error instanceof Cannot)) throw error
        this.#fail(fn, error)
      }
    }
    return pieces
  }

  /** Another file's block needs an export of this one. */
  export(name: string): void {
    const one = this.#file.exports.new.get(name)
    const block = this.#block(this.#file.module)
    if (block.exports.has(name)) return
    block.exports.add(name)
    if (one?.local !== undefined && this.#file.module.isBrought(one.local)) this.#demand(block, one.local)
  }

  /** To be called last: writing functions says what the blocks must hold. */
  blocks(): FileText['scopes'] {
    const written: FileText['scopes'] = this.#locals.blocks()
    for (const block of this.#blocks.values()) {
      try {
        const text = this.#blockText(block)
        if (text !== undefined) written.push(text)
      } catch (error) {
        if (!(error instanceof Cannot)) throw error
        this.#fail(undefined, error)
      }
    }
    return written
  }

  #block(once: OncePlan): Block {
    const known = this.#blocks.get(once)
    if (known !== undefined) return known
    const made = new Block(once)
    this.#blocks.set(once, made)
    return made
  }

  #uniquePath(old: FunctionNode): string {
    const all = this.#file.pair.old.analysis.functions
    const single = old.paths.find((path) => all.filter((fn) => fn.paths.includes(path)).length === 1)
    if (single !== undefined) return single
    const [path] = old.paths
    const same = all.filter((fn) => fn.paths.includes(path!))
    return `${path}#${same.indexOf(old) + 1}`
  }

  // ── replacements ────────────────────────────────────────────────────────────────────────────────────────────────

  #function(fn: FunctionNode, old: FunctionNode, path: string): string {
    this.#checkKind(fn, old)
    const { node } = fn
    const key = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(path) ? path : quote(path)
    const edits = this.#rewrite(fn.node, fn, undefined)
    const passed = old.node.params.length
    let params = node.params as Node[]
    if (params.length > passed && !passesAll(old)) {
      if (this.#forwards(fn)) return this.#forwarder(fn, key, passed)
      this.#dropParameters(fn, passed, edits)
      params = params.slice(0, passed)
    }
    this.#initialised(fn, edits)
    this.#oldObjects(fn, edits)
    const isStrict = isStrictWithin(fn, this.#source)
    const saysSo = isStrict && mayHaveDirective(node, params)
    if (saysSo)
      edits.unshift({ start: node.body.start + 1, end: node.body.start + 1, text: " 'use strict';" })
    const becameAsync = fn.async && !old.async
    const asMethod =
      becameAsync ||
      /method|getter|setter/.test(fn.kind) ||
      (fn.arrow && fn.this) ||
      fn.kind.includes('constructor')
    const text = this.#apply({ start: node.start, end: node.end }, edits)
    if (becameAsync)
      return this.#wrapAsync(
        fn,
        key,
        text,
        passesAll(old) ? node.params.length : Math.min(node.params.length, passed),
      )
    if (this.#callsItself.has(fn)) return selfCalling(fn, key, text)
    const head = `${fn.async ? 'async ' : ''}${fn.generator ? '*' : ''}${key}`
    if (isStrict && !saysSo) return strictAround(fn, head, this.#parameters(fn, edits), this.#body(fn, edits))
    if (!asMethod) return `${key}: ${text}`
    if (!fn.arrow) return `${head}${text.slice(text.indexOf('('))}`
    return `${head}(${this.#parameters(fn, edits)}) ${this.#body(fn, edits)}`
  }

  #checkKind(fn: FunctionNode, old: FunctionNode): void {
    const { node } = fn
    const fail = (why: string): never => {
      throw new Cannot(node, why, BY_HAND)
    }
    if (fn.generator !== old.generator) fail('it became a generator, or is none any more')
    if (old.async && !fn.async)
      fail('it is not async any more, and callers of the running one expect a promise')
    if (fn.async && !old.async && fn.generator) fail('it became an async generator')
    if (isConstructor(fn) !== isConstructor(old)) fail('it became a class, or is none any more')
    if (fn.arrow && fn.arguments) fail("it uses the 'arguments' of the function around it")
    if (fn.eval) fail('it contains a direct eval')
    if (fn.withInside) fail('it contains a with statement')
    const lexicalThis = fn.arrow && fn.this
    if (lexicalThis && old.arrow && !old.this)
      fail("it uses 'this' of the function around it, which its site does not pass")
    if (fn.arguments) this.#checkArguments(fn, old)
  }

  /** A replacement's `arguments` are an object of its own, with what the site passes. */
  #checkArguments(fn: FunctionNode, old: FunctionNode): void {
    const uses = argumentsIn(fn.node).map((node) => ({ node, parent: this.#source.parent(node)! }))
    const fail = (why: string): never => {
      throw new Cannot(fn.node, why, BY_HAND)
    }
    if (!passesAll(old) && !this.#asksForParameters(fn, old))
      fail("it uses 'arguments', and the running version passes its declared parameters only")
    if (uses.some(({ parent }) => parent.type === 'MemberExpression' && parent.property.name === 'callee'))
      fail("it uses 'arguments.callee'")
    if (fn.strict || fn.node.params.some((one: Node) => one.type !== 'Identifier')) return
    const isCounted = ({ node, parent }: { node: Node; parent: Node }): boolean =>
      parent.type === 'MemberExpression' && parent.object === node && !parent.computed
    const aliased = [...fn.parameters.names.values()].find(({ assigned }) => assigned)
    const others = uses.filter((one) => !isCounted(one)).map(({ node }) => node)
    if (aliased !== undefined && others.length > 0 && !readsFirst(others, fn, this.#source))
      fail(`it uses 'arguments' and assigns its parameter '${aliased.name}', which are one in sloppy mode`)
    if (
      fn.node.params.length > 0 &&
      uses.some(({ parent }) => isAssigned(parent, this.#source.parent(parent)))
    )
      fail("it assigns to 'arguments', which are one with its parameters in sloppy mode")
  }

  /** Whether its `arguments` are but parameters, and none that a site does not pass where the package calls it with more. */
  #asksForParameters(fn: FunctionNode, old: FunctionNode): boolean {
    const count = parameterCount(fn)
    if (count === undefined) return false
    return count <= old.node.params.length || !this.#plan.parameters.isPassed(fn, this.#file)
  }

  /** Whether some of the file's code is sloppy. */
  get isSloppy(): boolean {
    return !this.#source.analysis.module.strict
  }

  /** A function with more parameters than its site passes, which others call with them: it becomes a new one. */
  #forwards(fn: FunctionNode): boolean {
    const { once, name } = this.#unitFunction(fn)
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
    const { parameters } = this.#plan
    if (parameters.of(fn) !== undefined || !parameters.isPassed(fn, this.#file)) return false
    this.#plan.bring(once, name, 'it takes more parameters')
    return true
  }

  #unitFunction(fn: FunctionNode): { once?: OncePlan; name?: string } {
    for (const once of this.#file.onces) {
      const unit = once.pair.new.units.find((one) => functionOf(one) === fn.node)
      if (unit?.names[0] !== undefined) return { once, name: unit.names[0] }
    }
    return {}
  }

  #forwarder(fn: FunctionNode, key: string, passed: number): string {
    const { once, name } = this.#unitFunction(fn)
    this.#demandOutside(once!, name!)
    const names = Array.from({ length: passed }, (_, i) => `a${i}`).join(', ')
    const call = `${this.#scopeName}.${name}.call(this${passed > 0 ? `, ${names}` : ''})`
    const head = `${fn.async ? 'async ' : ''}${fn.generator ? '*' : ''}`
    return `${head}${key}(${names}) {\n  return ${fn.generator ? 'yield* ' : ''}${call}\n}`
  }

  /** Parameters that nobody passes become variables; the others are taken from where callers leave them. */
  #dropParameters(fn: FunctionNode, passed: number, edits: Edit[]): void {
    const longer = this.#plan.parameters.of(fn)
    if (longer?.refused !== undefined) throw new Cannot(fn.node, longer.refused, BY_HAND)
    if (longer === undefined && isGivenAway(fn, this.#source))
      throw new Cannot(
        fn.node,
        'it takes more parameters, and whoever it was given to may pass them',
        BY_HAND,
      )
    const params = fn.node.params as Node[]
    const dropped = params.slice(passed)
    const isPlain = ({ type, argument }: Node): boolean =>
      type !== 'RestElement' || argument.type === 'Identifier'
    const isExpression = fn.node.body.type !== 'BlockStatement'
    if (!dropped.every(isPlain) || (isExpression && fn.this))
      throw new Cannot(fn.node, 'it takes more parameters than its site passes', BY_HAND)
    const from = passed === 0 ? dropped[0]!.start : params[passed - 1]!.end
    const end = dropped.at(-1)!.end
    // `a => …` has no parentheses to be left empty.
    const isBare = fn.arrow && passed === 0 && !/^\s*(async\s*)?\(/.test(this.#source.slice(fn.node))
    const declared = (one: Node): string =>
      one.type === 'RestElement' ? `${one.argument.name} = []` : this.#apply(one, edits)
    const taken = longer && `let [${dropped.map((one) => this.#apply(one, edits)).join(', ')}] = `
    const declarations =
      longer === undefined
        ? dropped.map((one) => `let ${declared(one)};`).join(' ')
        : `${taken}${this.#plan.parameters.name}.of(${quote(longer.key)});`
    for (let i = edits.length - 1; i >= 0; i--)
      if (edits[i]!.start >= from && edits[i]!.end <= end) edits.splice(i, 1)
    edits.push({ start: from, end, text: isBare ? '()' : '' })
    if (isExpression) {
      const { start, end: last } = fn.node.body
      edits.unshift({ start, end: start, text: `{ ${declarations} return (` })
      edits.push({ start: last, end: last, text: ') }' })
      return
    }
    const body = startOf(fn.node)
    edits.unshift({ start: body, end: body, text: ` ${declarations}` })
  }

  #wrapAsync(fn: FunctionNode, key: string, text: string, count: number): string {
    const names = Array.from({ length: count }, (_, i) => `a${i}`)
    if (fn.node.params.some((one: Node) => one.type === 'RestElement') || fn.superGet || isConstructor(fn))
      throw new Cannot(fn.node, 'it became async', BY_HAND)
    const inner =
      fn.arrow || fn.kind === 'function' ? text : `async function ${text.slice(text.indexOf('('))}`
    return `${key}(${names.join(', ')}) {\n  return (${inner}).call(${['this', ...names].join(', ')})\n}`
  }

  #parameters({ node }: FunctionNode, edits: Edit[]): string {
    const [first, last] = [node.params[0], node.params.at(-1)] as (Node | undefined)[]
    return first === undefined ? '' : this.#apply({ start: first.start, end: last!.end }, edits)
  }

  #body({ node: { body } }: FunctionNode, edits: Edit[]): string {
    const text = this.#apply(body, edits)
    return body.type === 'BlockStatement' ? text : `{ return ${text} }`
  }

  // ── blocks ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A name that replacements need from the patch. */
  #demandOutside(once: OncePlan, name: string): void {
    const block = this.#block(once)
    block.exposed.add(name)
    this.#demand(block, name)
  }

  #demand(block: Block, name: string): void {
    if (block.names.has(name)) return
    block.names.add(name)
    const { once } = block
    for (const unit of unitsFor(once, name)) {
      for (const other of [...unit.names, ...once.effects.of(unit).writes]) {
        const binding = once.scope.names.get(other)
        if (binding === undefined || binding.kind === 'wrapper' || block.names.has(other)) continue
        const made = once.unitOf(other)
        if (made === undefined || isFunctionName(once, other)) continue
        if (classOf(made) !== undefined && !once.isBrought(other)) continue
        if (!once.isBrought(other)) this.#plan.bring(once, other, `made together with '${name}'`)
        this.#demand(block, other)
      }
    }
  }

  #blockText(block: Block): FileText['scopes'][number] | undefined {
    const { once } = block
    // Writing a unit may ask for more of the block; again until it does not.
    let parts: { unit: Unit; text: string }[] = []
    let exportLines: string[] = []
    let helpers: string[] = []
    for (let before = -1; before !== block.names.size; ) {
      before = block.names.size
      const units = new Set([...block.names].flatMap((name) => unitsFor(once, name)))
      parts = once.pair.new.units
        .filter((unit) => units.has(unit))
        .map((unit) => ({ unit, text: this.#unit(unit, block) }))
      helpers = [...block.names]
        .filter((name) => this.#file.helpers.get(name)?.once === once)
        .map((name) => this.#helper(name, block))
      exportLines = [...block.exports].flatMap((name) => this.#exportLine(name, block))
    }
    const fields = [...block.fields].map((field) => this.#fieldText(field, block))
    for (const name of block.names) this.#checkState(once, name)
    const isEmpty = block.exposed.size + block.running.size === 0
    if (parts.length === 0 && exportLines.length === 0 && isEmpty) return undefined
    const returned = [...block.exposed].map((name) => {
      const isAssigned = once.scope.names.get(name)?.assigned
      return isAssigned ? `get ${name}() { return ${name} }, set ${name}(value) { ${name} = value }` : name
    })
    for (const [name, text] of block.running) returned.push(`get ${name}() { return ${text} }`)
    const made = [...fields, ...helpers, ...exportLines, `return { ${returned.join(', ')} }`]
    const chunks: Chunk[] = [
      ...(once.scope.strict && this.isSloppy ? [{ text: "'use strict';" }] : []),
      ...parts.map(({ unit, text }) => ({ text, line: this.#source.lineOf(unit.start) })),
      ...made.map((text) => ({ text })),
    ]
    const { fn } = once.pair.old
    const path = fn === undefined ? 'module' : this.#uniquePath(fn)
    return {
      path,
      chunks,
      names: [...block.names],
      line: this.#source.lineOf(parts[0]?.unit.start ?? 0),
    }
  }

  #unit(unit: Unit, block: Block): string {
    if (unit.kind === 'import') return this.#import(unit, block)
    const range = { start: unit.start, end: unit.end }
    this.#checkTopLevel(unit, block)
    const edits = this.#rewrite(unit, undefined, block)
    if (block.once.pair.new.fn === undefined) this.#moduleThis(unit, edits)
    const text = this.#apply(range, edits)
    return unit.kind === 'variable' ? `${unit.keyword} ${text};` : text
  }

  /** `this` of a CommonJS module is its exports, and that of an ES module nothing. */
  #moduleThis({ node: root }: Unit, edits: Edit[]): void {
    walk(root, (node, ancestors) => {
      if (node.type !== 'ThisExpression' || ancestors.some((one) => one.type === 'ClassBody')) return
      if (ancestors.some((one) => isFunction(one) && one.type !== 'ArrowFunctionExpression')) return
      const text = this.#source.type === 'module' ? 'undefined' : 'exports'
      edits.push({ start: node.start, end: node.end, text })
    })
  }

  #checkTopLevel(unit: Unit, { once }: Block): void {
    walk(unit.node, (node, ancestors) => {
      const own = ancestors.filter(isFunction)
      if (own.some((one) => one.type !== 'ArrowFunctionExpression')) return
      if (ancestors.some((one) => one.type === 'ClassBody')) return
      if (node.type === 'ThisExpression' && once.pair.new.fn !== undefined)
        throw new Cannot(node, "start-up code that uses 'this' of the function around it", BY_HAND)
      if (node.type === 'AwaitExpression' && own.length === 0)
        throw new Cannot(node, 'start-up code with a top-level await', BY_HAND)
      if (node.type === 'ReturnStatement' && own.length === 0 && once.pair.new.fn !== undefined)
        throw new Cannot(node, 'start-up code that returns', BY_HAND)
    })
  }

  #import(unit: Unit, block: Block): string {
    const [local] = unit.names
    const { source, imported } = this.#originOf(unit.source!, unit.imported!)
    const path = this.#plan.resolve(this.#source.path, source)
    const other = path === undefined ? undefined : this.#plan.files.get(path)
    const from = `require(${quote(source)})`
    const isWhole = imported === '=' || imported === '*'
    if (path !== undefined && other !== undefined) {
      const wanted = isWhole ? [...other.changedExports.keys()] : [imported]
      for (const name of wanted) if (other.changedExports.has(name)) this.#demandExport(path, name)
      if (other.changedExports.has('module.exports')) this.#demandExport(path, 'module.exports')
    }
    if (local === undefined) return `${from};`
    if (unit.helper !== undefined) return `const ${this.#apply(unit, this.#rewrite(unit, undefined, block))};`
    if (isWhole) return `const ${local} = ${from};`
    if (imported !== 'default') {
      const name = imported === local ? local : `${key(imported)}: ${local}`
      return `const { ${name} } = ${from};`
    }
    if (other !== undefined && other.pair.new.type === 'module')
      return `const { default: ${local} } = ${from};`
    return `const { default: ${local} = ${from} } = ${from};`
  }

  /** The file that makes what is imported: those that hand it on need not know it yet. */
  #originOf(source: string, imported: string): { source: string; imported: string } {
    const path = this.#plan.resolve(this.#source.path, source)
    if (path === undefined) return { source, imported }
    const origin = this.#plan.origin(path, imported)
    if (origin.path === path) return { source, imported: origin.name }
    const to = relative(dirname(this.#source.path), origin.path)
    return { source: to.startsWith('.') ? to : `./${to}`, imported: origin.name }
  }

  #exportLine(name: string, block: Block): string[] {
    const one = this.#file.exports.new.get(name)
    const isWhole = name === 'module.exports'
    const to = isWhole ? 'module.exports' : `exports${member(name)}`
    if (one === undefined) return this.#handOn(name, to)
    if (one.local !== undefined) {
      if (block.names.has(one.local)) return [`${to} = ${one.local};`]
      if (!this.#file.module.isBrought(one.local) && isFunctionName(this.#file.module, one.local))
        return [`${to} = ${this.#name(this.#file.module, one.local, one.unit.node, false, false)};`]
      if (one.value === undefined) return []
    }
    if (one.value === undefined) return []
    const text = this.#apply(one.value, this.#rewrite(one.value, undefined, block))
    const isMember =
      isFunction(one.value) && /^\s*(async\s*)?\*?\s*\(/.test(text) && one.value.type === 'FunctionExpression'
    return [`${to} = ${isMember ? `function ${text}` : text};`]
  }

  /** What another file makes. */
  #handOn(name: string, to: string): string[] {
    const { path } = this.#source
    const origin = this.#plan.origin(path, name)
    if (origin.path === path) return []
    if (this.#plan.files.get(origin.path)?.changedExports.has(origin.name))
      this.#demandExport(origin.path, origin.name)
    const { source } = this.#originOf(`./${basename(path)}`, name)
    return [`${to} = require(${quote(source)})${member(origin.name)};`]
  }

  /** Making a value anew must not lose what the program has put into the running one. */
  #checkState(once: OncePlan, name: string): void {
    const old = once.pair.old.scope.names.get(name)
    if (old === undefined || isFunctionName(once, name)) return
    const own = once.unitOf(name)
    const kept = once.keeps(name) ?? once.mayKeep(name)
    if (kept !== undefined)
      throw new Cannot(
        own?.node ?? kept.node,
        `'${name}' has to be made anew, and the running one holds what the program has put into it`,
        'carry its contents over in a pre-patch callback, with a state that says so',
      )
    if (once.initialisers(name).some((unit) => classOf(unit) !== undefined))
      throw new Cannot(
        own?.node ?? once.pair.new.units[0]!.node,
        `'${name}' has to be made anew, and classes that stand in it would be others than those of existing objects`,
        BY_HAND,
      )
    const why = once.changed.get(name) ?? once.soft.get(name)
    const isUnchanged = once.pair.pairs.some((pair) => pair.new === own && !pair.changed)
    if (
      own?.kind === 'variable' &&
      isUnchanged &&
      !isRepeatable(assignedValue(own)) &&
      !countsAnew(assignedValue(own), once) &&
      !why?.startsWith('made')
    ) {
      throw new Cannot(
        own.node,
        `'${name}' is needed where it cannot be reached, and making it a second time may have effects`,
        BY_HAND,
      )
    }
  }

  // ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Edits that make a stretch of the new version mean the same in the patch. */
  #rewrite(
    range: { start: number; end: number },
    fn: FunctionNode | undefined,
    block: Block | undefined,
  ): Edit[] {
    const edits: Edit[] = []
    const around = block === undefined ? undefined : scopesAround(block.once.scope)
    for (const use of this.#source.usesIn(range)) {
      const binding = this.#source.bindingOf(use)
      if (binding === undefined) continue
      if (fn !== undefined && belongsTo(binding.scope, fn)) {
        if (binding.scope.kind === 'name' && binding.scope.owner === fn) this.#ownName(use, fn, edits)
        continue
      }
      if (around !== undefined && !around.has(binding.scope)) continue
      const owner = ownerOf(binding.scope)
      if (
        fn === undefined &&
        owner !== undefined &&
        owner.node.start >= range.start &&
        owner.node.end <= range.end
      )
        continue
      const text = this.#free(use, binding, fn, block)
      if (text !== use.node.name) this.#replaceName(use.node, text, edits)
    }
    this.#members(fn?.node ?? nodeOf(range), edits, block)
    return edits
  }

  /** A named function expression that uses its own name means the running function, which is redirected. */
  #ownName(use: Use, fn: FunctionNode, edits: Edit[]): void {
    const { once, name } = this.#unitFunction(fn)
    if (once === undefined || name === undefined) {
      if (isCalled(use, this.#source) && !use.assigned) {
        this.#callsItself.add(fn)
        return
      }
      throw new Cannot(use.node, 'a function expression that hands itself on by its own name', BY_HAND)
    }
    this.#replaceName(use.node, this.#name(once, name, use.node, use.assigned, false), edits)
  }

  #free(use: Use, binding: Binding, fn: FunctionNode | undefined, block: Block | undefined): string {
    const once = this.#file.onceOf(binding.scope)
    const { name } = use.node
    if (once === undefined) {
      this.#locals.needed(use, binding)
      return `${this.#scopeName}.${name}`
    }
    if (block?.once === once) {
      const isEager = this.#source.functionAt(use) === once.pair.new.fn
      if (binding.kind === 'wrapper' && name === 'require') {
        this.#plainRequire(use)
        this.#demandRequired(use)
      }
      if (binding.kind === 'wrapper' && (name === 'require' || (isEager && /^(exports|module)$/.test(name))))
        return name
      if (
        isEager &&
        isFunctionName(once, name) &&
        isCalled(use, this.#source) &&
        this.#isReplaced(once, name)
      )
        this.#plan.bring(once, name, 'used to make a value of this version', true)
      if (!once.isBrought(name) && block.exports.size > 0) {
        const way = this.#bringAlong(once, name, use)
        if (way !== undefined) return way
      }
      if (once.isBrought(name)) {
        this.#demand(block, name)
        return name
      }
    }
    const isForeignRequire = name === 'require' && binding.kind === 'wrapper'
    if (isForeignRequire && fn !== undefined) this.#lazyRequire(use, once)
    const text = this.#name(once, name, use.node, use.assigned, block !== undefined && block.once === once)
    if (isForeignRequire && once.isBrought(name)) this.#plainRequire(use)
    return text
  }

  /**
   * Another file's block may need this one before any function of the running module was called, when nothing leads
   * to its names yet: what the block uses has to come along, or be found in what the running module exports.
   */
  #bringAlong(once: OncePlan, name: string, { node, assigned }: Use): string | undefined {
    const unit = once.unitOf(name)
    const isFunctionOnly = isFunctionName(once, name) && !isObject(once.pair.new, name)
    const isCopied = unit?.kind === 'import' || isFunctionOnly
    const isMadeAgain =
      unit?.kind === 'variable' && classOf(unit) === undefined && isRepeatable(assignedValue(unit))
    if (isCopied || isMadeAgain) {
      this.#plan.bring(once, name, 'needed with what is new', true)
      return undefined
    }
    const path = this.#file.exposed.path(once.pair, once.pair.renamed.get(name) ?? name)
    if (path !== undefined && !assigned) return path.replace('exports', this.#running)
    if (this.#mayEnter(once)) return undefined
    throw new Cannot(node, `'${name}' of the running module may be needed before it can be reached`, BY_HAND)
  }

  /** Whether the names of a scope can be reached before any function of the module was called. */
  #mayEnter(once: OncePlan): boolean {
    if (!this.#file.exposed.isEntered(once.pair)) return false
    this.#file.needsEntry = true
    return true
  }

  /**
   * The text of a stretch of the module that runs when the patch is put on the running module, before any function of
   * that was called. Undefined where it needs what cannot be reached then.
   */
  early(range: { start: number; end: number }, root: Node): string | undefined {
    if (this.#file.exposed.entry === undefined || needsItsClass(root)) return undefined
    const isOutOfSight = this.#source.usesIn(root).some((use) => {
      const binding = this.#source.bindingOf(use)
      const once = binding && this.#file.onceOf(binding.scope)
      return once !== undefined && !this.#file.exposed.isEntered(once.pair)
    })
    if (isOutOfSight) return undefined
    try {
      const text = this.#apply(range, this.#rewrite(root, undefined, undefined))
      this.#file.needsEntry = true
      return text
    } catch (error) {
      if (error instanceof Cannot) return undefined
      throw error
    }
  }

  /** The same for a name of the module. */
  earlyName(name: string, once: OncePlan, at: Node): string | undefined {
    if (!this.#file.exposed.isEntered(once.pair)) return undefined
    const running = once.pair.renamed.get(name) ?? name
    const old = once.pair.old.scope.names.get(running)
    const isReached = old !== undefined && this.#file.names.bindings.get(old)?.read !== undefined
    if (!isReached || once.isBrought(name)) return undefined
    this.#file.needsEntry = true
    return this.#name(once, name, at, false, false)
  }

  /** What the running module exports. */
  get #running(): string {
    return `require(${quote(`./${basename(this.#source.path)}`)})`
  }

  /** The patch's own `require` is a function and nothing more. */
  #plainRequire({ node }: Use): void {
    const parent = this.#source.parent(node)
    if (parent?.type === 'MemberExpression' && parent.object === node)
      throw new Cannot(
        node,
        `it uses '${this.#source.slice(parent)}', which the 'require' of a patch does not have`,
        BY_HAND,
      )
  }

  /** `require` in a block is the patch's own, which has what other files' blocks export. */
  #demandRequired(use: Use): void {
    const call = this.#source.parent(use.node)
    const source = call && requiredModule(call)
    const path = source === undefined ? undefined : this.#plan.resolve(this.#source.path, source)
    const other = path === undefined ? undefined : this.#plan.files.get(path)
    for (const name of other?.changedExports.keys() ?? []) this.#demandExport(path!, name)
  }

  /** `require` inside a function: of what the patch brings, it must be the patch's own. */
  #lazyRequire(use: Use, once: OncePlan): void {
    const call = this.#source.parent(use.node)
    const source = call && requiredModule(call)
    const path = source === undefined ? undefined : this.#plan.resolve(this.#source.path, source)
    if (path === undefined) return
    const other = this.#plan.files.get(path)
    if (other === undefined) this.#plan.bring(once, 'require', 'a new file', true)
    else if (other.changedExports.size > 0) {
      this.#plan.bring(once, 'require', `'${path}' changed`, true)
      for (const name of other.changedExports.keys()) this.#demandExport(path, name)
    }
  }

  #isReplaced(once: OncePlan, name: string): boolean {
    const node = functionOf(once.unitOf(name)!)
    return node !== undefined && this.#file.replaced.has(this.#source.functionOf.get(node)!)
  }

  /** How a name of a once-scope is said, from outside of its block or in it. */
  #name(once: OncePlan, name: string, at: Node, assigned: boolean, inBlock: boolean): string {
    if (once.isBrought(name)) {
      if (inBlock) {
        this.#demand(this.#block(once), name)
        return name
      }
      this.#demandOutside(once, name)
      return `${this.#scopeName}.${name}`
    }
    const running = once.pair.renamed.get(name) ?? name
    const old = once.pair.old.scope.names.get(running) ?? once.pair.old.scope.parent?.names.get(running)
    const operations = old && this.#file.names.bindings.get(old)
    if (old !== undefined && operations !== undefined) {
      if (!assigned || operations.write !== undefined) return `${this.#scopeName}.${running}`
      if (old.kind === 'function' || old.kind === 'class' || old.kind === 'import')
        throw new Cannot(at, `it assigns '${name}', which is a constant in the running version`, BY_HAND)
      this.#plan.bring(once, name, 'this version assigns it')
    } else if (name === 'require')
      this.#plan.bring(once, name, 'no function of the running version uses it', true)
    else if (this.#isRunning(once, name, at, assigned)) {
      return this.#throughExports(once, name, name === 'exports' ? 'exports' : undefined, inBlock)
    } else if (once.unitOf(name) === undefined) {
      throw new Cannot(at, `'${name}' cannot be reached: no function of the running version uses it`, BY_HAND)
    } else if (this.#isItself(once, name)) {
      const path = assigned ? undefined : this.#file.exposed.path(once.pair, running)
      if (path !== undefined) return this.#throughExports(once, name, path, inBlock)
      const why = `'${name}' cannot be reached: no function of the running version uses it, and a copy would be another`
      if (isAskedFor(once.pair.new, name)) throw new Cannot(at, why, BY_HAND)
      this.#plan.bring(once, name, 'no function of the running version uses it', true)
    } else this.#plan.bring(once, name, 'no function of the running version uses it', true)
    this.#demandOutside(once, name)
    return `${this.#scopeName}.${name}`
  }

  /** A class, or a function that is more than something to call. */
  #isItself(once: OncePlan, name: string): boolean {
    const unit = once.unitOf(name)
    if (unit === undefined || once.pair.added.includes(unit)) return false
    return classOf(unit) !== undefined || (isFunctionName(once, name) && isObject(once.pair.new, name))
  }

  /** A name of the running module, by a path of its exports; without one `module`. */
  #throughExports(once: OncePlan, name: string, path: string | undefined, inBlock: boolean): string {
    const text = path?.replace('exports', this.#running) ?? `{ exports: ${this.#running} }`
    if (inBlock) return `(${text})`
    this.#block(once).running.set(name, text)
    return `${this.#scopeName}.${name}`
  }

  /** `exports` or `module.exports`, where that is what the module exports in the end. */
  #isRunning(once: OncePlan, name: string, at: Node, assigned: boolean): boolean {
    if (assigned || once.scope.names.get(name)?.kind !== 'wrapper') return false
    const parent = this.#source.parent(at)
    if (name === 'module')
      return (
        parent?.type === 'MemberExpression' &&
        parent.object === at &&
        parent.property.name === 'exports' &&
        !isAssigned(parent, this.#source.parent(parent))
      )
    return (
      name === 'exports' &&
      once.pair.old.units.every((unit) => {
        const paths = assignedPaths(unit)
        return !paths.includes('module.exports') || paths.includes('exports')
      })
    )
  }

  #replaceName(node: Node, text: string, edits: Edit[]): void {
    const parent = this.#source.parent(node)
    const holder =
      parent?.type === 'AssignmentPattern' && parent.left === node ? this.#source.parent(parent) : parent
    if (holder?.type === 'Property' && holder.shorthand && holder.key.start === node.start) {
      edits.push({ start: node.start, end: node.end, text: `${node.name}: ${text}` })
      return
    }
    edits.push({ start: node.start, end: node.end, text })
    // `new scope.a.B()`: what is constructed must not become the accessor.
    let top: Node = node
    let above = this.#source.parent(top)
    while (above?.type === 'MemberExpression' && above.object === top) {
      top = above
      above = this.#source.parent(top)
    }
    if (top !== node && above?.type === 'NewExpression' && above.callee === top) {
      edits.push({ start: top.start, end: top.start, text: '(' })
      edits.push({ start: top.end, end: top.end, text: ')' })
    }
  }

  // ── new fields ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** What a new field is called where it is used. */
  #field(field: NewField, at: Node): string {
    const { initialiser, file, name } = field
    if (typeof initialiser === 'string' || !initialiser.usesModule) {
      this.#plan.fields.used.add(field)
      return name
    }
    if (file !== this.#file) {
      const why = `'${field.key}' is new, and what it begins with uses names of '${file.path}'`
      throw new Cannot(at, why, 'give the objects the field in a pre-patch callback')
    }
    this.#plan.fields.used.add(field)
    const block = this.#block(this.#file.module)
    block.fields.add(field)
    block.exposed.add(name)
    return `${this.#scopeName}.${name}`
  }

  /** Class fields are made by the running class: those that it lacks are written by the constructor. */
  #initialised(fn: FunctionNode, edits: Edit[]): void {
    const fields = this.#file.pair.initialised.get(fn) ?? []
    if (fields.length === 0) return
    const made = fields.map(({ element: { key, value } }) => {
      const text = value ? this.#apply(value, this.#rewrite(value, undefined, undefined)) : 'undefined'
      if (key.type === 'PrivateIdentifier')
        return `${this.#scopeName}.private(this)['#${key.name}'] = ${text};`
      return `this${key.type === 'Identifier' ? `.${key.name}` : `[${this.#source.slice(key)}]`} = ${text};`
    })
    const at = initialisesAt(fn)!
    edits.push({ start: at, end: at, text: ` ${made.join(' ')}` })
  }

  get #originalName(): string {
    return /\boriginal\b/.test(this.#source.text) ? '$original' : 'original'
  }

  /** Objects that cannot be given a field that the function needs go on with the running version's function. */
  #oldObjects(fn: FunctionNode, edits: Edit[]): void {
    const needed = this.#plan.fields.neededBy(fn.node)
    if (needed.length === 0) return
    const isGiven = needed.map((field) => {
      if (!field.key.startsWith('#')) return `${quote(field.key)} in this`
      return `${this.#field(field, fn.node)}.isGiven(this)`
    })
    const test =
      isGiven.length === 1 && !isGiven[0]!.includes(' in ') ? isGiven[0]! : `(${isGiven.join(' && ')})`
    const at = startOf(fn.node)
    const as = fn.generator ? 'yield* ' : ''
    edits.push({
      start: at,
      end: at,
      text: ` if (!${test}) return ${as}${this.#originalName}.apply(this, arguments);`,
    })
  }

  /** A field that needs nothing of the module stands at the top of the patch. */
  fieldAtTop(field: NewField): Chunk | undefined {
    const { initialiser } = field
    const isOfBlock = typeof initialiser !== 'string' && initialiser.usesModule
    if (isOfBlock) return undefined
    const line = this.#source.lineOf(field.node.start)
    return { text: this.#fieldText(field, undefined), path: this.#file.path, line }
  }

  #fieldText({ name, id, key, like, initialiser }: NewField, block: Block | undefined): string {
    const text = typeof initialiser === 'string' ? 'undefined' : this.#initialiser(initialiser, block)
    const options = [
      `key: ${quote(key)}`,
      ...(like.length === 0 ? [] : [`like: [${like.map(quote).join(', ')}]`]),
      `init() { return ${text} }`,
    ]
    return `const ${name} = new AddedField(${quote(id)}, { ${options.join(', ')} })`
  }

  #initialiser({ node, substitutes }: Initialiser, block: Block | undefined): string {
    if (node === undefined) return 'undefined'
    const isReplaced = ({ start, end }: Edit): boolean =>
      substitutes.some((one) => start >= one.start && end <= one.end)
    const edits = this.#rewrite(node, undefined, block).filter((edit) => !isReplaced(edit))
    for (const { start, end, by } of substitutes)
      edits.push({ start, end, text: typeof by === 'string' ? by : `(${this.#initialiser(by, block)})` })
    return this.#apply(node, edits)
  }

  /** Private members and superclass constructors, which a patch writes in its own way. */
  #members(root: Node, edits: Edit[], block?: Block): void {
    const scope = this.#scopeName
    walk(root, (node, ancestors) => {
      this.#ofModule(node)
      this.#helperCall(node, edits, block)
      this.#longCall(node, edits)
      if (this.#fieldAccess.rewrite(node, ancestors, edits)) return
      const own = new Set(
        ancestors
          .filter((one) => one.type === 'ClassBody')
          .flatMap((body) => (body.body as Node[]).map((one) => one.key?.name)),
      )
      if (node.type === 'MemberExpression' && node.property.type === 'PrivateIdentifier') {
        if (own.has(node.property.name)) return
        if (isInChain(node)) throw new Cannot(node, 'it uses a private member in an optional chain', BY_HAND)
        edits.push({ start: node.object.start, end: node.object.start, text: `${scope}.private(` })
        edits.push({ start: node.object.end, end: node.end, text: `)['#${node.property.name}']` })
      } else if (node.type === 'BinaryExpression' && node.left.type === 'PrivateIdentifier') {
        if (own.has(node.left.name)) return
        edits.push({ start: node.left.start, end: node.left.end, text: `'#${node.left.name}'` })
        edits.push({ start: node.right.start, end: node.right.start, text: `${scope}.private(` })
        edits.push({ start: node.right.end, end: node.right.end, text: ')' })
      } else if (node.type === 'CallExpression' && node.callee.type === 'Super') {
        if (ancestors.some((one) => one.type === 'ClassBody')) return
        edits.push({ start: node.callee.start, end: node.callee.end, text: `${scope}.super` })
      }
    })
  }

  /** What leads from the place of a module leads elsewhere from that of a patch. */
  #ofModule({ type, meta, source }: Node): void {
    if (type === 'MetaProperty' && meta.name === 'import')
      throw new Cannot(meta, "it uses 'import.meta', which in a patch is that of the patch", BY_HAND)
    if (type !== 'ImportExpression') return
    const text = this.#source.slice(source)
    if (typeof source.value === 'string' ? !isBuiltin(source.value) : !text.includes('pathToFileURL'))
      throw new Cannot(
        source,
        `it imports ${text} when it runs, which a patch would look for at its own place`,
        BY_HAND,
      )
  }

  /** A call that passes more than the site of the running function hands on. */
  #longCall(node: Node, edits: Edit[]): void {
    const { parameters } = this.#plan
    if (!parameters.calls(this.#file).has(node)) return
    const why = parameters.rewrite(node, edits)
    if (why !== undefined) throw new Cannot(node, why, BY_HAND)
  }

  /**
   * A call of a method that this version adds. Running objects of the class lack it; one of a subclass, or of somebody
   * else, may have its own.
   */
  #helperCall(node: Node, edits: Edit[], block: Block | undefined): void {
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression' || node.callee.computed)
      return
    const { object, property } = node.callee
    const { name } = property
    const helper = this.#file.helpers.get(name)
    if (helper === undefined) return
    if (isInChain(node)) throw new Cannot(node, 'it calls a new method in an optional chain', BY_HAND)
    const isInside = block?.once === helper.once
    if (isInside) this.#demand(block, name)
    else this.#demandOutside(helper.once, name)
    const method = isInside ? name : `${this.#scopeName}.${name}`
    const [first] = node.arguments as Node[]
    const after = first === undefined ? '' : ', '
    const between = { start: object.end, end: first?.start ?? node.end - 1 }
    if (object.type === 'ThisExpression') {
      edits.push({ start: object.start, end: object.start, text: `(this.${name} ?? ${method}).call(` })
      edits.push({ ...between, text: after })
    } else if (object.name === helper.holder && this.#isName(object, helper.once)) {
      edits.push({ start: object.start, end: object.start, text: `${method}.call(` })
      edits.push({ ...between, text: after })
    } else {
      const call = `((object, ...args) => (object.${name} ?? ${method}).apply(object, args))(`
      edits.push({ start: object.start, end: object.start, text: call })
      edits.push({ ...between, text: after })
    }
  }

  #isName(node: Node, { scope }: OncePlan): boolean {
    const use = this.#source.usesIn(node).find((one) => one.node === node)
    return use !== undefined && this.#source.bindingOf(use)?.scope === scope
  }

  #helper(name: string, block: Block): string {
    const { element } = this.#file.helpers.get(name)!
    const { value } = element
    const edits = this.#rewrite(value, undefined, block)
    const head = `${value.async ? 'async ' : ''}function${value.generator ? '*' : ''} ${name}`
    const fn = this.#source.functionOf.get(value)!
    if (isStrictWithin(fn, this.#source) && !block.once.scope.strict) {
      if (!mayHaveDirective(value, value.params))
        return strictAround(fn, head, this.#parameters(fn, edits), this.#body(fn, edits))
      edits.unshift({ start: value.body.start + 1, end: value.body.start + 1, text: " 'use strict';" })
    }
    const text = this.#apply(value, edits)
    if (value.type === 'ArrowFunctionExpression') return `const ${name} = ${text};`
    return `${head}${text.slice(text.indexOf('('))}`
  }

  #apply(range: { start: number; end: number }, edits: Edit[]): string {
    return applyEdits(this.#source.text, range, edits)
  }
}

/** Its own name must be that of a function which takes what it declares: one inside of the replacement. */
function selfCalling({ async, generator }: FunctionNode, key: string, text: string): string {
  const head = `${async ? 'async ' : ''}${generator ? '*' : ''}`
  return `${head}${key}(...args) {\n  return ${generator ? 'yield* ' : ''}(${text}).apply(this, args)\n}`
}

/** Whether members of a class or function are looked up, or objects are tested for it: more than being called. */
function isAskedFor({ file, scope }: Once, name: string): boolean {
  return file.uses.some((use) => {
    if (use.node.name !== name || file.bindingOf(use)?.scope !== scope) return false
    const parent = file.parent(use.node)
    if (parent?.type === 'BinaryExpression') return parent.operator === 'instanceof'
    if (parent?.type !== 'MemberExpression' || parent.object !== use.node || parent.computed) return false
    const isCall = /^(call|apply|bind|prototype)$/.test(parent.property.name)
    return !isCall && !isAssigned(parent, file.parent(parent))
  })
}

/** What means something only in the class around it. */
function needsItsClass(root: Node): boolean {
  let found = false
  walk(root, (node, ancestors) => {
    if (!/^(Super|PrivateIdentifier|MetaProperty)$/.test(node.type)) return
    if (node.type === 'MetaProperty' || !ancestors.some(({ type }) => type === 'ClassBody')) found = true
  })
  return found
}

function isConstructor({ kind }: FunctionNode): boolean {
  return kind === 'constructor' || kind === 'derived constructor'
}

/** `R++`, where the patch begins to count from the start. */
function countsAnew(value: Node | undefined, once: OncePlan): boolean {
  return value?.type === 'UpdateExpression' && once.isBrought(value.argument.name)
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

function isCalled({ node }: Use, file: SourceFile): boolean {
  const parent = file.parent(node)
  return (parent?.type === 'CallExpression' || parent?.type === 'NewExpression') && parent.callee === node
}

function scopesAround(scope: Scope): Set<Scope> {
  const around = new Set<Scope>()
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) around.add(at)
  return around
}

function nodeOf(range: { start: number; end: number }): Node {
  return 'node' in range ? (range.node as Node) : (range as Node)
}
