import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, walk } from '../../livepatch/ast.ts'
import { hashSource } from '../../livepatch/source-hash.ts'
import { isInChain, meant, nameOf } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import { functionOf } from '../read/unit-values.ts'
import type { Once } from '../read/units.ts'
import type { Edit } from '../write/edits.ts'
import { Callees, type Reached } from './callees.ts'
import type { FilePlan } from './file-plan.ts'
import type { Plan } from './plan.ts'

/** A function that has more parameters than the site of the running one hands on, which callers pass. */
export interface Longer {
  /** What it is called in the patch. */
  key: string
  /** Of the running function's text. */
  hash: string
  /** What the site hands on. */
  count: number
  reached: Reached
  /** Why it cannot be given the others. */
  refused: string | undefined
}

/** The functions of a package that take more parameters, and the calls that pass them. */
export class Parameters {
  readonly #plan: Plan
  readonly #callees: Callees
  readonly #functions = new Map<FunctionNode, Longer>()
  readonly #calls = new Map<FilePlan, Set<Node>>()
  /** What it is called in the patch: a name that no file has. */
  readonly name: string

  constructor(plan: Plan) {
    this.#plan = plan
    this.#callees = new Callees(plan)
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

  /** The calls of a file that pass more than running functions, which they may call, hand on. */
  calls(file: FilePlan): ReadonlySet<Node> {
    const known = this.#calls.get(file)
    if (known !== undefined) return known
    const found = new Set<Node>()
    this.#calls.set(file, found)
    const { given } = this
    if (given.length > 0)
      walk(file.pair.new.program, (node) => {
        const isMore = given.some(({ reached, count }) =>
          this.#passesMore(node, reached, count, file.pair.new),
        )
        if (isMore) found.add(node)
      })
    return found
  }

  /** Whether calls of a function, in the whole new version or some of its files, pass more than its site hands on. */
  isPassedMore(fn: FunctionNode, file: FilePlan, sources: Iterable<SourceFile> = this.#sources()): boolean {
    const reached = this.#callees.of(fn, file)
    const { length: count } = file.pair.functions.get(fn)!.node.params
    return [...sources].some((source) =>
      containsNode(source.program, (node) => this.#passesMore(node, reached, count, source)),
    )
  }

  /** The same where somebody else may call it as well. */
  isPassed(fn: FunctionNode, file: FilePlan): boolean {
    const { length: count } = file.pair.functions.get(fn)!.node.params
    return this.#callees.of(fn, file).given > count || this.isPassedMore(fn, file)
  }

  /** Whether a node is a call that may be one of a function, and passes more than `count`. */
  #passesMore(node: Node, reached: Reached, count: number, source: SourceFile): boolean {
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false
    const args = node.arguments as Node[]
    const { callee } = node
    const isMore = (list: Node[]): boolean =>
      list.length > count || list.some(({ type }) => type === 'SpreadElement')
    if (args.length > 0 && isMore(args) && this.#callees.isMet(reached, callee, source)) return true
    if (args.length < 2 || !(isInvoked(callee, 'call') || isInvoked(callee, 'apply'))) return false
    if (!this.#callees.isMet(reached, callee.object, source)) return false
    return isInvoked(callee, 'apply') || isMore(args.slice(1))
  }

  *#sources(): Generator<SourceFile> {
    for (const { pair } of this.#plan.files.values()) yield pair.new
    yield* this.#plan.added.values()
  }

  #add(file: FilePlan, fn: FunctionNode): void {
    const old = file.pair.functions.get(fn)!
    const count = old.node.params.length
    if (fn.node.params.length <= count || passesAll(old)) return
    const reached = this.#callees.of(fn, file)
    if (this.#isOfFile(file, fn, reached)) return
    const isPassedMore = this.isPassedMore(fn, file)
    const refused = this.#refusal(fn, file, reached, isPassedMore)
    if (!isPassedMore && refused === undefined) return
    const [path] = fn.paths
    const range = /constructor/.test(old.kind) && old.class ? old.class.node : old
    const taken = [...this.#functions.values()].some(({ key }) => key === path)
    this.#functions.set(fn, {
      key: taken ? `${file.path} ${path}` : path!,
      hash: hashSource(file.pair.old.slice(range)),
      count,
      reached,
      refused: refused && `it takes more parameters than its site passes, and ${refused}`,
    })
  }

  /** A function of a scope that exists once, which no other file calls: users get the new one. */
  #isOfFile(file: FilePlan, fn: FunctionNode, { isKept, given }: Reached): boolean {
    if (isKept || given === Number.POSITIVE_INFINITY) return false
    for (const once of file.onces) {
      const unit = once.pair.new.units.find((one) => functionOf(one) === fn.node)
      const [name] = unit?.names ?? []
      if (name === undefined) continue
      if (isObject(once.pair.new, name)) return false
      const others = [...this.#sources()].filter((one) => one !== file.pair.new)
      return !file.isExported(name) || !this.isPassedMore(fn, file, others)
    }
    return false
  }

  #refusal(fn: FunctionNode, file: FilePlan, reached: Reached, isPassedMore: boolean): string | undefined {
    const { length: count } = file.pair.functions.get(fn)!.node.params
    if (reached.given > count) return 'it is handed to somebody who may pass them'
    for (const source of this.#sources()) {
      let why: string | undefined
      walk(source.program, (node, ancestors) => {
        why ??= passedUnseen(node, ancestors, reached, count, source)
        const isTag = node.type === 'TaggedTemplateExpression' && node.quasi.expressions.length + 1 > count
        if (isTag && this.#callees.isMet(reached, node.tag, source)) why ??= 'a template passes them'
        const bound = isBound(node, reached, source)
        if (bound && (isPassedMore || node.arguments.length > this.#boundBefore(reached))) why ??= bound
      })
      if (why !== undefined) return why
    }
    if (!isPassedMore) return undefined
    if (fn.generator) return 'its body does not begin with the call'
    if (this.isPassedMore(fn, file, this.#plan.added.values())) return 'a new file passes them'
    return undefined
  }

  /** With how many arguments the running version binds a function, at most. */
  #boundBefore({ names }: Reached): number {
    let most = 0
    for (const { pair } of this.#plan.files.values())
      walk(pair.old.program, (node) => {
        const bound = boundBy(node)
        if (bound && names.has(nameOf(bound) ?? '')) most = Math.max(most, node.arguments.length)
      })
    return most
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
    else if (callee.type === 'ParenthesizedExpression' && meant(callee).type === 'MemberExpression') {
      if (callee.expression.type !== 'SequenceExpression')
        return 'it passes more parameters to a member in parentheses'
      write('apply', callee, ', undefined, ')
    } else if (callee.type !== 'MemberExpression') {
      // Its parentheses are none of the tree.
      edits.push({ start: node.start, end: callee.start, text: `${this.name}.apply((` })
      edits.push({ start: callee.end, end: args[0]!.start, text: '), undefined, ' })
    } else if (callee.object.type === 'Super') write('apply', callee, ', this, ')
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

/** Whether a function of a scope is more than something to call, so that a copy of it is another thing. */
export function isObject({ file, scope }: Once, name: string): boolean {
  return file.usesOf(scope.names.get(name)).some((use) => {
    const parent = file.parent(use.node)!
    if (parent.type === 'NewExpression') return parent.callee === use.node
    if (parent.type === 'BinaryExpression') return /^(instanceof|[=!]==?)$/.test(parent.operator)
    if (parent.type !== 'MemberExpression') return parent.superClass === use.node
    const isCall = !parent.computed && /^(call|apply|bind|length|name)$/.test(parent.property.name)
    return parent.object === use.node && !isCall
  })
}

function isInvoked(callee: Node, how: 'call' | 'apply'): boolean {
  return callee.type === 'MemberExpression' && !callee.computed && callee.property.name === how
}

/** Where a subclass passes more. */
function passedUnseen(
  node: Node,
  ancestors: readonly Node[],
  { names, aliases, subclasses }: Reached,
  count: number,
  source: SourceFile,
): string | undefined {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return undefined
  const args = node.arguments as Node[]
  if (args.length <= count && !args.some(({ type }) => type === 'SpreadElement')) return undefined
  const isSuper = node.callee.type === 'Super'
  const owner = isSuper
    ? ancestors.findLast(({ type }) => /^Class(Declaration|Expression)$/.test(type))
    : node
  const name = nameOf((isSuper ? owner?.superClass : node.callee) ?? node) ?? ''
  if (isSuper && (names.has(name) || aliases.get(source)?.has(name))) return 'a subclass passes them'
  return subclasses.get(source)?.has(name) ? 'a subclass without a constructor passes them' : undefined
}

function isBound(node: Node, { names, aliases }: Reached, source: SourceFile): string | undefined {
  const bound = boundBy(node)
  const name = bound && nameOf(bound)
  const isOne = name !== undefined && (names.has(name) || aliases.get(source)?.has(name))
  return isOne ? 'it is bound, and called with them' : undefined
}

/** The function of `f.bind(…)`. */
function boundBy({ type, callee }: Node): Node | undefined {
  const isBind = type === 'CallExpression' && callee.type === 'MemberExpression'
  return isBind && callee.property.name === 'bind' ? callee.object : undefined
}
