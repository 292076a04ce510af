import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import type { SourceFile } from '../read/source-file.ts'
import { canBeUnset } from '../read/unset.ts'

/** A function that has more parameters than the running one. */
export interface More {
  fn: FunctionNode
  source: SourceFile
  /** Those of the running one. */
  count: number
}

/** Functions that a call may mean, and that get more there than the running ones. */
type CalledBy = (call: Node, source: SourceFile) => readonly More[]

/** Whether a function can do without its parameters from one on: by itself, and what it passes them on to. */
export function areOptional(
  { fn, source, count }: More,
  calledBy: CalledBy,
  seen = new Set<FunctionNode>(),
): boolean {
  if (seen.has(fn)) return true
  seen.add(fn)
  return (fn.node.params as Node[]).slice(count).every((one) => {
    if (one.type !== 'Identifier') return one.type === 'AssignmentPattern'
    const uses = source.usesOf(fn.parameters.names.get(one.name))
    const given = givenDefault(one.name, fn.node.body)
    return uses.every((use) => {
      if (given !== undefined && use.node.start >= given.start) return true
      if (canBeUnset(use, source, false)) return true
      const called = passedTo(use.node, source, calledBy)
      return called?.every((more) => areOptional(more, calledBy, seen))
    })
  })
}

/** The statement of a function behind which a parameter has a value: `if (!a) a = b`, `a = a || b`, `a ??= b`. */
function givenDefault(name: string, { body }: Node): Node | undefined {
  const isIt = (node: Node | undefined): boolean => node?.type === 'Identifier' && node.name === name
  const isGiven = ({ type, expression }: Node): boolean =>
    type === 'ExpressionStatement' && expression.type === 'AssignmentExpression' && isIt(expression.left)
  return (body as Node[] | undefined)?.find((statement) => {
    const { test, consequent, alternate, expression } = statement
    if (statement.type === 'IfStatement')
      return (
        test.operator === '!' &&
        isIt(test.argument) &&
        !alternate &&
        isGiven(consequent.body?.[0] ?? consequent)
      )
    if (!isGiven(statement)) return false
    return (
      /^(\|\||\?\?)=$/.test(expression.operator) ||
      (/^(\|\||\?\?)$/.test(expression.right.operator) && isIt(expression.right.left))
    )
  })
}

/** The functions that a call passes something to which is new for them; undefined where it may go elsewhere. */
function passedTo(value: Node, source: SourceFile, calledBy: CalledBy): readonly More[] | undefined {
  const call = source.parent(value)
  if (!/^(Call|New)Expression$/.test(call?.type ?? '')) return undefined
  const index = (call!.arguments as Node[]).indexOf(value)
  const called = calledBy(call!, source)
  const isNew = index >= 0 && called.length > 0 && called.every(({ count }) => index >= count)
  return isNew ? called : undefined
}
