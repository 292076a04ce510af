import type { Node } from '../instrument/parse.ts'
import type { FunctionNode } from '../instrument/scopes.ts'
import { walk } from '../livepatch/ast.ts'
import { hashSource } from '../livepatch/source-hash.ts'
import { functionOf } from './compare.ts'
import type { Edit } from './edits.ts'
import type { FilePlan, Plan } from './plan.ts'
import type { SourceFile } from './source-file.ts'
import { isInChain, type Once } from './units.ts'

/** A function that has more parameters than the site of the running one hands on, which callers pass. */
export interface Longer {
  /** What it is called in the patch. */
  key: string
  /** Of the running function's text. */
  hash: string
  /** What the site hands on. */
  count: number
  /** Why it cannot be given the others. */
  refused: string | undefined
}

/** The functions of a package that take more parameters, and the calls that pass them. */
export class Parameters {
  readonly #plan: Plan
  readonly #functions = new Map<FunctionNode, Longer>()
  /** The smallest number of arguments that a function of a name hands on. */
  readonly #names = new Map<string, number>()
  readonly #calls = new Map<FilePlan, Set<Node>>()
  /** What it is called in the patch: a name that no file has. */
  readonly name: string

  constructor(plan: Plan) {
    this.#plan = plan
    const isTaken = [...plan.files.values()].some(({ pair }) => /\bparameters\b/.test(pair.new.text))
    this.name = isTaken ? '$parameters' : 'parameters'
    for (const file of plan.files.values()) for (const fn of file.pair.changed) this.#add(file, fn)
  }

  of(fn: FunctionNode): Longer | undefined {
    return this.#functions.get(fn)
  }

