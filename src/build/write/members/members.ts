import type { Node } from '../../../instrument/parse.ts'
import { containsNode } from '../../../livepatch/ast.ts'
import type { FilePlan } from '../../plan/file-plan.ts'
import type { Plan } from '../../plan/plan.ts'
import type { SourceFile } from '../../read/source-file.ts'
import { quote } from '../edits.ts'
import type { Chunk } from '../mapped-text.ts'
import { assignedMembers, definedMembers } from './assigned.ts'
import { addedMembers, goneMethods, staticFields } from './classes.ts'
import { compiledClassMembers } from './compiled-classes.ts'
import { dataLists, dataMembers, type KeyOrder, keyOrders, loadedFirst, sharedData } from './data.ts'
import { exportedMembers } from './exports.ts'
import { changedInside } from './in-place.ts'
import { listElements } from './lists.ts'
import { literalMembers } from './literals.ts'
import type { Member } from './member.ts'
import { membersPutByCalls } from './put-by-calls.ts'
import { type Early, MemberValues } from './values.ts'

/** What a patch puts on what a running module exports. */
export interface MembersText {
  chunks: Chunk[]
  /** For people: `C.prototype.m`. `isList`: the elements of one that programs have. */
  names: { name: string; node: Node; isList?: boolean }[]
}

/** Finds what can be put on the exports of the running module, and writes it without needing anything else of it. */
export function writeMembers(plan: Plan, file: FilePlan, early: Early): MembersText | undefined {
  const values = new MemberValues(plan, file, early)
  const lists = [...dataLists(values), ...listElements(values)]
  // What start-up code comes to is found first, and counts.
  const members = [
    ...dataMembers(values),
    ...addedMembers(values),
    ...staticFields(values),
    ...assignedMembers(values),
    ...literalMembers(values),
    ...compiledClassMembers(values),
    ...definedMembers(values),
    ...membersPutByCalls(values),
    ...exportedMembers(values, lists),
    ...changedInside(values),
    ...goneMethods(values),
  ]
  const orders = keyOrders(values)
  const all = [...members, ...lists]
  if (all.length + orders.length === 0) return undefined
  const declarations = [...loadedFirst(values), ...values.apart.declarations(), ...sharedData(values)].map(
    (text) => ({ text }),
  )
  const directive = values.apart.isStrict ? [{ text: "'use strict'" }] : []
  const pairs = [
    ...byHolder(members, orders).flatMap((one) => holderText(one, file.pair.new)),
    ...lists.map((list) => ({ text: listText(list) })),
  ]
  return {
    chunks: [...directive, ...declarations, { text: 'return [' }, ...pairs, { text: ']' }],
    names: all.map(({ name, node, isList = false }) => ({ name, node, isList })),
  }
}

/** All that one object gets. */
interface Holder {
  holder: string
  enumerable: boolean
  members: Member[]
  /** Its keys, where they come in another order. */
  order?: readonly string[]
}

function byHolder(members: Member[], orders: KeyOrder[]): Holder[] {
  const holders = new Map<string, Holder>()
  const of = (holder: string, enumerable: boolean): Holder => {
    const known = holders.get(`${holder} ${enumerable}`) ?? { holder, enumerable, members: [] }
    holders.set(`${holder} ${enumerable}`, known)
    return known
  }
  for (const one of members) {
    const known = of(one.holder, one.enumerable)
    const isKnown = known.members.some((other) => other.name === one.name && halfOf(other) === halfOf(one))
    if (!isKnown) known.members.push(one)
    if (one.order !== undefined) known.order = one.order
  }
  for (const { holder, keys } of orders) of(holder, true).order = keys
  return [...holders.values()]
}

/** Of an accessor, which half it is. */
function halfOf({ text }: Member): string | undefined {
  return /^(get|set) /.exec(text)?.[1]
}

/** What one object gets. */
function holderText({ holder, enumerable, members, order }: Holder, source: SourceFile): Chunk[] {
  const inside = members
    .filter(({ text }) => text !== '')
    .map(({ text, node }) => ({ text: `${text},`, line: source.lineOf(node.start) }))
  // What is `super` in methods of a literal is what the literal inherits from.
  if (members.some(({ node, text }) => text !== '' && usesSuper(node, source)))
    inside.unshift({ text: `__proto__: Object.getPrototypeOf(${holder}),`, line: inside[0]!.line })
  const before = members.flatMap((one) => one.before ?? [])
  const running = before.length === 0 && order === undefined ? '' : `, { ${before.join(', ')} }`
  const keys = order === undefined ? '' : `, [${order.map(quote).join(', ')}]`
  return [{ text: `[${holder}, {` }, ...inside, { text: `}, ${enumerable}${running}${keys}],` }]
}

function listText({ holder, text, before }: Member): string {
  return `[${[holder, text, true, ...(before === undefined ? [] : [before])].join(', ')}],`
}

/** Data is of the module as a whole. */
function usesSuper(node: Node, { program }: SourceFile): boolean {
  return node !== program && containsNode(node, ({ type }) => type === 'Super')
}
