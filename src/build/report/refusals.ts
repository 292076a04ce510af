import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction, walkOwn } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { memberPath } from '../read/expressions.ts'
import { conditionsOf } from '../read/made-of.ts'
import { shape } from '../read/shape.ts'
import type { SourceFile } from '../read/source-file.ts'

/**
 * Where a function throws that its running version does not, or under another condition: itself, or by a function that does
 * no more.
 * @param isLeft whether to return without a word is one, too
 */
export function newRefusals(fn: FunctionNode, isLeft: boolean, file: FilePlan, plan: Plan): Node[] {
  const { new: source, old, functions } = file.pair
  const before = new Set(endsOf(functions.get(fn)!, old).values())
  return [...endsOf(fn, source)].flatMap(([node, text]) => {
    const isRefusal =
      node.type === 'ThrowStatement' || (node.type === 'ReturnStatement' ? isLeft : isCheck(node, file, plan))
    return isRefusal && !before.has(text) ? [node] : []
  })
}

/** Where a function may end before its end, each with what decides about it: another message is no other condition. */
function endsOf(fn: FunctionNode, source: SourceFile): Map<Node, string> {
  const found = new Map<Node, string>()
  walkOwn(fn.node, (node) => {
    const conditions = conditionsOf(node, fn, source)
    const add = (what: string): void => void found.set(node, [what, ...conditions].join(' if '))
    if (node.type === 'ThrowStatement') add('throw')
    else if (node.type === 'ReturnStatement' && conditions.length > 0 && givesNothing(node)) add('return')
    else if (node.type === 'ExpressionStatement' && node.expression.type === 'CallExpression')
      add(shape(node.expression))
  })
  return found
}

function givesNothing({ argument }: Node): boolean {
  return (
    argument === null ||
    argument.type === 'ThisExpression' ||
    (argument.type === 'Literal' && !argument.value)
  )
}

/** `validate(options)`, where that throws and gives nothing, and `assert(x)`. */
function isCheck({ expression: { callee } }: Node, file: FilePlan, plan: Plan): boolean {
  if (/^(assert\w*(\.\w+)?|invariant)$/.test(memberPath(callee)?.path ?? '')) return true
  const source = file.pair.new
  const use = callee.type === 'Identifier' ? source.useAt(callee) : undefined
  const binding = use && source.bindingOf(use)
  const called = binding && (source.functionNamed(binding)?.node ?? plan.affected.meant(file, use))
  return called !== undefined && isFunction(called) && throwsOnly(called)
}

function throwsOnly({ body }: Node): boolean {
  let [isThrown, isMore] = [false, body.type !== 'BlockStatement']
  walkOwn(body, ({ type, argument }) => {
    isThrown ||= type === 'ThrowStatement'
    isMore ||= type === 'AssignmentExpression' || (type === 'ReturnStatement' && argument !== null)
  })
  return isThrown && !isMore
}
