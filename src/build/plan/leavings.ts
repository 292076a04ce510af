import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction, walk } from '../../livepatch/ast.ts'
import type { SourceFile } from '../read/source-file.ts'

const LEAVES = /^(Break|Continue|Return|Throw)Statement$/

/**
 * What decides whether the statements before one let it be reached, although somebody has a closure by then: `if (a) return f`,
 * `throw` where it is caught, `break` out of what has a name. `closures`: those in question.
 */
export function leavingsBefore(
  statement: Node,
  list: Node,
  closures: readonly FunctionNode[],
  source: SourceFile,
): Node[] {
  if (list.type === 'SwitchStatement') return fallenFrom(statement, list)
  const leavings = leavingsOf(list)
  if (leavings.length === 0) return []
  return leavings
    .filter((one) => one.node.end <= statement.start && isLeft(one.node, closures, source))
    .flatMap(({ node, tests }) => (tests.length > 0 ? tests : [node]))
}

interface Leaving {
  node: Node
  /** What decides about it. */
  tests: Node[]
}

const known = new WeakMap<Node, Leaving[]>()

/** All of them in the statements of a list, in their order. */
function leavingsOf(list: Node): Leaving[] {
  const found = known.get(list) ?? []
  if (known.has(list)) return found
  known.set(list, found)
  const statements: unknown = list.type === 'SwitchCase' ? list.consequent : list.body
  if (!/^(BlockStatement|SwitchCase|StaticBlock)$/.test(list.type) || !Array.isArray(statements)) return found
  for (const one of statements as Node[])
    if (!isFunction(one))
      walk(one, (node, ancestors) => {
        if (!LEAVES.test(node.type) || ancestors.some(isFunction)) return
        found.push({ node, tests: ancestors.flatMap((at) => (at.test ?? at.discriminant ?? []) as Node[]) })
      })
  return found
}

function isLeft(leaving: Node, closures: readonly FunctionNode[], source: SourceFile): boolean {
  switch (leaving.type) {
    case 'ReturnStatement':
      return closures.some((fn) => isOut(fn, leaving.end, source, new Set()))
    case 'ThrowStatement':
      return isCaught(leaving, source)
    default:
      return Boolean(leaving.label)
  }
}

/** Whether somebody may have a closure when a function has come to a place: nothing but calls of it has had it before. */
function isOut(fn: FunctionNode, place: number, source: SourceFile, seen: Set<FunctionNode>): boolean {
  if (seen.has(fn)) return false
  seen.add(fn)
  const parent = source.parent(source.wrapped(fn.node))
  const id: Node | undefined =
    fn.node.type === 'FunctionDeclaration'
      ? fn.node.id
      : parent?.type === 'VariableDeclarator'
        ? parent.id
        : undefined
  if (id?.type !== 'Identifier') return fn.start < place
  const scopes = [fn.enclosing?.body, fn.outer]
  const binding = scopes.map((scope) => scope?.names.get(id.name)).find((one) => one !== undefined)
  return source.usesOf(binding).some((use) => {
    if (use.node === id || source.parent(use.node)?.callee === use.node) return false
    let at = source.functionAt(use)
    while (at !== undefined && at.enclosing !== fn.enclosing) at = at.enclosing
    return at === undefined || at === fn
      ? use.node.start < place && at !== fn
      : isOut(at, place, source, seen)
  })
}

function isCaught(node: Node, source: SourceFile): boolean {
  for (let at = node, parent = source.parent(at); parent && !isFunction(parent); parent = source.parent(at)) {
    if (parent.type === 'TryStatement' && parent.block === at && parent.handler) return true
    at = parent
  }
  return false
}

/** The case before, where that does not leave. */
function fallenFrom(statement: Node, { cases }: Node): Node[] {
  const before: Node | undefined = cases[cases.indexOf(statement) - 1]
  if (before === undefined || before.consequent.length === 0) return []
  return LEAVES.test(before.consequent.at(-1).type) ? [] : [before.test ?? before]
}
