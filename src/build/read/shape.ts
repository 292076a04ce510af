import { childKeys, type Node } from '../../instrument/parse.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { plainSpelling } from './spellings.ts'

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

/** Those that nodes of the commonest types can have: most have none, and asking for each takes longer than all else. */
const SCALARS_OF: Readonly<Record<string, readonly (typeof SCALARS)[number][]>> = {
  ArrayExpression: [],
  AssignmentExpression: ['operator'],
  BinaryExpression: ['operator'],
  BlockStatement: [],
  CallExpression: ['optional'],
  ConditionalExpression: [],
  ExpressionStatement: [],
  IfStatement: [],
  LogicalExpression: ['operator'],
  MemberExpression: ['computed', 'optional'],
  NewExpression: [],
  ObjectExpression: [],
  ReturnStatement: [],
  ThisExpression: [],
  UnaryExpression: ['operator', 'prefix'],
  VariableDeclaration: [],
  VariableDeclarator: [],
}

/**
 * A tree as text in which comments, formatting, quotes, redundant braces and parentheses, `let` for `const`, names of labels,
 * and which of several ways something is written in (spellings.ts) make no difference, and conditions that are known beforehand
 * are gone (known.ts).
 * Functions inside are left out, but for those that have run with what is around them (run-there.ts): they are compared
 * by themselves.
 */
export function shape(root: Node): string {
  const writer = new ShapeWriter()
  writer.write(root, true)
  return writer.parts.join('')
}

/** Writes a tree in pieces of such a text. */
export class ShapeWriter {
  readonly parts: string[] = []
  /** Around the node that is written, the innermost last. */
  readonly #labels: string[] = []

  write(node: Node, isRoot = false): void {
    if (isFunction(node) && !isRoot && !node.hasRun) return this.function(node)
    if (node.live !== undefined) {
      if (node.live !== null) this.write(node.live)
      return
    }
    const plain = plainSpelling(node)
    if (plain !== undefined) return isFunction(plain) ? this.any(plain) : this.write(plain)
    switch (node.type) {
      case 'ParenthesizedExpression':
        return this.write(node.expression)
      case 'EmptyStatement':
        return
      case 'Literal':
        this.parts.push(literal(node))
        return
      case 'TemplateElement':
        this.parts.push('`', node.value.raw, '`')
        return
      case 'Identifier':
        return this.identifier(node)
      case 'LabeledStatement':
        return this.#labeled(node)
      case 'BreakStatement':
      case 'ContinueStatement':
        this.parts.push(`${node.type}(${node.label ? this.#labels.lastIndexOf(node.label.name) : ''})`)
        return
      case 'BlockStatement': {
        const [only, ...others] = (node.body as Node[]).filter(isSomething)
        if (!isRoot && only !== undefined && others.length === 0 && isPlainStatement(only))
          return this.write(only)
        break
      }
      case 'Property':
        this.parts.push(node.kind, node.computed ? '[' : ':')
        this.#key(node)
        this.write(node.value)
        return
      case 'VariableDeclaration':
        this.parts.push(node.kind === 'var' ? 'var' : 'let')
        break
      case 'MethodDefinition':
      case 'PropertyDefinition':
        this.parts.push(node.kind ?? 'field', node.static ? 's' : '', node.computed ? '[' : ':')
        this.#key(node)
        if (node.value) this.write(node.value)
        this.parts.push(';')
        return
    }
    this.any(node)
  }

  /** A function inside of what is written. */
  protected function(node: Node): void {
    this.parts.push(node.type === 'FunctionDeclaration' ? `ƒ${node.id?.name ?? ''};` : 'ƒ;')
  }

  protected identifier({ name }: Node): void {
    this.parts.push(`${name};`)
  }

  /** A node of any other type, with all that it has. */
  protected any(node: Node): void {
    const { parts } = this
    parts.push(node.type, '(')
    for (const field of SCALARS_OF[node.type] ?? SCALARS) {
      const value = node[field]
      if (value !== undefined && value !== false && value !== null && typeof value !== 'object')
        parts.push(`${field}=${value},`)
    }
    const keys = childKeys(node)
    for (let k = 0; k < keys.length; k++) {
      const key = keys[k]!
      const child = node[key]
      if (child === null || child === undefined || child.live === null) continue
      parts.push(key, ':')
      if (Array.isArray(child)) this.#list(child)
      else this.write(child)
    }
    parts.push(')')
  }

  #list(nodes: readonly (Node | null)[]): void {
    for (let i = 0; i < nodes.length; i++) {
      const one = nodes[i]
      if (one && !isSomething(one)) continue
      if (one) this.write(one)
      this.parts.push(',')
    }
  }

  #labeled({ label, body }: Node): void {
    this.#labels.push(label.name)
    this.parts.push('label(')
    this.write(body)
    this.parts.push(')')
    this.#labels.pop()
  }

  #key({ key, computed }: Node): void {
    if (!computed && key.type === 'Literal') this.parts.push(String(key.value), ';')
    else if (!computed && key.type === 'Identifier') this.parts.push(key.name, ';')
    else this.write(key)
  }
}

function literal(node: Node): string {
  if (node.regex) return `/${plainSlashes(node.regex.pattern)}/${node.regex.flags};`
  return typeof node.value === 'string' ? `${JSON.stringify(node.value)};` : `${node.bigint ?? node.value};`
}

/** `\\/` is a slash. */
function plainSlashes(pattern: string): string {
  return pattern.replace(/\\(.)/gs, (escaped, one) => (one === '/' ? one : escaped))
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
