import { type Node, unwrap } from '../../instrument/parse.ts'
import { walk } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { OncePlan } from '../plan/once-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { memberKey } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import { assignedValue } from '../read/unit-values.ts'
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
    yield problem(source, at, `this.${key}`, why)
  }
}

function problem(source: SourceFile, at: Node, what: string, why: string): Finding {
  const { path: file } = source
  return { severity: 'problem', file, line: source.lineOf(at.start), what, why, advice: RESTART }
}

/** `const OPEN = 2`, which was 1, is kept in objects and asked for. */
function* constants(plan: Plan, file: FilePlan, once: OncePlan): Generator<Finding> {
  for (const { old, new: unit, changed } of once.pair.pairs) {
    const [was, is] = [assignedValue(old), assignedValue(unit)]
    if (!changed || unit.kind !== 'variable' || !isMark(was) || !isMark(is)) continue
    const uses = usesOf(plan, file, once, unit.names[0]!)
    const isKept = uses.some(([node, source]) => isKeptAt(node, source))
    if (!isKept || !uses.some(([node, source]) => isComparedAt(node, source))) continue
    const [before, now] = [was, is].map((one) => JSON.stringify(one!.value))
    const why = `it is ${now} instead of ${before}, and what has it already goes on with ${before}`
    yield problem(file.pair.new, unit.node, unit.names.join(), why)
  }
}

function isMark(value: Node | undefined): boolean {
  return value?.type === 'Literal' && /^(number|string)$/.test(typeof value.value)
}

/** Where code of any file uses a constant of a module. */
function usesOf(plan: Plan, file: FilePlan, once: OncePlan, name: string): [Node, SourceFile][] {
  const found: [Node, SourceFile][] = []
  const take = (source: SourceFile, scope: unknown, local: string, member?: string): void => {
    for (const use of source.uses) {
      if (use.node.name !== local || use.assigned || source.bindingOf(use)?.scope !== scope) continue
      const parent = source.parent(use.node)
      if (member === undefined) found.push([use.node, source])
      else if (parent?.type === 'MemberExpression' && memberKey(parent) === member)
        found.push([parent, source])
    }
  }
  take(file.pair.new, once.scope, name)
  const exported = [...file.exports.new.values()].filter(({ local }) => local === name)
  for (const other of plan.files.values())
    for (const unit of other === file ? [] : other.module.pair.new.units) {
      const from = unit.kind === 'import' ? plan.resolve(other.path, unit.source!) : undefined
      if (from === undefined) continue
      for (const one of exported) {
        const isWhole = unit.imported === '=' || unit.imported === '*'
        const origin = plan.origin(from, isWhole ? one.name : unit.imported!)
        if (origin.path !== file.path || origin.name !== one.name) continue
        take(other.pair.new, other.module.scope, unit.names[0]!, isWhole ? one.name : undefined)
      }
    }
  return found
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

interface Mark {
  given: Set<string>
  compared: Set<string>
  /** Where it is asked for. */
  at: Node
  source: SourceFile
}

/** What fields of objects are given, and compared with, that is written there. */
class Marks {
  readonly all = new Map<string, Mark>()

  constructor(sources: readonly SourceFile[]) {
    for (const source of sources) walk(source.program, (node) => this.#node(node, source))
  }

  #node(node: Node, source: SourceFile): void {
    const { type, operator, left, right } = node
    if (type === 'AssignmentExpression' && operator === '=') this.#add('given', left, [right], source)
    else if (type === 'BinaryExpression' && /^[!=]==?$/.test(operator)) {
      this.#add('compared', left, [right], source)
      this.#add('compared', right, [left], source)
    } else if (type === 'SwitchStatement') {
      const tests = (node.cases as Node[]).flatMap((one) => (one.test ? [one.test as Node] : []))
      this.#add('compared', node.discriminant, tests, source)
    }
  }

  #add(how: 'given' | 'compared', field: Node, values: Node[], source: SourceFile): void {
    const node = unwrap(field)
    const isOfThis = node.type === 'MemberExpression' && node.object.type === 'ThisExpression'
    const key = isOfThis ? memberKey(node) : undefined
    if (key === undefined) return
    const known = this.all.get(key) ?? { given: new Set(), compared: new Set(), at: node, source }
    for (const value of values) if (isMark(value)) known[how].add(JSON.stringify(value.value))
    this.all.set(key, known)
  }
}
