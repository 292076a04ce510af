import semver from 'semver'
import { groupBy, groupByEach } from '../../group-by.ts'
import { analyse } from '../../instrument/analyse.ts'
import { type Node, parse, unwrap } from '../../instrument/parse.ts'
import { functionPaths } from '../../instrument/paths.ts'
import type { Analysis, Binding, FunctionNode, Scope } from '../../instrument/scopes.ts'
import type { SourceType } from '../../instrument/types.ts'
import { isFunction, walk } from '../../livepatch/ast.ts'
import { fieldKey } from './expressions.ts'
import { requiredModule } from './imports.ts'
import { markKnown } from './known.ts'
import { joinLongTexts } from './long-texts.ts'
import { markRun } from './run-there.ts'
import { separateAssignments } from './separated.ts'
import { markUndefined } from './undefined.ts'

/** An identifier that stands for a variable. */
export interface Use {
  node: Node
  scope: Scope
  assigned: boolean
  /** What it stands for, once that has been asked for; null for nothing. */
  binding?: Binding | null
}

const PLATFORM = /^(path|fs|os|util|url|http|https|crypto|process|Object|Math|Buffer|JSON)$/

const VERSION = /^version$/i

export const OWN_VERSION = 'the version of the package'

/** A file of one version: its tree, its scopes, and which variable each identifier stands for. */
export class SourceFile {
  /** Relative to the package's folder, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly type: SourceType
  readonly analysis: Analysis
  /** All nodes, outer ones first and in source order otherwise. */
  readonly nodes: readonly Node[]
  /** In source order. */
  readonly uses: Use[] = []
  /** Declarations without initialiser, in which nothing is used. */
  readonly declared: Use[] = []
  /** Names of members that the code asks for: `called` as methods, or read in other ways. */
  readonly members = new Map<string, ('called' | 'read')[]>()
  /** Calls of `require` with the name of a module. */
  readonly requires: Node[] = []
  readonly functionOf = new Map<Node, FunctionNode>()
  /** What its text has other names for, by those: names that tell something. */
  ownNames: ReadonlyMap<string, string> = new Map()
  #breaks: number[] | undefined
  #byBinding: Map<Binding | undefined, Use[]> | undefined
  #byName: Map<string, Use[]> | undefined
  #byPath: Map<string, FunctionNode[]> | undefined
  #declarations: Map<Binding, FunctionNode> | undefined
  /** What identifiers stand for that have been asked for. */
  readonly #meant = new Map<Node, Binding | undefined>()
  /** What variables begin with that have been asked for. */
  readonly #values = new Map<Binding, Node | undefined>()
  /** What is never run, or decides nothing when it is. */
  readonly #idle: Node[]
  readonly #inside = new Map<FunctionNode | undefined, FunctionNode[]>()

  /** A file that a process takes for a module by its syntax is one here too. */
  static read(path: string, text: string, type: SourceType, versions: readonly string[]): SourceFile {
    try {
      return new SourceFile(path, text, type, versions)
    } catch (error) {
      if (type === 'module' || !/\b(import|export)\b/.test(text)) throw error
      try {
        return new SourceFile(path, text, 'module', versions)
      } catch {
        throw error
      }
    }
  }

  /** Undefined for what no process can load: sources that a compiler reads. */
  static readable(path: string, text: string, type: SourceType): SourceFile | undefined {
    try {
      return SourceFile.read(path, text, type, [])
    } catch {
      return undefined
    }
  }

  /** @throws InstrumentError when the text does not parse */
  constructor(path: string, text: string, type: SourceType, versions: readonly string[] = []) {
    this.path = path
    this.text = text
    this.type = type
    const program = parse(text, type, path)
    joinLongTexts(program, text)
    let nodes = nodesOf(program)
    if (separateAssignments(nodes)) nodes = nodesOf(program)
    this.nodes = nodes
    const { uses, declared } = this
    const note = (list: Use[]) => (use: Use) => void list.push(use)
    this.analysis = analyse(program, text, type, functionPaths, note(uses), note(declared))
    this.uses.sort((a, b) => a.node.start - b.node.start)
    for (const node of nodes) {
      hideVersion(node, versions)
      if (requiredModule(node) !== undefined) this.requires.push(node)
      if (node.type === 'MemberExpression') this.#member(node, node.parent)
      else if (node.type === 'ObjectPattern')
        for (const one of node.properties as Node[]) if (one.key?.name) this.#note(one.key.name, 'read')
    }
    markUndefined(this)
    for (const fn of this.analysis.functions) this.functionOf.set(fn.node, fn)
    const { dead, idle } = markKnown(this)
    this.#idle = [...dead, ...idle]
    for (const fn of this.analysis.functions) {
      if (dead.some(({ start, end }) => start <= fn.start && fn.end <= end)) continue
      const siblings = this.#inside.get(fn.enclosing) ?? []
      siblings.push(fn)
      this.#inside.set(fn.enclosing, siblings)
    }
    markRun(this)
  }

