import { type Node, unwrap } from '../../instrument/parse.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { memberPath, propertyName } from '../read/expressions.ts'
import { assignedValue } from '../read/unit-values.ts'
import type { Unit } from '../read/units.ts'
import type { FilePlan } from './file-plan.ts'

/**
 * The functions that a variable holds without being declared as one: by another name, `const f = exports.f`, or as members of a
 * literal, of which `key` may say one.
 */
export function heldFunctions(file: FilePlan, unit: Unit, key?: string): Node[] {
  const value = assignedValue(unit)
  if (value === undefined || !/^(Member|Array|Object)Expression$/.test(value.type)) return []
  const name = /^(?:module\.)?exports\.([\w$]+)$/.exec(memberPath(value)?.path ?? '')?.[1]
  const exported = name === undefined ? undefined : file.exports.new.get(name)?.value
  const alias = functionsAmong([exported])
  return alias.length > 0 ? alias : membersOf(exported ?? value, key)
}

function membersOf(literal: Node, key: string | undefined): Node[] {
  if (literal.type === 'ArrayExpression')
    return functionsAmong(key === undefined ? literal.elements : [literal.elements[key]])
  const properties: Node[] = literal.type === 'ObjectExpression' ? literal.properties : []
  const asked = properties.filter((one) => key === undefined || propertyName(one) === key)
  return functionsAmong(asked.map(({ value }) => value))
}

function functionsAmong(values: readonly (Node | null | undefined)[]): Node[] {
  return values.flatMap((one) => (one && isFunction(unwrap(one)) ? [unwrap(one)] : []))
}
