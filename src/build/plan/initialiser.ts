import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction, isReference, walk } from '../../livepatch/ast.ts'
import { coalescingIn } from '../read/compiled.ts'
import { isRepeatable } from '../read/effects.ts'
import { runTimeOf } from '../read/run-there.ts'
import { belongsTo, ownerOf, type SourceFile, type Use } from '../read/source-file.ts'
import type { FilePlan } from './file-plan.ts'
import type { Plan } from './plan.ts'

/** What makes objects, and the fields that it gives them. */
export interface Maker {
  /** Where it is a function, or a class with a constructor. */
  fn: FunctionNode | undefined
  fields: MadeField[]
  /** Methods that the constructor calls in every case. */
  helpers: FunctionNode[]
}

export interface MadeField {
  key: string
  node: Node
  /** `various`: one of several, as it comes. */
  value: Node | 'various' | undefined
}

/** An expression of the new version that says what a field begins with, for an object that exists: it is `this`. */
export interface Initialiser {
  /** undefined: nothing. */
  node: Node | undefined
  /** Stretches of it that mean nothing there, and what stands for them. */
  substitutes: Substitute[]
  isNothing: boolean
  /** It uses names of the module, or only what every place has. */
  usesModule: boolean
}

export interface Substitute {
  start: number
  end: number
  by: string | Initialiser
}

const OPTIONS = /^(opts?|options?|_?options|config|settings|props|init)$/i

/** Tells what an expression of a constructor comes to long after its call, from what the object holds. */
export class Reach {
  readonly #plan: Plan
  readonly #file: FilePlan
  readonly #after: Maker
  readonly #before: Maker

  constructor(plan: Plan, file: FilePlan, after: Maker, before: Maker) {
    this.#plan = plan
    this.#file = file
    this.#after = after
    this.#before = before
  }

  /** What `value` comes to; otherwise why nothing says it. `within`: of which variables' values it is a part. */
  of(value: MadeField['value'], within: readonly string[] = []): Initialiser | string {
    if (value === 'various') return 'what it begins with depends on how the object was made'
    if (value === undefined) return { node: undefined, substitutes: [], isNothing: true, usesModule: false }
    const source = this.#file.pair.new
    const refused = refusedIn(value) ?? startedBy(value, source)
    if (refused !== undefined) return refused
    const substitutes = coalesced(value)
    let usesModule = false
    for (const use of source.usesIn(value)) {
      if (substitutes.some(({ start, end }) => use.node.start >= start && use.node.end <= end)) continue
      const binding = source.bindingOf(use)
      if (binding === undefined || isInside(ownerOf(binding.scope), value)) continue
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
      if (typeof substitute.by !== 'string') usesModule ||= substitute.by.usesModule
    }
    return { node: value, substitutes, usesModule, isNothing: isNothing(value, substitutes) }
  }

  /** A parameter or variable of the constructor, by something that its object tells. */
  #local(use: Use, fn: FunctionNode, within: readonly string[]): Substitute | string {
    const source = this.#file.pair.new
    const { node } = use
    const { name, start, end } = node
    const binding = source.bindingOf(use)!
    const unset = this.#unsetOption(node, fn)
    if (unset !== undefined) return unset
    const held = binding.assigned ? undefined : this.#heldIn(name)
    if (held !== undefined) return { start, end, by: `this.${held}` }
    const pattern = this.#parameter(name, fn)
    if (pattern !== undefined) return { start, end, by: pattern }
    const declared = binding.assigned ? undefined : this.#declaration(name, fn)
    if (declared === undefined || within.includes(name) || !isRepeatable(declared.init))
      return `it depends on '${name}', which only the call that made the object had`
    const by = this.of(declared.init ?? undefined, [...within, name])
    return typeof by === 'string' ? by : { start, end, by }
  }

  /** `options.limit`, where the running version knows no such option: nobody has set it. */
  #unsetOption(node: Node, fn: FunctionNode): Substitute | undefined {
    const source = this.#file.pair.new
    const parent = source.parent(node)
    if (parent?.type !== 'MemberExpression' || parent.object !== node || parent.computed) return undefined
    if (!OPTIONS.test(node.name) || fn.parameters.names.get(node.name) === undefined) return undefined
    if (this.#plan.knewMember(parent.property.name, this.#file)) return undefined
    return { start: parent.start, end: parent.end, by: 'undefined' }
  }

  /** The field in which the running version keeps what came in this parameter, if it is never given another value. */
  #heldIn(name: string): string | undefined {
    const keeps = ({ fields }: Maker): string[] =>
      fields
        .filter(({ value }) => typeof value === 'object' && value.name === name)
        .map(({ key }) => key)
        .filter((key) => !key.startsWith('['))
    const before = keeps(this.#before)
    return keeps(this.#after).find((key) => before.includes(key) && this.#isWrittenOnce(key))
  }

  #isWrittenOnce(key: string): boolean {
    let count = 0
    for (const { pair } of this.#plan.files.values()) {
      for (const side of [pair.old, pair.new]) {
        walk(side.program, (node) => {
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

  /** `{ limit = 5 }` of the parameters, where the running version knows no such option. */
  #parameter(name: string, fn: FunctionNode): string | undefined {
    for (const one of fn.node.params as Node[]) {
      const pattern = one.type === 'AssignmentPattern' ? one.left : one
      if (pattern.type !== 'ObjectPattern') continue
      const property = (pattern.properties as Node[]).find(
        ({ value }) => value?.name === name || value?.left?.name === name,
      )
      if (property === undefined || this.#plan.knewMember(property.key.name, this.#file)) continue
      const init = property.value.type === 'AssignmentPattern' ? (property.value.right as Node) : undefined
      if (init === undefined) return 'undefined'
      return init.type === 'Literal' ? this.#file.pair.new.slice(init) : undefined
    }
    return undefined
  }

  #declaration(name: string, fn: FunctionNode): Node | undefined {
    const { body } = fn.node
    const statements: Node[] = body.type === 'BlockStatement' ? body.body : []
    return statements
      .filter((one) => one.type === 'VariableDeclaration')
      .flatMap((one) => one.declarations as Node[])
      .find((one) => one.id.name === name)
  }
}

/** `x ?? y` for what a compiler has made of it: the variable that holds `x` there is the constructor's. */
function coalesced(value: Node): Substitute[] {
  const found: Substitute[] = []
  walk(value, (node) => {
    const parts = coalescingIn(node)
    if (parts === undefined) return
    const { value: first, otherwise } = parts
    found.push({ start: node.start, end: first.start, by: '((' })
    found.push({ start: first.end, end: otherwise.start, by: ') ?? (' })
    found.push({ start: otherwise.end, end: node.end, by: '))' })
  })
  return found
}

/** What means something only while the constructor runs. */
function refusedIn(value: Node): string | undefined {
  let why: string | undefined
  walk(value, (node, ancestors) => {
    const own = ancestors.filter(isFunction)
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
  if (value.type === 'Identifier' && value.name === 'undefined') return true
  if (value.type === 'UnaryExpression' && value.operator === 'void') return true
  if (first === undefined || first.start !== value.start || first.end !== value.end) return false
  return first.by === 'undefined' || (typeof first.by !== 'string' && first.by.isNothing)
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
