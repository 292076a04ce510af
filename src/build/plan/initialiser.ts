import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction, isReference, walk } from '../../livepatch/ast.ts'
import { isUndefined } from '../read/arguments.ts'
import { declaratorsOf } from '../read/declarators.ts'
import { isRepeatable } from '../read/effects.ts'
import { runTimeOf } from '../read/run-there.ts'
import { belongsTo, ownerOf, type SourceFile, type Use } from '../read/source-file.ts'
import type { FilePlan } from './file-plan.ts'
import { isFilled } from './grown-literals.ts'
import { NotPassed } from './not-passed.ts'
import type { Plan } from './plan.ts'
import { isEmptyObject } from './state.ts'
import { coalesced, type Substitute, type Text } from './substitutes.ts'

/** What makes objects, and the fields that it gives them. */
export interface Maker {
  /** Where it is a function, or a class with a constructor. */
  fn: FunctionNode | undefined
  fields: MadeField[]
  /** Those that functions give which the object is handed to: `init(this)`. */
  given?: MadeField[]
  /** Methods that the constructor calls in every case, and the calls. */
  helpers: FunctionNode[]
  calls?: Node[]
}

export interface MadeField {
  key: string
  node: Node
  /** `various`: one of several, as it comes. */
  value: Node | 'various' | undefined
  /** By a function that the object is handed to. */
  isGiven?: boolean
  /** What decides between two. */
  choice?: { test: Node; fields: [MadeField, MadeField] } | undefined
}

/** An expression of the new version that says what a field begins with, for an object that exists: it is `this`. */
export interface Initialiser extends Text {
  isNothing: boolean
  /** It uses names of the module, or only what every place has. */
  usesModule: boolean
  /** What is taken as not passed to the call that made the object. */
  notPassed: string[]
}

/** Tells what an expression of a constructor comes to long after its call, from what the object holds. */
export class Reach {
  readonly #plan: Plan
  readonly #file: FilePlan
  readonly #after: Maker
  readonly #before: Maker
  readonly #notPassed: NotPassed | undefined

  constructor(plan: Plan, file: FilePlan, after: Maker, before: Maker) {
    this.#plan = plan
    this.#file = file
    this.#after = after
    this.#before = before
    const { fn, helpers } = after
    const calls = new Map(
      helpers.flatMap((helper, i) => (after.calls?.[i] ? [[helper, after.calls[i]]] : [])),
    )
    const isHeld = (name: string): boolean => this.#heldIn(name, true) !== undefined
    this.#notPassed = fn && new NotPassed(plan, file, { fn, old: before.fn, helpers: calls, isHeld })
  }

  /** What a field begins with; otherwise why nothing says it. */
  of({ value, choice }: Pick<MadeField, 'value' | 'choice'>): Initialiser | string {
    if (choice !== undefined) {
      const holds = this.#notPassed?.holds(choice.test)
      if (holds !== undefined) return this.of(choice.fields[holds ? 0 : 1])
    }
    if (value === 'various') return 'what it begins with depends on how the object was made'
    if (value === undefined) return { ...NOTHING }
    const text = this.#notPassed?.reduce(value) ?? { node: value, substitutes: coalesced(value) }
    const notPassed = [...(this.#notPassed?.names ?? [])]
    const made = this.#complete(text, [])
    return typeof made === 'string' ? made : { ...made, notPassed }
  }

  /** `within`: of which variables' values it is a part. */
  #complete({ node, substitutes: begun }: Text, within: readonly string[]): Initialiser | string {
    if (node === undefined) return { ...NOTHING }
    const substitutes: Substitute[] = []
    let usesModule = false
    for (const one of begun) {
      const by = typeof one.by === 'string' ? one.by : this.#complete(one.by, within)
      if (typeof by === 'string' && typeof one.by !== 'string') return by
      if (typeof by !== 'string') usesModule ||= by.usesModule
      substitutes.push({ ...one, by })
    }
    const isSeenTo = ({ start, end }: Node): boolean =>
      begun.some((one) => start >= one.start && end <= one.end)
    const source = this.#file.pair.new
    const refused = refusedIn(node, isSeenTo) ?? startedBy(node, source)
    if (refused !== undefined) return refused
    for (const use of source.usesIn(node)) {
      if (isSeenTo(use.node)) continue
      const binding = source.bindingOf(use)
      if (binding === undefined || isInside(ownerOf(binding.scope), node)) continue
      const { fn } = this.#after
      if (fn === undefined || !belongsTo(binding.scope, fn)) {
        const isOfModule = binding.scope.kind === 'class' || this.#file.onceOf(binding.scope) !== undefined
        if (!isOfModule) return `it depends on '${use.node.name}' of the function around it`
        usesModule = true
        continue
      }
      const substitute = this.#local(use, fn, within)
      if (typeof substitute === 'string') return substitute
      substitutes.push(substitute)
      if (typeof substitute.by !== 'string') usesModule ||= (substitute.by as Initialiser).usesModule
    }
    return { node, substitutes, usesModule, isNothing: isNothing(node, substitutes), notPassed: [] }
  }

  /** A parameter or variable of the constructor, by something that its object tells. */
  #local(use: Use, fn: FunctionNode, within: readonly string[]): Substitute | string {
    const source = this.#file.pair.new
    const { node } = use
    const { name, start, end } = node
    const binding = source.bindingOf(use)!
    const parent = source.parent(node)
    const isRead = parent?.type === 'MemberExpression' && parent.object === node
    const key = parent?.type === 'Property' && parent.shorthand ? { key: `${name}: ` } : {}
    const held = isDefaulted(binding, source) ? this.#heldIn(name, isRead) : undefined
    if (held !== undefined) return { start, end, by: `this.${held}`, ...key }
    const declared = binding.assigned ? undefined : declaratorsOf(fn).find(({ id }) => id.name === name)
    if (declared === undefined || within.includes(name) || !isRepeatable(declared.init))
      return `it depends on '${name}', which only the call that made the object had`
    const by = this.#complete({ node: declared.init ?? undefined, substitutes: coalesced(declared.init) }, [
      ...within,
      name,
    ])
    return typeof by === 'string' ? by : { start, end, by, ...key }
  }

  /**
   * The field in which the running version keeps what came in this parameter, if it is never given another value.
   * @param isRead its members will do, also beside others
   */
  #heldIn(name: string, isRead: boolean): string | undefined {
    const keeps = ({ fields }: Maker): string[] =>
      fields
        .filter(({ value }) => typeof value === 'object' && isKept(value, name, isRead))
        .map(({ key }) => key)
        .filter((key) => !key.startsWith('['))
    const before = keeps(this.#before)
    return keeps(this.#after).find((key) => before.includes(key) && this.#isWrittenOnce(key))
  }

  #isWrittenOnce(key: string): boolean {
    let count = 0
    for (const { pair } of this.#plan.files.values()) {
      for (const side of [pair.old, pair.new]) {
        side.nodes.forEach((node) => {
          const target =
            node.type === 'AssignmentExpression'
              ? node.left
              : node.type === 'UpdateExpression'
                ? node.argument
                : undefined
          if (target?.type === 'MemberExpression' && target.property.name === key && !target.computed) count++
        })
      }
    }
    return count <= 2
  }
}

