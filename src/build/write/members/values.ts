import { basename } from 'node:path'
import { type Node, unwrap } from '../../../instrument/parse.ts'
import { containsNode, isFunction } from '../../../livepatch/ast.ts'
import type { FilePlan } from '../../plan/file-plan.ts'
import type { OncePlan } from '../../plan/once-plan.ts'
import type { Plan } from '../../plan/plan.ts'
import { isData, isRepeatable } from '../../read/effects.ts'
import { isName } from '../../read/expressions.ts'

import { requiredModule } from '../../read/imports.ts'
import { classOf, functionOf } from '../../read/unit-values.ts'
import type { Unit } from '../../read/units.ts'
import { Apart, type InClass } from './apart.ts'

/** Writes what runs early, with names of the module: see early-names.ts. */
export interface Early {
  early(range: { start: number; end: number }, root: Node, hasSuper?: boolean): string | undefined
  earlyName(name: string, once: OncePlan, at: Node): string | undefined
  /** An expression for the value that the patch gives an export of the module, for other files too, if it can be reached. */
  exportGiven(name: string): string | undefined
  /** Tells that something cannot be put on the running module. */
  cannot(at: Node, why: string): void
}

/** How objects of the running module are reached before any of its functions has been called, and what can be put there. */
export class MemberValues {
  readonly plan: Plan
  readonly file: FilePlan
  /** Where names of the module can be reached early. */
  readonly early: Early | undefined
  readonly apart: Apart

