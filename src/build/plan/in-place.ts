import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding } from '../../instrument/scopes.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { isData } from '../read/effects.ts'
import { isName, memberPath, propertyName } from '../read/expressions.ts'
import { sameShape } from '../read/shape.ts'
import type { SourceFile } from '../read/source-file.ts'
import { assignedPaths, assignedValue, objectOf } from '../read/unit-values.ts'
import type { Once, Unit } from '../read/units.ts'
import { assignedMember } from '../write/members/assigned.ts'
import { MemberValues } from '../write/members/values.ts'
import type { FilePlan } from './file-plan.ts'
import { otherOrder } from './key-order.ts'
import { madeByCalls } from './made-by-calls.ts'
import type { OncePlan } from './once-plan.ts'
import type { Plan } from './plan.ts'
import { isEmptyObject } from './state.ts'
import { asksFor, isTakenAtStart } from './taken-at-start.ts'

/** A property of an object that the program has, which the new version gives another value. */
export interface Change {
  /** The object, as an expression of the running module's `exports`, or of a name that only the module has. */
  holder: string
  hidden?: { once: OncePlan; name: string }
  key: string
  /** undefined: it has none. */
  old: Node | undefined
  new: Node | undefined
  /** The keys of the object, where it does not have them in the order of the new version by itself. */
  order?: string[]
}

/** What a file's version does to objects that programs can reach. */
export interface InPlace {
  /** Literals, and what differs in the running objects that they made. */
  literals: Map<Node, Change[]>
  /** Start-up code that gives such an object a member. */
  statements: Set<Unit>
  /** What start-up code has made by functions that ask for something of them, and of which. */
  made: Map<Unit, string>
}

/**
 * Objects that programs can reach and that are the same but for some values, like options: their properties are changed
 * where they are, so that whoever holds the object sees it, and what the program has put there stays.
 */
export function changedInPlace(plan: Plan, file: FilePlan): InPlace {
  return new Search(plan, file).run()
}

class Search {
  readonly #plan: Plan
  readonly #file: FilePlan
  readonly #values: MemberValues
  readonly #found: InPlace = { literals: new Map(), statements: new Set(), made: new Map() }

  constructor(plan: Plan, file: FilePlan) {
    this.#plan = plan
    this.#file = file
    this.#values = new MemberValues(plan, file)
  }

  run(): InPlace {
    this.#exported()
    this.#named()
    this.#hidden()
    this.#assigned()
    return this.#found
  }

