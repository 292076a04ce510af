import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { isUndefined } from './arguments.ts'
import { memberPath } from './expressions.ts'
import { FUNCTIONS, GLOBALS, MEMBERS, OF_COMMONJS } from './platform.ts'
import type { SourceFile, Use } from './source-file.ts'

const EQUALITY: Record<string, (a: unknown, b: unknown) => boolean> = {
  '===': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!==': (a, b) => a !== b,
  '!=': (a, b) => a !== b,
}

/**
 * Works out what is known of conditions before they are run: `typeof process !== 'undefined'`. Nodes whose value is known get
 * `known`, and those of which one part alone counts get it as `live`; null where none does. Comparisons heed both.
 * @returns what is never run, and conditions that decide nothing
 */
export function markKnown(file: SourceFile): { dead: Node[]; idle: Node[] } {
  const conditions = new Conditions(file)
  for (const node of file.nodes) conditions.mark(node)
  return conditions
}

class Conditions {
  readonly dead: Node[] = []
  readonly idle: Node[] = []
  readonly #file: SourceFile
  /** Where `module.exports` gets a value first. */
  #exported: Use | undefined

  constructor(file: SourceFile) {
    this.#file = file
  }

  mark(node: Node): void {
    if (node.type === 'LogicalExpression') this.#evaluate(node)
    if (node.type !== 'IfStatement' && node.type !== 'ConditionalExpression') return
    const test = this.#evaluate(node.test)
    if (test === undefined) return
    this.idle.push(node.test)
    if (test) this.#choose(node, node.consequent, node.alternate)
    else this.#choose(node, node.alternate ?? null, node.consequent)
  }

