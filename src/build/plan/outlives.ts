import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { memberKey } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'

/** What keeps a function that it is given, as far as names tell; listeners serve what is under way. */
const KEEPERS = /^(push|unshift|add|set|use|defineProperty|defineProperties)$/

export const LISTENERS =
  /^(on|once|addListener|prependListener|prependOnceListener|addEventListener|register|subscribe|setInterval)$/

/** Whether a function goes on being called after the call that made it: it is returned, or kept somewhere. */
export function outlives(fn: FunctionNode, file: SourceFile): boolean {
  return new Keeping(file, false).holds(fn)
}

/** The same, or it is a listener: of what, and for how long, is not known. */
export function mayOutlive(fn: FunctionNode, file: SourceFile): boolean {
  return new Keeping(file, true).holds(fn)
}

class Keeping {
  readonly #file: SourceFile
  readonly #seen = new Set<FunctionNode | Binding>()

  readonly #withListeners: boolean

  constructor(file: SourceFile, withListeners: boolean) {
    this.#file = file
    this.#withListeners = withListeners
  }

  holds(fn: FunctionNode): boolean {
    if (this.#seen.has(fn)) return false
    this.#seen.add(fn)
    const { node, enclosing } = fn
    const id = node.type === 'FunctionDeclaration' ? node.id : undefined
    if (id)
      return this.#isVariableKept(
        (enclosing?.body ?? fn.outer).names.get(id.name) ?? fn.outer.names.get(id.name),
        fn,
      )
    return this.#isKept(node, fn)
  }

  /** `of` is the function in question: what it does itself with its name keeps nothing. */
  #isVariableKept(binding: Binding | undefined, of: FunctionNode): boolean {
    if (binding === undefined || this.#seen.has(binding)) return false
    this.#seen.add(binding)
    return this.#file.uses.some((use) => {
      if (use.node.name !== binding.name || this.#file.bindingOf(use) !== binding) return false
      const at = this.#file.functionAt(use)
      // Another function that lives on has it in sight.
      if (at !== undefined && at !== of.enclosing) return at !== of && this.holds(at)
      return this.#isKept(use.node, of)
    })
  }

  #isKept(value: Node, of: FunctionNode): boolean {
    let at = value
    let parent = this.#file.parent(at)
    while (
      parent !== undefined &&
      /^(Parenthesized|Conditional|Logical|Property$|ObjectExp|ArrayExp|MethodDef|PropertyDef|ClassBody)/.test(
        parent.type,
      )
    ) {
      at = parent
      parent = this.#file.parent(at)
    }
    switch (parent?.type) {
      case 'ReturnStatement':
      case 'ArrowFunctionExpression':
        return true
      case 'ClassExpression':
        return this.#isKept(parent, of)
      case 'ClassDeclaration':
        return this.#isNameKept(parent.id, of)
      case 'VariableDeclarator':
        return parent.init === at && this.#isNameKept(parent.id, of)
      case 'AssignmentExpression':
        return (
          parent.left.type === 'MemberExpression' ||
          (parent.right === at && this.#isNameKept(parent.left, of))
        )
      case 'CallExpression': {
        const { callee } = parent
        const name = callee.type === 'MemberExpression' ? memberKey(callee) : callee.name
        const isKeeper = KEEPERS.test(name ?? '') || (this.#withListeners && LISTENERS.test(name ?? ''))
        return callee !== at && isKeeper && !isUnderWay(of.enclosing, this.#file)
      }
      case 'NewExpression':
        // An object of a class that was made there.
        return parent.callee === at && !isFunction(at) && this.#isKept(parent, of)
      default:
        return false
    }
  }

  #isNameKept(id: Node | null, of: FunctionNode): boolean {
    return id?.type === 'Identifier' && this.#isVariableKept(this.#file.bindingFor(id), of)
  }
}

/** Whether what a function registers serves a call that ends by a promise. */
export function isUnderWay(fn: FunctionNode | undefined, file: SourceFile): boolean {
  for (let at = fn; at !== undefined; at = at.enclosing) {
    const made = file.parent(at.node)
    if (at.async || (made?.type === 'NewExpression' && made.callee.name === 'Promise')) return true
  }
  return false
}
