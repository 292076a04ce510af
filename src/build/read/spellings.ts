import type { Node } from '../../instrument/parse.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import { asMember } from './taken.ts'

/** A node as it is compared, where the same may be written in several ways; undefined where it is as it stands. */
export function plainSpelling(node: Node): Node | undefined {
  switch (node.type) {
    case 'SequenceExpression':
      return importedMember(node)
    case 'CallExpression':
      return writtenOut(node) ?? builtin(node)
    case 'NewExpression':
      return writtenOut(node) ?? bufferToday(node)
    case 'VariableDeclarator':
      return asMember(node.id, node.init, node)
    case 'MemberExpression':
      return namedMember(node)
    case 'UnaryExpression':
      return minified(node)
    case 'TemplateLiteral':
      return textAlone(node)
    case 'CatchClause':
      return withoutError(node)
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return node.hasRun ? arrow(node) : undefined
    default:
      return undefined
  }
}

const made = (node: object): Node => node as Node

/** `(0, other_1.f)`, as compilers of TypeScript say `f` of an import since 4.4, and without the parentheses before. */
function importedMember({ expressions }: Node): Node | undefined {
  const [nothing, member, ...others] = expressions as Node[]
  const isOne = others.length === 0 && nothing!.value === 0 && member?.type === 'MemberExpression'
  const isImported = isOne && member.object.type === 'Identifier' && /_\d+$/.test(member.object.name)
  return isImported && !member.computed ? member : undefined
}

/** `catch (e) {}`, where nothing asks for the error, as `catch {}`. */
function withoutError(node: Node): Node | undefined {
  const { param, body } = node
  if (param?.type !== 'Identifier') return undefined
  const isAskedFor = ({ type, name }: Node): boolean =>
    type === 'Identifier' && (name === param.name || name === 'eval')
  return containsNode(body, isAskedFor) ? undefined : made({ ...node, param: null })
}

/** `new Buffer(5)` and `new Buffer('text')` as they are written today: `Buffer.alloc(5)`, `Buffer.from('text')`. */
function bufferToday({ callee, arguments: args }: Node): Node | undefined {
  if (callee.type !== 'Identifier' || callee.name !== 'Buffer') return undefined
  const [first] = args as Node[]
  const of = first?.type === 'Literal' ? typeof first.value : first?.type
  const way = of === 'number' ? 'alloc' : of === 'string' || of === 'ArrayExpression' ? 'from' : undefined
  if (way === undefined || (way === 'alloc' && args.length > 1)) return undefined
  const property = { type: 'Identifier', name: way }
  const method = { type: 'MemberExpression', object: callee, property, computed: false, optional: false }
  return made({ type: 'CallExpression', callee: method, arguments: args, optional: false })
}

/** `new Array(a, b)` and `new Object()` as literals. */
function writtenOut({ callee, arguments: args }: Node): Node | undefined {
  if (callee.type !== 'Identifier') return undefined
  if (callee.name === 'Object' && args.length === 0) return made({ type: 'ObjectExpression', properties: [] })
  const isList = args.length !== 1 && (args as Node[]).every(({ type }) => type !== 'SpreadElement')
  if (callee.name !== 'Array' || !isList) return undefined
  return made({ type: 'ArrayExpression', elements: args })
}

/** `require('node:fs')` as `require('fs')`. */
function builtin(node: Node): Node | undefined {
  const [first] = node.arguments as Node[]
  if (node.callee.name !== 'require' || typeof first?.value !== 'string' || !first.value.startsWith('node:'))
    return undefined
  return { ...node, arguments: [{ ...first, value: first.value.slice(5) }] }
}

/** `a['b']` as `a.b`. */
function namedMember(node: Node): Node | undefined {
  const { computed, property } = node
  if (!computed || typeof property.value !== 'string' || !/^[A-Za-z_$][\w$]*$/.test(property.value))
    return undefined
  return { ...node, computed: false, property: made({ type: 'Identifier', name: property.value }) }
}

/** `void 0`, `!0` and `!1` as `undefined`, `true` and `false`. */
function minified({ operator, argument }: Node): Node | undefined {
  if (argument.type !== 'Literal' || typeof argument.value !== 'number') return undefined
  if (operator === 'void') return made({ type: 'Identifier', name: 'undefined' })
  return operator === '!' ? made({ type: 'Literal', value: argument.value === 0 }) : undefined
}

/** A template with nothing put into it; one with escapes may be another thing to a function that gets it. */
function textAlone({ quasis: [text, ...others] }: Node): Node | undefined {
  const value: string = text!.value.raw
  return others.length === 0 && !value.includes('\\') ? made({ type: 'Literal', value }) : undefined
}

/** `function (a) { return b }` as `(a) => b`, where nobody can tell: it has been called, and is gone. */
function arrow(node: Node): Node | undefined {
  const { type, id, params, body, async, generator } = node
  if (id || generator || (type === 'FunctionExpression' && usesItsCall(node))) return undefined
  const [only, ...others] = (body.type === 'BlockStatement' ? body.body : []) as Node[]
  const isReturn = only?.type === 'ReturnStatement' && only.argument && others.length === 0
  return made({ type: 'ArrowFunctionExpression', params, body: isReturn ? only.argument : body, async })
}

/** Whether a function asks for what an arrow has from the function around it. */
function usesItsCall(fn: Node): boolean {
  return containsNode(fn, (node, ancestors) => {
    if (ancestors.some((one) => one !== fn && isFunction(one) && one.type !== 'ArrowFunctionExpression'))
      return false
    return /^(This|Super|MetaProperty)/.test(node.type) || node.name === 'arguments'
  })
}
