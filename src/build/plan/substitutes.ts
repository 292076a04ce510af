import type { Node } from '../../instrument/parse.ts'
import { walk } from '../../livepatch/ast.ts'
import { coalescingIn } from '../read/compiled.ts'

/** An expression with stretches for which something else stands. */
export interface Text {
  /** undefined: nothing. */
  node: Node | undefined
  substitutes: Substitute[]
}

export interface Substitute {
  start: number
  end: number
  by: string | Text
  /** Of a member that was written short: `{ a }`. */
  key?: string
}

/** `x ?? y` for what a compiler has made of it, in all of an expression: the variable that holds `x` there is the function's. */
export function coalesced(value: Node | null | undefined): Substitute[] {
  const found: Substitute[] = []
  if (value)
    walk(value, (node) => {
      const parts = coalescingIn(node)
      if (parts !== undefined) found.push(...coalescing(node, parts.value, parts.otherwise))
    })
  return found
}

export function coalescing(node: Node, value: Node, otherwise: Node): Substitute[] {
  return [
    { start: node.start, end: value.start, by: '((' },
    { start: value.end, end: otherwise.start, by: ') ?? (' },
    { start: otherwise.end, end: node.end, by: '))' },
  ]
}
