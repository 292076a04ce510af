import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode, Scope } from '../../instrument/scopes.ts'
import { isReference, walkOwn } from '../../livepatch/ast.ts'
import { livesOn } from '../plan/literal-fields.ts'
import { keyOf } from '../plan/made-on-this.ts'
import { outlives } from '../plan/outlives.ts'
import type { Plan } from '../plan/plan.ts'
import { calledName, memberKey, memberPath } from '../read/expressions.ts'
import { shape } from '../read/shape.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'
import { isOfForm, literalForm } from './contents.ts'
import type { Finding } from './findings.ts'
import { RESTART } from './report.ts'

/**
 * `({ at: seconds })` that became `({ at: seconds * 1000 })`, where `now - x.at * 1000` became `now - x.at`: objects of the
 * running version have the one, and functions of the new one take it for the other.
 */
export function* otherMeanings(plan: Plan): Generator<Finding> {
  const given = new Map<string, { node: Node; source: SourceFile }>()
  const asked = new Set<string>()
  for (const { pair } of plan.files.values())
    for (const young of pair.changed) {
      const [was, is] = [new Uses(pair.functions.get(young)!, pair.old), new Uses(young, pair.new)]
      for (const [key, node] of differing(was.given, is.given)) given.set(key, { node, source: pair.new })
      // A function that gives it as well has what it has given.
      for (const [key] of differing(was.asked, is.asked)) if (!is.given.has(key)) asked.add(key)
    }
  for (const [key, { node, source }] of given) {
    // What is in it is made into the other kind, with its keys.
    if (!asked.has(key) || plan.fields.isConverted(key.replace(KEYS_OF, ''))) continue
    const why =
      'it is given something else, and used in another way: what has it already keeps what the running version gave it'
    const place = { file: source.path, line: source.lineOf(node.start) }
    yield { severity: 'problem', ...place, what: key, why, advice: RESTART }
  }
}

/** How the keys of a table are told from the table, and a parameter of a function. */
const KEYS_OF = 'keys of '
const PARAMETER = 'parameter '

type Forms = Map<string, Map<string, Node>>

/** Keys for which there is a form no more, and another one instead. */
function* differing(was: Forms, is: Forms): Generator<[key: string, node: Node]> {
  for (const [key, after] of is) {
    const before = was.get(key)
    const isNew = (form: string): boolean => ![...(before?.keys() ?? [])].some((was) => isOfForm(was, form))
    const gained = [...after].find(([form]) => isNew(form))
    if (before !== undefined && gained && [...before.keys()].some((form) => !after.has(form)))
      yield [key, gained[1]]
  }
}

/**
 * What a function gives members of objects that live on, tables and variables of the module, and parameters of others, and
 * what it does with what they have; with parameters of the function that made it, where it lives on.
 */
class Uses {
  readonly given: Forms = new Map()
  readonly asked: Forms = new Map()
  readonly #fn: FunctionNode
  readonly #source: SourceFile
  readonly #module: Scope

  constructor(fn: FunctionNode, source: SourceFile) {
    this.#fn = fn
    this.#source = source
    this.#module = source.analysis.module
    walkOwn(fn.node, (node, ancestors) => {
      const { type, left, right, operator } = node
      const parent = ancestors.at(-1)
      if (type === 'AssignmentExpression' && operator === '=') this.#gives(left, right)
      else if (type === 'CallExpression') this.#calls(node)
      else if (type === 'ObjectExpression' && livesOn(node, fn, source)) {
        for (const one of node.properties as Node[])
          if (one.type === 'Property')
            this.#add(this.given, keyOf(one) ?? this.#symbol(one.key), formOf(one.value), one)
      } else if (type === 'ObjectPattern') this.#takes(node)
      else if (parent !== undefined) this.#asks(node, parent)
    })
  }

