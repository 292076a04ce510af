import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { boundNames } from '../../instrument/syntax.ts'
import { walkOwn } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { memberKey, memberPath, propertyName } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import type { Report } from './report.ts'

const STAYS =
  'what it compiled before the patch stays as it was, and calls functions of the package that changed'
const OTHER =
  'what it compiled before the patch has other members than it gives now, and calls functions of the package that changed'
const MADE = 'what it compiled before the patch stays as it was, made by functions that changed'
const ADVICE = 'have it compiled anew'

/** Code that is made of text is no code of the package's files. */
export function tellCompiled(file: FilePlan, report: Report): void {
  const { path, pair } = file
  for (const fn of pair.functions.keys()) {
    const [call] = compiledIn(fn, pair.new)
    if (call === undefined) continue
    const isOwn = pair.new.functionAround(call) === fn
    const at = [path, pair.new.lineOf(call.start), fn.paths[0]!] as const
    if (pair.changed.has(fn)) {
      const isOther = membersGivenIn(pair.functions.get(fn)!, pair.old) !== membersGivenIn(fn, pair.new)
      if (isOwn && isOther) report.problem(...at, OTHER, ADVICE)
      else report.note(...at, STAYS, ADVICE)
    } else if (isOwn && isMade(call) && callsChanged(fn, file)) report.note(...at, MADE, ADVICE)
  }
}

/** `Function('return this')` is the same whatever was called. */
function isMade({ arguments: args }: Node): boolean {
  return (args as Node[]).some(({ type }) => type !== 'Literal')
}

/** Whether a function calls, however indirectly, one of the file that changed, as far as names tell. */
function callsChanged(from: FunctionNode, { pair }: FilePlan): boolean {
  const source = pair.new
  const byName = new Map<string | undefined, FunctionNode[]>()
  for (const fn of source.analysis.functions) {
    const name = lastStep(fn.paths[0])
    const known = byName.get(name)
    if (known === undefined) byName.set(name, [fn])
    else known.push(fn)
  }
  const seen = new Set<FunctionNode>()
  const queue = [from]
  for (let fn = queue.pop(); fn !== undefined; fn = queue.pop()) {
    if (seen.has(fn)) continue
    seen.add(fn)
    if (pair.changed.has(fn)) return true
    queue.push(...source.functionsIn(fn))
    walkOwn(fn.node, ({ type, callee }) => {
      if (!/^(Call|New)Expression$/.test(type)) return
      if (!/^(Identifier|MemberExpression)$/.test(callee.type)) return
      const name: string | undefined = callee.type === 'Identifier' ? callee.name : memberKey(callee)
      // Taken from the map: each name leads to the same functions once.
      queue.push(...((name !== undefined && byName.get(name)) || []))
      byName.delete(name)
    })
  }
  return false
}

function lastStep(path: string | undefined): string | undefined {
  return path?.split(/[/.]/).at(-1)
}

/** `Function('a', text)` */
function compiledIn({ node }: FunctionNode, source: SourceFile): Node[] {
  return source.usesIn(node).flatMap((use) => {
    const parent = source.parent(use.node)
    const isCalled = parent?.type === 'CallExpression' || parent?.type === 'NewExpression'
    return use.node.name === 'Function' && isCalled && parent.callee === use.node ? [parent] : []
  })
}

/** The members that a function gives to what it compiles, and to what it hands that. */
function membersGivenIn(fn: FunctionNode, source: SourceFile): string {
  const names = namesGiven(fn, source)
  const given: string[] = []
  const isGiven = (node: Node): boolean => {
    const parent = source.parent(node)
    const holder = parent?.id ?? parent?.left
    return !/^(VariableDeclarator|AssignmentExpression)$/.test(parent?.type ?? '') || names.has(holder.name)
  }
  walkOwn(fn.node, (node) => {
    const { type, left, properties } = node
    if (type === 'AssignmentExpression' && left.type === 'MemberExpression')
      if (names.has(memberPath(left)?.root ?? '')) given.push(memberKey(left) ?? '')
    if (type !== 'ObjectExpression' || !isGiven(node)) return
    for (const one of properties as Node[]) if (one.type === 'Property') given.push(propertyName(one) ?? '')
  })
  return given.filter(Boolean).sort().join()
}

/** Variables that stand for what is compiled, or that it is called or bound with, and those that these are made from. */
function namesGiven(fn: FunctionNode, source: SourceFile): Set<string> {
  const names = new Set<string>()
  const all = compiledIn(fn, source)
  const isText = ({ start }: Node): boolean => all.some((one) => start >= one.start && start < one.end)
  const addFrom = (node: Node): void => {
    for (const use of source.usesIn(node)) if (!isText(use.node)) names.add(use.node.name)
  }
  for (const compiled of all) {
    let at = compiled
    for (let parent = source.parent(at); parent !== undefined; parent = source.parent(at)) {
      if (parent.type === 'VariableDeclarator') for (const name of boundNames(parent.id)) names.add(name)
      if (!/^(Member|Call|Parenthesized)/.test(parent.type) || (parent.callee && parent.callee !== at)) break
      for (const one of (parent.arguments ?? []) as Node[]) addFrom(one)
      at = parent
    }
  }
  for (let size = -1; size !== names.size; ) {
    size = names.size
    for (const use of source.usesIn(fn.node)) {
      const parent = source.parent(use.node)
      if (!names.has(use.node.name)) continue
      if (parent?.type === 'CallExpression' && parent.callee === use.node) parent.arguments.forEach(addFrom)
      if (parent?.type === 'VariableDeclarator' && parent.id === use.node && parent.init) addFrom(parent.init)
      if (parent?.type === 'AssignmentExpression' && parent.left === use.node) addFrom(parent.right)
    }
  }
  return names
}
