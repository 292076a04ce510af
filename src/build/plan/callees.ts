import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { isFunction, walk } from '../../livepatch/ast.ts'
import { memberKey, memberPath, unwrap } from '../read/expressions.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'
import { functionOf } from '../read/unit-values.ts'
import type { FilePlan } from './file-plan.ts'
import type { Plan } from './plan.ts'

/** What calls may reach a function of the new version. */
export interface Reached {
  /** Names of properties, in any file, and the function's own. */
  names: Set<string>
  /** Files whose `default` it is; `*`: it is that of an object as well. */
  defaults: Set<string>
  /** Other names of variables, and of subclasses that hand on what they get, in a file each. */
  aliases: Map<SourceFile, Set<string>>
  subclasses: Map<SourceFile, Set<string>>
  /** It is a property, or a variable that `o[k](…)` or `(a ? b : c)(…)` may mean. */
  isStored: boolean
  /** It is in a list, where a loop finds it. */
  isListed: boolean
  /** Something that lives on holds it, other than what a module exports. */
  isKept: boolean
  /** Given to somebody who calls it with so many arguments. */
  given: number
}

/** Finds out under which names, and by what other ways, functions are called in the new version of a package. */
export class Callees {
  readonly #plan: Plan
  readonly #sources: SourceFile[]
  readonly #known = new Map<FunctionNode, Reached>()
  #members: Map<string, [SourceFile, Node][]> | undefined
  readonly #patterns = new Map<string, [SourceFile, Node][]>()
  readonly #classes: [SourceFile, Node][] = []
  readonly #initial = new Map<SourceFile, Map<Binding, Node>>()

  constructor(plan: Plan) {
    this.#plan = plan
    this.#sources = [...[...plan.files.values()].map(({ pair }) => pair.new), ...plan.added.values()]
  }

