import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { walkOwn } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { conditionsOf } from '../read/made-of.ts'
import { shape } from '../read/shape.ts'
import type { SourceFile } from '../read/source-file.ts'

/** Where a function throws that its running version does not, or under another condition: itself, or by a function that does no more. */
export function newRefusals(fn: FunctionNode, { pair }: FilePlan): Node[] {
  const before = new Set(refusalsOf(pair.functions.get(fn)!, pair.old).values())
  return [...refusalsOf(fn, pair.new)].flatMap(([node, text]) => (before.has(text) ? [] : [node]))
}

/** Each with what decides about it: another message is no other condition. */
function refusalsOf(fn: FunctionNode, source: SourceFile): Map<Node, string> {
  const found = new Map<Node, string>()
  walkOwn(fn.node, (node) => {
    const what = node.type === 'ThrowStatement' ? 'throw' : checkIn(node, source)
    if (what !== undefined) found.set(node, [what, ...conditionsOf(node, fn, source)].join(' if '))
  })
  return found
}

/** `validate(options)`, where that throws and gives nothing. */
function checkIn({ type, expression }: Node, source: SourceFile): string | undefined {
  const call = type === 'ExpressionStatement' && expression.type === 'CallExpression' ? expression : undefined
  const binding = call?.callee.type === 'Identifier' ? source.bindingFor(call.callee) : undefined
  const called = binding && source.functionNamed(binding)
  return called !== undefined && throwsOnly(called) ? shape(call) : undefined
}

function throwsOnly({ node: fn }: FunctionNode): boolean {
  let [isThrown, isMore] = [false, fn.body.type !== 'BlockStatement']
  walkOwn(fn.body, ({ type, argument }) => {
    isThrown ||= type === 'ThrowStatement'
    isMore ||= type === 'AssignmentExpression' || (type === 'ReturnStatement' && argument !== null)
  })
  return isThrown && !isMore
}