const NOTHING: Initialiser = {
  node: undefined,
  substitutes: [],
  isNothing: true,
  usesModule: false,
  notPassed: [],
}

/** Whether nothing but `options = options || {}` gives a variable another value. */
function isDefaulted(binding: Binding, source: SourceFile): boolean {
  if (!binding.assigned) return true
  return source.usesOf(binding).every((use) => {
    const parent = source.parent(use.node)!
    if (!use.assigned || parent.type !== 'AssignmentExpression') return true
    return isEmptyObject(parent.right) || isKept(parent.right, binding.name, false)
  })
}

/** `options`, `options || {}`; where members will do `{ ...defaults, ...options }` and `Object.assign({}, options)` as well. */
function isKept(value: Node, name: string, isRead: boolean): boolean {
  const node = unwrap(value)
  if (node.name === name) return true
  if (/^(\|\||\?\?)$/.test(node.operator)) return node.left.name === name && isEmptyObject(node.right)
  if (!isRead) return false
  if (node.type === 'ObjectExpression') return node.properties.at(-1)?.argument?.name === name
  return isFilled(node) && node.arguments.length > 1 && node.arguments.at(-1).name === name
}

/** What means something only while the constructor runs. */
function refusedIn(value: Node, isSeenTo: (node: Node) => boolean): string | undefined {
  let why: string | undefined
  walk(value, (node, ancestors) => {
    const own = ancestors.filter(isFunction)
    if (isSeenTo(node)) return
    if (/^(Await|Yield)Expression$/.test(node.type) && own.length === 0) why ??= 'it is waited for'
    if (own.some((one) => one.type !== 'ArrowFunctionExpression')) return
    if (node.type === 'Super' || node.type === 'MetaProperty')
      why ??= `it uses '${node.type === 'Super' ? 'super' : 'new.target'}'`
    if (node.type === 'Identifier' && node.name === 'arguments') why ??= "it uses 'arguments'"
  })
  return why
}

/** `Promise.resolve().then(() => this.connect())`: made for an object that exists, it would do all that again. */
function startedBy(value: Node, source: SourceFile): string | undefined {
  const isStarted = source.analysis.functions.some(
    (fn) => fn.start >= value.start && fn.end <= value.end && runTimeOf(fn, source) === 'soon',
  )
  return isStarted ? 'to make what it begins with is to do something' : undefined
}

function isInside(owner: FunctionNode | undefined, value: Node): boolean {
  return owner !== undefined && owner.node.start >= value.start && owner.node.end <= value.end
}

function isNothing(value: Node, [first]: Substitute[]): boolean {
  if (isUndefined(value)) return true
  if (first === undefined || first.start !== value.start || first.end !== value.end) return false
  return first.by === 'undefined' || (typeof first.by !== 'string' && (first.by as Initialiser).isNothing)
}

/** Whether a value depends on how the function around it was called, which nothing knows afterwards. */
export function usesCall(value: Node): boolean {
  return containsNode(value, (node, ancestors) => {
    const isOwn = ancestors.some(
      (one) => one.type === 'ClassBody' || (isFunction(one) && one.type !== 'ArrowFunctionExpression'),
    )
    if (isOwn) return false
    const isArguments = node.type === 'Identifier' && node.name === 'arguments'
    return (
      /^(ThisExpression|Super|MetaProperty)$/.test(node.type) ||
      (isArguments && (node === value || isReference(node, ancestors.at(-1))))
    )
  })
}
