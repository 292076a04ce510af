import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { declaratorsOf } from '../read/declarators.ts'
import { isRepeatable } from '../read/effects.ts'
import type { Use } from '../read/source-file.ts'
import { type Evaluation, type Names, Refused } from './evaluation.ts'
import { BARE, isNothing, known, unknown, type Value } from './known-values.ts'
import type { NotPassed } from './not-passed.ts'
import { ownDefault } from './own-defaults.ts'

/** What names of a function stand for, in one of both cases: whether options were passed. */
export class CalledNames implements Names {
  readonly #scene: NotPassed
  readonly #isGiven: boolean
  readonly #evaluation: Evaluation
  readonly #within = new Set<Node>()

  constructor(scene: NotPassed, isGiven: boolean, evaluation: Evaluation) {
    this.#scene = scene
    this.#isGiven = isGiven
    this.#evaluation = evaluation
  }

  of(node: Node): Value | undefined {
    const use = this.#useOf(node)
    if (use === undefined) return undefined
    const binding = this.#scene.file.pair.new.bindingOf(use)
    if (binding === undefined) return node.name === 'undefined' ? known(undefined) : undefined
    const { called } = this.#scene
    const owner = [called.fn, ...called.helpers.keys()].find(({ parameters }) => parameters === binding.scope)
    if (owner !== undefined) return this.#parameter(node, owner)
    if (binding.scope !== called.fn.body || binding.assigned || use.assigned) return undefined
    return this.#variable(node)
  }

