import type { Node } from '../../instrument/parse.ts'
import { walk } from '../../livepatch/ast.ts'
import { memberPath, unwrap } from './expressions.ts'

/** Names that every Node.js process has, and what `typeof` says of them. */
const GLOBALS = new Map(
  Object.entries({
    object: 'process global globalThis console Math JSON Reflect',
    function: 'Buffer Symbol Promise Proxy BigInt Map Set WeakMap WeakSet ArrayBuffer Uint8Array',
  }).flatMap(([type, names]) => names.split(' ').map((name) => [name, type] as const)),
)

/** Functions that the language, or every Node.js that umbra runs on, has: those that packages ask for. */
const FUNCTIONS = new Set(
  Object.entries({
    Array: 'from isArray of',
    'Array.prototype':
      'at every fill filter find findIndex flat flatMap forEach includes indexOf keys map reduce slice some values',
    'String.prototype':
      'at codePointAt endsWith includes matchAll normalize padEnd padStart repeat replaceAll startsWith trim',
    Object:
      'assign create defineProperties defineProperty entries freeze fromEntries getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols getPrototypeOf is keys setPrototypeOf values',
    'Object.prototype': 'hasOwnProperty isPrototypeOf propertyIsEnumerable toString',
    'Function.prototype': 'apply bind call',
    'Uint8Array.prototype': 'fill set slice subarray',
    Uint8Array: 'from of',
    Number: 'isFinite isInteger isNaN isSafeInteger',
    Math: 'cbrt clz32 fround hypot imul log10 log2 max min sign trunc',
    Date: 'now',
    JSON: 'parse stringify',
    Promise: 'all allSettled any race reject resolve',
    'Promise.prototype': 'catch finally then',
    Reflect: 'apply construct defineProperty get getOwnPropertyDescriptor getPrototypeOf has ownKeys set',
    Buffer: 'alloc allocUnsafe byteLength concat from isBuffer isEncoding',
    process: 'cwd emitWarning hrtime nextTick on',
    globalThis:
      'AbortController Blob Buffer DOMException Event EventTarget FormData Headers MessageChannel Promise Proxy ReadableStream Request Response Symbol TextDecoder TextEncoder URL URLSearchParams WritableStream atob btoa clearTimeout fetch queueMicrotask setImmediate setTimeout structuredClone',
  }).flatMap(([owner, names]) => names.split(' ').map((name) => `${owner}.${name}`)),
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
 * @param constant what a constant begins with, if an identifier is one
 * @returns what is never run, and conditions that decide nothing
 */
export function markKnown(
  program: Node,
  isGlobal: (identifier: Node) => boolean,
  constant: (identifier: Node) => Node | undefined,
): { dead: Node[]; idle: Node[] } {
  const dead: Node[] = []
  const idle: Node[] = []
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
      case 'Identifier': {
        const made = constant(node)
        return made === undefined ? undefined : truth(made)
      }
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
  const typeOf = (node: Node): string | undefined => {
    if (node.type === 'Identifier') return isGlobal(node) ? GLOBALS.get(node.name) : undefined
    if (node.type !== 'MemberExpression' || !FUNCTIONS.has(memberPath(node)?.path ?? '')) return undefined
    let root = node
    while (root.type === 'MemberExpression') root = unwrap(root.object)
    return isGlobal(root) ? 'function' : undefined
  }
  /** Of a constant only what a comparison comes to: its name says nothing of what it is otherwise. */
  const truth = (made: Node): unknown => {
    const found = evaluate(made)
    return typeof found === 'boolean' ? found : undefined
  }
  const logical = (node: Node): unknown => {
    const left = evaluate(node.left)
    const right = evaluate(node.right)
    if (left === undefined || node.operator === '??') return undefined
    const isDecided = Boolean(left) === (node.operator === '||')
    if (!isDecided) idle.push(node.left)
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
      idle.push(node.test)
      if (test) choose(node, node.consequent, node.alternate)
      else choose(node, node.alternate ?? null, node.consequent)
    }
  })
  return { dead, idle }
}

function negated(value: unknown): boolean | undefined {
  return value === undefined ? undefined : !value
}
