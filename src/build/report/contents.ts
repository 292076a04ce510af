import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import type { Plan } from '../plan/plan.ts'
import { memberPath, propertyName } from '../read/expressions.ts'
import { shape } from '../read/shape.ts'
import type { SourceFile } from '../read/source-file.ts'
import { containerKey, isMadeAnew, oncesOf, type Put, putBy } from './containers.ts'
import type { Finding } from './findings.ts'

const WHY =
  'what is put into it has another form now, and what the running version has put there stays as it is'

/** Lists, maps and tables that live on, and fields and variables, into which the new version puts something of another form: `list.push({ x })` for `list.push(x)`. */
export function* otherContents(plan: Plan): Generator<Finding> {
  for (const file of plan.files.values()) {
    if (file.pair.changed.size === 0) continue
    const [before, after] = (['old', 'new'] as const).map(
      (side) => new Contents(file.pair[side], oncesOf(file, side)),
    )
    for (const [key, { forms, node, name }] of after!.all) {
      const was = before!.all.get(key)?.forms
      if (was === undefined || !isOther(was, forms, key.startsWith(HELD)) || isMadeAnew(name, file)) continue
      const { path, pair } = file
      const line = pair.new.lineOf(node.start)
      const advice = 'give it the new form in a pre-patch callback'
      yield { severity: 'problem', file: path, line, what: key.split(' ').at(-1)!, why: WHY, advice }
    }
  }
}

/**
 * Something of a form was put there that is put there no more, and what is put there instead has another one. `isHeld`: two
 * literals are none, as what a field has is commonly made anew with each use.
 */
function isOther(was: Forms, is: Forms, isHeld: boolean): boolean {
  if (isEncodedIn(is, was) || isEncodedIn(was, is)) return true
  if (was.has(UNKNOWN) || is.has(UNKNOWN)) return false
  const without = (forms: Forms, others: Forms): [string, Node][] =>
    [...forms].filter(([form]) => ![...others.keys()].some((other) => isOfForm(form, other)))
  const gained = [...is].filter(([form]) => ![...was.keys()].some((other) => isOfForm(other, form)))
  return without(was, is).some(([lost, before]) =>
    gained.some(([form, now]) => {
      if (lost.startsWith(NAME)) return holds(now, lost)
      return form.startsWith(NAME) ? holds(before, form) : !isHeld
    }),
  )
}

/** Whether what is put there as it is has become, or was, a text of it: who takes it out has to make it of that. */
function isEncodedIn(encoded: Forms, plain: Forms): boolean {
  return [...encoded].some(
    ([form, node]) =>
      ENCODES.test(form) &&
      !plain.has(form) &&
      [...plain.values()].some((one) => shape(one) === shape(node.arguments[0] ?? node)),
  )
}

/** Whether a literal, or what makes an object, has a name in it: not as a copy, `{ ...x }`. */
function holds(node: Node, form: string): boolean {
  return containsNode(node, ({ type, name }, ancestors) => {
    const isIt = type === 'Identifier' && form === NAME + name
    return isIt && ancestors.at(-1)?.type !== 'SpreadElement'
  })
}

export function literalForm({ properties }: Node): string {
  const names = (properties as Node[]).map((one) =>
    one.type === 'Property' ? (propertyName(one) ?? '[]') : '...',
  )
  return `{${names.sort().join()}`
}

/** Whether what has a form has another one, too: members may be more. */
export function isOfForm(form: string, other: string): boolean {
  if (form === other) return true
  if (form.startsWith('[') && other.startsWith('[')) return isOfElements(form, other)
  if (!form.startsWith('{') || !other.startsWith('{')) return false
  const names = new Set(other.slice(1).split(','))
  return (
    form.length === 1 ||
    form
      .slice(1)
      .split(',')
      .every((name) => names.has(name))
  )
}