  #choose(node: Node, live: Node | null, other: Node | null | undefined): void {
    node.live = live
    if (other) this.dead.push(other)
  }

  #evaluate(node: Node): unknown {
    if (node.known === undefined) node.known = this.#value(node)
    return node.known
  }

  #value(node: Node): unknown {
    switch (node.type) {
      case 'Literal':
        return typeof node.value === 'string' || typeof node.value === 'boolean' ? node.value : undefined
      case 'ParenthesizedExpression':
        return this.#evaluate(node.expression)
      case 'Identifier':
        return this.#isThere(node) ?? this.#valueOfConstant(node)
      case 'MemberExpression':
        return this.#isThere(node)
      case 'CallExpression':
        return this.#valueOfCall(node)
      case 'UnaryExpression':
        if (node.operator === 'typeof') return this.#typeOf(unwrap(node.argument))
        return node.operator === '!' ? negated(this.#evaluate(node.argument)) : undefined
      case 'BinaryExpression': {
        const [left, right] = [this.#evaluate(node.left), this.#evaluate(node.right)]
        // `typeof module !== undefined`: a text is none.
        if (unwrap(node.left).operator === 'typeof' && isUndefined(node.right))
          return EQUALITY[node.operator]?.('', undefined)
        // Of two that are not known, nothing is.
        if (typeof left !== 'string' || typeof right !== 'string') return undefined
        return EQUALITY[node.operator]?.(left, right)
      }
      case 'LogicalExpression':
        return this.#logical(node)
      default:
        return undefined
    }
  }

  /** Of a constant only what a comparison comes to: its name says nothing of what it is otherwise. */
  #valueOfConstant(node: Node): boolean | undefined {
    const binding = this.#file.bindingFor(node)
    const made = binding?.kind === 'const' ? this.#file.declaredWith(binding) : undefined
    const isPlain = made !== undefined && this.#file.parent(made)?.id.type === 'Identifier'
    return isPlain ? asTruth(this.#evaluate(made)) : undefined
  }

  /** `hasSymbols()` of a function that does nothing but say what is known. */
  #valueOfCall({ callee, arguments: args }: Node): boolean | undefined {
    const isPlain = callee.type === 'Identifier' && args.length === 0
    const fn = isPlain ? this.#functionOf(callee) : undefined
    if (fn === undefined || fn.async || fn.generator || fn.params.length > 0) return undefined
    const [only, ...others]: Node[] = fn.body.type === 'BlockStatement' ? fn.body.body : []
    if (others.length > 0 || (only !== undefined && only.type !== 'ReturnStatement')) return undefined
    const returned: Node | null = fn.body.type === 'BlockStatement' ? only?.argument : fn.body
    return returned ? asTruth(this.#evaluate(returned)) : undefined
  }

  #functionOf(name: Node): Node | undefined {
    const binding = this.#file.bindingFor(name)
    if (binding === undefined || binding.assigned) return undefined
    const init = this.#file.declaredWith(binding)
    const made = init === undefined ? this.#declared(binding) : unwrap(init)
    return made && isFunction(made) ? made : undefined
  }

  #declared(binding: Binding): Node | undefined {
    const isIt = ({ node, enclosing, outer }: FunctionNode): boolean =>
      node.type === 'FunctionDeclaration' &&
      node.id?.name === binding.name &&
      (enclosing?.body ?? outer).names.get(binding.name) === binding
    return this.#file.analysis.functions.find(isIt)?.node
  }

  /** Of what every process has: it counts as true. */
  #isThere(node: Node): true | undefined {
    return this.#typeOf(node) === undefined && !this.#isOwnExports(node) ? undefined : true
  }

  /** `module.exports`, before it is given another value. */
  #isOwnExports(node: Node): boolean {
    if (node.type !== 'MemberExpression' || memberPath(node)?.path !== 'module.exports') return false
    this.#exported ??= this.#file.uses.find((use) => {
      const member = use.node.name === 'module' ? this.#file.parent(use.node) : undefined
      return member?.type === 'MemberExpression' && this.#file.parent(member)?.left === member
    })
    return (
      this.#typeOfName(unwrap(node.object)) !== undefined &&
      !(this.#exported && this.#exported.node.start < node.start)
    )
  }

  #typeOf(node: Node): string | undefined {
    if (node.type === 'Identifier') return this.#typeOfName(node)
    const path = node.type === 'MemberExpression' ? (memberPath(node)?.path ?? '') : ''
    const type = FUNCTIONS.has(path) ? 'function' : MEMBERS.get(path)
    if (type === undefined) return undefined
    let root = node
    while (root.type === 'MemberExpression') root = unwrap(root.object)
    return this.#isGlobal(root) ? type : undefined
  }

  #typeOfName(node: Node): string | undefined {
    if (this.#isGlobal(node)) return GLOBALS.get(node.name)
    const type = OF_COMMONJS.get(node.name)
    const binding = type === undefined ? undefined : this.#file.bindingFor(node)
    return binding?.kind === 'wrapper' && this.#isAsGiven(binding, node) ? type : undefined
  }

  /** Whether a variable has not been given another value when start-up code gets there. */
  #isAsGiven(binding: Binding, node: Node): boolean {
    if (!binding.assigned) return true
    const isSetBefore = this.#file.usesOf(binding).some((use) => use.assigned && use.node.start < node.start)
    return !isSetBefore && this.#isStartUp(node)
  }

  /** Not in a function, or in one that is called where it stands. */
  #isStartUp(node: Node): boolean {
    for (let at: Node | undefined = node; at !== undefined; at = this.#file.parent(at)) {
      if (!isFunction(at)) continue
      const whole = this.#file.wrapped(at)
      const parent = this.#file.parent(whole)
      const isCalled = parent?.type === 'CallExpression' && parent.callee === whole
      const isApplied = parent?.type === 'MemberExpression' && /^(call|apply)$/.test(parent.property.name)
      if (!isCalled && !isApplied) return false
    }
    return true
  }

  #isGlobal(node: Node): boolean {
    const use = this.#file.useAt(node)
    return use !== undefined && this.#file.bindingOf(use) === undefined
  }

  #logical(node: Node): unknown {
    const left = this.#evaluate(node.left)
    const right = this.#evaluate(node.right)
    if (left === undefined || node.operator === '??') return undefined
    const isDecided = Boolean(left) === (node.operator === '||')
    if (!isDecided) this.idle.push(node.left)
    this.#choose(node, isDecided ? node.left : node.right, isDecided ? node.right : undefined)
    return isDecided ? left : right
  }
}

function negated(value: unknown): boolean | undefined {
  return value === undefined ? undefined : !value
}

function asTruth(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}
