import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { outlives } from '../plan/outlives.ts'
import type { Plan } from '../plan/plan.ts'
import type { Finding } from './findings.ts'

const WHY =
  'functions that the running version has made here go on as they are where the program keeps them: this version makes none in their place'
const LOOP =
  'calls under way go round this loop in the running version until it ends, and call what this version has'

/** Closures of functions that changed, which nothing of the new version takes the place of, and loops that go on. */
export function* leftBehind(plan: Plan): Generator<Finding> {
  for (const file of plan.files.values()) {
    const matched = new Set(file.pair.functions.values())
    for (const fn of file.pair.changed) {
      const old = file.pair.functions.get(fn)!
      const loop = endlessLoop(old)
      if (loop !== undefined)
        yield note(
          file,
          loop,
          old,
          LOOP,
          'nothing, if it ends soon; else end it, and begin it again, after the patch',
        )
      if (file.onces.some(({ pair: { new: young } }) => young.fn === fn)) continue
      for (const closure of file.pair.old.functionsIn(old))
        if (!matched.has(closure) && outlives(closure, file.pair.old))
          yield note(file, closure.node, closure, WHY, 'nothing, if that is right; else have them made anew')
    }
  }
}

function note({ path, pair }: FilePlan, at: Node, fn: FunctionNode, why: string, advice: string): Finding {
  return { severity: 'note', file: path, line: pair.old.lineOf(at.start), what: fn.paths[0]!, why, advice }
}

/** `while (!this.closed) { … await … }`: nothing says when such a loop ends. */
function endlessLoop({ node, async: isAsync, generator }: FunctionNode): Node | undefined {
  let found: Node | undefined
  const isSuspended = ({ type }: Node, inside: readonly Node[]): boolean =>
    /^(Await|Yield)Expression$/.test(type) && !inside.some(isFunction)
  if (isAsync || generator)
    containsNode(node.body, (one, ancestors) => {
      const isEndless = /^(Do)?WhileStatement$/.test(one.type) || (one.type === 'ForStatement' && !one.test)
      if (isEndless && !ancestors.some(isFunction) && containsNode(one, isSuspended)) found ??= one
      return found !== undefined
    })
  return found
}