  /** `a.key = value`, `table[key] = value`, `variable = value` */
  #gives(left: Node, value: Node): void {
    if (left.type === 'MemberExpression' && left.computed)
      this.#add(this.given, this.#tableOf(left.object), shape(left.property), left)
    this.#add(this.given, this.#keyOf(left), formOf(value), left)
  }

  /** `map.set(key, value)`, `map.get(key)`, `make(value)` */
  #calls(node: Node): void {
    const { callee, arguments: args } = node
    for (const [i, value] of (args as Node[]).entries())
      this.#add(this.given, `${PARAMETER}${i + 1} of ${calledName(node) ?? ''}`, shape(value), value)
    if (callee.type !== 'MemberExpression' || args.length === 0) return
    const verb = memberKey(callee) ?? ''
    const key = this.#tableOf(callee.object)
    if (verb === 'set' && args.length === 2) this.#add(this.given, key, shape(args[0]), node)
    else if (/^(get|has|delete)$/.test(verb)) this.#add(this.asked, key, shape(args[0]), node)
  }

  /** `({ key }) => …` */
  #takes({ properties }: Node): void {
    for (const one of properties as Node[]) {
      const key = one.value?.type === 'Identifier' ? (keyOf(one) ?? this.#symbol(one.key)) : undefined
      const binding = key === undefined ? undefined : this.#source.bindingFor(one.value)
      for (const { node } of this.#source.usesOf(binding))
        if (node !== one.value) this.#add(this.asked, key, askedAs(node, this.#source.parent(node)!), node)
    }
  }

  #asks(node: Node, parent: Node): void {
    if (node.type === 'MemberExpression' && node.computed && memberKey(node) === undefined)
      this.#add(this.asked, this.#tableOf(node.object), shape(node.property), node)
    this.#add(this.asked, this.#keyOf(node) ?? this.#parameter(node), askedAs(node, parent), node)
  }

  /** A parameter of a function around this one. */
  #parameter(node: Node): string | undefined {
    const binding = node.type === 'Identifier' ? this.#source.bindingFor(node) : undefined
    const maker = binding?.kind === 'parameter' ? ownerOf(binding.scope) : undefined
    if (maker === undefined || maker === this.#fn || !isReference(node, this.#source.parent(node)))
      return undefined
    const place = (maker.node.params as Node[]).findIndex(({ name }) => name === node.name)
    if (place < 0 || !outlives(this.#fn, this.#source)) return undefined
    return `${PARAMETER}${place + 1} of ${maker.paths[0]?.split(/[/.]/).at(-1)}`
  }

  #keyOf(node: Node): string | undefined {
    if (node.type !== 'MemberExpression') return this.#variable(node)
    return memberKey(node) ?? (node.computed ? this.#symbol(node.property) : undefined)
  }

  /** `[kState]`, `[symbols.state]`: a name of the module that is the same for good. */
  #symbol(key: Node): string | undefined {
    const root: Node = key.type === 'MemberExpression' && !key.computed ? key.object : key
    const binding = root.type === 'Identifier' ? this.#source.bindingFor(root) : undefined
    return binding?.scope === this.#module && !binding.assigned ? `[${memberPath(key)!.path}]` : undefined
  }

  #tableOf(node: Node): string | undefined {
    const name = this.#keyOf(node)
    return name && `${KEYS_OF}${name}`
  }

  #variable(node: Node): string | undefined {
    const isUse = isReference(node, this.#source.parent(node))
    const binding = isUse ? this.#source.bindingFor(node) : undefined
    return binding?.scope === this.#module && /^(var|let|const)$/.test(binding.kind) ? node.name : undefined
  }

  #add(forms: Forms, key: string | undefined, form: string | undefined, node: Node): void {
    if (key === undefined || form === undefined) return
    const known = forms.get(key) ?? new Map<string, Node>()
    forms.set(key, known.set(form, node))
  }
}

/** A literal by its members: what they are given is theirs. */
function formOf(value: Node): string {
  return value.type === 'ObjectExpression' ? literalForm(value) : shape(value)
}

/** What makes another kind of value of one: `JSON.parse(x)`. */
const CONVERTS =
  /^(JSON\.parse|Number|BigInt|parseInt|parseFloat|Number\.parse(Int|Float)|Buffer\.from|atob|unescape|decodeURI(Component)?)$/

/** How a value is taken: reckoned with, counted, compared, converted, asked for a member, or whether there is one. */
function askedAs(member: Node, parent: Node): string | undefined {
  const { type, operator, prefix, left, object, test } = parent
  if (type === 'BinaryExpression' && !/^(in|instanceof)$/.test(operator)) return shape(parent)
  if (type === 'UpdateExpression') return `${prefix ? operator : ''}x${prefix ? '' : operator}`
  if (type === 'CallExpression' && parent.arguments[0] === member) {
    const path = memberPath(parent.callee)?.path ?? ''
    return CONVERTS.test(path) ? `${path}()` : ''
  }
  if (type === 'MemberExpression' && object === member) return `.${memberKey(parent) ?? ''}`
  const isTest = test === member || operator === '!' || (type === 'LogicalExpression' && left === member)
  if (isTest) return '?'
  return type === 'AssignmentExpression' && left === member ? undefined : ''
}
