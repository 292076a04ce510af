import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, walkOwn } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { livesOn } from '../plan/literal-fields.ts'
import { outlives } from '../plan/outlives.ts'
import type { Plan } from '../plan/plan.ts'
import { changesObject } from '../read/effects.ts'
import { calledName } from '../read/expressions.ts'
import { ON_THE_SPOT } from '../read/run-there.ts'
import { runsOnce } from '../read/runs-once.ts'
import type { SourceFile } from '../read/source-file.ts'
import type { Finding } from './findings.ts'
import { isRunIn } from './other-calls.ts'

/**
 * Variables that kept closures of a function have, or that are bound to one, and that were made by a function which does something
 * else now: `const pattern = compile(text)`, `const all = texts.map(compile)`.
 */
export function derived(plan: Plan, file: FilePlan): Iterable<Finding> {
  return heldOtherwise(plan, file, ({ type, id, init }) =>
    type === 'VariableDeclarator' && init && id.type === 'Identifier' ? { id, value: init } : undefined,
  )
}

/** What is put into such variables, where nothing else is told of them: `all.push(compile(text))`. */
export function* filledOtherwise(plan: Plan, told: readonly Finding[]): Generator<Finding> {
  for (const file of plan.files.values()) {
    const names = told.flatMap((one) => (one.file === file.path ? one.what.split(/[.:]/, 1) : []))
    const fillsIn = (node: Node): Making | undefined => filledBy(node, file.pair.new)
    for (const one of heldOtherwise(plan, file, fillsIn)) if (!names.includes(one.what)) yield one
  }
}

/** A variable, and what it is made of. */
interface Making {
  id: Node
  value: Node
}

function* heldOtherwise(
  plan: Plan,
  file: FilePlan,
  making: (node: Node) => Making | undefined,
): Generator<Finding> {
  const source = file.pair.new
  for (const fn of file.pair.functions.keys()) {
    if (file.onces.some(({ pair }) => pair.new.fn === fn) || fn.node.body.type !== 'BlockStatement') continue
    const found: Making[] = []
    walkOwn(fn.node.body, (node) => {
      const one = making(node)
      if (one !== undefined) found.push(one)
    })
    const held = new Set<string>()
    for (const { id, value } of found) {
      const other = held.has(id.name) ? undefined : otherIn(value, fn, plan, file)
      if (other === undefined || !isHeld(id, fn, source)) continue
      held.add(id.name)
      yield {
        severity: 'note',
        file: file.path,
        line: source.lineOf(id.start),
        what: id.name,
        why: `functions made by the running version have it as '${source.slice(other).slice(0, 60)}' made it then`,
        advice: 'nothing, if that is right; else empty or change it in a pre-patch callback',
      }
    }
  }
}

function filledBy({ type, expression }: Node, source: SourceFile): Making | undefined {
  if (type !== 'ExpressionStatement') return undefined
  let root: Node | undefined = expression.left ?? expression.callee
  while (root?.type === 'MemberExpression') root = root.object
  const use = root?.type === 'Identifier' ? source.useAt(root) : undefined
  return use !== undefined && changesObject(use, source) ? { id: root!, value: expression } : undefined
}

/** What a value is made by that does something else now: a function that is called there, or by what it is given to. */
function otherIn(value: Node, fn: FunctionNode, plan: Plan, file: FilePlan): Node | undefined {
  const source = file.pair.new
  let found: Node | undefined
  containsNode(value, (node) => {
    const called = calledBy(node, source).find(
      (one) => isRunIn(fn, source.functionAround(one), source) && isOther(one, plan, file),
    )
    found ??= called
    return found !== undefined
  })
  return found
}

/** `f` of `f(x)`, `new f(x)` and `list.map(f)` */
function calledBy(node: Node, source: SourceFile): Node[] {
  if (!/^(Call|New)Expression$/.test(node.type)) return []
  const given: Node[] = ON_THE_SPOT.test(calledName(node) ?? '') ? node.arguments : []
  return [node.callee, ...given].filter((one) => source.usesIn(one).length > 0)
}

function isOther(called: Node, plan: Plan, file: FilePlan): boolean {
  const source = file.pair.new
  const use = source.usesIn(called)[0]!
  const binding = source.bindingOf(use)
  const own = binding && source.functionNamed(binding)
  // What a module in a bundle gives, it goes on giving.
  if (use.node.start !== called.start || (own !== undefined && runsOnce(own, source))) return false
  const meant = plan.affected.meant(file, use)
  return meant !== undefined && plan.affected.has(meant)
}

/** Whether functions that go on being called have a variable. */
function isHeld(id: Node, maker: FunctionNode, source: SourceFile): boolean {
  return source.usesOf(source.bindingFor(id)).some((use) => {
    const parent = source.parent(use.node)
    if (parent?.callee === use.node) return false
    const fn = source.functionAt(use)
    if (fn !== maker) return fn !== undefined && outlives(fn, source)
    const isBound = parent?.type === 'CallExpression' && calledName(parent) === 'bind'
    return isBound && livesOn(parent, fn, source)
  })
}
