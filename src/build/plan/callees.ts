import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { meant, memberKey, memberPath, nameOf } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import { Flow } from './callee-flow.ts'
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
  /** It asks for its `this`: nobody calls it without one. */
  isMethod: boolean
  /** Something that lives on holds it, other than what a module exports. */
  isKept: boolean
  /** Given to somebody who calls it with so many arguments. */
  given: number
  /** Somebody who holds it asks how many parameters it takes. */
  isCounted: boolean
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
      isMethod: fn.this && !fn.arrow && !/constructor/.test(fn.kind),
      isKept: false,
      given: 0,
      isCounted: false,
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
    if (reached.isMethod || (!reached.isStored && !reached.isListed)) return false
    const binding = source.bindingFor(at)
    if (binding === undefined || /^(function|class|import|wrapper)$/.test(binding.kind)) return false
    const initial = this.#initialOf(source).get(binding)
    // A parameter, or what a loop goes through.
    if (initial === undefined) return reached.isListed
    return alternatives(initial).some((value) =>
      value.type === 'MemberExpression'
        ? reached.isStored && value.computed
        : reached.isListed && value.type === 'CallExpression',
    )
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
      source.nodes.forEach((node) => {
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

/** What an expression may come to: `table[key] || otherwise`. */
function alternatives(node: Node): Node[] {
  const value = unwrap(node)
  if (value.type === 'LogicalExpression') return [value.left, value.right].flatMap(alternatives)
  if (value.type === 'ConditionalExpression') return [value.consequent, value.alternate].flatMap(alternatives)
  return [value]
}
