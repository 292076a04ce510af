import { type Node, unwrap } from '../../instrument/parse.ts'
import { walk } from '../../livepatch/ast.ts'
import { memberPath } from './expressions.ts'
import { FUNCTIONS, GLOBALS } from './platform.ts'

const EQUALITY: Record<string, (a: unknown, b: unknown) => boolean> = {
  '===': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!==': (a, b) => a !== b,
  '!=': (a, b) => a !== b,
}

/**
 * Works out what is known of conditions before they are run: `typeof process !== 'undefined'`. Nodes whose value is known get
 * `known`, and those of which one part alone counts get it as `live`; null where none does. Comparisons heed both.
 * @param isGlobal whether an identifier is no variable of the file
 * @param constant what a constant begins with, if an identifier is one
 * @returns what is never run, and conditions that decide nothing
 */
export function markKnown(
  program: Node,
  isGlobal: (identifier: Node) => boolean,
  constant: (identifier: Node) => Node | undefined,
): { dead: Node[]; idle: Node[] } {
  const conditions = new Conditions(isGlobal, constant)
  walk(program, (node) => conditions.mark(node))
  return conditions
}

class Conditions {
  readonly dead: Node[] = []
  readonly idle: Node[] = []
  readonly #isGlobal: (identifier: Node) => boolean
  readonly #constant: (identifier: Node) => Node | undefined

  constructor(isGlobal: (identifier: Node) => boolean, constant: (identifier: Node) => Node | undefined) {
    this.#isGlobal = isGlobal
    this.#constant = constant
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
        return this.#valueOfConstant(node)
      case 'UnaryExpression':
        if (node.operator === 'typeof') return this.#typeOf(unwrap(node.argument))
        return node.operator === '!' ? negated(this.#evaluate(node.argument)) : undefined
      case 'BinaryExpression': {
        const [left, right] = [this.#evaluate(node.left), this.#evaluate(node.right)]
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
    const made = this.#constant(node)
    const found = made === undefined ? undefined : this.#evaluate(made)
    return typeof found === 'boolean' ? found : undefined
  }

  #typeOf(node: Node): string | undefined {
    if (node.type === 'Identifier') return this.#isGlobal(node) ? GLOBALS.get(node.name) : undefined
    if (node.type !== 'MemberExpression' || !FUNCTIONS.has(memberPath(node)?.path ?? '')) return undefined
    let root = node
    while (root.type === 'MemberExpression') root = unwrap(root.object)
    return this.#isGlobal(root) ? 'function' : undefined
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
