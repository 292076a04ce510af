import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import type { Comparison } from './compare.ts'
import { propertyName } from './expressions.ts'
import { givesFieldsOnly } from './field-constructor.ts'
import { shape } from './shape.ts'
import type { Unit } from './units.ts'

/** Finds what differs between two versions of a class. */
export function compareClass(comparison: Comparison, unit: Unit, old: Node, young: Node): void {
  new ClassComparison(comparison, unit, old, young).run()
}

class ClassComparison {
  readonly #comparison: Comparison
  readonly #unit: Unit
  readonly #old: Node
  readonly #new: Node

  /** `unit`: what makes the class in the running version. */
  constructor(comparison: Comparison, unit: Unit, old: Node, young: Node) {
    this.#comparison = comparison
    this.#unit = unit
    this.#old = old
    this.#new = young
  }

  run(): void {
    if (superShape(this.#old) !== superShape(this.#new))
      this.#cannot(this.#new, 'its superclass is another one')
    const left: Node[] = [...this.#old.body.body]
    for (const element of this.#new.body.body as Node[]) {
      const key = elementKey(element)
      const match = left.find((one) => elementKey(one) === key)
      if (match !== undefined) left.splice(left.indexOf(match), 1)
      this.#element(match, element)
    }
    for (const element of left) {
      if (element.type === 'StaticBlock')
        this.#cannot(this.#new, 'a static block is gone, and what it did stays done')
      else this.#comparison.pair.removedMembers.push({ class: this.#new, element })
    }
  }

  #element(old: Node | undefined, young: Node): void {
    const isBlock = young.type === 'StaticBlock'
    if (young.type === 'MethodDefinition') this.#method(old, young)
    else if (old !== undefined && shape(old) === shape(young)) this.#comparison.inElement(old, young)
    else if (young.type === 'PropertyDefinition' && !young.static && !young.computed) this.#field(old, young)
    else if (isPublicStatic(young)) {
      this.#comparison.pair.statics.push({ class: this.#new, element: young, ...(old && { old }) })
      if (old?.value && young.value) this.#comparison.parts(old.value, young.value)
    } else this.#cannot(young, isBlock ? 'a static block is new or changed' : 'a field is new or changed')
  }

  #method(old: Node | undefined, young: Node): void {
    const { pair } = this.#comparison
    if (old !== undefined)
      this.#comparison.function(pair.old.functionOf.get(old.value)!, pair.new.functionOf.get(young.value)!)
    else if (!givesFieldsOnly(young, this.#old))
      pair.addedMembers.push({
        className: this.#unit.names[0] ?? this.#new.id?.name ?? '',
        class: this.#new,
        element: young,
        old: this.#unit,
      })
  }

  /** A field of instances: objects that exist already are the business of fields.ts. */
  #field(old: Node | undefined, element: Node): void {
    const { pair } = this.#comparison
    const young = constructorOf(this.#old) && constructorOf(this.#new)
    const fn = young && pair.new.functionOf.get(young)
    const isPrivate = element.key.type === 'PrivateIdentifier'
    if (fn !== undefined && initialisesAt(fn) !== undefined && !(isPrivate && old === undefined)) {
      const others = pair.initialised.get(fn) ?? []
      pair.initialised.set(fn, [...others, { element, isNew: old === undefined }])
    } else if (old !== undefined)
      this.#cannot(element, 'a field begins with another value, and there is no constructor')
  }

  #cannot(node: Node, why: string): void {
    this.#comparison.pair.classes.push({ node, why })
  }
}

function superShape({ superClass }: Node): string {
  return superClass ? shape(superClass) : ''
}

function isPublicStatic({ type, static: isStatic, computed, key }: Node): boolean {
  return type === 'PropertyDefinition' && isStatic && !computed && key.type !== 'PrivateIdentifier'
}

export function constructorOf({ body }: Node): Node | undefined {
  return (body.body as Node[]).find((one) => one.kind === 'constructor')?.value
}

/** Where in a constructor fields get their values; undefined where the superclass's is called in no plain way. */
export function initialisesAt(fn: FunctionNode): number | undefined {
  const { body } = fn.node
  if (fn.kind === 'constructor') return body.start + 1
  return (body.body as Node[]).find(
    ({ type, expression }) => type === 'ExpressionStatement' && expression.callee?.type === 'Super',
  )?.end
}

function elementKey(element: Node): string {
  if (element.type === 'StaticBlock') return `block ${shape(element)}`
  const kind = element.type === 'MethodDefinition' ? element.kind.replace('constructor', 'c') : 'field'
  const key = element.key.type === 'PrivateIdentifier' ? `#${element.key.name}` : shape(element.key)
  return `${kind} ${element.static ? 'static ' : ''}${element.computed ? '[' : ''}${propertyName(element) ?? ''}${key}`
}
