import { type Node, unwrap } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { walkOwn } from '../../livepatch/ast.ts'
import { isNeededBy } from '../plan/field-needs.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { mayOutlive } from '../plan/outlives.ts'
import type { Plan } from '../plan/plan.ts'
import { isUndefined } from '../read/arguments.ts'
import { fieldKey, isAssigned } from '../read/expressions.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'
import type { Finding } from './findings.ts'
import { isAtTimes, makesObjects } from './made-by-then.ts'
import { RESTART } from './report.ts'

const WITHOUT =
  'a new field that it gives its object: objects for which it was called before the patch are without it'
const NEEDED = `${WITHOUT}, and functions ask for what is in it`

/**
 * New fields that a method gives its object when it is called, and other functions look for: `connect() { this.seen = new Set() }`,
 * where what is connected asks `this.seen.has(x)`; and those that a constructor, or a function that it hands the object to,
 * gives in one case or in another; and those that any function gives to what it has been given, or has got from that. What all
 * objects are given is a field of theirs (plan/fields.ts).
 */
export function* newFieldState(plan: Plan): Generator<Finding> {
  const made = new Set([...plan.fields.all, ...plan.fields.unread].map(({ key }) => key))
  for (const file of plan.files.values()) {
    const told = new Set<string>()
    for (const fn of file.pair.changed)
      for (const { key, node, isOwn } of givenTo(fn, file.pair.new)) {
        if (told.has(key) || made.has(key) || plan.knew(key.replace(/^#/, ''))) continue
        const askers = askersOf(key, fn, file, plan)
        if (askers.length === 0) continue
        told.add(key)
        // What comes with a call may end with it.
        const isNeeded = isOwn && askers.some(([asker, source]) => isNeededBy(asker, key, fn, source))
        const what = isOwn ? `this.${key}` : file.pair.new.slice(node.left)
        const place = { file: file.path, line: file.pair.new.lineOf(node.start), what }
        const advice = isNeeded
          ? RESTART
          : 'nothing, if that is right; else give it to the objects in a pre-patch callback'
        yield { severity: isNeeded ? 'problem' : 'note', ...place, why: isNeeded ? NEEDED : WITHOUT, advice }
      }
  }
}

interface Given {
  key: string
  node: Node
  /** It is given to `this`, or to one that constructors hand over. */
  isOwn: boolean
}

/** What a function assigns to members of objects that there are already, but for nothing. */
function givenTo(fn: FunctionNode, source: SourceFile): Given[] {
  const isMaker = makesObjects(fn, source)
  const names = isMaker ? [] : handedNames(fn, source)
  const found: Given[] = []
  walkOwn(fn.node, (node) => {
    if (node.type !== 'AssignmentExpression' || node.operator !== '=') return
    const { left, right } = node
    const key = left.type === 'MemberExpression' ? fieldKey(left) : undefined
    if (key === undefined || key.startsWith('[') || isNothing(unwrap(right))) return
    const { type, name } = left.object
    const isOwn = type === 'ThisExpression' || (type === 'Identifier' && names.includes(name))
    // What a constructor gives some objects, or others, is told as what it does to them (made-by-then.ts, set-up.ts).
    if (isMaker ? isOwn && !isAtTimes(node, fn, source) : isOwn || isOfBefore(left.object, source))
      found.push({ key, node, isOwn })
  })
  return found
}

/** An object that a function has not made: what it has been given, and what it has got from that or from `this`. */
function isOfBefore(object: Node, source: SourceFile, within: readonly Binding[] = []): boolean {
  const node = unwrap(object)
  if (node.type === 'ThisExpression') return true
  if (node.type === 'MemberExpression')
    return fieldKey(node) !== 'prototype' && isOfBefore(node.object, source, within)
  const binding = node.type === 'Identifier' ? source.bindingFor(node) : undefined
  if (binding === undefined || within.includes(binding) || ownerOf(binding.scope) === undefined) return false
  if (binding.kind === 'parameter') return true
  const value = source.declaredWith(binding)
  return value !== undefined && isOfBefore(value, source, [...within, binding])
}

/** The parameters in which constructors of the file hand over what they make: `init(this, options)`. */
function handedNames({ node: fn }: FunctionNode, source: SourceFile): string[] {
  const params = fn.params as Node[]
  const uses = fn.id && params.length > 0 ? source.usesOf(source.bindingFor(fn.id)) : []
  const handed = uses.flatMap(({ node }) => {
    const call = source.parent(node)
    const maker = source.functionAround(node)
    const isCalled = call?.type === 'CallExpression' && call.callee === node
    if (!isCalled || maker === undefined || !makesObjects(maker, source)) return []
    return (call.arguments as Node[]).flatMap(({ type }, i) => (type === 'ThisExpression' ? [i] : []))
  })
  return [...new Set(handed)].flatMap((i) => (params[i]?.type === 'Identifier' ? [params[i]!.name] : []))
}

function isNothing(value: Node): boolean {
  return isUndefined(value) || (value.type === 'Literal' && (value.value === null || value.value === false))
}

/** Functions that ask for a field beside the one that gives it, and kept closures in that. */
function askersOf(
  key: string,
  giver: FunctionNode,
  { pair }: FilePlan,
  plan: Plan,
): [FunctionNode, SourceFile][] {
  const sources = [...[...plan.files.values()].map((one) => one.pair.new), ...plan.added.values()]
  const isAsker = (fn: FunctionNode, source: SourceFile): boolean => {
    if (fn === giver || !asks(fn, key)) return false
    const isInside = source === pair.new && source.functionsIn(giver).includes(fn)
    return !isInside || mayOutlive(fn, source)
  }
  return sources
    .filter(({ members }) => members.has(key))
    .flatMap((source) =>
      source.analysis.functions
        .filter((fn) => isAsker(fn, source))
        .map((fn): [FunctionNode, SourceFile] => [fn, source]),
    )
}

function asks(fn: FunctionNode, key: string): boolean {
  let isAsked = false
  walkOwn(fn.node, (node, ancestors) => {
    isAsked ||=
      node.type === 'MemberExpression' && fieldKey(node) === key && !isAssigned(node, ancestors.at(-1))
  })
  return isAsked
}
