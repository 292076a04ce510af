import { type Node, unwrap } from '../../instrument/parse.ts'
import type { SourceFile } from '../read/source-file.ts'
import type { NewFields } from './fields.ts'
import { keyOf } from './made-on-this.ts'

/**
 * What the new version puts into objects that running calls have made without it, and that those get as a new field: it makes
 * a variable no other one. Such are members of a literal, and what they are set to by an option that nobody can have set.
 */
export class GrownLiterals {
  readonly #fields: NewFields
  readonly #source: SourceFile
  /** Whether the running version asks anything for a member of this name. */
  readonly #knew: (key: string) => boolean

  constructor(fields: NewFields, source: SourceFile, knew: (key: string) => boolean) {
    this.#fields = fields
    this.#source = source
    this.#knew = knew
  }

  /** A declaration as it would be without new fields in what it makes. */
  before(node: Node): Node {
    const literal = node.type === 'VariableDeclarator' && node.init ? literalOf(node.init) : undefined
    const properties = literal?.properties as Node[] | undefined
    const left = properties?.filter((one) => !this.#isField(one))
    if (literal === undefined || left!.length === properties!.length) return node
    return { ...node, init: withLiteral(node.init, literal, { ...literal, properties: left }) } as Node
  }

  /** Whether an assignment gives such a field another value than it begins with, by an option that the running version does not know. */
  isForOption(node: Node, conditions: readonly Node[]): boolean {
    if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') return false
    const { object } = node.left
    const binding = object.type === 'Identifier' ? this.#source.bindingFor(object) : undefined
    const init = binding && this.#source.declaredWith(binding)
    const properties = (init && literalOf(init)?.properties) as Node[] | undefined
    const name = memberName(node.left)
    const own = properties?.find(
      (one) => one.type === 'Property' && name !== undefined && keyOf(one) === name,
    )
    return own !== undefined && this.#isField(own) && conditions.some((test) => this.#isUnset(test))
  }

  #isField(property: Node): boolean {
    if (this.#fields.isLeft) return false
    return this.#fields.all.some(
      ({ node, initialiser }) => node === property && typeof initialiser !== 'string',
    )
  }

  /** Whether a condition does not hold where nobody has set what the running version does not know. */
  #isUnset(condition: Node): boolean {
    const test = unwrap(condition)
    if (test.type === 'LogicalExpression') {
      const [left, right] = [this.#isUnset(test.left), this.#isUnset(test.right)]
      return test.operator === '&&' ? left || right : test.operator === '||' && left && right
    }
    if (test.type !== 'BinaryExpression') return this.#isUnknown(test)
    const { operator } = test
    const [left, right] = [unwrap(test.left), unwrap(test.right)]
    if (/^!==?$/.test(operator)) {
      const asked =
        left.type === 'UnaryExpression' && left.operator === 'typeof' ? unwrap(left.argument) : left
      const nothing = left === asked ? isNothing(right) : right.value === 'undefined'
      return nothing && this.#isUnknown(asked)
    }
    const isValue = right.type === 'Literal' && right.value !== null
    return /^===?$/.test(operator) && isValue && this.#isUnknown(left)
  }

  #isUnknown(node: Node): boolean {
    const name = memberName(node)
    return name !== undefined && !this.#knew(name)
  }
}

function isNothing({ type, name }: Node): boolean {
  return type === 'Identifier' && name === 'undefined'
}

function memberName(node: Node): string | undefined {
  return node.type === 'MemberExpression' && !node.computed ? node.property.name : undefined
}

/** `{ … }`, and that of `Object.assign({ … }, options)`. */
function literalOf(init: Node): Node | undefined {
  const value = unwrap(init)
  if (value.type === 'ObjectExpression') return value
  return isFilled(value) ? literalOf(value.arguments[0]) : undefined
}

function withLiteral(init: Node, literal: Node, other: Node): Node {
  const value = unwrap(init)
  if (value === literal) return other
  const [first, ...more] = value.arguments as Node[]
  return { ...value, arguments: [withLiteral(first!, literal, other), ...more] } as Node
}

/** `Object.assign({ … }, options)` */
export function isFilled({ type, callee, arguments: args }: Node): boolean {
  if (type !== 'CallExpression' || callee.type !== 'MemberExpression' || args.length === 0) return false
  return callee.object.name === 'Object' && callee.property.name === 'assign'
}
