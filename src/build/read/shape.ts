import { childKeys, type Node } from '../../instrument/parse.ts'
import { isFunction } from '../../livepatch/ast.ts'

/** Fields that say what a node is, beside its children. */
const SCALARS = [
  'name',
  'operator',
  'computed',
  'static',
  'async',
  'generator',
  'optional',
  'prefix',
  'delegate',
  'await',
] as const

/**
 * A tree as text in which comments, formatting, quotes, redundant braces and parentheses, `let` for `const`, and what a
 * module calls its imports make no difference, and conditions that are known beforehand are gone (known.ts). Functions
 * inside are left out, but for those that have run with what is around them (run-there.ts): they are compared by themselves.
 */
export function shape(root: Node): string {
  const parts: string[] = []
  write(root, parts, true)
  return parts.join('')
}

function write(node: Node, parts: string[], isRoot = false): void {
  if (!isRoot && isFunction(node) && !node.hasRun) {
    parts.push(node.type === 'FunctionDeclaration' ? `ƒ${node.id?.name ?? ''};` : 'ƒ;')
    return
  }
  if (node.live !== undefined) {
    if (node.live !== null) write(node.live, parts)
    return
  }
  switch (node.type) {
    case 'ParenthesizedExpression':
      return write(node.expression, parts)
    case 'EmptyStatement':
      return
    case 'Literal':
      parts.push(literal(node))
      return
    case 'TemplateElement':
      parts.push('`', node.value.raw, '`')
      return
    case 'BlockStatement': {
      const [only, ...others] = (node.body as Node[]).filter(isSomething)
      if (!isRoot && only !== undefined && others.length === 0 && isPlainStatement(only))
        return write(only, parts)
      break
    }
    case 'Property':
      parts.push(node.kind, node.computed ? '[' : ':')
      writeKey(node, parts)
      write(node.value, parts)
      return
    case 'NewExpression': {
      const today = bufferToday(node)
      if (today !== undefined) return write(today, parts)
      break
    }
    case 'VariableDeclaration':
      parts.push(node.kind === 'var' ? 'var' : 'let')
      break
    case 'MethodDefinition':
    case 'PropertyDefinition':
      parts.push(node.kind ?? 'field', node.static ? 's' : '', node.computed ? '[' : ':')
      writeKey(node, parts)
      if (node.value) write(node.value, parts)
      parts.push(';')
      return
  }
  writeNode(node, parts)
}

/** A node of any other type, with all that it has. */
function writeNode(node: Node, parts: string[]): void {
  parts.push(node.type, '(')
  for (const field of SCALARS) {
    const value = field === 'name' ? (node.runningName ?? node.name) : node[field]
    if (value !== undefined && value !== false && value !== null && typeof value !== 'object')
      parts.push(`${field}=${value},`)
  }
  for (const key of childKeys(node)) {
    const child = node[key]
    if (child === null || child === undefined || child.live === null) continue
    parts.push(key, ':')
    if (Array.isArray(child)) {
      for (const one of child) {
        if (one && !isSomething(one)) continue
        if (one) write(one, parts)
        parts.push(',')
      }
    } else write(child, parts)
  }
  parts.push(')')
}

function writeKey({ key, computed }: Node, parts: string[]): void {
  if (!computed && key.type === 'Literal') parts.push(String(key.value), ';')
  else if (!computed && key.type === 'Identifier') parts.push(key.name, ';')
  else write(key, parts)
}

function literal(node: Node): string {
  if (node.regex) return `/${node.regex.pattern}/${node.regex.flags};`
  return typeof node.value === 'string' ? `${JSON.stringify(node.value)};` : `${node.bigint ?? node.value};`
}

/** `new Buffer(5)` and `new Buffer('text')` as they are written today: `Buffer.alloc(5)`, `Buffer.from('text')`. */
function bufferToday({ callee, arguments: args }: Node): Node | undefined {
  if (callee.type !== 'Identifier' || callee.name !== 'Buffer') return undefined
  const [first] = args as Node[]
  const of = first?.type === 'Literal' ? typeof first.value : first?.type
  const way = of === 'number' ? 'alloc' : of === 'string' || of === 'ArrayExpression' ? 'from' : undefined
  if (way === undefined || (way === 'alloc' && args.length > 1)) return undefined
  const property = { type: 'Identifier', name: way }
  const method = { type: 'MemberExpression', object: callee, property, computed: false, optional: false }
  return { type: 'CallExpression', callee: method, arguments: args, optional: false } as unknown as Node
}

/** A statement that is not empty, and may be run. */
function isSomething({ type, live }: Node): boolean {
  return type !== 'EmptyStatement' && live !== null
}

/** One that may stand without braces: no declaration. */
function isPlainStatement(node: Node): boolean {
  return !/Declaration$/.test(node.type) || (node.type === 'VariableDeclaration' && node.kind === 'var')
}

/** Positions of the parts of a file that are the same in any formatting. */
export function sameShape(a: Node, b: Node): boolean {
  return a.type === b.type && shape(a) === shape(b)
}
