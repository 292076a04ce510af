import type { Node } from '../../instrument/parse.ts'
import { isData } from '../read/effects.ts'
import { isAssigned, isName } from '../read/expressions.ts'
import { membersNamed } from '../read/member-index.ts'
import { sameShape } from '../read/shape.ts'
import { assignedValue } from '../read/unit-values.ts'
import type { Found } from './fields.ts'
import type { FilePlan } from './file-plan.ts'
import { Reach } from './initialiser.ts'
import { keyOf } from './made-on-this.ts'
import type { OncePlan } from './once-plan.ts'
import type { Plan } from './plan.ts'

/** Objects that have fewer members of a table than these may be others. */
const ENOUGH = 3

const FEW = 'nothing tells those that were made of it from others'

/**
 * Members that a table of defaults has more, and that code asks other objects for: these were made of the table, in whatever way,
 * and those made before the patch are without.
 */
export function tableFields(plan: Plan, file: FilePlan): Found[] {
  return file.onces.flatMap((once) =>
    once.pair.pairs.flatMap(({ old, new: unit, changed }) => {
      const [was, is] = [old, unit].map((one) => (changed ? assignedValue(one) : undefined))
      if (was?.type !== 'ObjectExpression' || is?.type !== 'ObjectExpression') return []
      const like = (was.properties as Node[]).flatMap((one) => keyOf(one) ?? []).filter(isName)
      const owner = unit.names[0] ?? 'exports'
      return addedTo(is, was)
        .filter((one) => !plan.knew(keyOf(one)!) && isAskedOfOthers(keyOf(one)!, is, once, plan))
        .map((one) => field(one, owner, like, file, plan))
    }),
  )
}

function field(property: Node, owner: string, like: string[], file: FilePlan, plan: Plan): Found {
  const none = { fn: undefined, helpers: [], fields: [] }
  const { value } = property
  return {
    key: keyOf(property)!,
    owner,
    file,
    node: property,
    body: undefined,
    homes: new Set(),
    makers: new Set(),
    like: like.slice(0, 6),
    initialiser: like.length < ENOUGH ? FEW : new Reach(plan, file, none, none).of({ value }),
    named: undefined,
    isLiteral: true,
    isMerged: true,
  }
}

/** Members of a table that are data: what is not, is more than a default. */
function addedTo(young: Node, old: Node): Node[] {
  const before = new Set((old.properties as Node[]).map(keyOf))
  return (young.properties as Node[]).filter((one) => {
    const key = one.type === 'Property' && one.kind === 'init' ? keyOf(one) : undefined
    return key !== undefined && isName(key) && !before.has(key) && isData(one.value)
  })
}

/** Whether code asks for a member by way of something else than the table's name, or its own `this`. */
function isAskedOfOthers(key: string, table: Node, once: OncePlan, plan: Plan): boolean {
  return [...plan.files.values()].some(({ pair: { new: source } }) =>
    membersNamed(key, source).some((node) => {
      if (isAssigned(node, source.parent(node))) return false
      const { object } = node
      if (source === once.file.pair.new && object.start >= table.start && object.end <= table.end)
        return false
      if (object.type !== 'Identifier') return true
      const binding = source.bindingFor(object)
      const own = binding && plan.files.get(source.path)?.onceOf(binding.scope)
      const unit = own?.unitOf(object.name)
      if (unit === undefined) return true
      const value = assignedValue(unit)
      return unit.kind !== 'import' && !(value && sameShape(value, table))
    }),
  )
}
