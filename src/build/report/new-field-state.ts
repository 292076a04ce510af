import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { walk, walkOwn } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { mayOutlive } from '../plan/outlives.ts'
import type { Plan } from '../plan/plan.ts'
import { isUndefined } from '../read/arguments.ts'
import { fieldKey, isAssigned } from '../read/expressions.ts'
import type { Finding } from './findings.ts'
import { RESTART } from './report.ts'

const WITHOUT =
  'a new field that it gives its object: objects for which it was called before the patch are without it'
const NEEDED = `${WITHOUT}, and functions ask for what is in it`

/**
 * New fields that a method gives its object when it is called, and other functions look for: `connect() { this.seen = new Set() }`,
 * where what is connected asks `this.seen.has(x)`. What constructors give objects is a field of theirs (plan/fields.ts).
 */
export function* newFieldState(plan: Plan): Generator<Finding> {
  const made = new Set([...plan.fields.all, ...plan.fields.unread].map(({ key }) => key))
  for (const file of plan.files.values()) {
    const told = new Set<string>()
    for (const fn of file.pair.changed)
      for (const { key, node } of givenTo(fn)) {
        if (told.has(key) || made.has(key) || plan.knew(key.replace(/^#/, ''))) continue
        const askers = askersOf(key, fn, file, plan)
        if (askers.length === 0) continue
        told.add(key)
        const isNeeded = askers.some((one) => isNeededBy(one, key, fn))
        const place = { file: file.path, line: file.pair.new.lineOf(node.start), what: `this.${key}` }
        const advice = isNeeded
          ? RESTART
          : 'nothing, if that is right; else give it to the objects in a pre-patch callback'
        yield { severity: isNeeded ? 'problem' : 'note', ...place, why: isNeeded ? NEEDED : WITHOUT, advice }
      }
  }
}

/** What a function assigns to members of its `this`, but for nothing. */
function givenTo(fn: FunctionNode): { key: string; node: Node }[] {
  if (fn.kind.endsWith('constructor')) return []
  const found: { key: string; node: Node }[] = []
  walkOwn(fn.node, (node) => {
    if (node.type !== 'AssignmentExpression' || node.operator !== '=') return
    const isOfThis = node.left.type === 'MemberExpression' && node.left.object.type === 'ThisExpression'
    const key = isOfThis ? fieldKey(node.left) : undefined
    if (key !== undefined && !key.startsWith('[') && !isNothing(unwrap(node.right))) found.push({ key, node })
  })
  return found
}

function isNothing(value: Node): boolean {
  return isUndefined(value) || (value.type === 'Literal' && (value.value === null || value.value === false))
}

/** Functions that ask for a field beside the one that gives it, and kept closures in that. */
function askersOf(key: string, giver: FunctionNode, { pair }: FilePlan, plan: Plan): FunctionNode[] {
  const sources = [...[...plan.files.values()].map((one) => one.pair.new), ...plan.added.values()]
  return sources
    .filter(({ members }) => members.has(key))
    .flatMap((source) =>
      source.analysis.functions.filter((fn) => {
        if (fn === giver || !asks(fn, key)) return false
        const isInside = source === pair.new && source.functionsIn(giver).includes(fn)
        return !isInside || mayOutlive(fn, source)
      }),
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

/** Whether a function asks for what is in a field, and never whether there is something; the one that gives it may have called it. */
function isNeededBy(fn: FunctionNode, key: string, giver: FunctionNode): boolean {
  const name = fn.paths[0]?.split(/[/.]/).at(-1) ?? ''
  if (calls(giver, name)) return false
  let [isTaken, isTested] = [false, false]
  walkOwn(fn.node, (node, ancestors) => {
    if (node.type !== 'MemberExpression' || fieldKey(node) !== key) return
    const parent = ancestors.at(-1)
    switch (parent?.type) {
      case 'MemberExpression':
        if (parent.object === node) isTaken ||= !parent.optional
        isTested ||= parent.optional
        break
      case 'CallExpression':
        isTaken ||= parent.callee === node && !parent.optional
        break
      case 'SpreadElement':
        isTaken = true
        break
      case 'ForOfStatement':
        isTaken ||= parent.right === node
        break
      case 'UnaryExpression':
      case 'LogicalExpression':
      case 'BinaryExpression':
        isTested = true
        break
      case 'AssignmentExpression':
        isTested ||= parent.left === node
        break
      default:
        isTested ||= parent?.test === node
    }
  })
  return isTaken && !isTested
}

function calls({ node: root }: FunctionNode, name: string): boolean {
  let isCalled = false
  walk(root, ({ type, callee }) => {
    isCalled ||= type === 'CallExpression' && callee.type === 'MemberExpression' && fieldKey(callee) === name
  })
  return isCalled
}
