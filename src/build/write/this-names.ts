import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { namedDeclaratorsOf } from '../read/declarators.ts'
import { ownerOf, type Use } from '../read/source-file.ts'
import { Part } from './part.ts'

/** `this` of the functions around, by the names that either version has for it. */
export class ThisNames extends Part {
  /**
   * Whether a variable is the `this` of the function around it, and the running function, an arrow, is called with that
   * already: `const self = this; return function () { self.x }` was `return () => { this.x }`.
   */
  isThis(use: Use, binding: Binding, fn: FunctionNode): boolean {
    const owner = ownerOf(binding.scope)
    const old = this.file.pair.functions.get(fn)
    const oldOwner = owner && this.file.pair.functions.get(owner)
    if (old === undefined || oldOwner === undefined || binding.assigned || fn.this || fn.arrow) return false
    const declaration = namedDeclaratorsOf(owner!).find(({ id }) => id.name === binding.name)
    if (declaration?.init?.type !== 'ThisExpression' || !old.arrow || !old.this) return false
    if (this.anotherName(declaration, oldOwner) !== undefined) return false
    return aroundArrows(old) === oldOwner && isOwnThis(this.source.functionAt(use), fn)
  }

  /** What the running version calls the `this` of the function around an arrow, where the running function is not called with it. */
  thisAround(fn: FunctionNode, old: FunctionNode): string | undefined {
    const owner = aroundArrows(fn)
    const oldOwner = owner && this.file.pair.functions.get(owner)
    if (oldOwner === undefined || !isInside(old, oldOwner)) return undefined
    const name = this.#thisName(oldOwner)
    return name && `${this.writer.scopeName}.${name}`
  }

  /** What the running version calls `this`: `var self = this`. */
  anotherName(declaration: Node | undefined, old: FunctionNode): string | undefined {
    return declaration?.init?.type === 'ThisExpression' ? this.#thisName(old) : undefined
  }

  #thisName(old: FunctionNode): string | undefined {
    const names = namedDeclaratorsOf(old)
      .filter(({ init }) => init?.type === 'ThisExpression')
      .map(({ id }) => id.name as string)
    return names.find((name) => {
      const binding = old.body.names.get(name)
      return binding !== undefined && !binding.assigned && this.file.names.bindings.has(binding)
    })
  }
}

/** The function whose `this` an arrow has. */
function aroundArrows({ enclosing }: FunctionNode): FunctionNode | undefined {
  let at = enclosing
  while (at?.arrow) at = at.enclosing
  return at
}

function isOwnThis(at: FunctionNode | undefined, fn: FunctionNode): boolean {
  return at === fn || (at?.arrow === true && aroundArrows(at) === fn)
}

function isInside({ enclosing }: FunctionNode, outer: FunctionNode): boolean {
  let at = enclosing
  while (at !== undefined && at !== outer) at = at.enclosing
  return at === outer
}
