import { dirname, relative } from 'node:path/posix'
import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction, walk } from '../../livepatch/ast.ts'
import { Apart, type InClass } from '../plan/apart.ts'
import { optional } from '../plan/exposed.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { isData as isOwnData } from '../plan/in-place.ts'
import { listOf } from '../plan/lists.ts'
import type { OncePlan } from '../plan/once-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { type Expression, type Place, SHARED } from '../plan/running-data.ts'
import { classOf, functionOf, objectOf, propertyName } from '../read/compare.ts'
import { isRepeatable } from '../read/effects.ts'
import { bundledExports, isExportOnly } from '../read/exports.ts'
import { sameShape } from '../read/shape.ts'
import { memberPath, requiredModule, type Unit, unwrap } from '../read/units.ts'
import { propertyKey, quote } from './edits.ts'
import type { Chunk } from './mapped-text.ts'

/** What a patch puts on what a running module exports. */
export interface MembersText {
  chunks: Chunk[]
  /** For people: `C.prototype.m`. `isList`: the elements of one that programs have. */
  names: { name: string; node: Node; isList?: boolean }[]
}

/** One property of an object that the running module's exports lead to. */
export interface Member {
  /** The object, as an expression of `exports`. */
  holder: string
  enumerable: boolean
  name: string
  node: Node
  /** As it stands in a literal; nothing where it is taken away. */
  text: string
  /** The same of the running version: where the program has set another value, that stays. */
  before?: string
  /** `text` is a list, the elements of which `holder` gets. */
  isList?: boolean
}

/** All that one object gets. */
interface Holder {
  holder: string
  enumerable: boolean
  members: Member[]
  /** Its keys, where they come in another order. */
  order?: string[]
}

/** Writes what runs early, with names of the module: see naming.ts. */
export interface Early {
  early(range: { start: number; end: number }, root: Node, hasSuper?: boolean): string | undefined
  earlyName(name: string, once: OncePlan, at: Node): string | undefined
  /** Tells that something cannot be put on the running module. */
  cannot(at: Node, why: string): void
}

/** Finds what can be put on the exports of the running module, and writes it without needing anything else of it. */
export class MembersWriter {
  readonly #plan: Plan
  readonly #file: FilePlan
  readonly #apart: Apart
  /** Where names of the module can be reached early. */
  readonly #early: Early | undefined
  #foundLists: Member[] | undefined

  constructor(plan: Plan, file: FilePlan, early?: Early) {
    this.#plan = plan
    this.#file = file
    this.#early = early
    this.#apart = new Apart(plan, file, (name) => this.#exported(name))
  }

