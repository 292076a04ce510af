import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { boundNames } from '../../instrument/syntax.ts'
import { containsNode, isFunction, isReference, walkOwn } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { memberKey } from '../read/expressions.ts'
import { membersNamed } from '../read/member-index.ts'
import type { Finding } from './findings.ts'
import { makesObjects } from './made-by-then.ts'
import type { OtherCalls } from './other-calls.ts'

const WHY = 'objects made before the patch keep what the running version has made for it'
const ADVICE = 'nothing, if that is right; else empty or change it in a pre-patch callback'

/**
 * `this.pattern = compile(text)` in a constructor that is the same, where `compile` gives something else now: objects keep what
 * it gave. The same in methods that set an object up, which nothing calls but its constructor.
 */
export function* madeWith(plan: Plan, calls: OtherCalls): Generator<Finding> {
  for (const file of plan.files.values())
    for (const fn of file.pair.functions.keys())
      if (makesObjects(fn, file.pair.new))
        for (const one of setUpMethods(fn, file, calls))
          for (const node of keptOf(one, file, calls)) yield told(node, plan, file)
}

function told({ left, right, start }: Node, plan: Plan, file: FilePlan): Finding {
  const source = file.pair.new
  const isOfOtherForm = containsNode(right, ({ type, callee }) => {
    const use = /^(Call|New)Expression$/.test(type) ? source.usesIn(callee)[0] : undefined
    const meant = use && use.node === callee ? plan.affected.meant(file, use) : undefined
    return meant !== undefined && givesOtherForm(plan, meant)
  })
  const [severity, why] = isOfOtherForm
    ? (['problem', `${WHY}, of which a member has another form now`] as const)
    : (['note', WHY] as const)
  const place = { file: file.path, line: source.lineOf(start), what: source.slice(left) }
  return { severity, ...place, why, advice: ADVICE }
}

/** What a function gives its object in the words of the running version, and that calls make otherwise. */
function keptOf(fn: FunctionNode, file: FilePlan, calls: OtherCalls): Node[] {
  const { new: source, old, functions } = file.pair
  const was = functions.get(fn)
  const before = was === undefined ? '' : old.slice(was.node)
  const found: Node[] = []
  // `const options = this.normalise(given); this.cache = options.cache`
  const locals = new Set<string>()
  const isOther = (value: Node): boolean =>
    calls.isIn(value, fn, file) ||
    containsNode(
      value,
      (one, inside) =>
        !inside.some(isFunction) &&
        locals.has(one.name) &&
        (inside.length === 0 || isReference(one, inside.at(-1))),
    )
  walkOwn(fn.node.body, (node) => {
    if (node.type === 'VariableDeclarator' && node.init && isOther(node.init))
      for (const name of boundNames(node.id)) locals.add(name)
    const isOwn = node.type === 'AssignmentExpression' && node.left.object?.type === 'ThisExpression'
    if (isOwn && before.includes(source.slice(node)) && isOther(node.right)) found.push(node)
  })
  return found
}

/** The methods by which a constructor sets its object up: `this.init()`, where nothing of the file calls them later. */
function setUpMethods(maker: FunctionNode, file: FilePlan, calls: OtherCalls): Set<FunctionNode> {
  const source = file.pair.new
  const found = new Set([maker])
  const isAskedLater = (key: string): boolean =>
    membersNamed(key, source).some(
      (node) => ![...found].some(({ node: { start, end } }) => node.start >= start && node.end <= end),
    )
  for (const fn of found)
    walkOwn(fn.node.body, (node) => {
      const method = calls.ownMethod(node, fn, file)
      if (method !== undefined && !isAskedLater(memberKey(node.callee)!)) found.add(method)
    })
  return found
}

/** Whether a function gives what it makes a member in another form than the running version does: `a.b = normalise(a.b)`. */
function givesOtherForm(plan: Plan, made: Node): boolean {
  for (const { pair } of plan.files.values()) {
    const fn = pair.new.functionOf.get(made)
    const old = fn && pair.functions.get(fn)
    if (old === undefined) continue
    const before = pair.old.slice(old.node)
    return containsNode(made, (node) => {
      if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') return false
      const given = pair.new.slice(node.left)
      const isOfItself = node.right.type === 'CallExpression' && pair.new.slice(node.right).includes(given)
      return isOfItself && !before.includes(pair.new.slice(node))
    })
  }
  return false
}
