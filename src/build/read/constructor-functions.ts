import MagicString from 'magic-string'
import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction, walk } from '../../livepatch/ast.ts'
import { isAssigned, memberPath } from './expressions.ts'
import { inheritanceIn } from './inheritance.ts'
import { runsOnce } from './runs-once.ts'
import { SourceFile, type Use } from './source-file.ts'
import { mayHaveDirective } from './strictness.ts'
import { classOf, functionOf } from './unit-values.ts'
import { type Once, onceOf, type Unit } from './units.ts'

/** A class of the new version, and the constructor function that it was. */
export interface BecameClass {
  name: string
  line: number
  isError: boolean
}

const ERROR = /^(Eval|Range|Reference|Syntax|Type|URI)?Error$/

/**
 * The new version of a file with classes as constructor functions, where the running one has such a function: that stays what
 * programs have made objects of, and its methods and what it does are compared. Lines stay where they are.
 */
export function asConstructorFunctions(
  old: SourceFile,
  young: SourceFile,
  versions: readonly string[],
): { file: SourceFile; became: BecameClass[] } {
  const names = [...young.text.matchAll(/\bclass\s+([\w$]+)/g)].map(([, name]) => name!)
  const candidates = new Set(
    names.filter((name) => !new RegExp(`\\bclass\\s+${escaped(name)}\\b`).test(old.text)),
  )
  if (candidates.size === 0) return { file: young, became: [] }
  const running = new Map(
    oncesOf(old).flatMap((once) =>
      once.units.flatMap((unit) => {
        const fn = unit.names.length === 1 ? functionOf(unit) : undefined
        // Nobody has made objects of an arrow.
        const isMaker = fn !== undefined && fn.type !== 'ArrowFunctionExpression'
        return isMaker && candidates.has(unit.names[0]!) ? [[unit.names[0]!, { fn, once }] as const] : []
      }),
    ),
  )
  const text = new MagicString(young.text)
  const became: BecameClass[] = []
  for (const once of oncesOf(young))
    for (const unit of once.units) {
      const name = classOf(unit)?.id?.name as string | undefined
      const was = name === undefined ? undefined : running.get(name)
      if (was === undefined) continue
      const lowered = new LoweredClass(once, unit, was)
      try {
        lowered.write(text)
      } catch (error) {
        if (error instanceof Unsaid) continue
        throw error
      }
      became.push({ name: name!, line: young.lineOf(unit.start), isError: lowered.isError })
    }
  if (became.length === 0) return { file: young, became }
  return { file: SourceFile.read(young.path, text.toString(), young.type, versions), became }
}

function escaped(text: string): string {
  return text.replaceAll('$', '\\$')
}

function oncesOf(file: SourceFile): Once[] {
  const fns = file.analysis.functions.filter((fn) => runsOnce(fn, file))
  return [undefined, ...fns].map((fn) => onceOf(file, fn))
}

interface Edit {
  start: number
  end: number
  text: string
}

/** A constructor function of the running version. */
interface Running {
  fn: Node
  once: Once
}

/** Something in a class that a constructor function cannot say. */
class Unsaid extends Error {}

/** A class of the new version that is said as a constructor function. */
class LoweredClass {
  readonly #file: SourceFile
  readonly #unit: Unit
  readonly #node: Node
  readonly #name: string
  readonly #was: Running
  readonly #superName: string | undefined
  readonly isError: boolean
  readonly #isStrict: boolean