  write(): MembersText | undefined {
    const data = this.#data()
    const all = [
      ...data.flatMap(({ members }) => members),
      ...this.#ofClasses(),
      ...this.#statics(),
      ...this.#assigned(),
      ...this.#ofLiterals(),
      ...this.#defined(),
      ...this.#exports(),
      ...this.#inPlace(),
      ...this.#gone(),
    ]
    const orders = data.filter(({ order }) => order !== undefined)
    if (all.length + this.#lists.length + orders.length === 0) return undefined
    const holders = new Map<string, Holder>()
    for (const one of data) holders.set(`${one.holder} true`, { ...one, members: [] })
    for (const one of all) {
      const key = `${one.holder} ${one.enumerable}`
      const known: Holder = holders.get(key) ?? {
        holder: one.holder,
        enumerable: one.enumerable,
        members: [],
      }
      holders.set(key, known)
      // What start-up code comes to was found first.
      if (!known.members.some(({ name }) => name === one.name)) known.members.push(one)
    }
    const pairs = [...holders.values()].flatMap(({ holder, enumerable, members, order }): Chunk[] => {
      const inside = members
        .filter(({ text }) => text !== '')
        .map(({ text, node }) => ({ text: `${text},`, line: this.#file.pair.new.lineOf(node.start) }))
      // What is `super` in methods of a literal is what the literal inherits from.
      if (members.some(({ node }) => usesSuper(node)))
        inside.unshift({ text: `__proto__: Object.getPrototypeOf(${holder}),`, line: inside[0]!.line })
      const before = members.flatMap((one) => one.before ?? [])
      const running = before.length === 0 && order === undefined ? '' : `, { ${before.join(', ')} }`
      const keys = order === undefined ? '' : `, [${order.map(quote).join(', ')}]`
      return [{ text: `[${holder}, {` }, ...inside, { text: `}, ${enumerable}${running}${keys}],` }]
    })
    for (const { holder, text, before } of this.#lists)
      pairs.push({ text: `[${[holder, text, true, ...(before === undefined ? [] : [before])].join(', ')}],` })
    const declarations = [...this.#apart.declarations(), ...this.#shared()].map((text) => ({ text }))
    const directive = this.#apart.isStrict ? [{ text: "'use strict'" }] : []
    const chunks = [...directive, ...declarations, { text: 'return [' }, ...pairs, { text: ']' }]
    const names = [...all, ...this.#lists].map(({ name, node, isList = false }) => ({ name, node, isList }))
    return { chunks, names }
  }

  /** By itself or, where that does not do, with names of the module. */
  #text(range: { start: number; end: number }, root: Node, inClass: InClass = {}): string | undefined {
    return this.#apart.text(range, root, inClass) ?? this.#early?.early(range, root, inClass.hasSuper)
  }

  /** Methods and accessors that classes get. */
  #ofClasses(): Member[] {
    return this.#file.pair.addedMembers.flatMap(({ className, class: node, element }) => {
      const holder = this.#classHolder(node)
      const { key, value, kind, computed } = element
      if (holder === undefined || computed || kind === 'constructor' || key.type === 'PrivateIdentifier')
        return []
      const place = { self: holder, hasSuper: true }
      const body = this.#text({ start: key.start, end: value.end }, value, place)
      if (body === undefined) return []
      const head = [value.async && 'async ', kind !== 'method' && `${kind} `, value.generator && '*'].filter(
        Boolean,
      )
      const on = element.static ? '' : '.prototype'
      return {
        holder: `${holder}${on}`,
        enumerable: false,
        name: `${className}${on}.${key.name ?? key.value}`,
        node: element,
        text: head.join('') + body,
      }
    })
  }

  #statics(): Member[] {
    return this.#file.pair.statics.flatMap(({ class: node, element, old }) => {
      const holder = this.#classHolder(node)
      const { key, value } = element
      const isMade = holder !== undefined && value && isRepeatable(value)
      const text = isMade ? this.#text(value, value, { self: holder }) : undefined
      if (holder === undefined || text === undefined) return []
      const name = `${node.id?.name ?? holder}.${key.name ?? key.value}`
      return {
        holder,
        enumerable: true,
        name,
        node: element,
        text: `${this.#file.pair.new.slice(key)}: ${text}`,
        ...this.#before(this.#file.pair.new.slice(key), old?.value),
      }
    })
  }

  /** `C.prototype.m = function …`, `C.create = …`. */
  #assigned(): Member[] {
    const { stale, onces } = this.#file
    return onces.flatMap((once) => {
      const { added, pairs } = once.pair
      const changed = pairs.filter(
        (one) => one.new.kind === 'statement' && (one.changed || stale.has(one.new)),
      )
      const all = [...added.map((unit) => ({ new: unit, old: undefined })), ...changed]
      // What start-up code comes to is told by that.
      const left = all.filter(({ new: unit }) => this.#file.data === undefined || functionOf(unit))
      return left.flatMap(({ new: unit, old }) => this.assigned(once, unit, old) ?? [])
    })
  }

  /** What a statement puts on an object that programs can reach. Undefined where that takes more of the module. */
  assigned(once: OncePlan, unit: Unit, old: Unit | undefined): Member | undefined {
    const [target, ...others] = unit.targets ?? []
    if (target === undefined || others.length > 0 || unit.value === undefined) return undefined
    const steps = target.path.split('.')
    const holder = this.#holder(target.root, once, unit.node)
    if (holder === undefined || steps.length < 2 || !steps.every((step) => /^[\w$]+$/.test(step)))
      return undefined
    const key = steps.at(-1)!
    const text = key === 'prototype' ? undefined : this.value(unit.value, once, old === undefined)
    if (text === undefined) return undefined
    return {
      holder: [holder, ...steps.slice(1, -1)].join('.'),
      enumerable: true,
      name: target.path,
      node: unit.node,
      text: `${propertyKey(key)}: ${text}`,
      ...this.#before(propertyKey(key), old?.value),
    }
  }

