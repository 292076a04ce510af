import type { Node } from '../../instrument/parse.ts'
import type { OncePlan } from '../plan/once-plan.ts'
import { packageNameOf, requiredModule } from '../read/imports.ts'
import type { Use } from '../read/source-file.ts'
import { BY_HAND, Cannot } from './cannot.ts'
import { quote } from './edits.ts'
import { Part } from './part.ts'

/** What `require` finds from within the patch. */
export class RequireCalls extends Part {
  /** The patch's own `require` looks for files where the running module does. */
  plain({ node }: Use): void {
    const parent = this.source.parent(node)
    if (parent?.type !== 'MemberExpression' || parent.object !== node) return
    const specifier: unknown = this.source.parent(parent)?.arguments?.[0]?.value
    if (typeof specifier !== 'string') return
    const path = this.plan.resolve(this.source.path, specifier)
    const isThere = path === undefined ? this.plan.isRequired(specifier) : !this.plan.added.has(path)
    if (!isThere)
      throw new Cannot(node, `it looks for '${specifier}', which the running version may not have`, BY_HAND)
  }

  /** `require` in a block is the patch's own, which has what other files' blocks export. */
  demand(use: Use): void {
    const call = this.source.parent(use.node)
    const source = call && requiredModule(call)
    const path = source === undefined ? undefined : this.plan.resolve(this.source.path, source)
    const other = path === undefined ? undefined : this.plan.files.get(path)
    for (const name of other?.changedExports.keys() ?? []) this.writer.demandExport(path!, name)
  }

  /** `require` inside a function: of what the patch brings, it must be the patch's own. */
  lazy(use: Use, once: OncePlan): void {
    const call = this.source.parent(use.node)
    const source = call && requiredModule(call)
    if (source === undefined) return this.#made(call, once)
    const path = this.plan.resolve(this.source.path, source)
    if (packageNameOf(source) !== undefined && !this.plan.isRequired(source))
      this.plan.bring(once, 'require', 'a package that the running version does not ask for', true)
    if (path === undefined) return
    const other = this.plan.files.get(path)
    if (other === undefined) this.plan.bring(once, 'require', 'a new file', true)
    else if (other.changedExports.size > 0) {
      this.plan.bring(once, 'require', `'${path}' changed`, true)
      for (const name of other.changedExports.keys()) this.writer.demandExport(path, name)
    }
  }

  /** `require('./plugins/' + name)` */
  #made(call: Node | undefined, once: OncePlan): void {
    const meant = call === undefined ? [] : this.plan.loaded.meant(this.source, call)
    if (meant.length > 0) this.plan.bring(once, 'require', `it may mean '${meant[0]}'`, true)
    for (const path of meant)
      for (const name of this.plan.files.get(path)?.changedExports.keys() ?? [])
        this.writer.demandExport(path, name)
  }
}

/** What an import of an ES module does where nothing exports the name: the program may have an older version of the package. */
export function lacking(local: string, name: string, source: string): string {
  const text = `'${source}' of the program has no export '${name}', which this version needs`
  return ` if (${local} === undefined) throw new Error(${quote(text)});`
}
