import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, walkOwn } from '../../livepatch/ast.ts'
import { fieldKey } from '../read/expressions.ts'
import { shape } from '../read/shape.ts'
import type { SourceFile } from '../read/source-file.ts'
import type { FilePlan } from './file-plan.ts'
import { keyOf } from './made-on-this.ts'
import { writtenIn } from './merged-literals.ts'
import type { Plan } from './plan.ts'

/** What is the same wherever it stands. */
const PLAIN = /^(Literal|(Unary|Binary|Parenthesized)Expression)$/

/**
 * What options have under a name that the running version does not know, so that nobody has passed it: where a function has its
 * options filled, `options = withDefaults(options)`, and the package gives them the same there as everywhere else.
 */
export function ownDefault(
  key: string,
  options: Node,
  fn: FunctionNode,
  file: FilePlan,
  plan: Plan,
): Node | undefined {
  const source = file.pair.new
  const binding = options.type === 'Identifier' ? source.bindingFor(options) : undefined
  if (binding?.scope !== fn.parameters || plan.knew(key)) return undefined
  const [value] = source.usesOf(binding).flatMap(({ node }) => filledWith(key, node, source) ?? [])
  if (value === undefined || containsNode(value, ({ type }) => !PLAIN.test(type))) return undefined
  const isSame = (one: Node): boolean => shape(one) === shape(value)
  return [...plan.files.values()].every(({ pair }) => givenIn(pair.new, key).every(isSame))
    ? value
    : undefined
}

/** The default that a function puts into what it returns, where a parameter is given that. */
function filledWith(key: string, parameter: Node, source: SourceFile): Node | undefined {
  const assignment = source.parent(parameter)
  if (assignment?.type !== 'AssignmentExpression' || assignment.left !== parameter) return undefined
  const call = unwrap(assignment.right)
  if (call.type !== 'CallExpression' || assignment.operator !== '=') return undefined
  const callee: Node = call.callee.property?.name === 'call' ? call.callee.object : call.callee
  const binding = callee.type === 'Identifier' ? source.bindingFor(callee) : undefined
  const filler = binding && source.functionNamed(binding)
  if (filler === undefined) return undefined
  const returned = new Set<string>()
  const values = new Map<string, Node>()
  walkOwn(filler.node, (node) => {
    if (node.type === 'ReturnStatement' && node.argument?.type === 'Identifier')
      returned.add(node.argument.name)
    const [to, from]: [Node?, Node?] =
      node.type === 'VariableDeclarator' ? [node.id, node.init] : [node.left, node.right]
    if (!/^(VariableDeclarator|AssignmentExpression)$/.test(node.type) || to!.type !== 'Identifier') return
    const written = from ? writtenIn(unwrap(from), source) : undefined
    const value = written?.find((one) => keyOf(one) === key)?.value
    if (value !== undefined) values.set(to!.name, value)
  })
  return [...values].find(([name]) => returned.has(name))?.[1]
}

/** All that a file gives to objects under a name, but for fields of `this`. */
function givenIn(source: SourceFile, key: string): Node[] {
  const found: Node[] = []
  source.nodes.forEach((node) => {
    if (node.type === 'Property' && source.parent(node)?.type === 'ObjectExpression' && keyOf(node) === key)
      found.push(node.value)
    const target: Node | undefined = node.type === 'AssignmentExpression' ? node.left : undefined
    const isMember = target?.type === 'MemberExpression' && target.object.type !== 'ThisExpression'
    if (isMember && fieldKey(target) === key) found.push(node.right)
  })
  return found
}
