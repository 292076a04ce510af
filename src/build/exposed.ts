import type { Node } from '../instrument/parse.ts'
import { isFunction } from '../livepatch/ast.ts'
import { assignedValue, type FilePair, type OncePair } from './compare.ts'
import type { Export } from './exports.ts'
import { type Once, type Unit, unwrap } from './units.ts'

/**
 * How programs reach what names of the running version hold: `Key.formats = formats` of a module that exports `Key` makes
 * `exports.Key.formats` a way to `formats`.
 */
export class Exposed {
  readonly #pair: FilePair
  readonly #paths = new Map<OncePair, Map<string, string>>()

  constructor(pair: FilePair, exported: Map<string, Export>) {
    this.#pair = pair
    for (const once of pair.onces) this.#paths.set(once, new Map())
    const [module] = pair.onces
    for (const { name, local } of exported.values())
      if (local !== undefined && (name === 'module.exports' || /^[\w$]+$/.test(name)))
        this.#add(module!, local, name === 'module.exports' ? 'exports' : `exports.${name}`)
    for (let before = -1; before !== this.#size; ) {
      before = this.#size
      for (const once of pair.onces) for (const unit of once.old.units) this.#unit(once, unit)
    }
  }

  /** From `exports` of the running module. Undefined where nothing leads there, or not for good. */
  path(once: OncePair, name: string): string | undefined {
    return this.#paths.get(once)!.get(name)
  }

  /** All names that programs can reach. */
  *names(): Generator<{ once: OncePair; name: string; path: string }> {
    for (const [once, paths] of this.#paths) for (const [name, path] of paths) yield { once, name, path }
  }

  get #size(): number {
    return [...this.#paths.values()].reduce((sum, { size }) => sum + size, 0)
  }

  #add(once: OncePair, name: string, path: string): void {
    const paths = this.#paths.get(once)!
    if (!paths.has(name) && timesAssigned(once.old, name) <= 1) paths.set(name, path)
  }

  #unit(once: OncePair, unit: Unit): void {
    const targets = unit.targets ?? []
    const names = [...unit.names, ...targets.map(({ path }) => path).filter((path) => !path.includes('.'))]
    const isCommonJs = once === this.#pair.onces[0] && this.#pair.old.type !== 'module'
    const ways = targets.flatMap(({ root, path }) => {
      if (isCommonJs && path === 'module.exports') return ['exports']
      const [, ...steps] = path.split('.')
      const to = this.path(once, root)
      return to === undefined || steps.length === 0 || !steps.every((one) => /^[\w$]+$/.test(one))
        ? []
        : [[to, ...steps].join('.')]
    })
    const known = names.flatMap((name) => this.path(once, name) ?? [])
    const [way] = [...ways, ...known]
    if (way === undefined || unit.kind === 'function' || unit.kind === 'class') return
    for (const name of names) this.#add(once, name, way)
    const value = assignedValue(unit)
    if (value?.type === 'Identifier') this.#add(once, value.name, way)
    const inner = value && this.#returned(value)
    if (inner !== undefined) this.#add(inner.once, inner.name, way)
  }

  /** The name that a function which is called where it stands returns. */
  #returned(value: Node): { once: OncePair; name: string } | undefined {
    if (value.type !== 'CallExpression') return undefined
    const callee = unwrap(value.callee)
    const fn = callee.type === 'MemberExpression' ? unwrap(callee.object) : callee
    if (!isFunction(fn)) return undefined
    const once = this.#pair.onces.find((one) => one.old.fn?.node === fn)
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