  #member(node: Node, parent: Node | undefined): void {
    const isPrivate = node.property.type === 'PrivateIdentifier'
    const name: string | undefined = isPrivate ? node.property.name : fieldKey(node)
    if (name === undefined) return
    // What is defined is not asked for; what platform modules have of the same name is another thing.
    if (parent?.type === 'AssignmentExpression' && parent.operator === '=' && parent.left === node) return
    if (node.object.type === 'Identifier' && PLATFORM.test(node.object.name)) return
    const isCalled =
      !node.computed && parent?.type === 'CallExpression' && parent.callee === node && !node.optional
    this.#note(name, isCalled && !parent.optional && node.object.type !== 'Super' ? 'called' : 'read')
  }

  #note(name: string, how: 'called' | 'read'): void {
    const known = this.members.get(name)
    if (known === undefined) this.members.set(name, [how])
    else known.push(how)
  }

  ownName(name: string | undefined): string | undefined {
    return name === undefined ? undefined : (this.ownNames.get(name) ?? name)
  }

  get program(): Node {
    return this.analysis.program
  }

  parent(node: Node): Node | undefined {
    return node.parent
  }

  /** A node with all the parentheses around it. */
  wrapped(node: Node): Node {
    const parent = this.parent(node)
    return parent?.type === 'ParenthesizedExpression' ? this.wrapped(parent) : node
  }

  /** Whether what is said there makes no difference. */
  isIdle({ node }: Use): boolean {
    return this.#idle.some(({ start, end }) => start <= node.start && node.end <= end)
  }

  /** The functions directly inside a function, or inside no function at all, but for those that nothing ever makes. */
  functionsIn(fn: FunctionNode | undefined): FunctionNode[] {
    return this.#inside.get(fn) ?? []
  }

  bindingOf(use: Use): Binding | undefined {
    if (use.binding === undefined) use.binding = use.scope.find(use.node.name) ?? null
    return use.binding ?? undefined
  }

  /** What an identifier stands for, or declares. */
  bindingFor(node: Node): Binding | undefined {
    if (!this.#meant.has(node)) this.#meant.set(node, this.#meantBy(node))
    return this.#meant.get(node)
  }

  #meantBy(node: Node): Binding | undefined {
    const own = this.useAt(node)
    if (own !== undefined) return this.bindingOf(own)
    const parent = this.parent(node)
    // A function that is declared is a variable of the one around it.
    const isName = parent?.type === 'FunctionDeclaration' && parent.id === node
    const around = this.functionAround(isName ? parent : node)
    // A class has its own name in sight by a variable of its own.
    const isDeclared = parent?.type === 'ClassDeclaration'
    const { start, end } = around?.node ?? this.program
    for (const use of this.#usesNamed(node.name)) {
      if (use.node.start < start || use.node.start >= end) continue
      const binding = this.bindingOf(use)
      if (binding === undefined || ownerOf(binding.scope) !== around) continue
      if (!isDeclared || binding.scope.kind !== 'class') return binding
    }
    return undefined
  }

  /** What declares a variable: a declarator, function or class that has its name. */
  declarationOf(binding: Binding): Node | undefined {
    const declared = this.usesOf(binding).find(({ node }) => this.parent(node)?.id === node)
    return declared && this.parent(declared.node)
  }

  /** What a variable is declared with. */
  declaredWith(binding: Binding): Node | undefined {
    if (this.#values.has(binding)) return this.#values.get(binding)
    const value: Node | undefined = this.declarationOf(binding)?.init ?? undefined
    this.#values.set(binding, value)
    return value
  }

  /** The function that a name always stands for. */
  functionNamed(binding: Binding): FunctionNode | undefined {
    if (binding.assigned) return undefined
    if (binding.kind === 'function') {
      this.#declarations ??= declarationsIn(this)
      return this.#declarations.get(binding)
    }
    const init = this.declaredWith(binding)
    return init && this.functionOf.get(unwrap(init))
  }

  /** The uses of a variable, in their order; none where there is no such variable. */
  usesOf(binding: Binding | undefined): readonly Use[] {
    this.#byBinding ??= groupBy(this.uses, (use) => this.bindingOf(use))
    return (binding && this.#byBinding.get(binding)) ?? []
  }

  #usesNamed(name: string): readonly Use[] {
    this.#byName ??= groupBy(this.uses, ({ node }) => node.name)
    return this.#byName.get(name) ?? []
  }

  /** The functions that are called so, in source order. */
  functionsAt(path: string): readonly FunctionNode[] {
    this.#byPath ??= groupByEach(this.analysis.functions, (fn) => new Set(fn.paths))
    return this.#byPath.get(path) ?? []
  }

  /** The uses within a stretch of the text. */
  usesIn({ start, end }: { start: number; end: number }): Use[] {
    return this.uses.slice(this.#firstFrom(start), this.#firstFrom(end))
  }

  /** The use that an identifier is. */
  useAt(node: Node): Use | undefined {
    for (let at = this.#firstFrom(node.start); this.uses[at]?.node.start === node.start; at++)
      if (this.uses[at]!.node === node) return this.uses[at]
    return undefined
  }

  /** The place of the first use that does not begin before. */
  #firstFrom(start: number): number {
    let low = 0
    let high = this.uses.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.uses[middle]!.node.start < start) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The innermost function around a use. */
  functionAt({ scope }: Use): FunctionNode | undefined {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
      const owner = ownerOf(at)
      if (owner !== undefined) return owner
    }
    return undefined
  }

  /** The innermost function around a node. */
  functionAround(node: Node): FunctionNode | undefined {
    for (let at = this.parent(node); at !== undefined; at = this.parent(at))
      if (isFunction(at)) return this.functionOf.get(at)
    return undefined
  }

  /** 1-based. */
  lineOf(position: number): number {
    this.#breaks ??= [...this.text.matchAll(/\n/g)].map(({ index }) => index)
    let low = 0
    let high = this.#breaks.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#breaks[middle]! < position) low = middle + 1
      else high = middle
    }
    return low + 1
  }

  slice({ start, end }: { start: number; end: number }): string {
    return this.text.slice(start, end)
  }
}