  /** `exports.a = { … }` */
  #exported(): void {
    const { exports, module } = this.#file
    for (const [name, is] of exports.new) {
      const was = exports.old.get(name)
      if (is.local !== undefined || name === 'module.exports' || !isName(name)) continue
      const [old, young] = [was, is].map((one) => one?.value && unwrap(one.value))
      this.#add(old, young, `exports.${name}`, (keys) => this.#isTaken(module, name, undefined, keys))
    }
    this.#table()
  }

  /** `module.exports = {}`, of a module that is a table for others. */
  #table(): void {
    const { module } = this.#file
    const [old, young] = [module.pair.old, module.pair.new].map(({ units }) => {
      const [only, ...others] = units.filter((unit) => assignedPaths(unit).includes('module.exports'))
      const value = only && others.length === 0 ? assignedValue(only) : undefined
      return value && isEmptyObject(unwrap(value)) ? unwrap(value) : undefined
    })
    this.#add(old, young, 'exports', (keys) => this.#isTaken(module, 'module.exports', undefined, keys))
  }

  /** Objects that the module has names for, and exports. */
  #named(): void {
    for (const { once: pair, name, path } of this.#file.exposed.names()) {
      const once = this.#file.onces.find((one) => one.pair === pair)!
      const exported = path.split('.')[1] ?? 'module.exports'
      const isTaken = (keys: Set<string>): boolean => this.#isTaken(once, exported, name, keys)
      const [was, is] = [pair.old, pair.new].map(({ units }) => units.find((one) => one.names.includes(name)))
      if (was?.kind !== 'variable' || is?.kind !== 'variable' || pair.new.scope.names.get(name)?.assigned)
        continue
      this.#add(assignedValue(was), assignedValue(is), path, isTaken)
      if (objectOf(is) !== undefined) this.#statements(once, name, isTaken)
    }
  }

  /** What start-up code assigns to members of such an object. */
  #statements(once: OncePlan, name: string, isTaken: (keys: Set<string>) => boolean): void {
    const { added, pairs } = once.pair
    for (const unit of [...added, ...pairs.filter((one) => one.changed).map((one) => one.new)]) {
      const [target, ...others] = unit.targets ?? []
      if (target?.root !== name || others.length > 0) continue
      const key = target.path.split('.')[1]!
      if (assignedMember(this.#values, once, unit, undefined) !== undefined && !isTaken(new Set([key])))
        this.#found.statements.add(unit)
    }
  }

  /** `f.cache = {}` that is `f.cache = Object.create(null)` now: what is in it stays. */
  #assigned(): void {
    for (const once of this.#file.onces)
      for (const { old: was, new: is, changed } of once.pair.pairs) {
        const [target, ...others] = is.targets ?? []
        if (!changed || is.kind !== 'statement' || target === undefined || others.length > 0) continue
        const root = this.#file.exposed.path(once.pair, target.root)
        const [, key, ...inside] = target.path.split('.')
        const [old, young] = [was, is].map((unit) => assignedValue(unit))
        if (root === undefined || key === undefined || !old || !young || !inheritsLess(old, young)) continue
        const exported = root.split('.')[1] ?? 'module.exports'
        this.#add(old, young, [root, key, ...inside].join('.'), () =>
          this.#isTaken(once, exported, target.root, new Set([key])),
        )
      }
  }

  /** Objects that only the module has, where making them anew would lose what is in them, or whose they are. */
  #hidden(): void {
    for (const once of this.#file.onces) {
      if (!this.#file.exposed.isEntered(once.pair)) continue
      for (const { old: was, new: is, changed } of once.pair.pairs) {
        const [name] = is.names
        if (!changed || is.kind !== 'variable' || name === undefined || !this.#isHidden(once, name)) continue
        const [old, young] = [was, is].map((unit) => assignedValue(unit))
        const changes = old && young && changesOf(unwrap(old), unwrap(young), name, this.#values)
        if (changes === undefined) continue
        const isOther = ({ holder, key }: Change): boolean => holder !== name || key !== '__proto__'
        if (is.names.some((one) => once.pair.old.scope.names.get(one)?.assigned) && changes.some(isOther))
          continue
        if (this.#isTaken(once, undefined, name, keysOf(changes, name))) continue
        const hidden = { once, name }
        this.#found.literals.set(
          unwrap(young!),
          changes.map((one) => ({ ...one, hidden })),
        )
      }
    }
  }

  #isHidden(once: OncePlan, name: string): boolean {
    const { exposed, names } = this.#file
    const binding = once.pair.old.scope.names.get(name)
    if (binding === undefined || names.bindings.get(binding)?.read === undefined) return false
    if (binding.assigned && !isTableAlways(binding, once.pair.old.file)) return false
    return exposed.path(once.pair, name) === undefined && (once.isLost(name) || once.isHandedOut(name))
  }

  #add(
    old: Node | undefined,
    young: Node | undefined,
    holder: string,
    isTaken: (keys: Set<string>) => boolean,
  ): void {
    if (old === undefined || young === undefined) return
    const changes = changesOf(old, young, holder, this.#values)
    if (changes === undefined || changes.length === 0) return
    if (!isTaken(keysOf(changes, holder))) this.#found.literals.set(young, changes)
  }

  #isTaken(
    once: OncePlan,
    exported: string | undefined,
    name: string | undefined,
    keys: Set<string>,
  ): boolean {
    if (isTakenAtStart(this.#plan, this.#file, once, exported, name, keys)) return true
    if (name === undefined) return false
    for (const unit of madeByCalls(this.#file, once, name, (file, use) => asksFor(file, use, keys, false)))
      this.#found.made.set(unit, name)
    return false
  }
}

/** The members of an object in which changes are. */
function keysOf(changes: readonly Change[], root: string): Set<string> {
  return new Set(
    changes.map(({ holder, key }) => (holder === root ? key : holder.slice(root.length + 1).split('.')[0]!)),
  )
}

/** Whether all that a variable is ever given are empty tables: whichever it holds is one that may inherit nothing. */
function isTableAlways(binding: Binding, file: SourceFile): boolean {
  return file.usesOf(binding).every((use) => {
    const parent = file.parent(use.node)
    if (!use.assigned || (parent?.type === 'VariableDeclarator' && parent.id === use.node)) return true
    return (
      parent?.type === 'AssignmentExpression' &&
      parent.left === use.node &&
      isEmptyObject(unwrap(parent.right))
    )
  })
}

/** What differs in an object that each version makes by a literal; undefined: others than values that can be put there. */
function changesOf(old: Node, young: Node, holder: string, values: MemberValues): Change[] | undefined {
  if (old.type !== 'ObjectExpression') return undefined
  const properties = propertiesWithoutPrototype(young)
  if (properties === undefined)
    return young.type === 'ObjectExpression' ? differences(old, young, holder, values) : undefined
  const without = { ...young, properties } as Node
  const before = propertiesWithoutPrototype(old)
  if (before !== undefined)
    return differences({ ...old, properties: before } as Node, without, holder, values)
  const changes = differences(old, without, holder, values)
  return changes && [{ holder, key: '__proto__', old: undefined, new: young }, ...changes]
}

/** Of `Object.create(null)` and `{ __proto__: null, a: 1 }`, which inherit nothing. */
function propertiesWithoutPrototype(node: Node): Node[] | undefined {
  if (node.type === 'CallExpression')
    return memberPath(node.callee)?.path === 'Object.create' && isNull(node.arguments) ? [] : undefined
  if (node.type !== 'ObjectExpression') return undefined
  const isPrototype = (one: Node): boolean =>
    one.type === 'Property' && !one.computed && !one.shorthand && propertyName(one) === '__proto__'
  const [prototype] = (node.properties as Node[]).filter(isPrototype)
  if (prototype === undefined || !isNull([prototype.value])) return undefined
  return (node.properties as Node[]).filter((one) => one !== prototype)
}

function inheritsLess(old: Node, young: Node): boolean {
  return propertiesWithoutPrototype(old) === undefined && propertiesWithoutPrototype(young) !== undefined
}

function isNull([first, ...others]: Node[]): boolean {
  return first?.type === 'Literal' && first.value === null && !first.regex && others.length === 0
}

/** undefined: there are others than values that can be put there. */
function differences(old: Node, young: Node, holder: string, values: MemberValues): Change[] | undefined {
  const before = new Map<string, Node>()
  for (const one of old.properties as Node[]) {
    const key = plainKey(one)
    if (key === undefined) return undefined
    before.set(key, one.value)
  }
  const running = [...before.keys()]
  const changes: Change[] = []
  const keys: string[] = []
  for (const one of young.properties as Node[]) {
    const key = plainKey(one)
    if (key === undefined) return undefined
    const [was, is] = [before.get(key), unwrap(one.value)]
    before.delete(key)
    keys.push(key)
    if (was !== undefined && (isStill(unwrap(was), is, values) || isSameGlobal(was, is, values))) continue
    if (was !== undefined && unwrap(was).type === 'ObjectExpression' && is.type === 'ObjectExpression') {
      if (!isName(key)) return undefined
      const inside = differences(unwrap(was), is, `${holder}.${key}`, values)
      if (inside === undefined) return undefined
      changes.push(...inside)
    } else if (
      was === undefined || isGlobal(was, values) ? values.value(is) !== undefined : isData(is) && isData(was)
    )
      changes.push({ holder, key, old: was, new: is })
    else return undefined
  }
  for (const [key, was] of before) {
    if (!isData(was)) return undefined
    changes.push({ holder, key, old: was, new: undefined })
  }
  const order = otherOrder(running, keys)
  if (order === undefined) return changes
  const first = changes.find((one) => one.holder === holder)
  if (first === undefined) return undefined
  first.order = order
  return changes
}

/** Whether a value is what it was, but for functions, which are replaced where they are. */
function isStill(was: Node, is: Node, { file: { pair } }: MemberValues): boolean {
  if (!isFunction(is)) return sameShape(was, is)
  return isFunction(was) && pair.functions.get(pair.new.functionOf.get(is)!) === pair.old.functionOf.get(was)
}

/** Whether both are one global variable, by whatever names: `var $Function = Function`. */
function isSameGlobal(was: Node, is: Node, { file }: MemberValues): boolean {
  const { old, new: young } = file.module.pair
  const [before, after] = [globalOf(was, old), globalOf(is, young)]
  return before !== undefined && before === after
}

/** The global variable that an expression is, or a constant of a module that has it. */
function globalOf(node: Node, once: Once): string | undefined {
  const { units, scope, file } = once
  const { type, name } = unwrap(node)
  if (type !== 'Identifier' || name === 'undefined') return undefined
  const binding = scope.names.get(name)
  if (binding === undefined)
    return file.usesIn(node).every((use) => file.bindingOf(use) === undefined) ? name : undefined
  const value = units.find(({ kind, names }) => kind === 'variable' && names.includes(name))
  const made = value && assignedValue(value)
  return made === undefined || binding.assigned || made.name === name ? undefined : globalOf(made, once)
}

/** `Object`, `Math.max`: the program's is told from another one by which it is. */
function isGlobal(value: Node, { file }: MemberValues): boolean {
  const root = memberPath(value)?.root
  return (
    root !== undefined &&
    file.pair.old.usesIn(value).every((use) => file.pair.old.bindingOf(use) === undefined)
  )
}

function plainKey(property: Node): string | undefined {
  if (property.type !== 'Property' || property.kind !== 'init') return undefined
  const key = propertyName(property)
  return key === '__proto__' ? undefined : key
}