function isOfElements(form: string, other: string): boolean {
  const [is, was] = [form, other].map((one) => one.slice(1).split(','))
  return is!.length === was!.length && is!.every((one, i) => one === was![i] || [one, was![i]].includes(ANY))
}

/** What makes a text, or bytes, of any value: who takes it out has to make the value of it again. */
const ENCODES = /^(JSON\.stringify|(v8\.)?serialize)$/

function isEncoded({ type, callee }: Node): boolean {
  return type === 'CallExpression' && ENCODES.test(memberPath(callee)?.path ?? '')
}

/** What is put into something, by its form. */
type Forms = Map<string, Node>

const UNKNOWN = 'unknown'
const ANY = '?'
const NAME = 'name '
const HELD = 'held '

interface Container {
  forms: Forms
  /** Where something is put into it, and its name if it has one. */
  node: Node
  name: Node | undefined
}

/** What functions of a version put into lists, maps and tables that live on. */
class Contents {
  readonly all = new Map<string, Container>()
  readonly #source: SourceFile

  /** @param onces functions that are called once, where they stand */
  constructor(source: SourceFile, onces: ReadonlySet<FunctionNode | undefined>) {
    this.#source = source
    source.nodes.forEach((node) => {
      const put = putBy(node) ?? heldBy(node, source)
      const fn = put && source.functionAround(node)
      const into = fn && containerKey(put.into, fn, source, onces)
      if (put === undefined || into === undefined) return
      const key = put.isHeld ? HELD + into : into
      const name = put.into.type === 'Identifier' ? put.into : undefined
      const known = this.all.get(key) ?? { forms: new Map(), node, name }
      for (const value of put.values) {
        const meant = this.#meant(unwrap(value))
        known.forms.set(this.#formOf(meant), meant)
      }
      this.all.set(key, known)
    })
  }

  #formOf(node: Node): string {
    switch (node.type) {
      case 'ObjectExpression':
        return literalForm(node)
      case 'ArrayExpression':
        return `[${(node.elements as (Node | null)[]).map((one) => (one === null ? '' : elementForm(one))).join()}`
      case 'NewExpression':
        return `new ${shape(node.callee)}`
      case 'Identifier':
        return NAME + node.name
      case 'Literal':
        return 'literal'
      case 'CallExpression': {
        const path = memberPath(node.callee)?.path ?? ''
        return path === 'Object.create' ? '{' : isEncoded(node) ? path : UNKNOWN
      }
      default:
        return isFunction(node) ? 'function' : UNKNOWN
    }
  }

  /** What a constant of the function is made as. */
  #meant(node: Node): Node {
    if (node.type !== 'Identifier') return node
    const binding = this.#source.bindingFor(node)
    if (binding?.kind !== 'const') return node
    const init = this.#source.declaredWith(binding)
    const value = init ? unwrap(init) : node
    const isMade = /^(Object|Array|New)Expression$/.test(value.type) || isFunction(value) || isEncoded(value)
    return isMade ? value : node
  }
}

/** `[key, value]` and `[value, key]` are two; what is worked out may be either. */
function elementForm({ type, name }: Node): string {
  if (type === 'Identifier') return name
  return /^(Literal|TemplateLiteral|ObjectExpression|ArrayExpression|.*Function.*)$/.test(type) ? type : ANY
}

/** `this.last = { a }`, `last = [a]`: what objects begin with is another thing. */
function heldBy(node: Node, source: SourceFile): Put | undefined {
  const { type, operator, left, right } = node
  if (type !== 'AssignmentExpression' || operator !== '=') return undefined
  const isField = left.type === 'MemberExpression' && left.object.type === 'ThisExpression'
  if (isField ? source.functionAround(node)?.kind.includes('constructor') : left.type !== 'Identifier')
    return undefined
  // Of what a call or `new` makes of a value nothing tells that it is used otherwise.
  const value = unwrap(right)
  return { into: left, values: /^(New|Call|Await)/.test(value.type) ? [] : [value], isHeld: true }
}