  constructor(once: Once, unit: Unit, was: Running) {
    this.#file = once.file
    this.#unit = unit
    this.#node = classOf(unit)!
    this.#name = this.#node.id.name
    this.#was = was
    const { superClass } = this.#node
    this.#superName = superClass ? memberPath(superClass)?.path : undefined
    this.isError = ERROR.test(this.#superName ?? '') && !once.scope.names.has(this.#superName!)
    this.#isStrict = once.scope.strict
  }

  /** @throws Unsaid */
  write(text: MagicString): void {
    const { body, superClass } = this.#node
    if (superClass && this.#superName === undefined) throw new Unsaid()
    if (superClass && !this.isError && !callsSuper(this.#was, this.#name)) throw new Unsaid()
    if (superClass && this.#asksForInherited()) throw new Unsaid()
    const elements: Node[] = body.body
    const edits: Edit[] = []
    const fields = elements.filter((one) => one.type === 'PropertyDefinition' && !one.static)
    const made = elements.find(({ kind }) => kind === 'constructor')
    edits.push(this.#head(made === undefined ? this.#bareConstructor(fields) : ''))
    for (const element of elements)
      if (element === made) edits.push(...this.#written(element, fields))
      else if (fields.includes(element)) edits.push({ start: element.start, end: element.end, text: '' })
      else edits.push(...this.#element(element))
    edits.push({ start: body.end - 1, end: body.end, text: '' })
    for (const { start, end, text: instead } of edits) {
      const lines = '\n'.repeat(this.#file.lineOf(end) - this.#file.lineOf(start))
      if (start === end) text.appendLeft(start, instead)
      else text.update(start, end, instead + lines || ' ')
    }
  }

  /** `C.a`, where the class itself has no such member: it has those of its superclass, and a function has not. */
  #asksForInherited(): boolean {
    const own = new Set((this.#node.body.body as Node[]).map(({ key }) => key?.name))
    const members = this.#file.uses.flatMap(({ node }) => {
      const parent = node.name === this.#name ? this.#file.parent(node) : undefined
      return parent?.type === 'MemberExpression' && parent.object === node ? [parent] : []
    })
    for (const one of members) if (isAssigned(one, this.#file.parent(one))) own.add(one.property.name)
    const isOfAny = ({ computed, property }: Node): boolean =>
      !computed &&
      (own.has(property.name) || property.name in Function.prototype || property.name === 'prototype')
    return !members.every(isOfAny)
  }

  /** What stands in front of the first element. */
  #head(bare: string): Edit {
    const { start, body, type } = this.#node
    const parent = this.#file.parent(this.#node)!
    const isExported = parent.type.startsWith('Export')
    if (type === 'ClassExpression' && this.#unit.kind !== 'statement') throw new Unsaid()
    const name = this.#name
    const exported = `export { ${name}${parent.type.includes('Default') ? ' as default' : ''} }; `
    const before = isExported ? exported : type === 'ClassExpression' ? `${name}; ` : ''
    const from = this.#superName
    const chain = from === undefined ? '' : `Object.setPrototypeOf(${name}.prototype, ${from}.prototype); `
    return {
      start: isExported ? parent.start : start,
      end: body.start + 1,
      text: before + chain + bare,
    }
  }

  /** The constructor that a class has without writing it, for those who pass what the running one takes. */
  #bareConstructor(fields: Node[]): string {
    const { fn, once } = this.#was
    const params = namesOf(fn.params)
    const from = params.length === 0 ? '()' : `(${params.join(', ')})`
    const [open, close] = this.#superCall(params.length > 0)
    const call = this.#superName === undefined ? '' : `${open}${params.join(', ')}${close}; `
    const strict = this.#isStrict || once.scope.strict ? '' : "'use strict'; "
    return `function ${this.#name}${from} { ${strict}${this.#guard(fn.params)}${call}${this.#given(fields)}} `
  }

  /** What stands around the arguments of `super(…)`. */
  #superCall(hasArguments: boolean): [open: string, close: string] {
    if (!this.isError) return [`${this.#superName}.call(this${hasArguments ? ', ' : ''}`, ')']
    const open = 'Error.captureStackTrace(Object.defineProperties(this, Object.getOwnPropertyDescriptors('
    return [`${open}new ${this.#superName}(`, `))), ${this.#name})`]
  }

  #written(element: Node, fields: Node[]): Edit[] {
    const { value } = element
    const fn = this.#file.functionOf.get(value)!
    const calls = (value.body.body as Node[]).filter(({ expression }) => expression?.callee?.type === 'Super')
    const [call] = calls
    if (fn.newTarget || calls.length !== (this.#superName === undefined ? 0 : 1)) throw new Unsaid()
    if (fields.some((one) => this.#hides(fn, one))) throw new Unsaid()
    const begun = value.body.start + 1
    const given = ` ${this.#given(fields)}`
    const first = ` ${this.#guard(value.params)}${call === undefined ? given : ''}`
    const edits: Edit[] = [
      { start: element.start, end: value.start, text: `function ${this.#name} ` },
      { start: begun, end: begun, text: this.#strict(value) + first.trimEnd() },
      ...this.#supers(value, true),
    ]
    if (call === undefined) return edits
    const { start, end, arguments: args } = call.expression
    const [open, close] = this.#superCall(args.length > 0)
    if (args.length === 0) edits.push({ start, end, text: open + close })
    else edits.push({ start, end: args[0].start, text: open }, { start: args.at(-1).end, end, text: close })
    edits.push({ start: call.end, end: call.end, text: given.trimEnd() })
    return edits
  }

  /** `this.x = …` for each field. */
  #given(fields: Node[]): string {
    return fields
      .map(({ key, value, computed }) => {
        if (computed || key.type !== 'Identifier') throw new Unsaid()
        return `this.${key.name} = ${value ? this.#file.slice(value) : 'undefined'}; `
      })
      .join('')
  }

  /** Whether a name of a field's value means something else in the constructor. */
  #hides({ parameters, body }: FunctionNode, field: Node): boolean {
    const isOwn = ({ node: { name } }: Use): boolean => parameters.names.has(name) || body.names.has(name)
    return this.#file.usesIn(field).some(isOwn)
  }

  /** A method, an accessor, something static. */
  #element(element: Node): Edit[] {
    const { type, key, value, kind, static: isStatic, computed, start, end } = element
    const holder = isStatic ? this.#name : `${this.#name}.prototype`
    if (key === undefined || key.type === 'PrivateIdentifier') throw new Unsaid()
    if (kind === 'get' || kind === 'set') {
      if (computed) throw new Unsaid()
      const name = JSON.stringify(key.name ?? String(key.value))
      const text = `Object.defineProperty(${holder}, ${name}, { configurable: true, ${kind}`
      const inside = [{ start: value.body.start + 1, end: value.body.start + 1, text: this.#strict(value) }]
      return [
        { start, end: value.start, text },
        ...inside,
        ...this.#supers(value),
        { start: end, end, text: ' });' },
      ]
    }
    const isName = key.type === 'Identifier' && !computed
    const head = [{ start, end: key.start, text: isName ? `${holder}.` : `${holder}[` }]
    const closed = isName ? ' = ' : '] = '
    if (type === 'PropertyDefinition') {
      if (!value || containsNode(value, ({ type }) => /^(ThisExpression|Super)$/.test(type)))
        throw new Unsaid()
      return [
        ...head,
        { start: key.end, end: value.start, text: closed },
        { start: value.end, end, text: ';' },
      ]
    }
    const made = `${value.async ? 'async ' : ''}function${value.generator ? '*' : ''} `
    const begun = value.body.start + 1
    return [
      ...head,
      { start: key.end, end: value.start, text: closed + made },
      { start: begun, end: begun, text: this.#strict(value) },
      ...this.#supers(value, false, isStatic),
      { start: end, end, text: ';' },
    ]
  }

  /** Code of a class is strict. Where parameters keep a function from saying so, what is left shows with frozen objects alone. */
  #strict(value: Node): string {
    if (this.#isStrict) return ''
    if (mayHaveDirective(value, value.params)) return " 'use strict';"
    const isGlobal = (use: Use): boolean => use.assigned && this.#file.bindingOf(use) === undefined
    if (this.#file.functionOf.get(value)!.eval || this.#file.usesIn(value).some(isGlobal)) throw new Unsaid()
    return ''
  }

  /** `super.m(…)` */
  #supers(value: Node, isConstructor = false, isStatic = false): Edit[] {
    const edits: Edit[] = []
    const { parameters, body } = this.#file.functionOf.get(value)!
    const roots = [this.#name, this.#superName?.split('.')[0]].filter((one) => one !== undefined)
    walk(value, (node, ancestors) => {
      if (node.type === 'MetaProperty' && node.meta.name === 'new') throw new Unsaid()
      if (node.type !== 'Super') return
      const [member, call] = [ancestors.at(-1)!, ancestors.at(-2)!]
      const isOther = (one: Node): boolean => isFunction(one) && !one.type.startsWith('Arrow')
      if (
        ancestors.slice(1).some(isOther) ||
        roots.some((one) => parameters.names.has(one) || body.names.has(one))
      )
        throw new Unsaid()
      if (isConstructor && member.type === 'CallExpression' && call.type === 'ExpressionStatement') return
      if (member.type !== 'MemberExpression' || member.computed) throw new Unsaid()
      if (call.type !== 'CallExpression' || call.callee !== member || call.optional) throw new Unsaid()
      const on = isStatic ? this.#superName : `${this.#superName}.prototype`
      const text = `${on}.${member.property.name}.call(this`
      const [first] = call.arguments as Node[]
      if (first === undefined) edits.push({ start: node.start, end: call.end, text: `${text})` })
      else edits.push({ start: node.start, end: first.start, text: `${text}, ` })
    })
    return edits
  }

  /** Where the running one makes an object when it is called without `new`, it goes on doing so. */
  #guard(params: Node[]): string {
    const name = this.#name
    const isNew = ({ type, callee }: Node): boolean => type === 'NewExpression' && callee.name === name
    const isTest = ({ type, right }: Node): boolean => type === 'BinaryExpression' && right.name === name
    const isGuard = ({ type, test, consequent }: Node): boolean =>
      type === 'IfStatement' && containsNode(test, isTest) && containsNode(consequent, isNew)
    if (!(this.#was.fn.body.body as Node[]).some(isGuard)) return ''
    return `if (!(this instanceof ${name})) return new ${name}(${namesOf(params).join(', ')}); `
  }
}

/** What a function calls its parameters. */
function namesOf(params: Node[]): string[] {
  return params.map((one) => {
    const { type, name } = one.type === 'AssignmentPattern' ? one.left : one
    if (type !== 'Identifier') throw new Unsaid()
    return name as string
  })
}

/** Whether a constructor function has its superclass give its objects what they have: `S.call(this)`. */
function callsSuper({ fn, once }: Running, name: string): boolean {
  const inherited = once.units.some(({ node }) => inheritanceIn(node)?.of === name)
  const isCall = ({ type, callee }: Node): boolean =>
    type === 'CallExpression' &&
    callee.type === 'MemberExpression' &&
    /^(call|apply)$/.test(callee.property.name) &&
    memberPath(callee.object) !== undefined
  return inherited && containsNode(fn.body, isCall)
}
