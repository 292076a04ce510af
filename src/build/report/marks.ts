import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding } from '../../instrument/scopes.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { keyOf } from '../plan/made-on-this.ts'
import type { OncePlan } from '../plan/once-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { memberKey, memberPath } from '../read/expressions.ts'
import { shape } from '../read/shape.ts'
import type { SourceFile } from '../read/source-file.ts'
import { assignedValue } from '../read/unit-values.ts'
import { usesOf } from './constant-uses.ts'
import type { Finding } from './findings.ts'
import { RESTART } from './report.ts'

/** Marks by which code tells in what state something is: `this.state = OPEN`, `this.state === 'open'`. */
export function* otherMarks(plan: Plan): Generator<Finding> {
  for (const file of plan.files.values()) for (const once of file.onces) yield* constants(plan, file, once)
  const [before, after] = (['old', 'new'] as const).map(
    (side) => new Marks([...plan.files.values()].map(({ pair }) => pair[side])),
  )
  for (const [key, { given, compared, at, source }] of after!.all) {
    const was = before!.all.get(key)
    if (was === undefined || [...compared].every((one) => was.compared.has(one))) continue
    const lost = [...was.given].find((one) => was.compared.has(one) && !compared.has(one) && !given.has(one))
    if (lost === undefined) continue
    const why = `it is ${lost} in objects of the running version, and nothing asks for that any more`
    yield problem(source, at, key, why)
  }
}

function problem(source: SourceFile, at: Node, what: string, why: string): Finding {
  const { path: file } = source
  return { severity: 'problem', file, line: source.lineOf(at.start), what, why, advice: RESTART }
}

/** `const OPEN = 2`, or `{ OPEN: 2 }`, which was 1, is kept in objects and asked for. */
function* constants(plan: Plan, file: FilePlan, once: OncePlan): Generator<Finding> {
  for (const { old, new: unit, changed } of once.pair.pairs) {
    if (!changed || unit.kind !== 'variable') continue
    for (const { steps, was, is } of differing(assignedValue(old), assignedValue(unit))) {
      const uses = usesOf(plan, file, once, unit.names[0]!, steps)
      const isKept = uses.some(([node, source]) => isKeptAt(node, source))
      if (!isKept || !uses.some(([node, source]) => isComparedAt(node, source))) continue
      const [before, now] = [file.pair.old.slice(was), file.pair.new.slice(is)]
      const why = `it is ${now} instead of ${before}, and what has it already goes on with ${before}`
      yield problem(file.pair.new, unit.node, [unit.names.join(), ...steps].join('.'), why)
    }
  }
}

/** What is another mark, by itself or as a member. */
function differing(
  was: Node | undefined,
  is: Node | undefined,
  steps: string[] = [],
): { steps: string[]; was: Node; is: Node }[] {
  if (was === undefined || is === undefined || shape(was) === shape(is)) return []
  if (isOneOfAKind(was) && isOneOfAKind(is)) return [{ steps, was, is }]
  if (was.type !== 'ObjectExpression' || is.type !== 'ObjectExpression') return []
  const before = new Map((was.properties as Node[]).map((one) => [keyOf(one), one.value as Node | undefined]))
  return (is.properties as Node[]).flatMap((one) => {
    const key = keyOf(one)
    return key === undefined ? [] : differing(before.get(key), one.value, [...steps, key])
  })
}

export function isMark(value: Node | undefined): boolean {
  return value?.type === 'Literal' && /^(number|string)$/.test(typeof value.value)
}

/** What tells by being itself. */
export function isOneOfAKind(value: Node | undefined): boolean {
  return isMark(value) || isSymbol(value)
}

/** `this.state = OPEN`, `{ state: OPEN }` */
function isKeptAt(node: Node, source: SourceFile): boolean {
  const parent = source.parent(node)
  if (parent?.type === 'Property') return parent.value === node && source.functionAround(parent) !== undefined
  return (
    parent?.type === 'AssignmentExpression' &&
    parent.right === node &&
    parent.left.type === 'MemberExpression'
  )
}

function isComparedAt(node: Node, source: SourceFile): boolean {
  const parent = source.parent(node)
  return (
    parent?.type === 'SwitchCase' ||
    (parent?.type === 'BinaryExpression' && /^[!=]==?$/.test(parent.operator))
  )
}

/** `Symbol('x')`, `Symbol.for('x')` */
function isSymbol(value: Node | undefined): boolean {
  return value?.type === 'CallExpression' && /^Symbol(\.for)?$/.test(memberPath(value.callee)?.path ?? '')
}

interface Mark {
  given: Set<string>
  compared: Set<string>
  /** Where it is asked for. */
  at: Node
  source: SourceFile
}