  /** `C.prototype = { … }` and `Object.assign(C.prototype, { … })`. */
  #ofLiterals(): Member[] {
    return this.#file.onces.flatMap((once) => {
      const { added, pairs } = once.pair
      const changed = pairs.filter((one) => one.changed && one.new.kind === 'statement')
      const given = added.filter(({ key }) => key.startsWith('call Object.assign '))
      return [...changed, ...given.map((unit) => ({ new: unit, old: undefined }))].flatMap(
        ({ new: unit, old }) => this.#ofLiteral(once, unit, old) ?? [],
      )
    })
  }

  #ofLiteral(once: OncePlan, unit: Unit, old: Unit | undefined): Member[] | undefined {
    const [literal, before] = [objectOf(unit), old && objectOf(old)]
    if (literal === undefined || this.#file.inPlace.literals.has(literal)) return undefined
    if (isExportOnly(unit, once.pair.new)) return undefined
    const target = unit.targets?.[0] ?? memberPath(unwrap(unit.node.expression).arguments?.[0] ?? literal)
    if (literal === undefined || (old !== undefined && before === undefined) || target === undefined)
      return undefined
    if ((unit.targets?.length ?? 1) > 1 || !/^[\w$]+(\.[\w$]+)*$/.test(target.path)) return undefined
    const root = this.#holder(target.root, once, unit.node)
    if (root === undefined) return undefined
    const holder = root + target.path.slice(target.root.length)
    const left = new Map(((before?.properties ?? []) as Node[]).map((one) => [propertyName(one), one]))
    const members: (Member | undefined)[] = []
    for (const property of literal.properties as Node[]) {
      const name = propertyName(property)
      const was = left.get(name)
      left.delete(name)
      if (name === undefined || was?.type === 'SpreadElement') return undefined
      if (was !== undefined && sameShape(was, property)) continue
      members.push(this.#ofProperty(once, property, was, { holder, name, unit }))
    }
    for (const [name, was] of left) members.push(this.#lost(was, { holder, name, unit }))
    return members.every((one) => one !== undefined) ? members : undefined
  }

  /** A property of a literal that is new, or has another value. */
  #ofProperty(
    once: OncePlan,
    property: Node,
    was: Node | undefined,
    { holder, name, unit }: { holder: string; name: string; unit: Unit },
  ): Member | undefined {
    if (property.type !== 'Property' || property.kind !== 'init') return undefined
    if (was !== undefined && (was.kind !== 'init' || !isOwnData(was.value) || !isOwnData(property.value)))
      return undefined
    const key = propertyKey(name)
    const text = this.value(property.value, once, was === undefined)
    if (text === undefined) return undefined
    const common = { holder, enumerable: true, name: `${holder}.${name}`, node: unit.node }
    const before = was === undefined ? { before: `${key}: undefined` } : this.#before(key, was.value)
    return { ...common, text: `${key}: ${text}`, ...before }
  }

  /** A function that a literal has no more. */
  #lost(
    { value, kind }: Node,
    { holder, name, unit }: { holder: string; name: string | undefined; unit: Unit },
  ): Member | undefined {
    if (name === undefined || kind !== 'init' || !isFunction(value)) return undefined
    const own = JSON.stringify(this.#file.pair.old.slice(value))
    const at = `${holder}[${JSON.stringify(name)}]`
    const before = `...(String(${at}).endsWith(${own}) && { ${propertyKey(name)}: ${at} })`
    return { holder, enumerable: true, name: `${holder}.${name}`, node: unit.node, text: '', before }
  }

  /** `Object.defineProperty(C.prototype, 'x', { get() … })` */
  #defined(): Member[] {
    return this.#file.module.pair.added.flatMap((unit) => {
      if (!unit.key.startsWith('call Object.defineProperty ')) return []
      const [target, key, descriptor] = unwrap(unit.node.expression).arguments as Node[]
      const { root, path } = memberPath(target!)!
      const holder = this.#holder(root, this.#file.module, unit.node)
      if (holder === undefined || typeof key?.value !== 'string' || descriptor?.type !== 'ObjectExpression')
        return []
      const parts = (descriptor.properties as Node[]).map((one) => ({
        name: propertyName(one),
        value: one.value as Node,
      }))
      const enumerable = parts.some(({ name, value }) => name === 'enumerable' && value?.value === true)
      const given = parts.filter(({ name }) => !/^(enumerable|configurable|writable)$/.test(name ?? '-'))
      const texts = given.map(({ name, value }) => {
        if (name === 'value') return value && this.value(value)?.replace(/^/, `${propertyKey(key.value)}: `)
        const isAccessor = (name === 'get' || name === 'set') && value?.type === 'FunctionExpression'
        const text = isAccessor ? this.#text(value, value) : undefined
        return text && `${name} ${propertyKey(key.value)}${text.slice(text.indexOf('('))}`
      })
      if (texts.length === 0 || texts.some((text) => text === undefined)) return []
      return {
        holder: holder + path.slice(root.length),
        enumerable,
        name: `${path}.${key.value}`,
        node: unit.node,
        text: texts.join(', '),
      }
    })
  }

  get #lists(): Member[] {
    this.#foundLists ??= [...this.#ofData(), ...this.#ofLists()]
    return this.#foundLists
  }

  /** Lists that start-up code of the new version gives other elements. */
  #ofData(): Member[] {
    return (this.#file.data?.lists ?? []).flatMap(({ place, old, new: is }) => {
      const [holder, text, before] = [this.#place(place), this.#expression(is), this.#expression(old)]
      if (holder === undefined || text === undefined || before === undefined) return []
      const node = this.#file.pair.new.program
      const name = `elements of ${[place.name, ...place.keys].join('.')}`
      return { holder, enumerable: true, name, node, text, before, isList: true }
    })
  }

  /** Lists that modules export get other elements, so that whoever holds one sees them. */
  #ofLists(): Member[] {
    const { changedExports, exports, pair } = this.#file
    const [module] = pair.onces
    return [...changedExports].flatMap(([name, how]) => {
      const [was, is] = [exports.old.get(name), exports.new.get(name)]
      if (how === 'added' || was === undefined || is === undefined || !/^[\w$]+$/.test(name)) return []
      const [old, young] = [listOf(was, module!.old), listOf(is, module!.new)]
      const text =
        young && (young.isData ? pair.new.slice(young.value) : this.#early?.early(young.value, young.value))
      if (old === undefined || text === undefined || name === 'default') return []
      return {
        holder: optional(`exports.${name}`),
        enumerable: true,
        name: `elements of exports.${name}`,
        node: is.value ?? is.unit.node,
        text,
        isList: true,
        ...(old.isData && { before: pair.old.slice(old.value) }),
      }
    })
  }

  /** Exports of CommonJS modules; those of an ES module nobody can change. */
  #exports(): Member[] {
    const { changedExports, exports, pair, module } = this.#file
    if (pair.new.type === 'module' || changedExports.has('module.exports')) return []
    const lists = new Set(this.#lists.map(({ node }) => node))
    const led = new Set([...this.#file.succeeded.values()].map(({ name }) => name))
    return [...changedExports].flatMap(([name, how]) => {
      const one = exports.new.get(name)
      if (one === undefined) return (how === 'added' && this.#handedOn(name)) || []
      if (lists.has(one.value ?? one.unit.node) || led.has(name)) return []
      // What start-up code fills is more than what it begins with.
      const isFilled = one.local !== undefined && module.initialisers(one.local).length > 0
      const id: Node | undefined = isFilled ? module.unitOf(one.local!)?.node.id : undefined
      // A declaration that begins with nothing is no use of the name.
      const own = isFilled ? id && pair.new.usesIn(id).length > 0 && id : one.value
      const value: Node | undefined = own || this.#localValue(one.local)
      if (value === undefined || (how === 'changed' && !isPlain(value))) return []
      const was = exports.old.get(name)
      if (was !== undefined && isGetter(was.unit)) return []
      const text = this.value(value)
      if (text === undefined) return []
      // `exports.F.limit = …`
      const steps = name.split('.')
      const key = propertyKey(steps.pop()!)
      return {
        holder: ['exports', ...steps].join('.'),
        enumerable: true,
        name: `exports.${name}`,
        node: one.value ?? one.unit.node,
        text: `${key}: ${text}`,
        ...this.#before(key, was?.value),
      }
    })
  }

  /** `__exportStar(require('./new'), exports)` */
  #handedOn(name: string): Member | undefined {
    const { path, name: own } = this.#plan.origin(this.#file.path, name)
    if (!this.#plan.added.has(path) || !/^[\w$]+$/.test(name) || name !== own) return undefined
    const source = relative(dirname(this.#file.path), path)
    const text = `${name}: require(${quote(source.startsWith('.') ? source : `./${source}`)}).${name}`
    const node = this.#file.pair.new.program
    return { holder: 'exports', enumerable: true, name: `exports.${name}`, node, text }
  }

  /** What start-up code of the new version makes otherwise of objects. */
  #data(): Holder[] {
    return (this.#file.data?.objects ?? []).flatMap(({ place, members, order }) => {
      const holder = this.#place(place)
      if (holder === undefined) return []
      const all = members.flatMap(({ key, old, new: is }) => {
        const text = is === undefined ? '' : this.#expression(is)
        const before = old === undefined ? 'undefined' : this.#expression(old)
        if (text === undefined || before === undefined) return []
        return {
          holder,
          enumerable: true,
          name: `${[place.name, ...place.keys].join('.')}.${key}`,
          node: this.#file.pair.new.program,
          text: text && `${propertyKey(key)}: ${text}`,
          before: `${propertyKey(key)}: ${before}`,
        }
      })
      return { holder, enumerable: true, members: all, ...(order && { order }) }
    })
  }

  /** New objects that stand at several places. */
  #shared(): string[] {
    return (this.#file.data?.shared ?? []).map(
      (one, i) => `const ${SHARED}${i + 1} = ${this.#expression(one)};`,
    )
  }

  #expression(parts: Expression): string | undefined {
    const texts = parts.map((one) => {
      if (typeof one === 'string') return one
      return 'keys' in one ? this.#place(one) : this.#function(one)
    })
    return texts.includes(undefined) ? undefined : texts.join('')
  }

  /** A function of the new version. */
  #function({ node, enclosing }: FunctionNode): string | undefined {
    const once = this.#file.onces.find(({ pair }) => pair.new.fn === enclosing) ?? this.#file.module
    const text = this.value(node, once, true)
    if (text === undefined)
      this.#early?.cannot(node, 'what start-up code makes now uses names that cannot be reached')
    return text && asExpression(node, text)
  }

  /** A running object, where each step may be gone. */
  #place({ once, name, keys }: Place): string | undefined {
    const at = this.#file.pair.new.program
    const root = once === undefined ? 'exports' : this.#early?.earlyName(name, once, at)
    if (root === undefined) {
      this.#early?.cannot(at, `what start-up code makes of '${name}' differs, and it cannot be reached`)
      return undefined
    }
    const steps = keys.map((key) =>
      /^[A-Za-z_$][\w$]*$/.test(String(key)) ? `.${key}` : `[${JSON.stringify(key)}]`,
    )
    const [first = '', ...others] = steps
    const isOptional = once !== undefined && first !== ''
    const way = [isOptional ? optionalStep(first) : first, ...others.map(optionalStep)]
    return root + way.join('')
  }

  /** Plain values of objects that the program holds. */
  #inPlace(): Member[] {
    const { old } = this.#file.pair
    return [...this.#file.inPlace.literals].flatMap(([literal, changes]) =>
      changes.flatMap(({ holder, hidden, key, old: was, new: is }) => {
        const root = hidden && this.#early?.earlyName(hidden.name, hidden.once, literal)
        if (hidden !== undefined && root === undefined) return []
        // The program may have taken one of them away.
        const way = hidden === undefined ? optional(holder) : [root, ...holder.split('.').slice(1)].join('?.')
        return {
          holder: way,
          enumerable: true,
          name: `${holder}.${key}`,
          node: is ?? literal,
          text: is === undefined ? '' : `${key}: ${this.value(is)}`,
          before: `${key}: ${was === undefined ? 'undefined' : old.slice(was)}`,
        }
      }),
    )
  }

  /** Methods that the new version's classes have from their superclasses. */
  #gone(): Member[] {
    return this.#file.pair.removedMembers.flatMap(({ class: node, element }) => {
      const holder = this.#classHolder(node)
      const { key, kind, computed, static: isStatic } = element
      const isMethod = kind === 'method' && !computed && key.type === 'Identifier'
      if (holder === undefined || !isMethod) return []
      const on = isStatic ? holder : `${holder}.prototype`
      // Unless the program has put one of its own there.
      const own = JSON.stringify(this.#file.pair.old.slice(element).replace(/^static\s+/, ''))
      const before = `...(String(${on}.${key.name}) === ${own} && { ${key.name}: ${on}.${key.name} })`
      return { holder: on, enumerable: false, name: `${on}.${key.name}`, node: element, text: '', before }
    })
  }

  /** Data of the running version, which the program may have set to something else. */
  #before(key: string, was: Node | null | undefined): { before?: string } {
    return was && isOwnData(was) ? { before: `${key}: ${this.#file.pair.old.slice(was)}` } : {}
  }

  #localValue(name: string | undefined): Node | undefined {
    const { module } = this.#file
    const unit = name === undefined ? undefined : module.unitOf(name)
    if (unit === undefined) return undefined
    const made = functionOf(unit) ?? classOf(unit)
    if (made !== undefined) return made
    // What is put into it afterwards is part of it, and a copy would not have it.
    const isWhole = module.initialisers(name!).length === 0 && !module.isFilled(name!)
    return isWhole && unit.kind === 'variable' ? (unit.node.init ?? undefined) : undefined
  }

  /**
   * The text of a value that stands on its own, or that can be made early: one that holds something of the program's only
   * where the running version has nothing in its place.
   */
  value(node: Node, once: OncePlan = this.#file.module, isNew = false): string | undefined {
    const value = unwrap(node)
    if (isOwnData(value)) return this.#file.pair.new.slice(value)
    const isEarly = isNew || isRepeatable(value)
    if (once !== this.#file.module) return isEarly ? this.#early?.early(value, value) : undefined
    if (value.type === 'Identifier') {
      const inner = this.#localValue(value.name)
      const text = inner === undefined ? undefined : this.value(inner)
      return text ?? this.#early?.early(value, value)
    }
    const isMade =
      (value.type === 'MemberExpression' && !value.computed) ||
      isFunction(value) ||
      isPlain(value) ||
      isData(value) ||
      requiredModule(value) !== undefined
    if (isMade) return asExpression(value, this.#text(value, value))
    return isEarly ? this.#early?.early(value, value) : undefined
  }

  #classHolder(node: Node): string | undefined {
    for (const once of this.#file.onces) {
      const unit = once.pair.new.units.find((one) => classOf(one) === node)
      if (unit === undefined) continue
      const [name] = unit.names
      if (name !== undefined) return this.#holder(name, once, node)
      return (once === this.#file.module ? this.#exportOf(unit) : undefined) ?? this.#memberHolder(unit, once)
    }
    return undefined
  }

  /** `internals.C = class …`. */
  #memberHolder(unit: Unit, once: OncePlan): string | undefined {
    const [target] = unit.targets ?? []
    if (target === undefined || !/^[\w$]+(\.[\w$]+)+$/.test(target.path)) return undefined
    const holder = this.#holder(target.root, once, unit.node)
    return holder && holder + target.path.slice(target.root.length)
  }

  /** An expression for what a name of the running version holds. */
  #holder(name: string, once: OncePlan, at: Node): string | undefined {
    return this.#exported(name, once) ?? this.#early?.earlyName(name, once, at)
  }

  /** `exports.C = class …`. */
  #exportOf(unit: Unit): string | undefined {
    return this.#path([...this.#file.exports.old.values()].find((one) => this.#isSame(one.unit, unit))?.name)
  }

  #isSame(old: Unit, young: Unit): boolean {
    return this.#file.module.pair.pairs.some((pair) => pair.old === old && pair.new === young)
  }

  /** How the running module exports one of its names. */
  #exported(name: string, once: OncePlan = this.#file.module): string | undefined {
    return this.#file.exposed.path(once.pair, name)
  }

  #path(name: string | undefined): string | undefined {
    if (name === undefined) return undefined
    if (name === 'module.exports') return 'exports'
    return /^[\w$]+$/.test(name) ? `exports.${name}` : undefined
  }
}

