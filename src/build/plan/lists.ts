import { type Node, unwrap } from '../../instrument/parse.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import { type Effects, EffectsOf, isData } from '../read/effects.ts'
import type { Export } from '../read/exports.ts'
import { memberPath, returnedBy } from '../read/expressions.ts'
import { assignedValue } from '../read/unit-values.ts'
import type { Once, Unit } from '../read/units.ts'
import { initialisersIn } from './once-plan.ts'

/** An exported list, of which a running one can be given the elements: nobody tells these from others of the same text. */
export interface List {
  /** What makes it: a name of the module, where statements fill it. */
  value: Node
  /** Nothing but what is written there. */
  isData: boolean
  /** `new Set(…)` of it. */
  isSet: boolean
}

/** Whether an export is a list or set of texts, numbers and the like that start-up code makes. */
export function listOf(one: Export, once: Once): List | undefined {
  const own = one.local === undefined ? undefined : once.units.find(({ names }) => names.includes(one.local!))
  const elements = elementsOfSet(own === undefined ? one.value : assignedValue(own))
  if (elements === undefined) {
    const list = elementsOf(one, once)
    return list && { ...list, isSet: false }
  }
  // One that statements fill is more than what it begins with.
  const isWhole =
    own === undefined
      ? !isAskedFor(one.name, one.unit, once)
      : own.kind === 'variable' &&
        own.names.length === 1 &&
        !once.scope.names.get(one.local!)?.assigned &&
        initialisersIn(one.local!, once, EffectsOf.in(once)).length === 0
  return isWhole ? { value: elements, isData: true, isSet: true } : undefined
}

/** The list in `new Set(['a', 'b'])`. */
function elementsOfSet(value: Node | undefined): Node | undefined {
  const made = value && unwrap(value)
  if (made?.type !== 'NewExpression' || made.callee.name !== 'Set' || made.arguments.length !== 1)
    return undefined
  const [list] = made.arguments as [Node]
  const isPlain =
    list.type === 'ArrayExpression' && (list.elements as Node[]).every((one) => one?.type === 'Literal')
  return isPlain && !(list.elements as Node[]).some(({ regex }) => regex) ? list : undefined
}

function elementsOf({ name, unit, value, local }: Export, once: Once): Omit<List, 'isSet'> | undefined {
  const own = local === undefined ? undefined : once.units.find((one) => one.names.includes(local))
  const made = own === undefined ? value : assignedValue(own)
  if (made === undefined || !isList(unwrap(made))) return undefined
  if (own === undefined || local === undefined)
    return isAskedFor(name, unit, once) ? undefined : { value: unwrap(made), isData: isData(unwrap(made)) }
  if (own.kind !== 'variable' || own.names.length > 1 || once.scope.names.get(local)?.assigned)
    return undefined
  const effects = EffectsOf.in(once)
  const filling = initialisersIn(local, once, effects)
  if (!filling.every((one) => fillsWithValues(one, local, once, effects.of(one)))) return undefined
  const isWhole = filling.length === 0
  return { value: isWhole ? unwrap(made) : own.node.id, isData: isWhole && isData(unwrap(made)) }
}

/** `['a', 1]`, `Object.keys(x).filter(…)`: elements that are equal where they look the same. */
function isList(node: Node): boolean {
  if (node.type === 'ArrayExpression') return isData(node)
  if (node.type !== 'CallExpression') return false
  const { callee } = node
  if (/^Object\.(keys|getOwnPropertyNames)$/.test(memberPath(callee)?.path ?? '')) return true
  if (callee.type !== 'MemberExpression' || callee.computed || !isList(unwrap(callee.object))) return false
  const [given] = node.arguments as Node[]
  const isMapped = callee.property.name === 'map' && given !== undefined && isFunction(given)
  const made = isMapped ? returnedBy(given) : undefined
  return /^(filter|slice|sort|reverse)$/.test(callee.property.name) || (made !== undefined && isValue(made))
}

/** `list[i] = …`, `list.push(…)` with such values, as all that a statement does to it. */
function fillsWithValues(unit: Unit, name: string, { file, scope }: Once, { uses }: Effects): boolean {
  return uses.every((use) => {
    if (use.node.name !== name || file.bindingOf(use)?.scope !== scope) return true
    if (use.node.start < unit.start || use.node.end > unit.end) return false
    const member = file.parent(use.node)
    if (member?.type !== 'MemberExpression' || member.object !== use.node) return false
    const above = file.parent(member)
    if (above?.type === 'AssignmentExpression' && above.left === member)
      return above.operator === '=' && member.computed && isValue(above.right)
    const isCall = above?.type === 'CallExpression' && above.callee === member
    if (isCall) return member.property.name === 'push' && (above.arguments as Node[]).every(isValue)
    return above?.type !== 'UpdateExpression' && above?.operator !== 'delete'
  })
}

/** Methods of texts that give a text. */
const TEXT = /^(replace|replaceAll|toLowerCase|toUpperCase|trim|repeat|padStart|padEnd)$/

function isValue(node: Node): boolean {
  const { type, callee, operator } = unwrap(node)
  if (type === 'Literal' || type === 'TemplateLiteral') return true
  if (type === 'BinaryExpression') return operator === '+'
  if (type !== 'NewExpression' && type !== 'CallExpression') return false
  const isText = callee.type === 'MemberExpression' && TEXT.test(callee.property.name)
  return isText || /^(RegExp|String|Number)$/.test(callee.name)
}

/** Whether the module speaks of `exports.a` anywhere but where it is made. */
function isAskedFor(name: string, unit: Unit, { file }: Once): boolean {
  return containsNode(file.program, (node, ancestors) => {
    if (node.type !== 'MemberExpression' || (node.start >= unit.start && node.end <= unit.end)) return false
    const path = memberPath(node)?.path ?? ''
    const isMember = /^(module\.)?exports\./.test(path) && node.property.name === name
    if (path !== name && !isMember) return false
    // `exports.a = exports.b = void 0`, which compilers write in front.
    const { type, left } = ancestors.at(-1)!
    return type !== 'AssignmentExpression' || left !== node
  })
}
