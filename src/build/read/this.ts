import type { Node } from '../../instrument/parse.ts'
import { isFunction, walk } from '../../livepatch/ast.ts'
import { fieldKey } from './expressions.ts'
import type { SourceFile } from './source-file.ts'

/** The function, or the class field, whose `this` stands there. */
export function homeOf(node: Node, source: SourceFile): Node | undefined {
  for (let at = source.parent(node); at !== undefined; at = source.parent(at)) {
    if (isFunction(at) && at.type !== 'ArrowFunctionExpression') return at
    if (at.type === 'PropertyDefinition' || at.type === 'StaticBlock') return at
  }
  return undefined
}

/** What a function asks of its own `this`. */
export function usesOfThis(fn: Node): Set<string> {
  const keys = new Set<string>()
  walk(fn, (node, ancestors) => {
    const isOfThis = node.type === 'MemberExpression' && node.object.type === 'ThisExpression'
    const key = isOfThis ? fieldKey(node) : undefined
    const hasOwn = ancestors.slice(1).some((one) => /^Class|^Function/.test(one.type))
    if (key !== undefined && !hasOwn) keys.add(key)
  })
  return keys
}
