import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding } from '../../instrument/scopes.ts'
import { isData } from '../read/effects.ts'
import { isName, memberPath, propertyName } from '../read/expressions.ts'
import { sameShape } from '../read/shape.ts'
import type { SourceFile } from '../read/source-file.ts'
import { assignedValue, objectOf } from '../read/unit-values.ts'
import type { Unit } from '../read/units.ts'
import { assignedMember } from '../write/members/assigned.ts'
import { MemberValues } from '../write/members/values.ts'
import type { FilePlan } from './file-plan.ts'
import type { OncePlan } from './once-plan.ts'
import type { Plan } from './plan.ts'
import { isEmptyObject } from './state.ts'
import { isTakenAtStart } from './taken-at-start.ts'

/** A property of an object that the program has, which the new version gives another value. */
export interface Change {
  /** The object, as an expression of the running module's `exports`, or of a name that only the module has. */
  holder: string
  hidden?: { once: OncePlan; name: string }
  key: string
  /** undefined: it has none. */
  old: Node | undefined
  new: Node | undefined
}

/** What a file's version does to objects that programs can reach. */
export interface InPlace {
  /** Literals, and what differs in the running objects that they made. */
  literals: Map<Node, Change[]>
  /** Start-up code that gives such an object a member. */
  statements: Set<Unit>
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
  readonly #found: InPlace = { literals: new Map(), statements: new Set() }

  constructor(plan: Plan, file: FilePlan) {
    this.#plan = plan
    this.#file = file
    this.#values = new MemberValues(plan, file)
  }

  run(): InPlace {
    this.#exported()
    this.#named()
    this.#hidden()
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

  /** Objects that only the module has, where making them anew would lose what is in them, or whose they are. */
  #hidden(): void {
    for (const once of this.#file.onces) {
      if (!this.#file.exposed.isEntered(once.pair)) continue
      for (const { old: was, new: is, changed } of once.pair.pairs) {
        const [name] = is.names
        if (!changed || is.kind !== 'variable' || name === undefined || !this.#isHidden(once, name)) continue
        const [old, young] = [was, is].map((unit) => assignedValue(unit))
        const changes = old && young && changesOf(unwrap(old), unwrap(young), name, this.#values)
        if (changes === undefined || changes.length === 0) continue
        const isOther = ({ holder, key }: Change): boolean => holder !== name || key !== '__proto__'
        if (is.names.some((one) => once.pair.old.scope.names.get(one)?.assigned) && changes.some(isOther))
          continue
        const keys = changes.map((one) => `${one.holder}.${one.key}`.split('.')[1]!)
        if (this.#isTaken(once, undefined, name, new Set(keys))) continue
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
    const keys = changes.map((one) => `${one.holder}.${one.key}`.slice(holder.length + 1).split('.')[0]!)
    if (!isTaken(new Set(keys))) this.#found.literals.set(young, changes)
  }

  #isTaken(
    once: OncePlan,
    exported: string | undefined,
    name: string | undefined,
    keys: Set<string>,
  ): boolean {
    return isTakenAtStart(this.#plan, this.#file, once, exported, name, keys)
  }
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
  const changes = differences(old, { ...young, properties } as Node, holder, values)
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
  const changes: Change[] = []
  let isBehind = false
  for (const one of young.properties as Node[]) {
    const key = plainKey(one)
    if (key === undefined) return undefined
    const [was, is] = [before.get(key), unwrap(one.value)]
    before.delete(key)
    // One in between would stand elsewhere.
    if (was === undefined) isBehind = true
    else if (isBehind) return undefined
    if (was !== undefined && sameShape(unwrap(was), is)) continue
    if (was !== undefined && unwrap(was).type === 'ObjectExpression' && is.type === 'ObjectExpression') {
      if (!isName(key)) return undefined
      const inside = differences(unwrap(was), is, `${holder}.${key}`, values)
      if (inside === undefined) return undefined
      changes.push(...inside)
    } else if (was === undefined ? values.value(is) !== undefined : isData(is) && isData(was))
      changes.push({ holder, key, old: was, new: is })
    else return undefined
  }
  for (const [key, was] of before) {
    if (!isData(was)) return undefined
    changes.push({ holder, key, old: was, new: undefined })
  }
  return changes
}

function plainKey(property: Node): string | undefined {
  if (property.type !== 'Property' || property.kind !== 'init') return undefined
  const key = propertyName(property)
  return key !== undefined && /^[\w$]+$/.test(key) && key !== '__proto__' ? key : undefined
}