  of(fn: FunctionNode, file: FilePlan): Reached {
    const known = this.#known.get(fn)
    if (known !== undefined) return known
    const reached: Reached = {
      names: new Set(),
      defaults: new Set(),
      aliases: new Map(),
      subclasses: new Map(),
      isStored: false,
      isListed: false,
      isKept: false,
      given: 0,
    }
    this.#known.set(fn, reached)
    new Flow(this, this.#plan, reached).begin(fn, file)
    return reached
  }

  /** Whether a callee of a file may be the function. */
  isMet(reached: Reached, callee: Node, source: SourceFile): boolean {
    const at = meant(callee)
    const name = nameOf(at)
    if (name !== undefined && (reached.names.has(name) || reached.aliases.get(source)?.has(name)))
      return !this.isOtherDefault(reached, at, source)
    if (at.type === 'MemberExpression') return reached.isStored && at.computed && memberKey(at) === undefined
    if (at.type !== 'Identifier') return reached.isStored && !isFunction(at) && at.type !== 'Super'
    if (!reached.isStored && !reached.isListed) return false
    const binding = source.bindingFor(at)
    if (binding === undefined || /^(function|class|import|wrapper)$/.test(binding.kind)) return false
    const initial = this.#initialOf(source).get(binding)
    // A parameter, or what a loop goes through.
    if (initial === undefined) return reached.isListed
    const value = unwrap(initial)
    if (value.type === 'MemberExpression') return reached.isStored && value.computed
    return reached.isListed && value.type === 'CallExpression'
  }

  /** `x.default` of a file of which it is not. */
  isOtherDefault({ defaults }: Reached, node: Node, source: SourceFile): boolean {
    if (nameOf(node) !== 'default' || node.type !== 'MemberExpression' || defaults.has('*')) return false
    if (/^(module\.)?exports\.default$/.test(memberPath(node)?.path ?? '')) return !defaults.has(source.path)
    const binding = node.object.type === 'Identifier' ? source.bindingFor(node.object) : undefined
    const file = this.#plan.files.get(source.path)
    if (file === undefined || binding?.scope !== source.analysis.module || binding.assigned) return false
    const unit = file.module.unitOf(binding.name)
    if (unit?.kind !== 'import' || unit.source === undefined) return false
    const from = this.#plan.resolve(file.path, unit.source)
    // One that leads to no file that differs is not of the plan.
    if (from === undefined) return /^\.\.?\//.test(unit.source)
    return !defaults.has(from) && !defaults.has(this.#plan.origin(from, 'default').path)
  }

  membersOf(name: string): [SourceFile, Node][] {
    this.#index()
    return this.#members!.get(name) ?? []
  }

  patternsOf(name: string): [SourceFile, Node][] {
    this.#index()
    return this.#patterns.get(name) ?? []
  }

  get classes(): [SourceFile, Node][] {
    this.#index()
    return this.#classes
  }

  #index(): void {
    if (this.#members !== undefined) return
    const members = new Map<string, [SourceFile, Node][]>()
    this.#members = members
    const add = (map: typeof members, key: string, one: [SourceFile, Node]): void => {
      const others = map.get(key)
      if (others === undefined) map.set(key, [one])
      else others.push(one)
    }
    for (const source of this.#sources)
      walk(source.program, (node) => {
        if (node.type === 'MemberExpression') {
          const name = nameOf(node)
          if (name !== undefined) add(members, name, [source, node])
        } else if (node.type === 'ObjectPattern') {
          for (const one of node.properties as Node[])
            if (one.type === 'Property' && one.key.name)
              add(this.#patterns, one.key.name, [source, one.value])
        } else if (/^Class/.test(node.type) && node.superClass) this.#classes.push([source, node])
      })
  }

  #initialOf(source: SourceFile): Map<Binding, Node> {
    const known = this.#initial.get(source)
    if (known !== undefined) return known
    const found = new Map<Binding, Node>()
    this.#initial.set(source, found)
    for (const use of source.uses) {
      const parent = source.parent(use.node)
      const binding = source.bindingOf(use)
      if (parent?.type === 'VariableDeclarator' && parent.id === use.node && parent.init && binding)
        found.set(binding, parent.init)
    }
    return found
  }
}

/** Follows a function from where it is written to all places that may hold it. */
class Flow {
  readonly #callees: Callees
  readonly #plan: Plan
  readonly #reached: Reached
  readonly #seen = new Set<Node>()
  readonly #bindings = new Set<Binding>()

  constructor(callees: Callees, plan: Plan, reached: Reached) {
    this.#callees = callees
    this.#plan = plan
    this.#reached = reached
  }

  begin(fn: FunctionNode, file: FilePlan): void {
    const source = file.pair.new
    const isClass = /constructor/.test(fn.kind)
    for (const path of fn.paths) {
      const name = /\[[^[]+\]$/.exec(path)?.[0] ?? path.split(/[/.]/).at(-1)!
      if (/^[\w$[]/.test(name)) this.#name(name, file.path)
    }
    if (isClass) this.#reached.names.add('constructor')
    const node = isClass ? (fn.class?.node ?? fn.node) : fn.node
    if (node.id) this.#alias(fn.outer.names.get(node.id.name) ?? source.bindingFor(node.id), source)
    if (!/Declaration$/.test(node.type)) this.#value(node, source, true)
    for (const { name, value, local } of file.exports.new.values()) {
      const unit = local === undefined ? undefined : file.module.unitOf(local)
      if (value === node || unit?.node === node || (unit && functionOf(unit) === node))
        this.#exported(file, name)
    }
    if (isClass) this.#subclasses()
  }

  /** `by`: the file whose export it is, or `*`. */
  #name(name: string, by: string): void {
    const { names, defaults } = this.#reached
    if (name === 'default' ? defaults.has(by) : names.has(name)) return
    names.add(name)
    if (name === 'default') defaults.add(by)
    for (const [source, node] of this.#callees.membersOf(name))
      if (!this.#callees.isOtherDefault(this.#reached, node, source))
        this.#value(node, source, isOfExports(node, name))
    for (const [source, value] of this.#callees.patternsOf(name)) this.#target(value, source)
  }

  /** What a value goes to. `isSure`: it is the function, and not something else of the same name. */
  #value(node: Node, source: SourceFile, isSure: boolean): void {
    if (this.#seen.has(node)) return
    this.#seen.add(node)
    const parent = source.parent(node)
    switch (parent?.type) {
      case 'ParenthesizedExpression':
      case 'ConditionalExpression':
      case 'LogicalExpression':
      case 'AwaitExpression':
      case 'ChainExpression':
        if (parent.test !== node) this.#value(parent, source, isSure)
        break
      case 'SequenceExpression':
        if ((parent.expressions as Node[]).at(-1) === node) this.#value(parent, source, isSure)
        break
      case 'AssignmentExpression':
        if (parent.right !== node) break
        this.#target(parent.left, source)
        this.#value(parent, source, isSure)
        break
      case 'AssignmentPattern':
        if (parent.right === node) this.#target(parent.left, source)
        break
      case 'VariableDeclarator':
        if (parent.init === node) this.#target(parent.id, source)
        break
      case 'Property':
      case 'PropertyDefinition':
        if (parent.value !== node) break
        if (isSure) this.#store(isExported(parent, source))
        if (!parent.computed) this.#name(parent.key.name ?? String(parent.key.value), '*')
        break
      case 'MethodDefinition':
        this.#reached.isStored = true
        break
      case 'ArrayExpression':
        if (isSure) this.#list()
        break
      case 'ReturnStatement':
      case 'ArrowFunctionExpression':
        if (isSure) this.#returned(node, source)
        break
      case 'MemberExpression':
        // What it makes goes on calling the function.
        this.#reached.isKept ||= isSure && parent.object === node && parent.property.name === 'bind'
        break
      case 'CallExpression':
      case 'NewExpression':
        // `(a ? f : g)(…)`
        if (parent.callee === node && node.type !== 'Identifier') this.#reached.isStored ||= isSure
        if (parent.callee !== node) this.#given(parent, node, source, isSure)
    }
  }

  #store(isExport: boolean): void {
    this.#reached.isStored = true
    this.#reached.isKept ||= !isExport
  }

  #list(): void {
    this.#store(false)
    this.#reached.isListed = true
  }

  /** What a getter returns is called by its name. */
  #returned(node: Node, source: SourceFile): void {
    this.#store(false)
    const fn = source.functionAround(node)
    const name = fn?.kind.includes('getter') ? fn.paths[0]?.split(/[/.]/).at(-1) : undefined
    if (name !== undefined) this.#name(name.replace(/^get /, ''), '*')
  }

  #target(node: Node, source: SourceFile): void {
    const target = unwrap(node)
    if (target.type === 'AssignmentPattern') return this.#target(target.left, source)
    if (target.type === 'Identifier') {
      const binding = source.bindingFor(target)
      // In a function that is called again, a variable gets the function anew.
      this.#reached.isKept ||=
        binding !== undefined && (binding.captured || ownerOf(binding.scope) === undefined)
      return this.#alias(binding, source)
    }
    if (target.type !== 'MemberExpression') return
    const path = memberPath(target)?.path ?? ''
    this.#store(/^(module\.)?exports\b/.test(path))
    const name = memberKey(target)
    if (name !== undefined) this.#name(name, /^(module\.)?exports\.default$/.test(path) ? source.path : '*')
  }

  /** In a function that is called again, a variable gets the function anew. */
  #variable(binding: Binding, source: SourceFile): void {
    this.#reached.isKept ||= binding.captured || ownerOf(binding.scope) === undefined
    this.#alias(binding, source)
  }

  #alias(binding: Binding | undefined, source: SourceFile): void {
    if (binding === undefined || this.#bindings.has(binding)) return
    this.#bindings.add(binding)
    const others = this.#reached.aliases.get(source) ?? new Set()
    this.#reached.aliases.set(source, others.add(binding.name))
    for (const use of source.uses)
      if (use.node.name === binding.name && source.bindingOf(use) === binding)
        this.#value(use.node, source, true)
  }

  /** What other files call an export. */
  #exported(file: FilePlan, name: string): void {
    const isWhole = name === 'module.exports' || name === 'default'
    if (name === 'module.exports') this.#reached.isStored = true
    else this.#name(name.split('.').at(-1)!, file.path)
    for (const other of this.#plan.files.values()) {
      if (other === file) continue
      for (const unit of other.module.pair.new.units) {
        if (unit.kind !== 'import' || unit.source === undefined || unit.names[0] === undefined) continue
        const from = this.#plan.resolve(other.path, unit.source)
        if (from === undefined) continue
        const origin = this.#plan.origin(from, unit.imported!)
        if (origin.path !== file.path) continue
        if (origin.name === name || (isWhole && /^[=*]$|^default$/.test(origin.name)))
          this.#alias(other.module.scope.names.get(unit.names[0]), other.pair.new)
      }
    }
  }

  /** Classes whose constructors hand on all that they get, and so do those of their own subclasses. */
  #subclasses(): void {
    const { names, aliases, subclasses } = this.#reached
    for (let isMore = true; isMore; ) {
      isMore = false
      for (const [source, node] of this.#callees.classes) {
        const name = nameOf(unwrap(node.superClass))
        if (name === undefined || (node.body.body as Node[]).some(({ kind }) => kind === 'constructor'))
          continue
        const own = subclasses.get(source) ?? new Set()
        if (!names.has(name) && !aliases.get(source)?.has(name) && !own.has(name)) continue
        const parent = source.parent(node)
        const ids = [node.id, parent?.id, parent?.left].flatMap(
          (id: Node | undefined) => (id && nameOf(id)) ?? [],
        )
        for (const id of ids) {
          isMore ||= !own.has(id)
          own.add(id)
        }
        subclasses.set(source, own)
      }
    }
  }

