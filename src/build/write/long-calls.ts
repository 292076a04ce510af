import type { Node } from '../../instrument/parse.ts'
import { boundBy } from '../plan/bound-callees.ts'
import { isInvoked, type Parameters } from '../plan/parameters.ts'
import { isInChain, meant } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import { type Edit, quote } from './edits.ts'

/** Writes a call so that the function gets all of it; `again` says an object a second time, if it can. Says why it cannot. */
export function rewriteLongCall(
  parameters: Parameters,
  node: Node,
  source: SourceFile,
  edits: Edit[],
  again: (object: Node) => string | undefined,
): string | undefined {
  const { name } = parameters
  const { callee } = node
  const args = node.arguments as Node[]
  // Of calls of a member there are some without arguments.
  const first = args[0]?.start ?? node.end - 1
  const write = (verb: string, from: Node, after: string): void => {
    edits.push({ start: node.start, end: from.start, text: `${name}.${verb}(` })
    edits.push({ start: from.end, end: first, text: after })
  }
  if (node.type === 'NewExpression') {
    write('construct', callee, ', ')
    return undefined
  }
  if (callee.type === 'Super') {
    const [one, ...others] = parameters.calledBy(node, source)
    if (others.length > 0) return 'it passes more parameters to one of several superclasses'
    edits.push({
      start: node.start,
      end: node.start,
      text: `${name}.super(${quote(one!.key)}, (...all) => `,
    })
    edits.push({ start: callee.end, end: first, text: '(...all), ' })
    return undefined
  }
  if (isInChain(node) || callee.type === 'ChainExpression')
    return rewriteOptionalCall(name, node, edits)
      ? undefined
      : 'it passes more parameters in an optional call'
  if (callee.type === 'Identifier') write('apply', callee, ', undefined, ')
  else if (callee.type === 'ParenthesizedExpression' && meant(callee).type === 'MemberExpression') {
    if (callee.expression.type !== 'SequenceExpression')
      return 'it passes more parameters to a member in parentheses'
    write('apply', callee, ', undefined, ')
  } else if (callee.type !== 'MemberExpression') {
    // Its parentheses are none of the tree.
    edits.push({ start: node.start, end: callee.start, text: `${name}.apply((` })
    edits.push({ start: callee.end, end: first, text: '), undefined, ' })
  } else if (callee.object.type === 'Super') write('apply', callee, ', this, ')
  else if (callee.property.type === 'PrivateIdentifier') {
    const self = again(callee.object)
    if (self === undefined) return 'it passes more parameters to a private method'
    write('apply', callee, `, ${self}${args.length === 0 ? '' : ', '}`)
  } else if (isAmbiguous(parameters, callee, source))
    return `it passes more parameters by '${callee.property.name}', and there is a method of that name`
  else if (boundBy(node) !== undefined) write('bind', callee.object, ', ')
  else if (isInvoked(callee, 'call') && !parameters.isMet(callee, source)) write('apply', callee.object, ', ')
  else if (isInvoked(callee, 'apply') && !parameters.isMet(callee, source)) {
    write('apply', callee.object, ', ')
    edits.push({ start: args[1]!.start, end: args[1]!.start, text: '...((' })
    edits.push({ start: args[1]!.end, end: args[1]!.end, text: ') ?? [])' })
  } else if (callee.computed) {
    edits.push({ start: node.start, end: node.start, text: `${name}.call(` })
    edits.push({ start: callee.object.end, end: callee.property.start, text: ', ' })
    edits.push({ start: callee.property.end, end: first, text: ', ' })
  } else {
    const after = args.length === 0 ? '' : ', '
    edits.push({ start: node.start, end: node.start, text: `${name}.call(` })
    edits.push({ start: callee.object.end, end: first, text: `, '${callee.property.name}'${after}` })
  }
  return undefined
}

/** `f?.(…)`, `a.f?.(…)`, where nothing else may end the chain: what is called may be nothing still. */
function rewriteOptionalCall(name: string, { callee, optional }: Node, edits: Edit[]): boolean {
  if (!optional || isInChain(callee) || callee.type === 'ChainExpression') return false
  if (callee.type !== 'MemberExpression') {
    edits.push({ start: callee.start, end: callee.start, text: `${name}.optional(` })
    edits.push({ start: callee.end, end: callee.end, text: ')' })
    return true
  }
  const { object, property, computed } = callee
  if (object.type === 'Super' || property.type === 'PrivateIdentifier') return false
  edits.push({ start: callee.start, end: callee.start, text: `${name}.optionalMember(` })
  edits.push({
    start: object.end,
    end: computed ? property.start : callee.end,
    text: computed ? ', ' : `, '${property.name}')`,
  })
  if (computed) edits.push({ start: property.end, end: callee.end, text: ')' })
  return true
}

/** `x.apply(…)` where `x` may be one of the functions, and `x.apply` another one. */
function isAmbiguous(parameters: Parameters, callee: Node, source: SourceFile): boolean {
  const isInvocation = isInvoked(callee, 'call') || isInvoked(callee, 'apply')
  if (!isInvocation || callee.object.type === 'ThisExpression') return false
  return parameters.isMet(callee, source) && parameters.isMet(callee.object, source)
}
