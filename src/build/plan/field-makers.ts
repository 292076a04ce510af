import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isUndefined } from '../read/arguments.ts'
import { membersNamed } from '../read/member-index.ts'
import { shape } from '../read/shape.ts'
import type { SourceFile } from '../read/source-file.ts'
import { classOf } from '../read/unit-values.ts'
import { collectionOf } from './collections.ts'
import { type Conversion, conversionOf } from './conversions.ts'
import type { Found } from './fields.ts'
import type { FilePlan } from './file-plan.ts'
import { type MadeField, type Maker, Reach } from './initialiser.ts'
import { filledFields, literalFields } from './literal-fields.ts'
import { assignedOnThis, callsOf, classMaker, functionMaker, keyOf, setOnGiven } from './made-on-this.ts'
import { usersOfChanged } from './merged-literals.ts'
import { type NamedKey, namedKey } from './named-key.ts'
import { isFunctionName } from './once-plan.ts'
import type { Plan } from './plan.ts'
import { prototypeOf } from './prototype-of.ts'
import { renamedField, sameValue } from './renamed-fields.ts'
import { firstValue, sharedField } from './shared-fields.ts'
import { tableFields } from './table-fields.ts'

/** Fields that the new version of a file gives its objects where it makes them, and the running one does not. */
export function fieldsMadeIn(plan: Plan, file: FilePlan): Found[] {
  const literals = [...file.pair.functions].flatMap(([young, old]) => [
    ...literalFields(plan, file, young, old),
    ...filledFields(plan, file, young, old),
  ])
  return [...ownersIn(plan, file).flatMap((owner) => owner.fields()), ...literals, ...tableFields(plan, file)]
}

/** The classes and functions of a file that make objects, in both versions. */
export function ownersIn(plan: Plan, file: FilePlan): Owner[] {
  const known = new Set<Node>()
  const makers = makersIn(file.pair.old)
  const found = [...file.pair.functions].flatMap(([young, old]): Owner[] => {
    const [is, was] = [young.class?.node, old.class?.node]
    if (is !== undefined && was !== undefined) {
      if (known.has(is)) return []
      known.add(is)
      return [new ClassOwner(plan, file, is, was)]
    }
    const name = young.paths[0]?.split('/').at(-1)
    const isOther = file.pair.changed.has(young) || usersOfChanged(file).has(young)
    const isMaker = is === undefined && name !== undefined && !young.arrow && makers.has(name) && isOther
    return isMaker ? [new FunctionOwner(plan, file, name, young, old)] : []
  })
  // A class without any function.
  for (const { old, new: unit } of file.onces.flatMap(({ pair }) => pair.pairs)) {
    const [is, was] = [classOf(unit), classOf(old)]
    if (is !== undefined && was !== undefined && !known.has(is))
      found.push(new ClassOwner(plan, file, is, was))
  }
  return found
}

/** The functions that have something in their prototypes, or are called with `new`. */
function makersIn(file: SourceFile): Set<string> {
  // Asked where words begin alone: tables of a megabyte are one word.
  const named = [...file.text.matchAll(/\bnew ([\w$]+)|(?<![\w$])([\w$]+)\.prototype\b/g)]
  return new Set([
    ...file.analysis.functions.flatMap((fn) => prototypeOf(fn, file) ?? []),
    ...named.flatMap(([, made, owner]) => made ?? owner ?? []),
  ])
}

/** What makes objects: finds the fields that only its new version gives them. */
export abstract class Owner {
  protected readonly plan: Plan
  protected readonly file: FilePlan
  readonly node: Node
  abstract readonly name: string
  protected abstract readonly before: Maker
  protected abstract readonly after: Maker

  constructor(plan: Plan, file: FilePlan, node: Node) {
    this.plan = plan
    this.file = file
    this.node = node
  }

  /** Every field that the running version gives a value anywhere. */
  protected abstract has(key: string): boolean
  /** Functions in which `this` is such an object. */
  abstract homes(): Node[]
  protected abstract like(): string[]

  /** Fields that begin with another value than in the running version, or with one that there is put in later. */
  changed(): (MadeField & { isOtherKind: boolean })[] {
    const before = new Map(this.before.fields.map((one) => [one.key, one]))
    const after = new Map(this.after.fields.map((one) => [one.key, one]))
    const isChanged = (one: MadeField): boolean => {
      if (!this.#isTold(one) || this.#isReplaced(one)) return false
      const was = before.get(one.key)
      if (was === undefined) return this.has(one.key) && !isNothing(one.value)
      const [began, begins] = [
        firstValue(was.value, this.before.fields),
        firstValue(one.value, this.after.fields),
      ]
      const isSame = sameValue(was.value, one.value) || sameValue(began, begins)
      return !isSame || this.#isOfChanged(one.value)
    }
    const converted = this.#converted()
    const isLeft = (one: MadeField): boolean => isChanged(one) && !converted.has(one.key)
    return [...after.values()].filter(isLeft).map((one) => {
      const [was, is] = [before.get(one.key), one].map((field) => field && collectionOf(field.value))
      return { ...one, isOtherKind: was !== undefined && is !== undefined && is !== '' && is !== was }
    })
  }

  /** Fields that begin with another kind of collection, into which what objects have can be put. */
  #converted(): Map<string, Conversion> {
    const before = new Map(this.before.fields.map((one) => [one.key, one]))
    const found = new Map<string, Conversion>()
    for (const one of this.after.fn === undefined ? [] : this.after.fields) {
      const was = before.get(one.key)
      const conversion = was && conversionOf(was, one, this.plan)
      if (conversion !== undefined) found.set(one.key, conversion)
    }
    return found
  }