/** `['a', 'b']`, `new Set(['a', 'b'])`; the keys of `{ a: 1, b: 2 }`, where these are asked for. */
function marksOf(list: Node | undefined, asksForKeys: boolean): Node[] {
  if (list === undefined) return []
  const node = unwrap(list)
  if (node.type === 'ObjectExpression')
    return asksForKeys ? (node.properties as Node[]).flatMap((one) => asLiteral(one)) : []
  if (node.type === 'ArrayExpression') return (node.elements as (Node | null)[]).filter((one) => one !== null)
  const isMade = node.type === 'NewExpression' && /^(Set|Map)$/.test(node.callee.name)
  const isFrozen = node.type === 'CallExpression' && memberPath(node.callee)?.path === 'Object.freeze'
  return isMade || isFrozen ? marksOf(node.arguments[0], asksForKeys) : []
}

function asLiteral(property: Node): Node[] {
  const key = property.type === 'Property' ? keyOf(property) : undefined
  return key === undefined ? [] : [{ ...property.key, type: 'Literal', value: key } as Node]
}

/** What fields of objects are given, and compared with, that is written there. */
class Marks {
  readonly all = new Map<string, Mark>()

  constructor(sources: readonly SourceFile[]) {
    for (const source of sources) new MarksOf(source, this.all)
  }
}

class MarksOf {
  readonly #source: SourceFile
  readonly #all: Map<string, Mark>
  /** The fields that patterns take from objects: `({ state }) => state === 'open'`. */
  readonly #taken = new Map<Binding, string>()

  constructor(source: SourceFile, all: Map<string, Mark>) {
    this.#source = source
    this.#all = all
    for (const node of source.nodes) this.#takes(node)
    for (const node of source.nodes) this.#node(node)
  }

  #takes({ type, properties }: Node): void {
    for (const one of type === 'ObjectPattern' ? (properties as Node[]) : []) {
      const binding = one.value?.type === 'Identifier' ? this.#source.bindingFor(one.value) : undefined
      const key = keyOf(one)
      if (binding !== undefined && key !== undefined) this.#taken.set(binding, key)
    }
  }

  #node(node: Node): void {
    const { type, operator, left, right } = node
    if (type === 'AssignmentExpression' && operator === '=')
      this.#add('given', this.#keyOf(left), left, [right])
    else if (type === 'ObjectExpression' && this.#source.functionAround(node) !== undefined)
      for (const one of node.properties as Node[]) this.#add('given', keyOf(one), one, [one.value])
    else if (type === 'BinaryExpression' && /^[!=]==?$/.test(operator)) {
      this.#add('compared', this.#keyOf(left), left, [right])
      this.#add('compared', this.#keyOf(right), right, [left])
    } else if (type === 'SwitchStatement') {
      const tests = (node.cases as Node[]).flatMap((one) => (one.test ? [one.test as Node] : []))
      this.#add('compared', this.#keyOf(node.discriminant), node.discriminant, tests)
    } else this.#lookUp(node)
  }

  /** `list.includes(x.state)`, `set.has(x.state)`, `table[x.state]`, `x.state in table`. */
  #lookUp(node: Node): void {
    const { type, callee, arguments: args, left, right, operator, object, property, computed } = node
    if (type === 'CallExpression' && args.length === 1 && callee.type === 'MemberExpression') {
      if (!/^(includes|indexOf|has)$/.test(memberKey(callee) ?? '')) return
      this.#add('compared', this.#keyOf(args[0]), args[0], marksOf(this.#made(callee.object), false))
    } else if (type === 'BinaryExpression' && operator === 'in')
      this.#add('compared', this.#keyOf(left), left, marksOf(this.#made(right), true))
    else if (type === 'MemberExpression' && computed)
      this.#add('compared', this.#keyOf(property), property, marksOf(this.#made(object), true))
  }

  #made(list: Node): Node | undefined {
    const binding = list.type === 'Identifier' ? this.#source.bindingFor(list) : undefined
    return binding === undefined ? list : this.#source.declaredWith(binding)
  }

  #keyOf(field: Node): string | undefined {
    const node = unwrap(field)
    if (node.type === 'MemberExpression') return memberKey(node)
    const binding = node.type === 'Identifier' ? this.#source.bindingFor(node) : undefined
    return binding && this.#taken.get(binding)
  }

  #add(how: 'given' | 'compared', key: string | undefined, at: Node, values: (Node | undefined)[]): void {
    const marks = values.flatMap((one) => (one && isMark(one) ? [JSON.stringify(one.value)] : []))
    if (key === undefined || marks.length === 0) return
    const known = this.#all.get(key) ?? { given: new Set(), compared: new Set(), at, source: this.#source }
    for (const mark of marks) known[how].add(mark)
    if (how === 'compared') Object.assign(known, { at, source: this.#source })
    this.#all.set(key, known)
  }
}