/** All nodes of a tree; each is told its parent. */
function nodesOf(program: Node): Node[] {
  const nodes: Node[] = []
  walk(program, (node, ancestors) => {
    nodes.push(node)
    node.parent = ancestors.at(-1)
  })
  return nodes
}

/** Functions by the variables that they declare, the first one of each. */
function declarationsIn({ analysis }: SourceFile): Map<Binding, FunctionNode> {
  const found = new Map<Binding, FunctionNode>()
  for (const fn of analysis.functions) {
    const name = fn.node.type === 'FunctionDeclaration' ? fn.node.id?.name : undefined
    const binding = name === undefined ? undefined : (fn.enclosing?.body ?? fn.outer).names.get(name)
    if (binding !== undefined && !found.has(binding)) found.set(binding, fn)
  }
  return found
}

/** A package that says its own version says the same in both; one that forgot to count up does, too. */
function hideVersion(node: Node, versions: readonly string[]): void {
  const hide = (literal: Node): void => {
    literal.value = OWN_VERSION
  }
  if (node.type === 'Literal') {
    if (node.value !== '' && versions.includes(node.value)) hide(node)
    return
  }
  const named = namedVersion(node)
  if (named?.type === 'Literal' && isOfSeries(named.value, versions)) hide(named)
  if (node.type !== 'ObjectExpression' && named?.type !== 'ObjectExpression') return
  // `{ major: 1, minor: 2, dot: 3, codeName: 'x' }`, `{ majorVersion: '1', minorVersion: '2.3', releaseDate: '2026-05-19' }`
  const properties = (named ?? node).properties as Node[]
  const find = (name: RegExp): Node[] =>
    properties.flatMap(({ key, computed, value }) => (!computed && name.test(key?.name) ? [value] : []))
  const parts = [/^major(Version)?$/, /^minor(Version)?$/, /^(patch(Version)?|dot)$/].flatMap(find)
  const text = parts.map((one) => one.value).join('.')
  if (!versions.includes(text) && !(named !== undefined && isOfSeries(text, versions))) return
  const others = [...find(/^full$/), ...find(/date$/i)].filter(
    ({ value }) => isOfSeries(value, versions) || /^\d{4}-\d\d-\d\d/.test(value),
  )
  const texts = find(/^code_?name$/i).filter(({ value }) => typeof value === 'string')
  for (const one of [...parts, ...others, ...texts]) hide(one)
}

/** What `const version = …` and `exports.VERSION = …` say. */
function namedVersion({ type, id, init, left, right }: Node): Node | undefined {
  if (type === 'VariableDeclarator') return VERSION.test(id.name ?? '') ? (init ?? undefined) : undefined
  if (type !== 'AssignmentExpression') return undefined
  return VERSION.test(left.name ?? (left.computed ? '' : (left.property?.name ?? ''))) ? right : undefined
}

/** Whether a text is a version of the package, perhaps an earlier one of the same series: what was built before counting up. */
function isOfSeries(text: unknown, versions: readonly string[]): boolean {
  return versions.some((own) => {
    const [is, series] = [semver.parse(String(text)), semver.parse(own)]
    return is !== null && series !== null && is.major === series.major && semver.lte(is, series)
  })
}

/** Whether a scope belongs to a function, or to one inside it. */
export function belongsTo(scope: Scope, fn: FunctionNode): boolean {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    if (at === fn.parameters || at === fn.body) return true
    if (at.kind === 'name' && at.owner === fn) return true
  }
  return false
}

/** The function whose variables a scope's are; undefined for the module's. */
export function ownerOf(scope: Scope): FunctionNode | undefined {
  const { owner } = scope
  return owner !== undefined && 'index' in owner ? (owner as FunctionNode) : undefined
}

/** The identifiers that stand in a text. */
export function namesIn(text: string): Set<string> {
  return new Set(text.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu))
}
