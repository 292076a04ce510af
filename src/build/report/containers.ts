import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { outlives } from '../plan/outlives.ts'
import { memberKey } from '../read/expressions.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'

/**
 * How lists, maps and tables that live on are told in two versions: `this.items` of a class, or a variable that is seen by
 * more than one call; `onces` are the functions that are called once, where they stand.
 */
export function containerKey(
  into: Node,
  fn: FunctionNode,
  source: SourceFile,
  onces: ReadonlySet<FunctionNode | undefined>,
): string | undefined {
  if (into.type === 'MemberExpression') {
    const key = memberKey(into)
    if (into.object.type !== 'ThisExpression' || key === undefined) return undefined
    return `${classAround(into, source)?.id?.name ?? ''} this.${key}`
  }
  const binding = into.type === 'Identifier' ? source.bindingFor(into) : undefined
  if (binding === undefined) return undefined
  const owner = ownerOf(binding.scope)
  const livesOn = onces.has(owner) || (owner !== fn && outlives(fn, source))
  return livesOn ? `${owner?.paths[0] ?? ''} ${binding.name}` : undefined
}

function classAround(node: Node, source: SourceFile): Node | undefined {
  let at = source.parent(node)
  while (at !== undefined && !/^Class(Declaration|Expression)$/.test(at.type)) at = source.parent(at)
  return at
}

/** The functions of one side of a file that are called once, where they stand. */
export function oncesOf(file: FilePlan, side: 'old' | 'new'): Set<FunctionNode | undefined> {
  return new Set(file.onces.map(({ pair }) => pair[side].fn))
}

/** The patch has its own, with what the new version puts there. */
export function isMadeAnew(name: Node | undefined, file: FilePlan): boolean {
  const binding = name && file.pair.new.bindingFor(name)
  return binding !== undefined && file.onceOf(binding.scope)?.isBrought(binding.name) === true
}

/** What is put into something. */
export interface Put {
  into: Node
  values: Node[]
  /** It is what the field or variable itself has. */
  isHeld?: boolean
}

/** `list.push(a, b)`, `map.set(key, a)`, `table[key] = a`. */
export function putBy(node: Node): Put | undefined {
  if (node.type === 'AssignmentExpression') {
    const { left, right, operator } = node
    const isTable = operator === '=' && left.type === 'MemberExpression' && left.computed
    return isTable && left.property.type !== 'Literal' ? { into: left.object, values: [right] } : undefined
  }
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return undefined
  const [into, args] = [node.callee.object, node.arguments as Node[]]
  const name = memberKey(node.callee)
  if (args.some(({ type }) => type === 'SpreadElement')) return undefined
  if (/^(push|unshift|add|enqueue)$/.test(name ?? '')) return { into, values: args }
  return name === 'set' && args.length === 2 ? { into, values: [args[1]!] } : undefined
}