  #useOf(node: Node): Use | undefined {
    return this.#scene.file.pair.new.useAt(node)
  }

  #parameter(node: Node, owner: FunctionNode): Value | undefined {
    const params = owner.node.params as Node[]
    for (const [index, param] of params.entries()) {
      const plain: Node = param.left ?? param
      if (plain.type === 'ObjectPattern' && owner === this.#scene.called.fn) {
        const property = propertyFor(node.name, plain)
        if (property !== undefined) return this.#taken(property, { name: undefined, index })
      }
      if (plain.name !== node.name) continue
      const begins = this.#begins(index, param, owner)
      return begins && this.#assigned(node, owner, begins)
    }
    return undefined
  }

  /** What a parameter has when the function begins. */
  #begins(index: number, param: Node, owner: FunctionNode): Value | undefined {
    const { called } = this.#scene
    const call = called.helpers.get(owner)
    if (call !== undefined) {
      const given: Node | undefined = call.arguments[index]
      return given && given.type !== 'SpreadElement' ? this.#evaluation.of(given) : undefined
    }
    const plain: Node = param.left ?? param
    const otherwise = (): Value => (param.right ? this.#evaluation.of(param.right) : known(undefined))
    if (this.#scene.isNew(index, plain.name)) {
      this.#scene.names.add(plain.name)
      return otherwise()
    }
    if (called.isHeld(plain.name) || !this.#scene.isOptions(plain.name, index, owner)) return undefined
    return this.#isGiven ? { known: BARE, text: '({})' } : otherwise()
  }

  /** A parameter that is given a value for what was not passed: `options = options || {}`. */
  #assigned(node: Node, owner: FunctionNode, begins: Value): Value | undefined {
    const source = this.#scene.file.pair.new
    const binding = owner.parameters.names.get(node.name)!
    const targets = source
      .usesOf(binding)
      .filter((use) => use.assigned)
      .map((use) => source.parent(use.node)!)
      .filter((one) => !isFunction(one) && one.type !== 'AssignmentPattern')
    if (targets.some((one) => one.end > node.start && source.functionAround(one) !== owner)) return undefined
    let value = begins
    for (const { type, operator, right } of targets.filter((one) => one.end <= node.start)) {
      if (type !== 'AssignmentExpression' || !/^(=|\|\|=|\?\?=)$/.test(operator)) return undefined
      value = this.#evaluation.of(right)
      if (value.known !== BARE) return undefined
    }
    return value
  }

  /** `arguments.length > 1 && arguments[1] !== undefined ? arguments[1] : {}`, as compilers write `(a, b = {})`. */
  argument(index: number, node: Node): Value {
    const { called } = this.#scene
    const otherwise: Node =
      unwrap(node.consequent).object?.name === 'arguments' ? node.alternate : node.consequent
    const id = this.#scene.file.pair.new.parent(node)?.id
    const isLooked = otherwise.type === 'ObjectExpression' && otherwise.properties.length === 0
    if (id?.type === 'Identifier' && called.isHeld(id.name)) return unknown(node)
    if (this.#scene.isNew(index)) return this.#evaluation.of(otherwise)
    if (isLooked) return this.#isGiven ? { known: BARE, text: '({})' } : this.#evaluation.of(otherwise)
    return unknown(node)
  }

  #variable(node: Node): Value | undefined {
    const pattern = this.#patternFor(node)
    if (pattern !== undefined) {
      const place = this.#placeOf(pattern.init)
      const { known: from } = this.#evaluation.of(pattern.init)
      if (from !== undefined && isNothing(from)) throw new Refused()
      return from === BARE ? this.#taken(pattern.property, place) : undefined
    }
    const init = this.#declared(node)
    // What it is made as may be filled.
    if (init === undefined || unwrap(init).type === 'ObjectExpression') return undefined
    if (this.#within.has(init) || !isRepeatable(init)) return undefined
    this.#within.add(init)
    try {
      const value = this.#evaluation.of(init)
      const isSame =
        typeof value.text !== 'string' && value.text.node === init && value.text.substitutes.length === 0
      return isSame && value.known === undefined ? undefined : value
    } finally {
      this.#within.delete(init)
    }
  }

  /** `{ a = 1 }` of what has no `a`. */
  #taken(
    { key, computed, value }: Node,
    place: { name: string | undefined; index: number } | undefined,
  ): Value | undefined {
    const name: string = key.name ?? String(key.value)
    if (computed || !this.#scene.isUnset(name, place?.name, place?.index ?? -1)) return undefined
    return value.type === 'AssignmentPattern' ? this.#evaluation.of(value.right) : known(undefined)
  }

  #declared({ name }: Node): Node | undefined {
    return declaratorsOf(this.#scene.called.fn).find(({ id }) => id.name === name)?.init ?? undefined
  }

  #patternFor({ name }: Node): { property: Node; init: Node } | undefined {
    for (const { id, init } of declaratorsOf(this.#scene.called.fn)) {
      const property = id.type === 'ObjectPattern' && init ? propertyFor(name, id) : undefined
      if (property !== undefined) return { property, init }
    }
    return undefined
  }

  /** A member of what was passed, or of `{}`. */
  isUnset(key: string, object: Node): boolean {
    const place = this.#placeOf(object)
    return this.#scene.isUnset(key, place?.name, place?.index ?? -1)
  }

  filled(key: string, object: Node): Value | undefined {
    const { called, file, plan } = this.#scene
    const value = ownDefault(key, object, called.fn, file, plan)
    if (value === undefined) return undefined
    this.#scene.names.add(key)
    return this.#evaluation.of(value)
  }

  /** The parameter that an expression is about: `options`, `(options || {})`, `opts` that was made of it. */
  #placeOf(object: Node): { name: string; index: number } | undefined {
    const node = unwrap(object)
    if (node.type === 'LogicalExpression') return this.#placeOf(node.left)
    if (node.type !== 'Identifier') return undefined
    const place = this.#scene.called.fn.node.params.findIndex(
      (one: Node) => (one.left ?? one).name === node.name,
    )
    if (place >= 0) return { name: node.name, index: place }
    const init = this.#declared(node)
    return init && this.#placeOf(init)
  }
}

function propertyFor(name: string, { properties }: Node): Node | undefined {
  return (properties as Node[]).find(({ value }) => value?.name === name || value?.left?.name === name)
}
