import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { memberKey } from '../read/expressions.ts'
import { requiredModule } from '../read/imports.ts'
import type { SourceFile, Use } from '../read/source-file.ts'
import { classOf, functionOf } from '../read/unit-values.ts'
import type { FilePlan } from './file-plan.ts'
import { nameOfExports } from './given-to-exports.ts'
import { heldFunctions } from './held-functions.ts'
import type { OncePlan } from './once-plan.ts'
import type { Plan } from './plan.ts'
import { runByCall } from './run-by-call.ts'

/**
 * The functions and constructors of modules that do something else in the new version: those that differ, and those
 * that call one of them, however indirectly and in whatever file.
 */
export class Affected {
  readonly #plan: Plan
  /** What each one calls, as far as names tell. */
  readonly #calls = new Map<Node, { file: FilePlan; to: Node[] }>()
  #all = new Set<Node>()
  /** Functions that a module gives to what it declares: `f.g = () => …`. */
  readonly #given = new Map<OncePlan, Map<string, Node>>()

  constructor(plan: Plan) {
    this.#plan = plan
    for (const file of plan.files.values())
      for (const node of makersOf(file))
        this.#calls.set(node, { file, to: bodiesOf(node).flatMap((body) => this.#calledIn(file, body)) })
  }

  /** To be called again when more is known to have changed. */
  update(isDirectly: (file: FilePlan, fn: Node) => boolean): void {
    const callers = new Map<Node, Node[]>()
    for (const [from, { to }] of this.#calls)
      for (const node of to) callers.set(node, [...(callers.get(node) ?? []), from])
    const queue = [...this.#calls]
      .filter(([node, { file }]) => bodiesOf(node).some((body) => isDirectly(file, body)))
      .map(([node]) => node)
    this.#all = new Set()
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      if (this.#all.has(node)) continue
      this.#all.add(node)
      queue.push(...(callers.get(node) ?? []))
    }
  }

  has(fn: Node): boolean {
    return this.#all.has(fn)
  }

  /** The file of a function or class that a module declares. */
  fileOf(fn: Node): FilePlan | undefined {
    return this.#calls.get(fn)?.file
  }

  /** The function or class that a use of a name means, if a module declares it. */
  meant(file: FilePlan, use: Use): Node | undefined {
    const source = file.pair.new
    const binding = source.bindingOf(use)
    const once = binding && file.onceOf(binding.scope)
    const unit = once?.unitOf(use.node.name)
    if (once === undefined || unit === undefined) return undefined
    if (unit.kind === 'import') return this.#exported(file, unit.source!, unit.imported!, use.node)
    const member = memberOf(use.node, source)
    const given = member === undefined ? undefined : this.#givenTo(once, `${use.node.name}.${member}`)
    return given ?? functionOf(unit) ?? classOf(unit) ?? heldFunctions(file, unit, member ?? '')[0]
  }

  /** The same for `require('./x')`. */
  required(file: FilePlan, call: Node): Node | undefined {
    return this.#exported(file, requiredModule(call)!, '=', call)
  }

  #exported(file: FilePlan, source: string, imported: string, at: Node): Node | undefined {
    const path = this.#plan.resolve(file.path, source)
    if (path === undefined) return undefined
    const member = memberOf(at, file.pair.new)
    const isWhole = imported === '=' || imported === '*'
    const name = !isWhole ? imported : (member ?? 'module.exports')
    const origin = this.#plan.origin(path, name)
    const other = this.#plan.files.get(origin.path)
    const one = other?.exports.new.get(origin.name)
    if (other === undefined) return undefined
    if (one === undefined) {
      const whole = nameOfExports(other)
      return whole === undefined ? undefined : this.#givenTo(other.module, `${whole}.${origin.name}`)
    }
    const unit = one.local === undefined ? undefined : other.module.unitOf(one.local)
    if (unit !== undefined) return functionOf(unit) ?? classOf(unit)
    const value = one.value && unwrap(one.value)
    return value !== undefined && (isFunction(value) || value.type === 'ClassExpression') ? value : undefined
  }

  #givenTo(once: OncePlan, path: string): Node | undefined {
    const known = this.#given.get(once) ?? givenFunctions(once)
    this.#given.set(once, known)
    return known.get(path)
  }

  #calledIn(file: FilePlan, body: Node): Node[] {
    const { new: source } = file.pair
    const named = source
      .usesIn(body)
      .flatMap((use) => (isRunBy(body, source.functionAt(use), file) && this.meant(file, use)) || [])
    const required = source.requires.filter(
      (call) =>
        call.start >= body.start && call.end <= body.end && isRunBy(body, source.functionAround(call), file),
    )
    return [...named, ...required.flatMap((call) => this.required(file, call) ?? [])]
  }
}

/** `name` of `x.name`, `0` of `x[0]`. */
export function memberOf(node: Node, source: SourceFile): string | undefined {
  const parent = source.parent(node)
  if (parent?.type !== 'MemberExpression' || parent.object !== node) return undefined
  const { value } = parent.property
  return memberKey(parent) ?? (typeof value === 'number' ? String(value) : undefined)
}

function givenFunctions({ pair }: OncePlan): Map<string, Node> {
  return new Map(
    pair.new.units.flatMap((unit) => {
      const fn = unit.targets && functionOf(unit)
      return fn === undefined ? [] : unit.targets!.map(({ path }): [string, Node] => [path, fn])
    }),
  )
}

/** The functions and classes that a file's modules declare. */
function makersOf(file: FilePlan): Node[] {
  const declared = file.onces.flatMap((once: OncePlan) =>
    once.pair.new.units.flatMap((unit) => functionOf(unit) ?? classOf(unit) ?? heldFunctions(file, unit)),
  )
  const exported = [...file.exports.new.values()].flatMap(({ value }) => (value && unwrap(value)) ?? [])
  return [
    ...new Set([...declared, ...exported.filter((one) => isFunction(one) || one.type === 'ClassExpression')]),
  ]
}

/**
 * Whether what stands in a function is run by a call of `body`: not what is in closures that the call only makes, which the
 * running version has, too, so that theirs are redirected.
 */
export function isRunBy(body: Node, within: FunctionNode | undefined, { pair }: FilePlan): boolean {
  const maker = pair.new.functionOf.get(body)
  if (maker === undefined) return true
  const run = runByCall(maker, pair.new)
  for (let fn = within; fn !== undefined && fn !== maker; fn = fn.enclosing)
    if (!run.has(fn) && pair.functions.has(fn)) return false
  return true
}

/** What runs when it is called: of a class, what makes its instances. */
function bodiesOf(node: Node): Node[] {
  if (isFunction(node)) return [node]
  const elements = (node.body.body as Node[]).filter(
    (one) => one.kind === 'constructor' || (one.type === 'PropertyDefinition' && !one.static),
  )
  return [
    ...elements.flatMap(({ value }) => value ?? []),
    ...(node.superClass ? [node.superClass as Node] : []),
  ]
}
