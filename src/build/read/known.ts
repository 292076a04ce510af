import type { Node } from '../../instrument/parse.ts'
import { walk } from '../../livepatch/ast.ts'
import { unwrap } from './units.ts'

/** Names that every Node.js process has, and what `typeof` says of them. */
const GLOBALS = new Map(
  Object.entries({
    object: 'process global globalThis console Math JSON Reflect',
    function: 'Buffer Symbol Promise Proxy BigInt Map Set WeakMap WeakSet ArrayBuffer Uint8Array',
  }).flatMap(([type, names]) => names.split(' ').map((name) => [name, type] as const)),
)

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
 * @returns what is never run
 */
export function markKnown(program: Node, isGlobal: (identifier: Node) => boolean): Node[] {
  const dead: Node[] = []
  const evaluate = (node: Node): unknown => {
    if (node.known === undefined) node.known = value(node)
    return node.known
  }
  const value = (node: Node): unknown => {
    switch (node.type) {
      case 'Literal':
        return typeof node.value === 'string' || typeof node.value === 'boolean' ? node.value : undefined
      case 'ParenthesizedExpression':
        return evaluate(node.expression)
      case 'UnaryExpression':
        if (node.operator === 'typeof') return typeOf(unwrap(node.argument))
        return node.operator === '!' ? negated(evaluate(node.argument)) : undefined
      case 'BinaryExpression': {
        const [left, right] = [evaluate(node.left), evaluate(node.right)]
        // Of two that are not known, nothing is.
        if (typeof left !== 'string' || typeof right !== 'string') return undefined
        return EQUALITY[node.operator]?.(left, right)
      }
      case 'LogicalExpression':
        return logical(node)
      default:
        return undefined
    }
  }
  const typeOf = (node: Node): string | undefined =>
    node.type === 'Identifier' && GLOBALS.has(node.name) && isGlobal(node)
      ? GLOBALS.get(node.name)
      : undefined
  const logical = (node: Node): unknown => {
    const left = evaluate(node.left)
    const right = evaluate(node.right)
    if (left === undefined || node.operator === '??') return undefined
    const isDecided = Boolean(left) === (node.operator === '||')
    choose(node, isDecided ? node.left : node.right, isDecided ? node.right : undefined)
    return isDecided ? left : right
  }
  const choose = (node: Node, live: Node | null, other: Node | null | undefined): void => {
    node.live = live
    if (other) dead.push(other)
  }
  walk(program, (node) => {
    if (node.type === 'LogicalExpression') evaluate(node)
    else if (node.type === 'IfStatement' || node.type === 'ConditionalExpression') {
      const test = evaluate(node.test)
      if (test === undefined) return
      if (test) choose(node, node.consequent, node.alternate)
      else choose(node, node.alternate ?? null, node.consequent)
    }
  })
  return dead
}

function negated(value: unknown): boolean | undefined {
  return value === undefined ? undefined : !value
}
