import type { Node } from '../instrument/parse.ts'
import type { FunctionNode, Scope } from '../instrument/scopes.ts'
import { isFunction } from '../livepatch/ast.ts'
import { assignedValue, type FilePair, type OncePair } from './compare.ts'
import type { Export } from './exports.ts'
import { assignedPaths, type Once, onceOf, runsOnce, type Unit, unwrap } from './units.ts'

/**
 * How programs reach what names of the running version hold: `Key.formats = formats` of a module that exports `Key` makes
 * `exports.Key.formats` a way to `formats`.
 */
export class Exposed {
  readonly #pair: FilePair
  /** Of the running version: those that differ, and those around them. */
  readonly #onces: Once[]
  readonly #paths = new Map<Scope, Map<string, string>>()
  #entry: { fn: FunctionNode; path: string } | undefined

  constructor(pair: FilePair, exported: Map<string, Export>) {
    this.#pair = pair
    this.#onces = pair.onces.map(({ old }) => old)
    for (const { fn } of this.#onces)
      for (let at = fn?.enclosing; at !== undefined; at = at.enclosing)
        if (!this.#onces.some((one) => one.fn === at) && runsOnce(at, pair.old))
          this.#onces.push(onceOf(pair.old, at))
    for (const { scope } of this.#onces) this.#paths.set(scope, new Map())
    for (const { name, local } of exported.values())
      if (local !== undefined && (name === 'module.exports' || /^[\w$]+$/.test(name)))
        this.#add(this.#onces[0]!, local, name === 'module.exports' ? 'exports' : `exports.${name}`)
    for (let before = -1; before !== this.#size; ) {
      before = this.#size
      for (const once of this.#onces) for (const unit of once.units) this.#unit(once, unit)
    }
  }

  /** From `exports` of the running module. Undefined where nothing leads there, or not for good. */
  path({ old }: OncePair, name: string): string | undefined {
    return this.#paths.get(old.scope)!.get(name)
  }

  /**
   * A function of the module itself that can be called from outside so that its site answers, and where it is to be
   * found: by it the running module's names are reached.
   */
  get entry(): { fn: FunctionNode; path: string } | undefined {
    this.#entry ??= this.#findEntry()
    return this.#entry
  }

  #findEntry(): { fn: FunctionNode; path: string } | undefined {
    const { functions } = this.#pair.old.analysis
    const isCallable = (fn: FunctionNode): boolean =>
      /^(function|method|arrow)$/.test(fn.kind) && !fn.async && !fn.generator && !fn.eval && !fn.withInside
    const found = functions
      .filter((fn) => fn.enclosing === undefined && isCallable(fn))
      .flatMap((fn) => fn.paths.flatMap((path) => this.#wayTo(path) ?? []).map((path) => ({ fn, path })))
      .filter(({ fn }) => functions.filter((one) => one.paths[0] === fn.paths[0]).length === 1)
    return found.find(({ path }) => !path.includes('prototype')) ?? found[0]
  }

  /** Where a function of the module stands in what that exports, by its path. */
  #wayTo(path: string): string | undefined {
    const [, owner, member] = /^([\w$]+)((?:\.[\w$]+)*)$/.exec(path) ?? []
    if (owner === undefined || member === undefined) return undefined
    const isWhole = this.#onces[0]!.units.some((unit) => assignedPaths(unit).includes('module.exports'))
    if (owner === 'module') return /^\.exports(?=\.|$)/.test(member) ? member.slice(1) : undefined
    if (owner === 'exports' && !isWhole) return path
    const way = this.#paths.get(this.#pair.old.analysis.module)!.get(owner)
    return way === undefined ? undefined : way + member
  }

  /** All names of scopes that differ which programs can reach. */
  *names(): Generator<{ once: OncePair; name: string; path: string }> {
    for (const once of this.#pair.onces)
      for (const [name, path] of this.#paths.get(once.old.scope)!) yield { once, name, path }
  }

  get #size(): number {
    return [...this.#paths.values()].reduce((sum, { size }) => sum + size, 0)
  }

  #add(once: Once, name: string, path: string): void {
    const paths = this.#paths.get(once.scope)!
    if (!paths.has(name) && timesAssigned(once, name) <= 1) paths.set(name, path)
  }

  #unit(once: Once, unit: Unit): void {
    const targets = unit.targets ?? []
    const names = [...unit.names, ...targets.map(({ path }) => path).filter((path) => !path.includes('.'))]
    const ways = targets.flatMap(({ root, path }) => {
      if (path === 'module.exports' && this.#isModule(once.scope)) return ['exports']
      const [, ...steps] = path.split('.')
      const to = this.#paths.get(once.scope)!.get(root)
      return to === undefined || steps.length === 0 || !steps.every((one) => /^[\w$]+$/.test(one))
        ? []
        : [[to, ...steps].join('.')]
    })
    const known = names.flatMap((name) => this.#paths.get(once.scope)!.get(name) ?? [])
    const [way] = [...ways, ...known]
    if (way === undefined || unit.kind === 'function' || unit.kind === 'class') return
    for (const name of names) this.#add(once, name, way)
    const value = assignedValue(unit)
    if (value?.type === 'Identifier') this.#add(once, value.name, way)
    const inner = value && this.#returned(value)
    if (inner !== undefined) this.#add(inner.once, inner.name, way)
  }

  /** Whether `module` is the file's there. */
  #isModule(scope: Scope): boolean {
    if (this.#pair.old.type === 'module') return false
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
      const binding = at.names.get('module')
      if (binding !== undefined) return binding.kind === 'wrapper'
    }
    return true
  }

  /** The name that a function which is called where it stands returns. */
  #returned(value: Node): { once: Once; name: string } | undefined {
    if (value.type !== 'CallExpression') return undefined
    const callee = unwrap(value.callee)
    const fn = callee.type === 'MemberExpression' ? unwrap(callee.object) : callee
    if (!isFunction(fn)) return undefined
    const once = this.#onces.find((one) => one.fn?.node === fn)
    const last = (fn.body.body as Node[] | undefined)?.at(-1)
    if (once === undefined || last?.type !== 'ReturnStatement' || last.argument?.type !== 'Identifier')
      return undefined
    return { once, name: last.argument.name }
  }
}

/** A declaration with a value is none. */
function timesAssigned({ file, scope }: Once, name: string): number {
  const binding = scope.names.get(name)
  if (binding === undefined || /^(wrapper|import)$/.test(binding.kind)) return Number.POSITIVE_INFINITY
  if (!binding.assigned) return 0
  return file.uses.filter(
    (use) => use.node.name === name && use.assigned && file.bindingOf(use)?.scope === scope,
  ).length
}

/** The object that an expression of `exports` means, where each step may be gone. */
export function optional(path: string): string {
  const [first, ...steps] = path.split('.')
  return [first, steps.join('?.')].filter(Boolean).join('.')
}

/** Whether a value is nothing but another name for it. */
export function isAlias(unit: Unit, name: string): boolean {
  const value = assignedValue(unit)
  return value?.type === 'Identifier' && value.name === name
}
