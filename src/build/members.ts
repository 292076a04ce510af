import type { Node } from '../instrument/parse.ts'
import { isFunction, walk } from '../livepatch/ast.ts'
import { Apart } from './apart.ts'
import { classOf, functionOf, propertyName } from './compare.ts'
import { isRepeatable } from './effects.ts'
import { bundledExports } from './exports.ts'
import { isData as isOwnData } from './in-place.ts'
import type { Chunk } from './mapped-text.ts'
import type { FilePlan, Plan } from './plan.ts'
import { memberPath, requiredModule, type Unit, unwrap } from './units.ts'

/** What a patch puts on what a running module exports. */
export interface MembersText {
  chunks: Chunk[]
  /** For people: `C.prototype.m`. */
  names: { name: string; node: Node }[]
}

/** One property of an object that the running module's exports lead to. */
interface Member {
  /** The object, as an expression of `exports`. */
  holder: string
  enumerable: boolean
  name: string
  node: Node
  /** As it stands in a literal; nothing where it is taken away. */
  text: string
  /** The same of the running version: where the program has set another value, that stays. */
  before?: string
}

/** Finds what can be put on the exports of the running module, and writes it without needing anything else of it. */
export class MembersWriter {
  readonly #file: FilePlan
  readonly #apart: Apart

  constructor(plan: Plan, file: FilePlan) {
    this.#file = file
    this.#apart = new Apart(plan, file, (name) => this.#exported(name))
  }

