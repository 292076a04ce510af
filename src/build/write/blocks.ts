import { basename, dirname } from 'node:path'
import { relative } from 'node:path/posix'
import { isFunction, walk } from '../../livepatch/ast.ts'
import { askedByAdded } from '../plan/asked-by-added.ts'
import type { NewField } from '../plan/fields.ts'
import { isFunctionName, type OncePlan, unitsFor } from '../plan/once-plan.ts'
import { packageNameOf } from '../read/imports.ts'
import { isStrictWithin, mayHaveDirective, strictAround } from '../read/strictness.ts'
import { classOf } from '../read/unit-values.ts'
import type { Unit } from '../read/units.ts'
import { BY_HAND, Cannot } from './cannot.ts'
import { constructing } from './constructing.ts'
import { type Edit, member, propertyKey, quote } from './edits.ts'
import type { FileText } from './file-writer.ts'
import { checkMadeAnew } from './made-anew.ts'
import { variable } from './made-locals.ts'
import type { Chunk } from './mapped-text.ts'
import { Part } from './part.ts'
import { lacking } from './require-calls.ts'

/** What must be brought for one once-scope, collected while its file's text is written. */
export class Block {
  readonly once: OncePlan
  readonly names = new Set<string>()
  readonly exposed = new Set<string>()
  readonly exports = new Set<string>()
  /** Exports that its own start-up code asks for. */
  readonly readBack = new Set<string>()
  readonly fields = new Set<NewField>()
  /** Names of the running module that are reached through what it exports, and the text for that. */
  readonly running = new Map<string, string>()

  constructor(once: OncePlan) {
    this.once = once
  }
}

/** The blocks of a file: what the patch brings for each once-scope, evaluated once beside the running one. */
export class Blocks extends Part {
  readonly #blocks = new Map<OncePlan, Block>()

  /** Another file's block needs an export of this one. */
  export(name: string): void {
    const one = this.file.exports.new.get(name)
    if (this.file.puts(name)) return
    const block = this.block(this.file.module)
    if (block.exports.has(name)) return
    block.exports.add(name)
    if (one?.local !== undefined && this.file.module.isBrought(one.local)) this.demand(block, one.local)
  }

  /** To be called last: writing functions says what the blocks must hold. */
  write(): FileText['scopes'] {
    const written: FileText['scopes'] = this.writer.madeLocals.blocks()
    if (this.file.asksGiven.size > 0) this.block(this.file.module)
    for (const block of this.#blocks.values()) {
      try {
        const text = this.#blockText(block)
        if (text !== undefined) written.push(text)
      } catch (error) {
        if (!(error instanceof Cannot)) throw error
        this.writer.fail(undefined, error)
      }
    }
    return written
  }

  block(once: OncePlan): Block {
    const known = this.#blocks.get(once)
    if (known !== undefined) return known
    const made = new Block(once)
    this.#blocks.set(once, made)
    return made
  }

  /** A name that replacements need from the patch. */
  demandOutside(once: OncePlan, name: string): void {
    const block = this.block(once)
    block.exposed.add(name)
    this.demand(block, name)
  }

  /** What only the running module has: `import()`, or `import.meta`, as it stands there. */
  ofModule(what: 'import' | 'meta', block: Block | undefined): string {
    const { module } = this.file
    if (block?.once === module) return `module.${what}`
    const name = `$${what}`
    this.block(module).running.set(name, `module.${what}`)
    return `${this.writer.scopeName}.${name}`
  }

