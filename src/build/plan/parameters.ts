import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode } from '../../livepatch/ast.ts'
import { hashSource } from '../../livepatch/source-hash.ts'
import { isAssigned, isInChain, meant, memberKey, nameOf } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import { functionOf } from '../read/unit-values.ts'
import type { Once } from '../read/units.ts'
import { boundBy, isBoundForCalls, isBoundToItself } from './bound-callees.ts'
import type { Callees, Reached } from './callees.ts'
import type { FilePlan } from './file-plan.ts'
import { neededParameter } from './needed-parameter.ts'
import { areOptional } from './optional-parameters.ts'
import type { Plan } from './plan.ts'

/**
 * A function that has more parameters than the site of the running one hands on, which callers pass; or an arrow that its
 * callers tell whose member it is.
 */
export interface Longer {
  /** What it is called in the patch. */
  key: string
  /** Of the running function's text. */
  hash: string
  /** What the site hands on. */
  count: number
  reached: Reached
  /** The member that callers find it as, of an arrow that has begun to use `this`. */
  member?: string
  fn: FunctionNode
  source: SourceFile
  /** Whether the running function answers calls without them. */
  standsBack?: boolean
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
    this.#callees = plan.callees
    const texts = [...plan.files.values()].map(({ pair }) => pair.new.text)
    let name = texts.some((text) => /\bparameters\b/.test(text)) ? '$parameters' : 'parameters'
    while (plan.taken.has(name)) name = `$${name}`
    this.name = name
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
      file.pair.new.nodes.forEach((node) => {
        const isOne = given.some(({ reached, count, member }) =>
          member === undefined
            ? this.#passesMore(node, reached, count, file.pair.new) || this.#isBoundThere(node, reached, file)
            : calledMember(node) === member,
        )
        if (isOne) found.add(node)
      })
    return found
  }

  /** A function that another one calls with more than the running version does, and that needs it whoever calls it. */
  neededIn({ node }: FunctionNode, source: SourceFile): Longer | undefined {
    return this.given.find(
      (one) =>
        !one.standsBack &&
        containsNode(node, (call) => this.#passesMore(call, one.reached, one.count, source)) &&
        !areOptional(one, (call, at) => this.calledBy(call, at)),
    )
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

  /** Whether the package calls a function by its name, or hands it on; a call with more than it takes is one of another. */
  isCalled(fn: FunctionNode, file: FilePlan): boolean {
    const { names, aliases, isListed, given } = this.#callees.of(fn, file)
    // Of a file's whole export nobody knows what it is called by.
    if (fn.paths.includes('module.exports') || names.has('default')) return this.isPassedMore(fn, file)
    const isMeant = (callee: Node, source: SourceFile): boolean => {
      const name = nameOf(meant(callee)) ?? ''
      return names.has(name) || aliases.get(source)?.has(name) === true
    }
    return isListed || given > 0 || this.#hasCall(isMeant, (count) => count <= fn.node.params.length)
  }

  /** Whether somebody has a function in a list or table, and nothing of the package calls it by what it is there. */
  isOnlyListed(fn: FunctionNode, file: FilePlan): boolean {
    const reached = this.#callees.of(fn, file)
    const isMet = (callee: Node, source: SourceFile): boolean => this.#callees.isMet(reached, callee, source)
    return reached.isListed && !this.#hasCall(isMet, () => true)
  }

  /**
   * A parameter that a function needs now, and that all calls of the package pass: calls without it are those of the running
   * version, under way or kept.
   */
  neededOf(fn: FunctionNode, file: FilePlan): string | undefined {
    const old = file.pair.functions.get(fn)!
    const needed = passesAll(old) ? undefined : neededParameter(fn, old, file.pair.new)
    if (needed === undefined || !this.isPassedMore(fn, file)) return undefined
    const reached = this.#callees.of(fn, file)
    const isMet = (callee: Node, source: SourceFile): boolean => this.#callees.isMet(reached, callee, source)
    const isOpen = reached.isListed || reached.given > 0
    return isOpen || this.#hasCall(isMet, (count) => count <= needed.index) ? undefined : needed.name
  }

  /** Whether there is a call, also by `call` and `apply`, of what is meant and with such a number of arguments. */
  #hasCall(
    isMeant: (callee: Node, source: SourceFile) => boolean,
    isSuch: (count: number) => boolean,
  ): boolean {
    const isOne = ({ type, callee, arguments: args }: Node, source: SourceFile): boolean => {
      if (!/^(Call|New)Expression$/.test(type) || callee.type === 'Super') return false
      const isKnown = !args.some((one: Node) => one.type === 'SpreadElement')
      if (isMeant(callee, source)) return !isKnown || isSuch(args.length)
      return (
        callee.type === 'MemberExpression' &&
        /^(call|apply|bind)$/.test(memberKey(callee) ?? '') &&
        isMeant(callee.object, source)
      )
    }
    return [...this.#sources()].some((one) => containsNode(one.program, (node) => isOne(node, one)))
  }

  /** Whether a node is a call that may be one of a function, and passes more than `count`. */
  #passesMore(node: Node, reached: Reached, count: number, source: SourceFile): boolean {
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false
    const args = node.arguments as Node[]
    const { callee } = node
    const isMore = (list: Node[]): boolean =>
      list.length > count || list.some(({ type }) => type === 'SpreadElement')
    if (callee.type === 'Super') return isMore(args) && isSuperOf(node, reached, source)
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
    const member = fn.node.params.length === count ? memberOfThis(fn, old, file) : undefined
    if (member !== undefined && this.#isOnlyCalled(member))
      this.#set(file, fn, {
        count,
        reached: this.#callees.of(fn, file),
        member,
        refused: undefined,
      })
    if (fn.node.params.length <= count || passesAll(old)) return
    const reached = this.#callees.of(fn, file)
    if (this.#isOfFile(file, fn, reached)) return
    const isPassedMore = this.isPassedMore(fn, file)
    const refused = this.#refusal(fn, file, reached, isPassedMore)
    if (!isPassedMore && refused === undefined) return
    const why = refused && `it takes more parameters than its site passes, and ${refused}`
    this.#set(file, fn, {
      count,
      reached,
      standsBack: canStandBack(fn) && this.neededOf(fn, file) !== undefined,
      refused: why,
    })
  }

  #set(file: FilePlan, fn: FunctionNode, longer: Omit<Longer, 'key' | 'hash' | 'fn' | 'source'>): void {
    const old = file.pair.functions.get(fn)!
    const [path] = fn.paths
    const range = /constructor/.test(old.kind) && old.class ? old.class.node : old
    const taken = [...this.#functions.values()].some(({ key }) => key === path)
    const key = taken ? `${file.path} ${path}` : path!
    this.#functions.set(fn, {
      fn,
      source: file.pair.new,
      key,
      hash: hashSource(file.pair.old.slice(range)),
      ...longer,
    })
  }

  /** Whether the package calls a member of this name, by its name, and does nothing else with it but to give it. */
  #isOnlyCalled(member: string): boolean {
    const uses = this.#callees
      .membersOf(member)
      .map(([source, node]) => ({ node, parent: source.parent(node)! }))
      .filter(({ node, parent }) => !isAssigned(node, parent))
    const isCall = ({ node, parent }: { node: Node; parent: Node }): boolean =>
      parent.callee === node && calledMember(parent) === member && !isInChain(parent)
    return uses.length > 0 && uses.every(isCall) && this.#callees.patternsOf(member).length === 0
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
      source.nodes.forEach((node) => {
        why ??= passedUnseen(node, reached, count, source)
        const isSuper = node.callee?.type === 'Super' && this.#passesMore(node, reached, count, source)
        if (isSuper && !this.#isOfRunning(node, source)) why ??= 'a subclass passes them'
        const isTag = node.type === 'TaggedTemplateExpression' && node.quasi.expressions.length + 1 > count
        if (isTag && this.#callees.isMet(reached, node.tag, source)) why ??= 'a template passes them'
        // Which looks through all files, and is asked for few nodes.
        const isMore = (): boolean => isPassedMore || node.arguments?.length > this.#boundBefore(reached)
        if (isBound(node, reached, source) && isMore() && !this.#isFoundBehind(node, reached, source))
          why ??= 'it is bound, and called with them'
      })
      if (why !== undefined) return why
    }
    if (!isPassedMore) return undefined
    if (fn.generator) return 'its body does not begin with the call'
    if (this.isPassedMore(fn, file, this.#plan.added.values())) return 'a new file passes them'
    return undefined
  }

  /** Whether `super(…)` stands in a constructor that the running version has as well. */
  #isOfRunning(node: Node, source: SourceFile): boolean {
    const around = source.functionAround(node)
    const isOwn = around?.kind === 'derived constructor'
    return isOwn && this.#plan.files.get(source.path)?.pair.functions.has(around) === true
  }

  /** Whether calls of what a node binds are known as those of the function. */
  #isFoundBehind(node: Node, reached: Reached, source: SourceFile): boolean {
    if (isBoundToItself(node, source, this.#callees)) return true
    const file = this.#plan.files.get(source.path)
    return file !== undefined && this.#isBoundThere(node, reached, file)
  }

  /** Whether a node is a call that binds the function, for calls beside it. */
  #isBoundThere(node: Node, reached: Reached, { pair, onces }: FilePlan): boolean {
    if (boundBy(node) === undefined || !isBound(node, reached, pair.new)) return false
    return isBoundForCalls(node, pair.new, (fn) => onces.some((once) => once.pair.new.fn === fn))
  }

  /** With how many arguments the running version binds a function, at most. */
  #boundBefore({ names }: Reached): number {
    let most = 0
    for (const { pair } of this.#plan.files.values())
      pair.old.nodes.forEach((node) => {
        const bound = boundBy(node)
        if (bound && names.has(nameOf(bound) ?? '')) most = Math.max(most, node.arguments.length)
      })
    return most
  }

  /** Whether what a call calls is one of the functions by itself: `x.apply(a, b)` of a method `apply`. */
  isMet(callee: Node, source: SourceFile): boolean {
    return this.given.some(({ reached }) => this.#callees.isMet(reached, callee, source))
  }

  /** The functions that a node may call with more than their sites hand on. */
  calledBy(node: Node, source: SourceFile): Longer[] {
    return this.given.filter(({ reached, count }) => this.#passesMore(node, reached, count, source))
  }
}

/** Whether a function's `this` is that of the function around it, which the site of the running function does not pass. */
export function takesThisFromAround(fn: FunctionNode, old: FunctionNode): boolean {
  return fn.arrow && fn.this && !(old.arrow && old.this)
}

/** `this.member = () => { … this … }`, `member = () => { … this … }` of a class: where an arrow that takes `this` is found. */
function memberOfThis(fn: FunctionNode, old: FunctionNode, { pair }: FilePlan): string | undefined {
  if (!takesThisFromAround(fn, old) || fn.superGet || fn.node.params.some(usesThis)) return undefined
  const parent = pair.new.parent(pair.new.wrapped(fn.node))
  if (parent?.type === 'PropertyDefinition' && !parent.static && !parent.computed) return parent.key.name
  if (parent?.type !== 'AssignmentExpression' || parent.operator !== '=') return undefined
  const { left } = parent
  const isOwn = left.type === 'MemberExpression' && !left.computed && left.object.type === 'ThisExpression'
  return isOwn && left.property.type === 'Identifier' ? left.property.name : undefined
}

function usesThis(node: Node): boolean {
  return containsNode(node, ({ type }) => type === 'ThisExpression')
}

/** The name of the member that a node calls. */
function calledMember({ type, callee }: Node): string | undefined {
  const isMember = type === 'CallExpression' && callee.type === 'MemberExpression' && !callee.computed
  return isMember && callee.property.type === 'Identifier' ? callee.property.name : undefined
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

export function isInvoked(callee: Node, how: 'call' | 'apply'): boolean {
  return callee.type === 'MemberExpression' && !callee.computed && callee.property.name === how
}

/** Where a subclass that has no constructor passes more. */
function passedUnseen(
  node: Node,
  { subclasses }: Reached,
  count: number,
  source: SourceFile,
): string | undefined {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return undefined
  const args = node.arguments as Node[]
  if (args.length <= count && !args.some(({ type }) => type === 'SpreadElement')) return undefined
  const called = node.callee.type === 'Super' ? superclassOf(node, source) : node.callee
  const name = (called && nameOf(called)) ?? ''
  return subclasses.get(source)?.has(name) ? 'a subclass without a constructor passes them' : undefined
}

/** Whether `super(…)` may call the constructor. */
function isSuperOf(node: Node, { names, aliases }: Reached, source: SourceFile): boolean {
  const superclass = superclassOf(node, source)
  const name = (superclass && nameOf(superclass)) ?? ''
  return names.has(name) || aliases.get(source)?.has(name) === true
}

function superclassOf(node: Node, source: SourceFile): Node | undefined {
  for (let at = source.parent(node); at !== undefined; at = source.parent(at))
    if (/^Class(Declaration|Expression)$/.test(at.type)) return at.superClass ?? undefined
  return undefined
}

function isBound(node: Node, { names, aliases }: Reached, source: SourceFile): boolean {
  const bound = boundBy(node)
  const name = bound && nameOf(bound)
  return name !== undefined && (names.has(name) || aliases.get(source)?.has(name) === true)
}

/** Whether a replacement can leave a call to the running function. */
function canStandBack({ kind, arrow, generator }: FunctionNode): boolean {
  return !arrow && !generator && !kind.includes('constructor')
}
