import type { Node } from '../../instrument/parse.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import type { Use } from '../read/source-file.ts'
import type { FilePlan } from './file-plan.ts'
import type { OncePlan } from './once-plan.ts'

/**
 * A class that has got a constructor, of which the running one has none that could be replaced: whoever makes an object of it
 * calls a function of the patch, which does what the constructor does with an object of the running class.
 */
export interface Constructed {
  /** What that function is called. */
  name: string
  className: string
  once: OncePlan
  fn: Node
  /** `super(…)`, where the class has a superclass. */
  superCall: Node | undefined
}

/** Those of classes that functions of their own file alone make objects of. */
export function findConstructed(file: FilePlan): void {
  for (const { className, class: node, element } of file.pair.addedMembers) {
    const once = file.onces.find((one) => one.unitOf(className)?.node === node)
    if (element.kind !== 'constructor' || once === undefined || file.isExported(className)) continue
    const superCall = (element.value.body.body as Node[]).find(
      ({ expression }) => expression?.callee?.type === 'Super',
    )?.expression
    if (!isPlain(element.value, superCall) || (node.superClass && superCall === undefined)) continue
    if (!file.pair.new.uses.every((use) => use.node.name !== className || isMadeOf(use, once))) continue
    let name = `new${className}`
    while (file.pair.new.text.includes(name)) name += '_'
    file.constructed.set(className, { name, className, once, fn: element.value, superCall })
    file.helpers.set(name, { name, once, element, holder: undefined, superClass: undefined })
  }
}

/** Whether it means the same as a function. */
function isPlain(fn: Node, superCall: Node | undefined): boolean {
  return !containsNode(fn, (node, ancestors) => {
    if (ancestors.slice(1).some((one) => isFunction(one) && one.type !== 'ArrowFunctionExpression'))
      return false
    const isReturn = node.type === 'ReturnStatement' && !ancestors.slice(1).some(isFunction)
    const isOther = node.type === 'Super' && superCall?.callee !== node
    return (
      isReturn || isOther || (node.type === 'MetaProperty' && node.meta.name === 'new') || isPrivate(node)
    )
  })
}

function isPrivate({ type }: Node): boolean {
  return type === 'PrivateIdentifier'
}

/** `new C(…)` in a function, `x instanceof C`, `C.a`. */
function isMadeOf(use: Use, { file, pair }: OncePlan): boolean {
  const { new: source } = file.pair
  const parent = source.parent(use.node)!
  if (parent.type === 'NewExpression' && parent.callee === use.node)
    return source.functionAt(use) !== pair.new.fn && !use.assigned
  if (parent.type === 'ClassDeclaration' || parent.type === 'ClassExpression') return parent.id === use.node
  if (parent.type === 'BinaryExpression') return parent.operator === 'instanceof'
  return parent.type === 'MemberExpression' && parent.object === use.node && !parent.computed
}
