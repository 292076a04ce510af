import type { Node } from '../../instrument/parse.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import type { OncePair } from '../read/file-pair.ts'
import { assignedValue } from '../read/unit-values.ts'
import { type Unit, unitsNamed } from '../read/units.ts'

const DOES_MORE =
  /^(Call|New|Update|Await|Yield|Import)Expression$|^(TaggedTemplateExpression|ThrowStatement|ForOfStatement)$/

/**
 * Whether start-up code of the running version does nothing but give values to names that the new version has no more, or
 * fill literals that these hold: nothing of the new version asks for them.
 */
export function fillsGoneNames({ node }: Unit, { old, new: young }: OncePair): boolean {
  const isGone = (name: string): boolean => old.scope.names.has(name) && !young.scope.names.has(name)
  const isOwn = (name: string): boolean => {
    const [made] = unitsNamed(old.units, name)
    return /^(Object|Array)Expression$/.test((made && assignedValue(made)?.type) ?? '')
  }
  const isOfGone = (target: Node): boolean => {
    let root = target
    while (root.type === 'MemberExpression') root = root.object
    return root.type === 'Identifier' && isGone(root.name) && (root === target || isOwn(root.name))
  }
  return !containsNode(node, (one, ancestors) => {
    const { type, left, id, operator } = one
    // Nobody calls what such a name alone leads to.
    if (ancestors.some(isFunction) || isEmptyCollection(one)) return false
    if (type === 'AssignmentExpression') return !isOfGone(left)
    if (type === 'VariableDeclarator') return !isOfGone(id)
    return DOES_MORE.test(type) || operator === 'delete'
  })
}

/** `new WeakMap()` */
function isEmptyCollection({ type, callee, arguments: args }: Node): boolean {
  return type === 'NewExpression' && args.length === 0 && /^(Weak)?(Map|Set)$/.test(callee.name ?? '')
}
