import type { Node } from '../../../instrument/parse.ts'
import { containsNode } from '../../../livepatch/ast.ts'
import type { FilePlan } from '../../plan/file-plan.ts'
import type { Plan } from '../../plan/plan.ts'
import type { SourceFile } from '../../read/source-file.ts'
import type { Chunk } from '../mapped-text.ts'
import { assignedMembers, definedMembers } from './assigned.ts'
import { addedMembers, goneMethods, staticFields } from './classes.ts'
import { exportedMembers } from './exports.ts'
import { changedInside } from './in-place.ts'
import { listElements } from './lists.ts'
import { literalMembers } from './literals.ts'
import type { Member } from './member.ts'
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
  const lists = listElements(values)
  const members = [
    ...addedMembers(values),
    ...staticFields(values),
    ...assignedMembers(values),
    ...literalMembers(values),
    ...definedMembers(values),
    ...exportedMembers(values, lists),
    ...changedInside(values),
    ...goneMethods(values),
  ]
  const all = [...members, ...lists]
  if (all.length === 0) return undefined
  const declarations = values.apart.declarations().map((text) => ({ text }))
  const directive = values.apart.isStrict ? [{ text: "'use strict'" }] : []
  const pairs = [
    ...byHolder(members).flatMap((ofOne) => holderText(ofOne, file.pair.new)),
    ...lists.map((list) => ({ text: listText(list) })),
  ]
  return {
    chunks: [...directive, ...declarations, { text: 'return [' }, ...pairs, { text: ']' }],
    names: all.map(({ name, node, isList = false }) => ({ name, node, isList })),
  }
}

function byHolder(members: Member[]): Member[][] {
  const holders = new Map<string, Member[]>()
  for (const one of members) {
    const key = `${one.holder} ${one.enumerable}`
    holders.set(key, [...(holders.get(key) ?? []), one])
  }
  return [...holders.values()]
}

/** What one object gets. */
function holderText(members: Member[], source: SourceFile): Chunk[] {
  const { holder, enumerable } = members[0]!
  const inside = members
    .filter(({ text }) => text !== '')
    .map(({ text, node }) => ({ text: `${text},`, line: source.lineOf(node.start) }))
  // What is `super` in methods of a literal is what the literal inherits from.
  if (members.some(({ node }) => usesSuper(node)))
    inside.unshift({ text: `__proto__: Object.getPrototypeOf(${holder}),`, line: inside[0]!.line })
  const before = members.flatMap((one) => one.before ?? [])
  const running = before.length === 0 ? '' : `, { ${before.join(', ')} }`
  return [{ text: `[${holder}, {` }, ...inside, { text: `}, ${enumerable}${running}],` }]
}

function listText({ holder, text, before }: Member): string {
  return `[${[holder, text, true, ...(before === undefined ? [] : [before])].join(', ')}],`
}

function usesSuper(node: Node): boolean {
  return containsNode(node, ({ type }) => type === 'Super')
}