  /** Those that get them. */
  get given(): Longer[] {
    return [...this.#functions.values()].filter(({ refused }) => refused === undefined)
  }

  /** The calls of a file that pass more than running functions of that name hand on. */
  calls(file: FilePlan): ReadonlySet<Node> {
    const known = this.#calls.get(file)
    if (known !== undefined) return known
    const found = new Set<Node>()
    this.#calls.set(file, found)
    if (this.#names.size > 0)
      walk(file.pair.new.program, (node) => {
        const count = countedCall(node, (name) => this.#names.get(name))
        if (count) found.add(node)
      })
    return found
  }

  /** Whether calls by a function's names, in the whole new version or some of its files, pass more than `count`. */
  isPassedMore(fn: FunctionNode, count: number, sources: Iterable<SourceFile> = this.#sources()): boolean {
    const names = namesOf(fn)
    for (const { program } of sources) {
      let found = false
      walk(program, (node) => {
        found ||= countedCall(node, (name) => (names.has(name) ? count : undefined))
      })
      if (found) return true
    }
    return false
  }

  *#sources(): Generator<SourceFile> {
    for (const { pair } of this.#plan.files.values()) yield pair.new
    yield* this.#plan.added.values()
  }

  #add(file: FilePlan, fn: FunctionNode): void {
    const old = file.pair.functions.get(fn)!
    const count = old.node.params.length
    if (fn.node.params.length <= count || passesAll(old) || !this.isPassedMore(fn, count)) return
    if (this.#isOfFile(file, fn, count)) return
    const [path] = fn.paths
    const range = /constructor/.test(old.kind) && old.class ? old.class.node : old
    const taken = [...this.#functions.values()].some(({ key }) => key === path)
    this.#functions.set(fn, {
      key: taken ? `${file.path} ${path}` : path!,
      hash: hashSource(file.pair.old.slice(range)),
      count,
      refused: this.#refusal(fn, count),
    })
    if (this.of(fn)!.refused === undefined)
      for (const name of namesOf(fn)) this.#names.set(name, Math.min(count, this.#names.get(name) ?? count))
  }

  /** A function of a scope that exists once, which no other file calls: users get the new one. */
  #isOfFile(file: FilePlan, fn: FunctionNode, count: number): boolean {
    for (const once of file.onces) {
      const unit = once.pair.new.units.find((one) => functionOf(one) === fn.node)
      const [name] = unit?.names ?? []
      if (name === undefined) continue
      if (isObject(once.pair.new, name)) return false
      const isExported = [...file.exports.new.values()].some((one) => one.local === name)
      const others = [...this.#sources()].filter((one) => one !== file.pair.new)
      return !isExported || !this.isPassedMore(fn, count, others)
    }
    return false
  }

  #refusal(fn: FunctionNode, count: number): string | undefined {
    if (fn.generator)
      return 'it takes more parameters than its site passes, and its body does not begin with the call'
    if (this.isPassedMore(fn, count, this.#plan.added.values()))
      return 'it takes more parameters than its site passes, and a new file passes them'
    const names = namesOf(fn)
    for (const source of this.#sources()) {
      let why: string | undefined
      walk(source.program, (node, ancestors) => {
        why ??= passedUnseen(node, ancestors, names, count) ?? handedOver(node, ancestors, names, source)
      })
      if (why !== undefined) return `it takes more parameters than its site passes, and ${why}`
    }
    return undefined
  }

  /** Writes a call so that the function gets all of it. Says why it cannot. */
  rewrite(node: Node, edits: Edit[]): string | undefined {
    const { callee } = node
    const args = node.arguments as Node[]
    const write = (verb: string, from: Node, after: string): void => {
      edits.push({ start: node.start, end: from.start, text: `${this.name}.${verb}(` })
      edits.push({ start: from.end, end: args[0]!.start, text: after })
    }
    if (node.type === 'NewExpression') {
      write('construct', callee, ', ')
      return undefined
    }
    if (isInChain(node) || callee.type === 'ChainExpression')
      return 'it passes more parameters in an optional call'
    if (callee.type === 'Identifier') write('apply', callee, ', undefined, ')
    else if (callee.object.type === 'Super') write('apply', callee, ', this, ')
    else if (callee.property.type === 'PrivateIdentifier')
      return 'it passes more parameters to a private method'
    else if (isInvoked(callee, 'call')) write('apply', callee.object, ', ')
    else if (isInvoked(callee, 'apply')) {
      write('apply', callee.object, ', ')
      edits.push({ start: args[1]!.start, end: args[1]!.start, text: '...(' })
      edits.push({ start: args[1]!.end, end: args[1]!.end, text: ' ?? [])' })
    } else if (callee.computed) {
      edits.push({ start: node.start, end: node.start, text: `${this.name}.call(` })
      edits.push({ start: callee.object.end, end: callee.property.start, text: ', ' })
      edits.push({ start: callee.property.end, end: args[0]!.start, text: ', ' })
    } else {
      edits.push({ start: node.start, end: node.start, text: `${this.name}.call(` })
      edits.push({ start: callee.object.end, end: args[0]!.start, text: `, '${callee.property.name}', ` })
    }
    return undefined
  }
}

/** Whether a function's site hands on whatever it is called with. */
export function passesAll({ arguments: usesAll, node }: FunctionNode): boolean {
  return usesAll || node.params.at(-1)?.type === 'RestElement'
}

function namesOf(fn: FunctionNode): Set<string> {
  return new Set(fn.paths.map((path) => /\[[^[]+\]$/.exec(path)?.[0] ?? path.split(/[/.]/).at(-1)!))
}

/** Whether a function of a scope is more than something to call, so that a copy of it is another thing. */
export function isObject({ file, scope }: Once, name: string): boolean {
  return file.uses.some((use) => {
    if (use.node.name !== name || file.bindingOf(use)?.scope !== scope) return false
    const parent = file.parent(use.node)!
    if (parent.type === 'NewExpression') return parent.callee === use.node
    if (parent.type === 'BinaryExpression') return parent.operator === 'instanceof'
    if (parent.type !== 'MemberExpression') return parent.superClass === use.node
    const isCall = !parent.computed && /^(call|apply|bind|length|name)$/.test(parent.property.name)
    return parent.object === use.node && !isCall
  })
}

function isInvoked(callee: Node, how: 'call' | 'apply'): boolean {
  return callee.type === 'MemberExpression' && !callee.computed && callee.property.name === how
}

function nameOf(callee: Node): string | undefined {
  if (callee.type === 'Identifier') return callee.name
  if (callee.type !== 'MemberExpression') return undefined
  const { property, computed } = callee
  if (!computed) return property.name
  return property.type === 'Identifier' ? `[${property.name}]` : property.value
}

/** Whether a node is a call that passes more than functions of its name hand on. */
function countedCall(node: Node, limitOf: (name: string) => number | undefined): boolean {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false
  const args = node.arguments as Node[]
  const { callee } = node
  const passes = (limit: number | undefined, list: Node[]): boolean =>
    limit !== undefined && (list.length > limit || list.some(({ type }) => type === 'SpreadElement'))
  if (passes(limitOf(nameOf(callee) ?? ''), args)) return args.length > 0
  if (args.length < 2 || !(isInvoked(callee, 'call') || isInvoked(callee, 'apply'))) return false
  const limit = limitOf(nameOf(callee.object) ?? '')
  return isInvoked(callee, 'call') ? passes(limit, args.slice(1)) : limit !== undefined
}

/** Where a subclass passes more, or a bound function does. */
function passedUnseen(
  node: Node,
  ancestors: readonly Node[],
  names: ReadonlySet<string>,
  count: number,
): string | undefined {
  if (node.type === 'CallExpression' && node.callee.type === 'Super') {
    const owner = ancestors.findLast(({ type }) => /^Class(Declaration|Expression)$/.test(type))
    const args = node.arguments as Node[]
    const isMore = args.length > count || args.some(({ type }) => type === 'SpreadElement')
    if (isMore && names.has(nameOf(owner?.superClass ?? node) ?? '')) return 'a subclass passes them'
  }
  if (
    node.type === 'MemberExpression' &&
    node.property.name === 'bind' &&
    names.has(nameOf(node.object) ?? '')
  )
    return 'it is bound, and called with them'
  return undefined
}

/** Where a function is given to somebody who may pass it more. */
export function handedOver(
  node: Node,
  ancestors: readonly Node[],
  names: ReadonlySet<string>,
  { analysis }: SourceFile,
): string | undefined {
  const parent = ancestors.at(-1)
  if (!/^(Call|New)Expression$/.test(parent?.type ?? '') || !(parent!.arguments as Node[]).includes(node))
    return undefined
  const name = nameOf(node) ?? ''
  const isFunctions = node.type === 'MemberExpression' || analysis.module.names.has(name)
  return names.has(name) && isFunctions ? 'it is handed to somebody who may pass them' : undefined
}
