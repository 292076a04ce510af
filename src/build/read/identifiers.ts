import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { boundIdentifiers } from '../../instrument/syntax.ts'
import type { SourceFile } from './source-file.ts'

/** Which variable each identifier of a file stands for, where it declares it as well. */
export class Identifiers {
  readonly all = new Map<Node, Binding>()
  /** Variables that text which is compiled as the program runs may name, or an object in their place. */
  readonly fixed = new Set<Binding>()
  /** Variables that are written once and stand in two scopes: a class's own name, a function of a block in sloppy code. */
  readonly #same = new Map<Binding, Binding>()

  constructor(file: SourceFile) {
    for (const { node, outer, scope } of file.analysis.classes) {
      if (node.id === null) continue
      const own = scope.parent!.names.get(node.id.name)!
      if (node.type === 'ClassDeclaration') this.#join(own, outer.find(node.id.name)!)
      this.all.set(node.id, own)
    }
    for (const fn of file.analysis.functions) this.#function(fn)
    for (const use of [...file.uses, ...file.declared]) {
      const binding = file.bindingOf(use)
      if (binding === undefined) continue
      if (use.scope.with) this.fixed.add(binding)
      // `catch (e) { var e }` is one name for two variables.
      const hidden = binding.kind === 'catch' ? use.scope.forVar.names.get(binding.name) : undefined
      if (hidden !== undefined) this.fixed.add(binding).add(hidden)
      this.all.set(use.node, binding)
    }
    for (const { type, specifiers } of file.program.body as Node[])
      if (type === 'ImportDeclaration')
        for (const { local } of specifiers as Node[])
          this.all.set(local, file.analysis.module.names.get(local.name)!)
    for (const [node, binding] of this.all) {
      const one = this.one(binding)
      if (one !== binding) this.all.set(node, one)
      if (binding.scope.eval || this.fixed.has(binding)) this.fixed.add(one)
    }
  }

  get names(): Set<string> {
    return new Set([...this.all.values()].map(({ name }) => name))
  }

  #function(fn: FunctionNode): void {
    const { node, outer, parameters } = fn
    for (const parameter of node.params as Node[])
      for (const one of boundIdentifiers(parameter)) this.all.set(one, parameters.names.get(one.name)!)
    if (node.id === null || node.id === undefined) return
    const { name } = node.id
    if (node.type === 'FunctionExpression') {
      if (parameters.parent!.kind === 'name') this.all.set(node.id, parameters.parent!.names.get(name)!)
      return
    }
    const own = outer.names.get(name)!
    const hoisted = outer.kind === 'block' ? outer.forVar.names.get(name) : undefined
    if (hoisted?.kind === 'var' || hoisted?.kind === 'function') this.#join(own, hoisted)
    this.all.set(node.id, own)
  }

  #join(a: Binding, b: Binding): void {
    if (this.one(a) !== this.one(b)) this.#same.set(this.one(a), this.one(b))
  }

  /** What stands for a variable that is in two scopes. */
  one(binding: Binding): Binding {
    let one = binding
    for (let next = this.#same.get(one); next !== undefined; next = this.#same.get(one)) one = next
    return one
  }
}
