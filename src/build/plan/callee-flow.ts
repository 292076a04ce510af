import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { calledName, memberKey, memberPath, nameOf } from '../read/expressions.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'
import { functionOf } from '../read/unit-values.ts'
import type { Callees, Reached } from './callees.ts'
import type { FilePlan } from './file-plan.ts'
import { passedBy } from './passed-by.ts'
import type { Plan } from './plan.ts'

/** Follows a function from where it is written to all places that may hold it. */
export class Flow {
  readonly #callees: Callees
  readonly #plan: Plan
  readonly #reached: Reached
  readonly #seen = new Set<Node>()
  readonly #bindings = new Set<Binding>()
  /** Those that hold it, and not something else of the same name. */
  readonly #certain = new Set<Binding | undefined>()

  constructor(callees: Callees, plan: Plan, reached: Reached) {
    this.#callees = callees
    this.#plan = plan
    this.#reached = reached
  }

  begin(fn: FunctionNode, file: FilePlan): void {
    const source = file.pair.new
    const isClass = /constructor/.test(fn.kind)
    for (const path of fn.paths) {
      // A declaration, or a variable, has no property's name: members that are called like it are others.
      const [owner, ...members] = path.split('/').at(-1)!.split('.')
      const name = /\[[^[]+\]$/.exec(path)?.[0] ?? members.at(-1) ?? (isMember(fn) ? owner : undefined)
      if (name !== undefined && /^[\w$[#]/.test(name)) this.#name(name, file.path)
    }
    if (isClass) this.#reached.names.add('constructor')
    const node = isClass ? (fn.class?.node ?? fn.node) : fn.node
    if (node.id) this.#alias(fn.outer.names.get(node.id.name) ?? source.bindingFor(node.id), source, true)
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
        this.#value(node, source, isMemberOfExports(node, name))
    for (const [source, value] of this.#callees.patternsOf(name)) this.#target(value, source)
  }

  /** What a value goes to. `isSure`: it is the function, and not something else of the same name. */
  #value(node: Node, source: SourceFile, isSure: boolean): void {
    if (this.#seen.has(node)) return
    this.#seen.add(node)
    const parent = source.parent(node)
    const isCertain = node.type === 'Identifier' ? this.#certain.has(source.bindingFor(node)) : isSure
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
        this.#target(parent.left, source, isCertain)
        this.#value(parent, source, isSure)
        break
      case 'AssignmentPattern':
        if (parent.right === node) this.#target(parent.left, source)
        break
      case 'VariableDeclarator':
        if (parent.init === node) this.#target(parent.id, source, isCertain)
        break
      case 'Property':
      case 'PropertyDefinition':
        if (parent.value !== node) break
        if (isSure) this.#store(isInExportedLiteral(parent, source))
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
        if (parent.object !== node) break
        this.#reached.isCounted ||= isCertain && memberKey(parent) === 'length'
        if (parent.property.name === 'bind') this.#bound(parent, source, isSure)
        break
      case 'CallExpression':
      case 'NewExpression':
        // `(a ? f : g)(…)`
        if (parent.callee === node && node.type !== 'Identifier') this.#reached.isStored ||= isSure
        if (parent.callee !== node) this.#given(parent, node, source, isSure, isCertain)
    }
  }

  /** What `f.bind(…)` makes goes on calling the function. */
  #bound(member: Node, source: SourceFile, isSure: boolean): void {
    this.#reached.isKept ||= isSure
    const call = source.parent(member)
    if (call?.type === 'CallExpression' && call.callee === member) this.#value(call, source, isSure)
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

  #target(node: Node, source: SourceFile, isCertain = false): void {
    const target = unwrap(node)
    if (target.type === 'AssignmentPattern') return this.#target(target.left, source)
    if (target.type === 'Identifier') {
      const binding = source.bindingFor(target)
      if (binding !== undefined) this.#variable(binding, source, isCertain)
      return
    }
    if (target.type !== 'MemberExpression') return
    const path = memberPath(target)?.path ?? ''
    this.#store(/^(module\.)?exports\b/.test(path))
    const name = memberKey(target)
    if (name !== undefined) this.#name(name, /^(module\.)?exports\.default$/.test(path) ? source.path : '*')
  }

  /** In a function that is called again, a variable gets the function anew. */
  #variable(binding: Binding, source: SourceFile, isCertain: boolean): void {
    this.#reached.isKept ||= binding.captured || ownerOf(binding.scope) === undefined
    this.#alias(binding, source, isCertain)
  }

  #alias(binding: Binding | undefined, source: SourceFile, isCertain: boolean): void {
    if (binding === undefined || this.#bindings.has(binding)) return
    this.#bindings.add(binding)
    if (isCertain) this.#certain.add(binding)
    const others = this.#reached.aliases.get(source) ?? new Set()
    this.#reached.aliases.set(source, others.add(binding.name))
    for (const use of source.usesOf(binding)) this.#value(use.node, source, true)
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
          this.#alias(other.module.scope.names.get(unit.names[0]), other.pair.new, true)
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
  #given(call: Node, node: Node, source: SourceFile, isSure: boolean, isCertain: boolean): void {
    const method = calledName(call)
    if (/^(push|unshift|add|set|Map|Set)$/.test(method ?? '')) return isSure ? this.#list() : undefined
    const passes = passedBy(call, node, method)
    if (passes !== undefined) {
      this.#reached.given = Math.max(this.#reached.given, passes)
      return
    }
    const parameter = parameterFor(call, node, source)
    if (parameter !== undefined) this.#variable(parameter, source, isCertain)
    else if (isSure) this.#reached.given = Number.POSITIVE_INFINITY
  }
}

function isMember({ kind }: FunctionNode): boolean {
  return !/^(function|arrow|constructor|derived constructor)$/.test(kind)
}

/** `module.exports = { f }` */
function isInExportedLiteral(property: Node, source: SourceFile): boolean {
  const literal = source.parent(property)
  const above = literal && source.parent(literal)
  return above?.type === 'AssignmentExpression' && memberPath(above.left)?.path === 'module.exports'
}

/** `exports.f` */
function isMemberOfExports(node: Node, name: string): boolean {
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