  /** Who gets a function calls it as is the way of its kind; how often others do, nobody knows. */
  #given(call: Node, node: Node, source: SourceFile, isSure: boolean): void {
    const method = call.callee.type === 'MemberExpression' ? memberKey(call.callee) : call.callee.name
    if (/^(push|unshift|add|set|Map|Set)$/.test(method ?? '')) return isSure ? this.#list() : undefined
    const passes = passedBy(call, node, method)
    if (passes !== undefined) {
      this.#reached.given = Math.max(this.#reached.given, passes)
      return
    }
    const parameter = parameterFor(call, node, source)
    if (parameter !== undefined) this.#variable(parameter, source)
    else if (isSure) this.#reached.given = Number.POSITIVE_INFINITY
  }
}

/** `module.exports = { f }` */
function isExported(property: Node, source: SourceFile): boolean {
  const literal = source.parent(property)
  const above = literal && source.parent(literal)
  return above?.type === 'AssignmentExpression' && memberPath(above.left)?.path === 'module.exports'
}

/** `exports.f` */
function isOfExports(node: Node, name: string): boolean {
  return new RegExp(`^(module\\.)?exports\\.${name.replaceAll('$', '\\$')}$`).test(
    memberPath(node)?.path ?? '',
  )
}

/** What a function of the file calls an argument that it gets. */
function parameterFor(
  { callee, arguments: args }: Node,
  node: Node,
  source: SourceFile,
): Binding | undefined {
  const called = callee.type === 'Identifier' ? source.bindingFor(callee) : undefined
  if (called === undefined || called.assigned) return undefined
  const at = (args as Node[]).indexOf(node)
  if ((args as Node[]).slice(0, at).some(({ type }) => type === 'SpreadElement')) return undefined
  const fn = source.analysis.functions.find((one) => {
    const parent = source.parent(one.node)
    const id = one.node.id ?? (parent?.type === 'VariableDeclarator' ? parent.id : undefined)
    if (id?.name !== called.name) return false
    return one.node.id ? one.outer.names.get(id.name) === called : source.bindingFor(id) === called
  })
  if (fn === undefined || fn.arguments) return undefined
  const parameter: Node | undefined = fn.node.params[at]
  const { name } = parameter?.left ?? parameter ?? {}
  return name === undefined ? undefined : fn.parameters.names.get(name)
}