  constructor(plan: Plan, file: FilePlan, early?: Early) {
    this.plan = plan
    this.file = file
    this.early = early
    this.apart = new Apart(plan, file, (name) => this.#exported(name))
  }

  /** By itself or, where that does not do, with names of the module. */
  text(range: { start: number; end: number }, root: Node, inClass: InClass = {}): string | undefined {
    return this.apart.text(range, root, inClass) ?? this.early?.early(range, root, inClass.hasSuper)
  }

  /** Data of the running version, which the program may have set to something else. */
  before(key: string, was: Node | null | undefined): { before?: string } {
    return was && isData(was) ? { before: `${key}: ${this.file.pair.old.slice(was)}` } : {}
  }

  localValue(name: string | undefined): Node | undefined {
    const { module } = this.file
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
  value(node: Node, once: OncePlan = this.file.module, isNew = false): string | undefined {
    const value = unwrap(node)
    if (isData(value)) return this.file.pair.new.slice(value)
    const isEarly = isNew || isRepeatable(value)
    if (once !== this.file.module) {
      const alone = isFunction(value) ? asExpression(value, this.apart.text(value, value)) : undefined
      return alone ?? (isEarly ? this.early?.early(value, value) : undefined)
    }
    if (value.type === 'Identifier') {
      const imported = this.#imported(value)
      if (imported !== undefined) return imported
      const inner = this.localValue(value.name)
      const isCopied = inner !== undefined && !this.#isShared(value) && !this.#isRunningClass(inner)
      return (isCopied ? this.value(inner) : undefined) ?? this.#running(value)
    }
    const isMade =
      (value.type === 'MemberExpression' && !value.computed) ||
      isFunction(value) ||
      isPlain(value) ||
      isSpelledOut(value) ||
      requiredModule(value) !== undefined
    if (isMade) return asExpression(value, this.text(value, value))
    return isEarly ? this.early?.early(value, value) : undefined
  }

  /** A name that is imported: whoever imports it has the same, of a new file, too. */
  #imported(node: Node): string | undefined {
    const { module, path } = this.file
    const name: string = node.name
    const unit = module.unitOf(name)
    if (unit?.kind !== 'import' || unit.source === undefined) return undefined
    const from = this.plan.resolve(path, unit.source)
    const isOne = !module.isBrought(name) || (from !== undefined && this.plan.added.has(from))
    return isOne ? this.apart.text(node, node) : undefined
  }

  /**
   * The text of an export that is new. Where code of the package uses the very class or object too, it is that one: a copy
   * would be another.
   */
  newExport(name: string, value: Node): string | undefined {
    const inner = value.type === 'Identifier' ? this.localValue(value.name) : value
    const isOne = inner === undefined || hasIdentity(unwrap(inner))
    if (!isOne || !this.#isForOthers(name))
      return this.value(value, this.file.module, this.file.pair.new.members.has(name))
    const own = value.type === 'Identifier' ? this.#running(value) : undefined
    // Functions that are nothing but called do the same, each of them.
    const isOnlyCalled = inner !== undefined && isFunction(unwrap(inner)) && !this.#isShared(value)
    return own ?? this.early?.exportGiven(name) ?? (isOnlyCalled ? this.value(value) : undefined)
  }

  /** Whether another file asks for an export. */
  #isForOthers(name: string): boolean {
    if (!/^[\w$]+$/.test(name)) return false
    const speaks = new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`)
    const self = basename(this.file.path).replace(/\.\w+$/, '')
    const others = [...this.plan.files.values()].filter((one) => one !== this.file).map((one) => one.pair.new)
    return [...others, ...this.plan.added.values()].some(
      ({ text }) => (self === 'index' || text.includes(`/${self}`)) && speaks.test(text),
    )
  }

  /** Whether others use the very class, function or object that a name stands for, so that a copy would be another one. */
  #isShared(at: Node): boolean {
    const inner = this.localValue(at.name)
    const value = inner && unwrap(inner)
    if (value === undefined || !hasIdentity(value)) return false
    const { new: source } = this.file.pair
    return source.uses.some(({ node }) => {
      if (node.name !== at.name || node === at || source.bindingFor(node)?.scope !== this.file.module.scope)
        return false
      const parent = source.parent(node)
      if (parent?.type === 'VariableDeclarator' && parent.id === node) return false
      const isCalled = parent?.callee === node && parent?.type === 'CallExpression'
      return !isFunction(value) || !isCalled
    })
  }

  /** Whether a value is a class that the running version has: what it has made is of that one. */
  #isRunningClass(value: Node): boolean {
    const { pairs } = this.file.module.pair
    return pairs.some((one) => classOf(one.new) === value && classOf(one.old) !== undefined)
  }

  classHolder(node: Node): string | undefined {
    for (const once of this.file.onces) {
      const unit = once.pair.new.units.find((one) => classOf(one) === node)
      if (unit === undefined) continue
      const [name] = unit.names
      if (name !== undefined) return this.holder(name, once, node)
      return (once === this.file.module ? this.#exportOf(unit) : undefined) ?? this.#memberHolder(unit, once)
    }
    return undefined
  }

  /** `internals.C = class …`. */
  #memberHolder(unit: Unit, once: OncePlan): string | undefined {
    const [target] = unit.targets ?? []
    if (target === undefined || !/^[\w$]+(\.[\w$]+)+$/.test(target.path)) return undefined
    const holder = this.holder(target.root, once, unit.node)
    return holder && holder + target.path.slice(target.root.length)
  }

  /** An expression for what a name of the running version holds. */
  holder(name: string, once: OncePlan, at: Node): string | undefined {
    if (name === 'exports' && once !== this.file.module && this.#isOfModule(at)) return 'exports'
    return this.#exported(name, once) ?? this.early?.earlyName(name, once, at)
  }

  /** Whether `exports` in a function that is called where it stands is the file's own, and all that programs get. */
  #isOfModule(at: Node): boolean {
    const { old, new: young } = this.file.pair
    const isWhole = [old, young].some(({ text }) => SETS_EXPORTS.test(text))
    const use = young.usesIn(at).find(({ node }) => node.name === 'exports')
    return !isWhole && use !== undefined && young.bindingOf(use)?.kind === 'wrapper'
  }

  /** `exports.C = class …`. */
  #exportOf(unit: Unit): string | undefined {
    return this.#path([...this.file.exports.old.values()].find((one) => this.#isSame(one.unit, unit))?.name)
  }

  #isSame(old: Unit, young: Unit): boolean {
    return this.file.module.pair.pairs.some((pair) => pair.old === old && pair.new === young)
  }

  /** What a name of the module holds: by what that exports already, unless the patch has it, or by a function that sees it. */
  #running(name: Node): string | undefined {
    const exported = this.file.module.isBrought(name.name) ? undefined : this.#exported(name.name)
    return exported ?? this.early?.early(name, name)
  }

  /** How the running module exports one of its names. */
  #exported(name: string, once: OncePlan = this.file.module): string | undefined {
    return this.file.exposed.path(once.pair, name)
  }

  #path(name: string | undefined): string | undefined {
    if (name === undefined) return undefined
    if (name === 'module.exports') return 'exports'
    return isName(name) ? `exports.${name}` : undefined
  }
}

const SETS_EXPORTS = /\bmodule\s*(?:\.\s*exports|\[)|\bexports\s*=(?!=)/

/** Whether it matters which one it is: two of them are two. */
function hasIdentity(value: Node): boolean {
  return isFunction(value) || /^(Class|Object|Array|New|Call)/.test(value.type)
}

/** A method of a literal is a function without its keyword. */
export function asExpression({ type, async, generator }: Node, text: string | undefined): string | undefined {
  if (text === undefined || type !== 'FunctionExpression' || !text.startsWith('(')) return text
  return `${async ? 'async ' : ''}function${generator ? '*' : ''} ${text}`
}

/** A value that is the same however often it is made. */
export function isPlain(node: Node): boolean {
  return (
    isRepeatable(node) &&
    !containsNode(node, ({ type }) => /^(New|Call|Class|This|Assignment|Object|Array)/.test(type))
  )
}

/** Literals and names, and lists and objects of them. */
function isSpelledOut(node: Node): boolean {
  const isOther = ({ type, regex }: Node): boolean =>
    !/^(Literal|ArrayExpression|ObjectExpression|Property|Identifier|UnaryExpression)$/.test(type) || regex
  return !containsNode(node, isOther) && isRepeatable(node)
}
