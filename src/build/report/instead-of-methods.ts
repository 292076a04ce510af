import { unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction, walk } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { memberKey } from '../read/expressions.ts'
import type { Finding } from './findings.ts'
import { RESTART } from './report.ts'

/**
 * What a method puts on its object in place of a method of the class, `this.parse = compile(this)`, where a function makes
 * it that does something else now and has no function in it to give: one made of text, which no patch is part of.
 */
export function* insteadOfMethods(plan: Plan): Generator<Finding> {
  for (const file of plan.files.values())
    for (const [fn, old] of file.pair.functions) {
      const [owner] = old.paths.flatMap((path) => /^(.+\.prototype)\.[\w$]+$/.exec(path)?.[1] ?? [])
      if (owner !== undefined) yield* putIn(fn, owner, file, plan)
    }
}

function* putIn(fn: FunctionNode, owner: string, file: FilePlan, plan: Plan): Generator<Finding> {
  const found: Finding[] = []
  const { old, new: source } = file.pair
  walk(fn.node, ({ type, start, left, right }, ancestors) => {
    if (type !== 'AssignmentExpression' || ancestors.slice(1).some(isFunction)) return
    const key = left.object?.type === 'ThisExpression' ? memberKey(left) : undefined
    if (!old.analysis.functions.some(({ paths }) => paths.includes(`${owner}.${key}`))) return
    const maker = source.usesIn(right).find((use) => {
      const made = plan.affected.meant(file, use)
      const isChanged = made !== undefined && plan.affected.has(made)
      return isChanged && isFunction(made) && !containsNode(unwrap(made.body), isFunction)
    })
    if (maker === undefined) return
    found.push({
      severity: 'problem',
      file: file.path,
      line: source.lineOf(start),
      what: `this.${key}`,
      why: `objects keep, in place of their method '${key}', what the running version has made by something that changed`,
      advice: RESTART,
    })
  })
  yield* found
}
