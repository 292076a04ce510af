import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { walkOwn } from '../../livepatch/ast.ts'
import { isReadBeside } from '../plan/field-needs.ts'
import { isKept } from '../plan/literal-fields.ts'
import { keyOf } from '../plan/made-on-this.ts'
import type { Plan } from '../plan/plan.ts'
import type { SourceFile } from '../read/source-file.ts'
import type { Finding } from './findings.ts'
import { RESTART } from './report.ts'

const WHY =
  'what stands in for options that are not passed has it now: what was made without any has none, and is not told from what was made with some'

/**
 * `options = options || { strict: true }`, where what the function makes asks for `strict` later: objects and closures that the
 * running version has made hold what stood there before, or what programs passed, which is to be without it.
 */
export function* grownStandIns(plan: Plan): Generator<Finding> {
  for (const { pair } of plan.files.values())
    for (const young of pair.changed) {
      const before = new Map(standInsOf(pair.functions.get(young)!).map((one) => [one.target.name, one]))
      for (const { target, members } of standInsOf(young)) {
        const was = before.get(target.name)
        if (was === undefined) continue
        const added = [...members].filter(([key, value]) => !was.members.has(key) && !isLikeNone(value))
        for (const [key, value] of added)
          if (!plan.knew(key) && isReadBeside(plan, key, young.node) && isKept(target, young, pair.new, plan))
            yield finding(key, value, pair.new)
      }
    }
}

function finding(key: string, value: Node, source: SourceFile): Finding {
  const place = { file: source.path, line: source.lineOf(value.start), what: key }
  return { severity: 'problem', ...place, why: WHY, advice: RESTART }
}

interface StandIn {
  /** The variable. */
  target: Node
  members: Map<string, Node>
}

/** `a = b || { … }`, `a = b ?? { … }`, and a parameter's `a = { … }`. */
function standInsOf({ node: fn }: FunctionNode): StandIn[] {
  const found: StandIn[] = []
  const add = (target: Node | undefined, literal: Node): void => {
    if (target?.type !== 'Identifier' || literal.type !== 'ObjectExpression') return
    const members = (literal.properties as Node[]).flatMap((one) => {
      const key = one.type === 'Property' ? keyOf(one) : undefined
      return key === undefined ? [] : [[key, one.value] as const]
    })
    if (members.length > 0) found.push({ target, members: new Map(members) })
  }
  for (const one of fn.params as Node[]) if (one.type === 'AssignmentPattern') add(one.left, one.right)
  walkOwn(fn, (node) => {
    const [target, value] =
      node.type === 'AssignmentExpression' ? [node.left, node.right] : [node.id, node.init]
    if (value?.type === 'LogicalExpression' && value.operator !== '&&') add(target, value.right)
    else if (/^(\|\||\?\?)=$/.test(node.operator)) add(target, value)
  })
  return found
}

/** Whether code that asks for it takes it for nothing, which is what it gets where there is none. */
function isLikeNone({ type, name, value }: Node): boolean {
  return type === 'Literal' ? !value && value !== undefined : type === 'Identifier' && name === 'undefined'
}