  demand(block: Block, name: string): void {
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
        if (!once.isBrought(other)) this.plan.bring(once, other, `made together with '${name}'`)
        this.demand(block, other)
      }
    }
  }

  #blockText(block: Block): FileText['scopes'][number] | undefined {
    const { once } = block
    // Writing a unit may ask for more of the block; again until it does not.
    let parts: { unit: Unit; text: string }[] = []
    let exports: { start: number; text: string }[] = []
    let helpers: string[] = []
    for (let before = -1; before !== block.names.size + block.exports.size; ) {
      before = block.names.size + block.exports.size
      const units = new Set([...block.names].flatMap((name) => unitsFor(once, name)))
      parts = once.pair.new.units
        .filter((unit) => units.has(unit))
        .map((unit) => ({ unit, text: this.#unit(unit, block) }))
      helpers = [...block.names]
        .filter((name) => this.file.helpers.get(name)?.once === once)
        .map((name) => this.#helper(name, block))
      exports = [...block.exports].flatMap((name) =>
        this.#exportLine(name, block).map((text) => ({ text, start: this.#exportedAt(name, block) })),
      )
    }
    const fields = [...block.fields].map((field) => this.writer.fields.fieldText(field, block))
    for (const name of block.names) checkMadeAnew(once, name)
    const asks = block.once === this.file.module ? this.#asksGiven() : []
    const isEmpty = block.exposed.size + block.running.size + asks.length === 0
    if (parts.length === 0 && exports.length === 0 && isEmpty) return undefined
    const returned = [...block.exposed].map((name) => {
      const isAssigned = once.scope.names.get(name)?.assigned
      return isAssigned ? variable(name) : name
    })
    for (const [name, text] of block.running) returned.push(`get ${name}() { return ${text} }`)
    const inOrder = [
      ...parts.map(({ unit: { start }, text }) => ({ start, text, line: this.source.lineOf(start) })),
      ...exports.filter(({ start }) => start !== Infinity),
    ].sort((a, b) => a.start - b.start)
    const atEnd = exports.filter(({ start }) => start === Infinity).map(({ text }) => text)
    const made = [...fields, ...helpers, ...atEnd, `return { ${returned.join(', ')} }`]
    const chunks: Chunk[] = [
      ...(once.scope.strict && this.writer.isSloppy ? [{ text: "'use strict';" }] : []),
      ...asks.map((text) => ({ text })),
      ...inOrder,
      ...made.map((text) => ({ text })),
    ]
    const { fn } = once.pair.old
    const path = fn === undefined ? 'module' : this.writer.uniquePath(fn)
    return {
      path,
      chunks,
      names: [...block.names],
      line: this.source.lineOf(parts[0]?.unit.start ?? 0),
    }
  }

  /** Asks packages for what its code takes of those that it gets as parameters, as the patch is loaded. */
  #asksGiven(): string[] {
    return [...this.file.asksGiven].flatMap(([source, members]) =>
      members.map((name) => lacking(`require(${quote(source)})${member(name)}`, name, source).trim()),
    )
  }

  #unit(unit: Unit, block: Block): string {
    if (unit.kind === 'import') return this.#import(unit, block)
    const range = { start: unit.start, end: unit.end }
    this.#checkTopLevel(unit, block)
    const edits = this.writer.naming.rewrite(unit, undefined, block)
    if (block.once.pair.new.fn === undefined) this.#moduleThis(unit, edits)
    const text = this.writer.apply(range, edits)
    return unit.kind === 'variable' ? `${unit.keyword} ${text};` : text
  }

  /** `this` of a CommonJS module is its exports, and that of an ES module nothing. */
  #moduleThis({ node: root }: Unit, edits: Edit[]): void {
    walk(root, (node, ancestors) => {
      if (node.type !== 'ThisExpression' || ancestors.some((one) => one.type === 'ClassBody')) return
      if (ancestors.some((one) => isFunction(one) && one.type !== 'ArrowFunctionExpression')) return
      const text = this.source.type === 'module' ? 'undefined' : 'exports'
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
    const path = this.plan.resolve(this.source.path, source)
    const other = path === undefined ? undefined : this.plan.files.get(path)
    const from = `require(${quote(source)})`
    const isWhole = imported === '=' || imported === '*'
    if (path !== undefined) this.#demandFor(path)
    if (path !== undefined && other !== undefined) {
      const wanted = isWhole ? [...other.changedExports.keys()] : [imported]
      for (const name of wanted) if (other.changedExports.has(name)) this.writer.demandExport(path, name)
      if (other.changedExports.has('module.exports')) this.writer.demandExport(path, 'module.exports')
    }
    if (local === undefined) return `${from};`
    if (unit.helper !== undefined)
      return `const ${this.writer.apply(unit, this.writer.naming.rewrite(unit, undefined, block))};`
    const asks = this.file.asks.get(local) ?? []
    const lacks = asks.map((name) => lacking(`${local}${member(name)}`, name, source)).join('')
    if (isWhole) return `const ${local} = ${from};${lacks}`
    if (imported !== 'default') {
      const name = imported === local ? local : `${propertyKey(imported)}: ${local}`
      const isAsked =
        asks.length > 0 || (packageNameOf(source) !== undefined && this.source.type === 'module')
      return `const { ${name} } = ${from};${isAsked ? lacking(local, imported, source) : ''}`
    }
    if (other !== undefined && other.pair.new.type === 'module')
      return `const { default: ${local} } = ${from};`
    return `const { default: ${local} = ${from} } = ${from};${lacks}`
  }

  /** What a new file asks for, if it is one. */
  #demandFor(path: string): void {
    for (const asked of askedByAdded(this.plan, path)) this.writer.demandExport(asked.path, asked.name)
  }

  /** The file that makes what is imported: those that hand it on need not know it yet. */
  #originOf(source: string, imported: string): { source: string; imported: string } {
    const path = this.plan.resolve(this.source.path, source)
    if (path === undefined) return { source, imported }
    const origin = this.plan.origin(path, imported)
    if (origin.path === path) return { source, imported: origin.name }
    const to = relative(dirname(this.source.path), origin.path)
    return { source: to.startsWith('.') ? to : `./${to}`, imported: origin.name }
  }

  /** Where among the units an export gets its value: before what reads it back, otherwise behind all of them. */
  #exportedAt(name: string, block: Block): number {
    const one = this.file.exports.new.get(name)
    if (one === undefined || !block.readBack.has(name)) return Infinity
    const made = one.local === undefined ? undefined : block.once.unitOf(one.local)
    return Math.max(one.unit.start, made?.end ?? 0)
  }

  #exportLine(name: string, block: Block): string[] {
    const one = this.file.exports.new.get(name)
    const isWhole = name === 'module.exports'
    const to = isWhole ? 'module.exports' : `exports${member(name)}`
    if (one === undefined) return this.#handOn(name, to)
    if (one.local !== undefined) {
      if (block.names.has(one.local)) return [`${to} = ${one.local};`]
      if (!this.file.module.isBrought(one.local) && isFunctionName(this.file.module, one.local))
        return [`${to} = ${this.writer.names.say(this.file.module, one.local, one.unit.node, false, false)};`]
      if (one.value === undefined) return []
    }
    if (one.value === undefined) return []
    const text = this.writer.apply(one.value, this.writer.naming.rewrite(one.value, undefined, block))
    const isMember =
      isFunction(one.value) && /^\s*(async\s*)?\*?\s*\(/.test(text) && one.value.type === 'FunctionExpression'
    return [`${to} = ${isMember ? `function ${text}` : text};`]
  }

  /** What another file makes. */
  #handOn(name: string, to: string): string[] {
    const { path } = this.source
    const origin = this.plan.origin(path, name)
    if (origin.path === path) return []
    if (this.plan.files.get(origin.path)?.changedExports.has(origin.name))
      this.writer.demandExport(origin.path, origin.name)
    this.#demandFor(origin.path)
    const { source } = this.#originOf(`./${basename(path)}`, name)
    return [`${to} = require(${quote(source)})${member(origin.name)};`]
  }

  #helper(name: string, block: Block): string {
    const constructed = [...this.file.constructed.values()].find((one) => one.name === name)
    if (constructed !== undefined) return constructing(this.writer, constructed, block)
    const { element } = this.file.helpers.get(name)!
    const { value } = element
    const edits = this.writer.naming.rewrite(value, undefined, block)
    const head = `${value.async ? 'async ' : ''}function${value.generator ? '*' : ''} ${name}`
    const fn = this.source.functionOf.get(value)!
    if (isStrictWithin(fn, this.source) && !block.once.scope.strict) {
      if (!mayHaveDirective(value, value.params))
        return strictAround(fn, head, this.writer.parameters(fn, edits), this.writer.body(fn, edits))
      edits.unshift({ start: value.body.start + 1, end: value.body.start + 1, text: " 'use strict';" })
    }
    const text = this.writer.apply(value, edits)
    if (value.type === 'ArrowFunctionExpression') return `const ${name} = ${text};`
    return `${head}${text.slice(text.indexOf('('))}`
  }
}
