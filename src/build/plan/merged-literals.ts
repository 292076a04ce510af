import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { memberPath } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import { assignedValue } from '../read/unit-values.ts'
import type { FilePlan } from './file-plan.ts'
import { isFilled } from './grown-literals.ts'

/**
 * What is written of an object that is made of others, `Object.assign({}, defaults, options)`, `{ ...defaults, ...options }`:
 * the members of its literals, and of constants. Undefined for anything else.
 */
export function writtenIn(node: Node, source: SourceFile): Node[] | undefined {
  return partsOf(node)?.flatMap((part) => propertiesOf(part, source))
}

/** What is written of what `Object.assign(this, defaults, options)` gives to an object. */
export function givenBy(node: Node, isThis: (node: Node) => boolean, source: SourceFile): Node[] {
  if (!isFilled(node)) return []
  const [target, ...parts] = (node.arguments as Node[]).map(unwrap)
  return isThis(target!) ? parts.flatMap((part) => propertiesOf(part, source)) : []
}

function propertiesOf(part: Node, source: SourceFile): Node[] {
  if (part.type === 'Property') return [part]
  return literalOf(part, source)?.properties.filter(({ type }: Node) => type === 'Property') ?? []
}

/** The properties, and what gives its own. */
function partsOf(node: Node): Node[] | undefined {
  if (node.type === 'ObjectExpression') {
    const isMerged = (node.properties as Node[]).some(({ type }) => type === 'SpreadElement')
    return isMerged
      ? node.properties.map((one: Node) => (one.type === 'SpreadElement' ? unwrap(one.argument) : one))
      : undefined
  }
  if (!isFilled(node)) return undefined
  const [first, ...others] = (node.arguments as Node[]).map(unwrap)
  if (others.some(({ type }) => type === 'SpreadElement')) return undefined
  if (isInheriting(first!)) return others
  return first!.type === 'ObjectExpression' ? [first!, ...others] : undefined
}

/** `Object.create(proto)` */
function isInheriting({ type, callee }: Node): boolean {
  return type === 'CallExpression' && memberPath(callee)?.path === 'Object.create'
}

/** `{ … }`, `Object.freeze({ … })`, and a constant of the module that is one. */
function literalOf(value: Node, source: SourceFile): Node | undefined {
  const node = unwrap(value)
  if (node.type === 'ObjectExpression') return node
  if (node.type === 'CallExpression')
    return memberPath(node.callee)?.path === 'Object.freeze'
      ? literalOf(node.arguments[0], source)
      : undefined
  const binding = node.type === 'Identifier' ? source.bindingFor(node) : undefined
  if (binding === undefined || binding.assigned) return undefined
  const declared = source.declaredWith(binding)
  return declared && unwrap(declared).type !== 'Identifier' ? literalOf(declared, source) : undefined
}

const users = new WeakMap<FilePlan, ReadonlySet<FunctionNode>>()

/** The functions of a file that use a literal of the module which is another one now. */
export function usersOfChanged(file: FilePlan): ReadonlySet<FunctionNode> {
  const known = users.get(file)
  if (known !== undefined) return known
  const found = new Set<FunctionNode>()
  const source = file.pair.new
  for (const { pair } of file.onces)
    for (const { old, new: unit, changed } of pair.pairs) {
      const isLiteral =
        changed && [old, unit].every((one) => /^(Object|Call)Exp/.test(assignedValue(one)?.type ?? ''))
      for (const name of isLiteral ? unit.names : [])
        for (const use of source.usesOf(pair.new.scope.names.get(name))) {
          const fn = source.functionAt(use)
          if (fn !== undefined && fn !== pair.new.fn) found.add(fn)
        }
    }
  users.set(file, found)
  return found
}