/** `.a` and `["a"]` of what may be nothing. */
function optionalStep(step: string): string {
  return step.startsWith('.') ? `?${step}` : `?.${step}`
}

function usesSuper(node: Node): boolean {
  let found = false
  walk(node, ({ type }) => {
    found ||= type === 'Super'
  })
  return found
}

/** A method of a literal is a function without its keyword. */
function asExpression({ type, async, generator }: Node, text: string | undefined): string | undefined {
  if (text === undefined || type !== 'FunctionExpression' || !text.startsWith('(')) return text
  return `${async ? 'async ' : ''}function${generator ? '*' : ''} ${text}`
}

/** Compilers export names by getters that cannot be defined again. */
function isGetter(unit: Unit): boolean {
  return unit.key.startsWith('define ') || bundledExports(unit).length > 0
}

/** A value that is the same however often it is made. */
function isPlain(node: Node): boolean {
  let holds = isRepeatable(node)
  walk(node, ({ type }) => {
    if (/^(New|Call|Class|This|Assignment|Object|Array)/.test(type)) holds = false
  })
  return holds
}

/** Literals, and lists and objects of them. */
function isData(node: Node): boolean {
  let holds = true
  walk(node, ({ type, regex }) => {
    holds &&=
      /^(Literal|ArrayExpression|ObjectExpression|Property|Identifier|UnaryExpression)$/.test(type) && !regex
  })
  return holds && isRepeatable(node)
}
