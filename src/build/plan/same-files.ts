import { type Node, unwrap } from '../../instrument/parse.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { exportsOf, reExportsOf } from '../read/exports.ts'
import { resolveFrom } from '../read/folder.ts'
import { SourceFile } from '../read/source-file.ts'
import { functionOf } from '../read/unit-values.ts'
import { type Once, onceOf, unitsNamed } from '../read/units.ts'
import type { Plan } from './plan.ts'

/** Files of the package that are the same in both versions and lead to none that differs: the plan has none of them. */
export class SameFiles {
  readonly #plan: Plan
  readonly #known = new Map<string, Once | undefined>()

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** The function that one of them exports under a name, as a file asks for it. */
  exported(from: string, specifier: string, name: string): { source: SourceFile; node: Node } | undefined {
    const path = resolveFrom(from, specifier, (one) => this.#plan.running.has(one))
    return path === undefined ? undefined : this.#exported(path, name, new Set())
  }

  #exported(path: string, name: string, seen: Set<string>): { source: SourceFile; node: Node } | undefined {
    const origin = this.#plan.origin(path, name)
    const once = seen.has(origin.path) ? undefined : this.#once(origin.path)
    if (once === undefined) return undefined
    seen.add(origin.path)
    const exports = exportsOf(once)
    const own = exports.get(origin.name)
    if (own !== undefined) {
      const [declared] = unitsNamed(once.units, own.local ?? '')
      const node = (declared && functionOf(declared)) ?? (own.value && unwrap(own.value))
      return node && isFunction(node) ? { source: once.file, node } : undefined
    }
    for (const one of reExportsOf(once, exports)) {
      if (one.name !== '*' && one.name !== origin.name) continue
      const next = resolveFrom(origin.path, one.source, (at) => this.#plan.running.has(at))
      const found = next && this.#exported(next, one.name === '*' ? origin.name : one.imported, seen)
      if (found) return found
    }
    return undefined
  }

  #once(path: string): Once | undefined {
    if (this.#plan.files.has(path) || this.#plan.added.has(path)) return undefined
    const file = this.#plan.running.get(path)
    if (file === undefined) return undefined
    if (!this.#known.has(path)) {
      const source = SourceFile.readable(path, file.text, file.type)
      this.#known.set(path, source && onceOf(source, undefined))
    }
    return this.#known.get(path)
  }
}