/** How many arguments a function of the platform passes to one that it gets; undefined where that is not known. */
function passedBy(
  { callee, arguments: args }: Node,
  fn: Node,
  method: string | undefined,
): number | undefined {
  const at = (args as Node[]).indexOf(fn)
  const isMember = callee.type === 'MemberExpression'
  const more = (from: number): number =>
    (args as Node[]).some(({ type }) => type === 'SpreadElement')
      ? Number.POSITIVE_INFINITY
      : args.length - from
  switch (method) {
    case 'map':
    case 'forEach':
    case 'filter':
    case 'some':
    case 'every':
    case 'find':
    case 'findIndex':
    case 'findLast':
    case 'findLastIndex':
    case 'flatMap':
      return isMember && at === 0 ? 3 : undefined
    case 'reduce':
    case 'reduceRight':
      return isMember && at === 0 ? 4 : undefined
    case 'sort':
      return isMember && at === 0 ? 2 : undefined
    case 'then':
    case 'catch':
    case 'finally':
      return isMember ? 1 : undefined
    case 'setTimeout':
    case 'setInterval':
      return at === 0 ? Math.max(0, more(2)) : undefined
    case 'setImmediate':
    case 'nextTick':
      return at === 0 ? more(1) : undefined
    case 'queueMicrotask':
      return 0
    case 'Promise':
      return callee.type === 'Identifier' ? 2 : undefined
    case 'call':
    case 'apply':
    case 'bind':
      return at === 0 && callee.object?.name !== 'Reflect' ? 0 : undefined
    case 'inherits':
    case 'setPrototypeOf':
    case 'defineProperty':
    case 'defineProperties':
    case 'assign':
    case 'create':
    case 'log':
    case 'String':
    case 'captureStackTrace':
      return 0
    default:
      return undefined
  }
}

/** What a call calls: of `(0, x.f)`, as compilers write it, the last. */
export function meant(callee: Node): Node {
  const node = unwrap(callee)
  return node.type === 'SequenceExpression' ? meant((node.expressions as Node[]).at(-1)!) : node
}

export function nameOf(callee: Node): string | undefined {
  if (callee.type === 'Identifier') return callee.name
  if (callee.type !== 'MemberExpression') return undefined
  const { property, computed } = callee
  if (!computed) return property.name
  if (property.type === 'Identifier') return `[${property.name}]`
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined
}
