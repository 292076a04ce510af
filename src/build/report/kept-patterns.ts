import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { walk } from '../../livepatch/ast.ts'
import type { Plan } from '../plan/plan.ts'
import { shape } from '../read/shape.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'
import type { Finding } from './findings.ts'

const WHY =
  'it makes patterns of something else now: those that it has made before the patch stay as they are'

/** `new RegExp(parts.join(''))` where other parts are put together now: routes, rules and the like have theirs already. */
export function* keptPatterns(plan: Plan): Generator<Finding> {
  for (const { path, pair, onces } of plan.files.values())
    for (const fn of pair.changed) {
      if (onces.some((once) => once.pair.new.fn === fn)) continue
      const before = partsOfPatterns(pair.functions.get(fn)!, pair.old)
      const [node] =
        [...partsOfPatterns(fn, pair.new)].find(([, parts]) => ![...before.values()].includes(parts)) ?? []
      if (node === undefined || before.size === 0) continue
      const advice = 'nothing, if none were made; else have them made again after the patch'
      yield {
        severity: 'note',
        file: path,
        line: pair.new.lineOf(node.start),
        what: fn.paths[0]!,
        why: WHY,
        advice,
      }
    }
}

/** The patterns that a function makes of its own variables, each with all that it does with these. */
function partsOfPatterns(fn: FunctionNode, source: SourceFile): Map<Node, string> {
  const found = new Map<Node, string>()
  walk(fn.node, (node) => {
    if (node.type !== 'NewExpression' || node.callee.name !== 'RegExp' || node.arguments.length === 0) return
    const own = source
      .usesIn(node.arguments[0])
      .map((use) => source.bindingOf(use))
      .filter((binding) => binding !== undefined && ownerOf(binding.scope) === fn)
    const uses = own.flatMap((binding) => source.usesOf(binding).map((use) => partAround(use.node, source)))
    found.set(node, [shape(node), ...uses].join('\n'))
  })
  return found
}

/** The statement that a use stands in, as far as it is one expression. */
function partAround(node: Node, source: SourceFile): string {
  let at = node
  for (let up = source.parent(at); up && !/Statement$|Declaration$/.test(up.type); up = source.parent(up))
    at = up
  return shape(at)
}
