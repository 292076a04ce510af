import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'

/**
 * A parameter that has another place among them. One of a single letter may be another one that a minifier calls so, and what
 * assigns them sorts out what it is passed (`if (typeof uri === 'object') options = uri`).
 */
export function movedParameter({ node: fn, parameters }: FunctionNode, old: Node): string | undefined {
  const [before, now] = [old, fn].map(({ params }) =>
    (params as Node[]).map((one) => (one.type === 'AssignmentPattern' ? one.left : one).name as string),
  )
  const isSortedOut = (name: string): boolean => parameters.names.get(name)?.assigned === true
  return before!.find((name, i) => {
    const isMoved = name?.length > 1 && now![i] !== name && now!.includes(name)
    return isMoved && ![name, now![i]!].some(isSortedOut)
  })
}
