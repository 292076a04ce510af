import type { Node } from '../../instrument/parse.ts'
import { sameShape } from '../read/shape.ts'
import type { SourceFile } from '../read/source-file.ts'
import { isCollection } from './collections.ts'
import type { Found } from './fields.ts'
import type { FilePlan } from './file-plan.ts'
import type { MadeField, Maker } from './initialiser.ts'
import { assignedOnThis } from './made-on-this.ts'
import type { Plan } from './plan.ts'

/**
 * What an object has in a new field that the running version calls otherwise: one that begins with the same, is used in the
 * same places, and is gone. Undefined where there is none.
 * @param added the new fields of the objects
 */
export function renamedField(
  { key, value }: Pick<MadeField, 'key' | 'value'>,
  added: readonly [string, MadeField][],
  before: Maker,
  file: FilePlan,
  plan: Plan,
): Found['initialiser'] | undefined {
  if (typeof value !== 'object' || !/^#?\w/.test(key)) return undefined
  const { old, new: young } = file.pair
  const assigned = assignedOnThis(young.program, young)
  const isGone = (one: MadeField): boolean =>
    /^\w/.test(one.key) &&
    !assigned.has(one.key) &&
    ![...plan.files.values()].some(({ pair }) => pair.new.members.has(one.key))
  const places = placesOf(key, young)
  const gone = before.fields.filter(isGone).map((one) => ({ ...one, places: placesOf(one.key, old) }))
  const alike = gone.filter((one) => sameValue(one.value, value) && one.places.join() === places.join())
  const rivals = added.filter(
    ([other, one]) => sameValue(one.value, value) && placesOf(other, young).join() === places.join(),
  )
  const was = alike[rivals.findIndex(([other]) => other === key)]
  if (was === undefined || alike.length !== rivals.length) {
    const mayBe = (one: MadeField): boolean => sameValue(one.value, value) || keepsAlike(one.value, value)
    const other = gone.find((one) => mayBe(one) && one.places.some((place) => places.includes(place)))
    return other && !key.startsWith('#') ? `it may be what '${other.key}' was` : undefined
  }
  const held = `this.${was.key}`
  const isPrivate = key.startsWith('#')
  const own = file.pair.new.slice(value)
  const isPlain = file.pair.new.usesIn(value).length === 0
  // Objects of the new version have the private field by the same initialiser.
  if (isPrivate && !isPlain) return undefined
  const by = isPrivate ? `('${was.key}' in this ? ${held} : ${own})` : held
  return insteadOf(value, by)
}

/** An initialiser by which an object gets what it has already. */
export function insteadOf(value: Node, by: string): Exclude<Found['initialiser'], string | undefined> {
  const substitutes = [{ start: value.start, end: value.end, by }]
  return { node: value, substitutes, isNothing: false, usesModule: false, notPassed: [] }
}

/** Something is put into both as the program runs, in different forms: a tree, and a table of trees. */
function keepsAlike(was: MadeField['value'], is: MadeField['value']): boolean {
  const isObject = typeof was === 'object' && /^(New|Object|Array|Call)Expression$/.test(was.type)
  return isObject && isCollection(is)
}

export function sameValue(a: MadeField['value'], b: MadeField['value']): boolean {
  if (a === b) return true
  return typeof a === 'object' && typeof b === 'object' && sameShape(a, b)
}

/** The functions in which a member of some name is used. */
function placesOf(key: string, file: SourceFile): string[] {
  const places: string[] = []
  const name = key.replace('#', '')
  file.nodes.forEach((node) => {
    if (node.type !== 'MemberExpression' || node.computed || node.property.name !== name) return
    const fn = file.functionAround(node)
    // Where objects are made a field may be declared instead.
    if (!fn?.kind.includes('constructor')) places.push(fn?.paths[0] ?? '')
  })
  return places.sort()
}