  /** Whether it begins with a function that has become another one wherever it is. */
  #isReplaced({ value }: MadeField): boolean {
    const { new: source, functions } = this.file.pair
    const fn = typeof value === 'object' ? source.functionOf.get(value) : undefined
    return fn !== undefined && functions.has(fn)
  }

  /** Whether the same text makes another value, since a name in it stands for another one. */
  #isOfChanged(value: MadeField['value']): boolean {
    if (typeof value !== 'object') return false
    const source = this.file.pair.new
    return source.usesIn(value).some((use) => {
      const binding = source.bindingOf(use)
      const once = binding && this.file.onceOf(binding.scope)
      return once?.changed.has(use.node.name) === true && !isFunctionName(once, use.node.name)
    })
  }

  /** Whether the text says which key is meant. */
  #isTold({ key, node }: MadeField): boolean {
    return !key.startsWith('[') || this.#named(node) !== undefined
  }

  /** What stands for the key of `this[x] = …`. */
  #named({ left }: Node): NamedKey | undefined {
    return left?.computed ? namedKey(this.plan, this.file, left.property) : undefined
  }

  /** What is done to objects of the new version, and to what they are given, where they are made, and was not in the running one. */
  calls(): Node[] {
    const deedsOf = (maker: Maker): Node[] => [...callsOf(maker), ...setOnGiven(maker)]
    return notAmong(deedsOf(this.before), deedsOf(this.after))
  }

  fields(): Found[] {
    const { before, after } = this
    const given = (after.given ?? []).filter(({ key }) => membersNamed(key, this.file.pair.old).length === 0)
    const made = new Map([...given, ...after.fields].map((one) => [one.key, one]))
    const added = [...made].filter(([key, one]) => !this.has(key) && this.#isTold(one))
    const converted = this.#converted()
    if (added.length + converted.size === 0) return []
    const homes = new Set(this.homes())
    const like = this.like().slice(0, 6)
    const reach = new Reach(this.plan, this.file, after, before)
    const makers = [after.fn, ...after.helpers].flatMap((fn) => fn?.node ?? [])
    const all = [...added, ...[...made].filter(([key]) => converted.has(key))]
    return all.map(([key, { node, value, choice }]) => ({
      key,
      owner: this.name,
      file: this.file,
      node,
      body: this.node.type.startsWith('Class') ? this.node : undefined,
      homes,
      makers: new Set(makers),
      like,
      conversion: converted.get(key),
      initialiser:
        renamedField({ key, value }, added, before, this.file, this.plan) ??
        sharedField({ key, value }, after.fields, before) ??
        reach.of({ value, choice }),
      named: key.startsWith('[') ? this.#named(node) : undefined,
      isLiteral: false,
    }))
  }
}

/** Those that are not among others; one of these stands for one alone, for functions in them are compared by themselves. */
function notAmong(others: Node[], all: Node[]): Node[] {
  const left = others.map((one) => shape(one))
  return all.filter((one) => {
    const at = left.indexOf(shape(one))
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

function isNothing(value: MadeField['value']): boolean {
  return typeof value === 'object' ? isUndefined(value) : value === undefined
}

class ClassOwner extends Owner {
  readonly name: string
  protected readonly before: Maker
  protected readonly after: Maker
  readonly #old: Node

  constructor(plan: Plan, file: FilePlan, young: Node, old: Node) {
    super(plan, file, young)
    this.#old = old
    this.name = young.id?.name ?? 'class'
    this.before = classMaker(file.pair.old, old)
    this.after = classMaker(file.pair.new, young)
  }

  protected has(key: string): boolean {
    const elements = this.#old.body.body as Node[]
    return (
      elements.some((one) => keyOf(one) === key) || assignedOnThis(this.#old, this.file.pair.old).has(key)
    )
  }

  homes(): Node[] {
    return (this.node.body.body as Node[]).flatMap((one) => {
      if (one.static) return []
      if (one.type === 'MethodDefinition') return [one.value as Node]
      return one.type === 'PropertyDefinition' ? [one] : []
    })
  }

  protected like(): string[] {
    const elements = this.#old.body.body as Node[]
    const methods = elements.filter((one) => !one.static && one.kind !== 'constructor').map(keyOf)
    const names = [...this.before.fields.map(({ key }) => key), ...methods]
    return [...new Set(names.filter((one): one is string => one !== undefined && !/^[#[]/.test(one)))]
  }
}

class FunctionOwner extends Owner {
  readonly name: string
  protected readonly before: Maker
  protected readonly after: Maker

  constructor(plan: Plan, file: FilePlan, name: string, young: FunctionNode, old: FunctionNode) {
    super(plan, file, young.node)
    this.name = name
    this.before = functionMaker(old, file.pair.old)
    this.after = functionMaker(young, file.pair.new)
  }

  protected has(key: string): boolean {
    return assignedOnThis(this.file.pair.old.program, this.file.pair.old).has(key)
  }

  homes(): Node[] {
    const methods = this.#methods(this.file.pair.new)
    return [this.node, ...methods.map(({ node }) => node)]
  }

  protected like(): string[] {
    const { old } = this.file.pair
    const methods = this.#methods(old).map(({ paths }) => paths[0]!.split(/[/.]/).at(-1)!)
    const fields = this.before.fields.map(({ key }) => key)
    return [...new Set([...fields, ...methods])].filter((one) => /^[\w$]+$/.test(one))
  }

  #methods(file: SourceFile): FunctionNode[] {
    return file.analysis.functions.filter((fn) => prototypeOf(fn, file) === this.name)
  }
}