  write(): MembersText | undefined {
    const all = [
      ...this.#ofClasses(),
      ...this.#statics(),
      ...this.#assigned(),
      ...this.#defined(),
      ...this.#exports(),
      ...this.#inPlace(),
      ...this.#gone(),
    ]
    if (all.length === 0) return undefined
    const holders = new Map<string, Member[]>()
    for (const one of all) {
      const key = `${one.holder} ${one.enumerable}`
      holders.set(key, [...(holders.get(key) ?? []), one])
    }
    const pairs = [...holders.values()].flatMap((members): Chunk[] => {
      const { holder, enumerable } = members[0]!
      const inside = members
        .filter(({ text }) => text !== '')
        .map(({ text, node }) => ({ text: `${text},`, line: this.#file.pair.new.lineOf(node.start) }))
      const before = members.flatMap((one) => one.before ?? [])
      const running = before.length === 0 ? '' : `, { ${before.join(', ')} }`
      return [{ text: `[${holder}, {` }, ...inside, { text: `}, ${enumerable}${running}],` }]
    })
    const declarations = this.#apart.declarations().map((text) => ({ text }))
    const directive = this.#apart.isStrict ? [{ text: "'use strict'" }] : []
    const chunks = [...directive, ...declarations, { text: 'return [' }, ...pairs, { text: ']' }]
    return { chunks, names: all.map(({ name, node }) => ({ name, node })) }
  }

  /** Methods and accessors that classes get. */
  #ofClasses(): Member[] {
    return this.#file.pair.addedMembers.flatMap(({ className, class: node, element }) => {
      const holder = this.#classHolder(node)
      const { key, value, kind, computed } = element
      if (holder === undefined || computed || kind === 'constructor' || key.type === 'PrivateIdentifier')
        return []
      const body = this.#apart.text({ start: key.start, end: value.end }, value, holder)
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
      const text = isMade ? this.#apart.text(value, value, holder) : undefined
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
    const { added, pairs } = this.#file.module.pair
    const { stale } = this.#file
    const changed = pairs.filter((one) => one.new.kind === 'statement' && (one.changed || stale.has(one.new)))
    const all = [...added.map((unit) => ({ new: unit, old: undefined })), ...changed]
    return all.flatMap(({ new: unit, old }) => {
      const [target, ...others] = unit.targets ?? []
      if (target === undefined || others.length > 0 || unit.value === undefined) return []
      const steps = target.path.split('.')
      const holder = this.#exported(target.root)
      if (holder === undefined || steps.length < 2 || steps.some((step) => step.startsWith('['))) return []
      const key = steps.at(-1)!
      const text = key === 'prototype' ? undefined : this.#value(unit.value)
      if (text === undefined) return []
      const on = [holder, ...steps.slice(1, -1)].join('.')
      return {
        holder: on,
        enumerable: true,
        name: target.path,
        node: unit.node,
        text: `${quoted(key)}: ${text}`,
        ...this.#before(quoted(key), old?.value),
      }
    })
  }

  /** `Object.defineProperty(C.prototype, 'x', { get() … })` */
  #defined(): Member[] {
    return this.#file.module.pair.added.flatMap((unit) => {
      if (!unit.key.startsWith('call Object.defineProperty ')) return []
      const [target, key, descriptor] = unwrap(unit.node.expression).arguments as Node[]
      const { root, path } = memberPath(target!)!
      const holder = this.#exported(root)
      if (holder === undefined || typeof key?.value !== 'string' || descriptor?.type !== 'ObjectExpression')
        return []
      const parts = (descriptor.properties as Node[]).map((one) => ({
        name: propertyName(one),
        value: one.value as Node,
      }))
      const enumerable = parts.some(({ name, value }) => name === 'enumerable' && value?.value === true)
      const given = parts.filter(({ name }) => !/^(enumerable|configurable|writable)$/.test(name ?? '-'))
      const texts = given.map(({ name, value }) => {
        if (name === 'value') return value && this.#value(value)?.replace(/^/, `${quoted(key.value)}: `)
        const isAccessor = (name === 'get' || name === 'set') && value?.type === 'FunctionExpression'
        const text = isAccessor ? this.#apart.text(value, value) : undefined
        return text && `${name} ${quoted(key.value)}${text.slice(text.indexOf('('))}`
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

  /** Exports of CommonJS modules; those of an ES module nobody can change. */
  #exports(): Member[] {
    const { changedExports, exports, pair } = this.#file
    if (pair.new.type === 'module' || changedExports.has('module.exports')) return []
    return [...changedExports].flatMap(([name, how]) => {
      const one = exports.new.get(name)
      const value = one && (one.value ?? this.#localValue(one.local))
      if (value === undefined || (how === 'changed' && !isPlain(value))) return []
      const was = exports.old.get(name)
      if (was !== undefined && isGetter(was.unit)) return []
      const text = this.#value(value)
      if (text === undefined) return []
      // `exports.F.limit = …`
      const steps = name.split('.')
      const key = quoted(steps.pop()!)
      return {
        holder: ['exports', ...steps].join('.'),
        enumerable: true,
        name: `exports.${name}`,
        node: one!.value ?? one!.unit.node,
        text: `${key}: ${text}`,
        ...this.#before(key, was?.value),
      }
    })
  }

  /** Plain values of objects that the program holds. */
  #inPlace(): Member[] {
    const { old, new: young } = this.#file.pair
    return [...this.#file.inPlace].flatMap(([literal, changes]) =>
      changes.map(({ path, key, old: was, new: is }) => ({
        // The program may have taken one of them away.
        holder: ['exports', path.join('?.')].filter(Boolean).join('.'),
        enumerable: true,
        name: `exports.${[...path, key].join('.')}`,
        node: is ?? literal,
        text: is === undefined ? '' : `${key}: ${young.slice(is)}`,
        before: `${key}: ${was === undefined ? 'undefined' : old.slice(was)}`,
      })),
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

  #value(node: Node): string | undefined {
    const value = unwrap(node)
    if (value.type === 'Identifier') {
      const inner = this.#localValue(value.name)
      return inner === undefined ? undefined : this.#value(inner)
    }
    const isMade =
      (value.type === 'MemberExpression' && !value.computed) ||
      isFunction(value) ||
      isPlain(value) ||
      isData(value) ||
      requiredModule(value) !== undefined
    return isMade ? this.#apart.text(value, value) : undefined
  }

  #classHolder(node: Node): string | undefined {
    const unit = this.#file.module.pair.new.units.find((one) => classOf(one) === node)
    if (unit === undefined) return undefined
    const [name] = unit.names
    return name === undefined ? this.#exportOf(unit) : this.#exported(name)
  }

  /** `exports.C = class …`. */
  #exportOf(unit: Unit): string | undefined {
    return this.#path([...this.#file.exports.old.values()].find((one) => this.#isSame(one.unit, unit))?.name)
  }

  #isSame(old: Unit, young: Unit): boolean {
    return this.#file.module.pair.pairs.some((pair) => pair.old === old && pair.new === young)
  }

  /** How the running module exports one of its names. */
  #exported(name: string): string | undefined {
    return this.#path([...this.#file.exports.old.values()].find((one) => one.local === name)?.name)
  }

  #path(name: string | undefined): string | undefined {
    if (name === undefined) return undefined
    if (name === 'module.exports') return 'exports'
    return /^[\w$]+$/.test(name) ? `exports.${name}` : undefined
  }
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

function quoted(key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? key : `'${key}'`
}
