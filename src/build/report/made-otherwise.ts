import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction, walk, walkOwn } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { isKept } from '../plan/literal-fields.ts'
import { keyOf } from '../plan/made-on-this.ts'
import { isFunctionName } from '../plan/once-plan.ts'
import { outlives } from '../plan/outlives.ts'
import type { Plan } from '../plan/plan.ts'
import { calledName } from '../read/expressions.ts'
import { shape } from '../read/shape.ts'
import type { SourceFile } from '../read/source-file.ts'
import type { Finding } from './findings.ts'
import { NOTHING, RESTART } from './report.ts'

/**
 * `const parser = new Parser({ strict: true })`, where functions that the call gives away use it, and the running version
 * has made it with `strict: false`: they go on with that one.
 */
export function* madeOtherwise(plan: Plan): Generator<Finding> {
  for (const { pair } of plan.files.values())
    for (const young of pair.changed) {
      const before = new Map(makingsIn(pair.functions.get(young)!).map((one) => [one.id.name, one]))
      for (const { id, init } of makingsIn(young)) {
        const was = before.get(id.name)?.init
        if (was === undefined || shape(was.callee) !== shape(init.callee)) continue
        const key = otherIn(init, was)
        if (key === undefined || !isKept(id, young, pair.new, plan)) continue
        const place = { file: pair.new.path, line: pair.new.lineOf(init.start), what: id.name }
        const why = `it is made with another '${key}', and what the running version has made goes on being used by whoever has it`
        yield { severity: 'problem', ...place, why, advice: RESTART }
      }
    }
}

/** `createEndpoint(path, { body: Schema }, handler)`, where the handler is kept and `Schema` is another one: it goes on with the one that it was given with. */
export function* givenWith(plan: Plan): Generator<Finding> {
  for (const file of plan.files.values()) {
    const { new: source, old } = file.pair
    for (const [fn, was] of file.pair.functions) {
      const [call, before] = [callFor(fn, source), callFor(was, old)]
      if (call === undefined || before === undefined || !outlives(fn, source)) continue
      const other = (call.arguments as Node[]).find(
        (one, i) =>
          !isFunction(one) &&
          (shape(one) !== shape(before.arguments[i] ?? before) || usesOtherValue(one, file)),
      )
      if (other === undefined) continue
      const [line = ''] = source.slice(other).split('\n')
      const what = `${calledName(call)}(${line.slice(0, 60)}${line.length < other.end - other.start ? '…' : ''})`
      const why = 'it is given something else, and what the running version has made goes on with what it got'
      const place = { file: source.path, line: source.lineOf(other.start), what }
      yield { severity: 'note', ...place, why, advice: NOTHING }
    }
  }
}

/** The call that a closure of a function is given to. */
function callFor({ node, enclosing }: FunctionNode, source: SourceFile): Node | undefined {
  const call = enclosing && source.parent(node)
  return call?.type === 'CallExpression' && call.callee !== node ? call : undefined
}

/** Whether a name in it stands for another value of the module now. */
export function usesOtherValue(node: Node, file: FilePlan): boolean {
  const source = file.pair.new
  return source.usesIn(node).some((use) => {
    const binding = source.bindingOf(use)
    const once = binding && file.onceOf(binding.scope)
    return once?.changed.has(use.node.name) === true && !isFunctionName(once, use.node.name)
  })
}

/** Variables that begin with what a call makes. */
function makingsIn({ node: fn }: FunctionNode): { id: Node; init: Node }[] {
  const found: { id: Node; init: Node }[] = []
  walkOwn(fn, ({ type, id, init }) => {
    const isMade = type === 'VariableDeclarator' && /^(New|Call)Expression$/.test(init?.type ?? '')
    if (isMade && id.type === 'Identifier') found.push({ id, init })
  })
  return found
}

/** An option, written out in both versions, that is another one. */
function otherIn(init: Node, was: Node): string | undefined {
  const before = optionsIn(was)
  for (const [key, value] of optionsIn(init)) {
    const old = before.get(key)
    if (old !== undefined && value !== old) return key
  }
  return undefined
}

function optionsIn({ arguments: args }: Node): Map<string, unknown> {
  const found = new Map<string, unknown>()
  for (const one of args as Node[])
    walk(one, (node, ancestors) => {
      if (node.type !== 'Property' || ancestors.some(isFunction)) return
      const key = keyOf(node)
      if (key !== undefined && node.value.type === 'Literal' && !node.value.regex)
        found.set(key, node.value.value)
    })
  return found
}
