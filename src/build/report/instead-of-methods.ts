import { unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction, walkOwn } from '../../livepatch/ast.ts'
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
  for (const file of plan.files.values()) {
    const paths = new Set(file.pair.old.analysis.functions.flatMap((fn) => fn.paths))
    for (const [fn, old] of file.pair.functions) {
      const [owner] = old.paths.flatMap((path) => /^(.+\.prototype)\.[\w$]+$/.exec(path)?.[1] ?? [])
      if (owner !== undefined) yield* putIn(fn, (key) => paths.has(`${owner}.${key}`), file, plan)
    }
  }
}

function putIn(fn: FunctionNode, isMethod: (key: string) => boolean, file: FilePlan, plan: Plan): Finding[] {
  const found: Finding[] = []
  const { new: source } = file.pair
  walkOwn(fn.node, ({ type, start, left, right }) => {
    if (type !== 'AssignmentExpression') return
    const key = left.object?.type === 'ThisExpression' ? memberKey(left) : undefined
    if (key === undefined || !isMethod(key)) return
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
  return found
}
