import { childKeys, type Node } from '../../instrument/parse.ts'
import { askedIn } from '../read/arguments.ts'
import { coalescingIn } from '../read/compiled.ts'
import { memberKey, memberPath } from '../read/expressions.ts'
import {
  BARE,
  compare,
  ENDED,
  isNothing,
  isTrue,
  known,
  primitive,
  unknown,
  type Value,
  whole,
} from './known-values.ts'
import { coalescing, type Substitute } from './substitutes.ts'

/** What names stand for. */
export interface Names {
  /** Undefined where nothing is known. */
  of(name: Node): Value | undefined
  /** `arguments[1]`, as compilers write parameters with a default. */
  argument(index: number, node: Node): Value
  /** Whether an object without anything that is new has no such member. */
  isUnset(key: string, object: Node): boolean
  /** What the package itself has put under a key of an object. */
  filled(key: string, object: Node): Value | undefined
}

/** Nothing can stand for an expression. */
export class Refused extends Error {}

/** What expressions come to, by what is known of their names. */
export class Evaluation {
  readonly #names: Names
  /** What they have come to: an expression is asked for by what it stands in, more than once, and so by what that stands in. */
  readonly #found = new Map<Node, Value>()

  constructor(names: (evaluation: Evaluation) => Names) {
    this.#names = names(this)
  }

  of(node: Node): Value {
    const value = this.#chain(node)
    return value.known === ENDED ? known(undefined) : value
  }

