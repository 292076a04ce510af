import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { memberPath } from '../read/expressions.ts'
import { requiredModule } from '../read/imports.ts'
import { isLazyModule } from '../read/runs-once.ts'
import { sameShape } from '../read/shape.ts'
import type { SourceFile } from '../read/source-file.ts'

/**
 * Whether the start-up code of a module in a bundle, which its first user has run, comes to the same in both versions
 * (`__esm({ 'a.js'() { init_b(); max = 1 } })`): it has other modules begin that the running one has led to as well, in any
 * order, or new ones that do no more, and it has not got what only filled a variable that is gone.
 */
export function comesToTheSame(fn: FunctionNode, { pair }: FilePlan): boolean {
  const was = pair.functions.get(fn)
  if (was === undefined) return false
  const [old, young] = [LazyModules.of(pair.old), LazyModules.of(pair.new)]
  const begun = old.begunBy(was.node)
  if (!young.calledBy(fn.node).every((name) => begun.has(name) || young.onlyBegins(name, begun))) return false
  const [before, after] = [old.othersOf(was.node), young.othersOf(fn.node)]
  let at = 0
  for (const statement of before) {
    const is = after[at]
    if (is !== undefined && sameShape(statement, is)) at++
    else if (!fillsGone(statement, pair.new)) return false
  }
  return at === after.length && after.every((one) => !isAskedForMore(one, pair))
}

/** Whether more is taken from a package than the running version takes, which the program's need not have: `dep = require('dep')`. */
function isAskedForMore({ expression }: Node, { old, new: young }: FilePlan['pair']): boolean {
  if (expression?.type !== 'AssignmentExpression' || requiredModule(expression.right) === undefined)
    return false
  const [had, asked] = [old, young].map((source) => {
    const uses = source.usesOf(source.analysis.module.names.get(expression.left.name))
    return new Set(uses.map(({ node }) => memberPath(source.parent(node)!)?.path))
  })
  return [...asked!].some((path) => !had!.has(path))
}

/** `name = …`, which the new version has no more. */
function fillsGone({ type, expression }: Node, young: SourceFile): boolean {
  return (
    type === 'ExpressionStatement' &&
    expression.type === 'AssignmentExpression' &&
    expression.left.type === 'Identifier' &&
    !young.analysis.module.names.has(expression.left.name)
  )
}

const known = new WeakMap<SourceFile, LazyModules>()

/** The modules of a bundle that are told by the variable which has them begin: `var init_a = __esm(…)`. */
class LazyModules {
  readonly #bodies = new Map<string, Node>()

  static of(source: SourceFile): LazyModules {
    const modules = known.get(source) ?? new LazyModules(source)
    known.set(source, modules)
    return modules
  }

  private constructor(source: SourceFile) {
    for (const fn of source.analysis.functions) {
      if (!isLazyModule(fn, source)) continue
      let at = source.parent(fn.node)
      while (at !== undefined && at.type !== 'VariableDeclarator') at = source.parent(at)
      if (at?.id.type === 'Identifier') this.#bodies.set(at.id.name, fn.node)
    }
  }

  /** Modules that start-up code has begin, by their names. */
  calledBy(fn: Node): string[] {
    return statementsOf(fn).flatMap((statement) => this.#called(statement) ?? [])
  }

  /** The same, with those that these have begin. */
  begunBy(fn: Node): Set<string> {
    const begun = new Set<string>()
    const queue = this.calledBy(fn)
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      if (begun.has(name)) continue
      begun.add(name)
      queue.push(...this.calledBy(this.#bodies.get(name)!))
    }
    return begun
  }

  /** Statements that do something else. */
  othersOf(fn: Node): Node[] {
    return statementsOf(fn).filter((one) => this.#called(one) === undefined && !isDirective(one))
  }

  /** Whether a module does nothing but have others begin. */
  onlyBegins(name: string, begun: ReadonlySet<string>): boolean {
    const fn = this.#bodies.get(name)!
    return this.othersOf(fn).length === 0 && this.calledBy(fn).every((one) => begun.has(one))
  }

  /** `init_b();` */
  #called({ type, expression }: Node): string | undefined {
    if (type !== 'ExpressionStatement' || expression.type !== 'CallExpression') return undefined
    const { name } = expression.callee
    return expression.arguments.length === 0 && this.#bodies.has(name) ? name : undefined
  }
}

/** `() => init_b()` does what `() => { init_b() }` does: nobody asks what comes of it. */
function statementsOf({ body }: Node): Node[] {
  if (body.type === 'BlockStatement') return body.body
  return [{ type: 'ExpressionStatement', start: body.start, end: body.end, expression: body }]
}

function isDirective(statement: Node): boolean {
  return statement.type === 'ExpressionStatement' && statement.directive !== undefined
}