  #chain(node: Node): Value {
    const value = this.#found.get(node) ?? this.#work(node)
    this.#found.set(node, value)
    return value
  }

  #work(node: Node): Value {
    switch (node.type) {
      case 'ParenthesizedExpression':
      case 'ChainExpression':
        return this.of(node.expression)
      case 'Literal':
        return { known: node.regex || node.bigint ? undefined : { value: node.value }, text: whole(node) }
      case 'ObjectExpression':
        return node.properties.length === 0 ? { known: BARE, text: whole(node) } : this.#rest(node)
      case 'Identifier':
        return this.#names.of(node) ?? unknown(node)
      case 'MemberExpression':
        return this.#member(node)
      case 'LogicalExpression':
        return this.#either(node, this.of(node.left), node.right)
      case 'ConditionalExpression':
        return this.#conditional(node)
      case 'UnaryExpression':
        return this.#unary(node)
      case 'BinaryExpression':
        return this.#binary(node)
      case 'CallExpression':
        return this.#call(node)
      default:
        return this.#rest(node)
    }
  }

  /** `a || b`, `a ?? b`, `a && b`; `node` is what it stands in. */
  #either(node: Node, left: Value, right: Node, operator: string = node.operator): Value {
    if (left.known === undefined) return this.#rest(node)
    const isTaken = operator === '??' ? !isNothing(left.known) : isTrue(left.known) === (operator === '||')
    return isTaken ? left : this.of(right)
  }

  #conditional(node: Node): Value {
    const argument = askedIn(node)
    if (argument !== undefined) return this.#names.argument(argument, node)
    const compiled = coalescingIn(node)
    if (compiled !== undefined) {
      const value = this.of(compiled.value)
      return value.known === undefined
        ? this.#rest(node)
        : this.#either(node, value, compiled.otherwise, '??')
    }
    const test = this.of(node.test)
    if (test.known === undefined) return this.#rest(node)
    return this.of(isTrue(test.known) ? node.consequent : node.alternate)
  }

  #member(node: Node): Value {
    const key = memberKey(node)
    const filled = key === undefined ? undefined : this.#names.filled(key, node.object)
    if (filled !== undefined) return filled
    const object = this.#chain(node.object)
    if (object.known === ENDED) return object
    if (object.known !== undefined && isNothing(object.known)) {
      if (node.optional) return { known: ENDED, text: 'undefined' }
      throw new Refused()
    }
    if (object.known !== BARE || key === undefined) return this.#rest(node)
    return this.#names.isUnset(key, node.object) ? known(undefined) : unknown(node)
  }

  #unary(node: Node): Value {
    const { operator } = node
    if (operator === 'void' && node.argument.type === 'Literal') return known(undefined)
    if (!/^(!|typeof|-|\+)$/.test(operator)) return this.#rest(node)
    const { known: value } = this.of(node.argument)
    if (value === undefined) return this.#rest(node)
    if (operator === '!') return known(!isTrue(value))
    if (operator === 'typeof') return known(value === BARE ? 'object' : typeof primitive(value))
    return 'value' in value && node.argument.type !== 'Literal'
      ? known(operator === '-' ? -(value.value as number) : +(value.value as number))
      : this.#rest(node)
  }

  #binary(node: Node): Value {
    const { operator, left, right } = node
    if (left.type === 'PrivateIdentifier') return this.#rest(node)
    const [a, b] = [this.of(left), this.of(right)]
    if (operator === 'in')
      return b.known === BARE && typeof left.value === 'string' && this.#names.isUnset(left.value, right)
        ? known(false)
        : this.#rest(node)
    if (a.known === undefined || b.known === undefined) return this.#rest(node)
    if (a.known === BARE || b.known === BARE)
      return /^[!=]==?$/.test(operator) && a.known !== b.known ? known(operator[0] === '!') : this.#rest(node)
    const result = compare(operator, primitive(a.known), primitive(b.known))
    return result === undefined ? this.#rest(node) : known(result)
  }

  /** `options.hasOwnProperty('a')`, `Object.hasOwn(options, 'a')`, `hasOwnProperty.call(options, 'a')`. */
  #call(node: Node): Value {
    const callee = this.#chain(node.callee).known
    if (callee === ENDED) return { known: ENDED, text: 'undefined' }
    if (callee !== undefined && isNothing(callee)) {
      if (node.optional) return { known: ENDED, text: 'undefined' }
      throw new Refused()
    }
    const path = memberPath(node.callee)?.path ?? ''
    const isMethod = /\.hasOwnProperty$/.test(path)
    if (!isMethod && !/(^Object\.hasOwn|hasOwn(Property)?\.call)$/.test(path)) return this.#rest(node)
    const [object, key] = isMethod ? [node.callee.object, node.arguments[0]] : node.arguments
    const isBare = object !== undefined && this.of(object).known === BARE
    return isBare && typeof key?.value === 'string' && this.#names.isUnset(key.value, object)
      ? known(false)
      : this.#rest(node)
  }

  /** Everything else: with what its parts come to. */
  #rest(node: Node): Value {
    if (node.type === 'Property' && node.shorthand) return this.#short(node)
    const substitutes: Substitute[] = []
    const compiled = coalescingIn(node)
    const parts = compiled ? [compiled.value, compiled.otherwise] : childrenOf(node)
    if (compiled !== undefined) substitutes.push(...coalescing(node, compiled.value, compiled.otherwise))
    for (const part of parts) {
      const { known: value, text } = isValue(part, node) ? this.of(part) : this.#rest(part)
      // What was passed itself is nothing to make up.
      if (value === BARE && part.type !== 'ObjectExpression') throw new Refused()
      if (typeof text !== 'string' && text.node === part) substitutes.push(...text.substitutes)
      else substitutes.push({ start: part.start, end: part.end, by: text })
    }
    return { known: undefined, text: { node, substitutes } }
  }

  #short(property: Node): Value {
    const { start, end, value } = property
    const { text } = this.of(value)
    if (typeof text !== 'string' && text.node === value) return unknown(property)
    const key = `${property.key.name}: `
    return { known: undefined, text: { node: property, substitutes: [{ start, end, by: text, key }] } }
  }
}

function childrenOf(node: Node): Node[] {
  return childKeys(node)
    .flatMap((key) => [node[key]].flat() as (Node | null)[])
    .filter((one) => one !== null && one !== undefined) as Node[]
}

/** Whether a part of a node is a value, not a name or a target. */
function isValue(part: Node, node: Node): boolean {
  if (node.type === 'MemberExpression') return node.object === part || node.computed
  if (node.type === 'Property' || node.type === 'PropertyDefinition' || node.type === 'MethodDefinition')
    return node.value === part || node.computed
  if (/^(Assignment|Update)/.test(node.type)) return node.right === part
  return !/Pattern$|^(Rest|Variable)/.test(part.type) && node.id !== part && node.label !== part
}
