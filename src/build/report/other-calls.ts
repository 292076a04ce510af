import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { memberKey, nameOf } from '../read/expressions.ts'
import { runTimeOf } from '../read/run-there.ts'
import type { SourceFile } from '../read/source-file.ts'
import { usesOtherValue } from './made-otherwise.ts'

/**
 * Which calls give something else now, as far as names tell: those of functions and classes that modules declare, of methods of
 * `this`, of statics, and of methods of what is made there (`new A().m()`), however indirectly.
 */
export class OtherCalls {
  readonly #plan: Plan
  /** Methods, by `A.prototype.m`, and statics, by `A.m`. */
  readonly #members = new Map<string, Member[]>()
  readonly #known = new Map<FunctionNode, boolean>()

  constructor(plan: Plan) {
    this.#plan = plan
    for (const file of plan.files.values())
      for (const fn of file.pair.functions.keys())
        for (const path of fn.paths) {
          const name = lastStep(path)
          if (name.includes('.')) this.#members.set(name, [...(this.#members.get(name) ?? []), { fn, file }])
        }
  }

  /** Whether one of them is part of a value, and not only of closures in it. */
  isIn(value: Node, fn: FunctionNode, file: FilePlan): boolean {
    return containsNode(value, (node) => this.#isOther(node, fn, file))
  }

  /** The method of its own object that a call means. */
  ownMethod(call: Node, fn: FunctionNode, file: FilePlan): FunctionNode | undefined {
    const { callee } = call
    if (call.type !== 'CallExpression' || callee.object?.type !== 'ThisExpression') return undefined
    return this.#meant(callee, fn).find((one) => one.file === file)?.fn
  }

  #isOther(node: Node, fn: FunctionNode, file: FilePlan): boolean {
    const source = file.pair.new
    if (!/^(Call|New)Expression$/.test(node.type)) return false
    if (!isRunIn(fn, source.functionAround(node), source)) return false
    const use = source.usesIn(node.callee)[0]
    const meant =
      use && use.node.start === node.callee.start ? this.#plan.affected.meant(file, use) : undefined
    if (meant !== undefined && this.#plan.affected.has(meant)) return true
    if (node.callee.type !== 'MemberExpression') return false
    const all = this.#meant(node.callee, fn)
    // Builds of a package for several loaders have it several times.
    const own = all.filter((one) => one.file === file)
    const those = own.length > 0 ? own : all
    return those.length > 0 && those.every((one) => this.#givesOther(one))
  }

  #meant(callee: Node, fn: FunctionNode): Member[] {
    const key = memberKey(callee)
    return ownersOf(callee.object, fn).flatMap((owner) => this.#members.get(`${owner}.${key}`) ?? [])
  }

  #givesOther({ fn, file }: Member): boolean {
    const known = this.#known.get(fn)
    if (known !== undefined) return known
    this.#known.set(fn, false)
    const source = file.pair.new
    const isOther =
      file.pair.changed.has(fn) ||
      usesOtherValue(fn.node, file) ||
      containsNode(fn.node.body, (node) => {
        // What is only done gives nothing.
        const isDone = source.parent(node)?.type === 'ExpressionStatement'
        return !isDone && this.#isOther(node, fn, file)
      })
    this.#known.set(fn, isOther)
    return isOther
  }
}

interface Member {
  fn: FunctionNode
  file: FilePlan
}

/** Whether what stands in a function runs while another one around does: `list.map((one) => …)`, and not what closures do later. */
export function isRunIn(fn: FunctionNode, at: FunctionNode | undefined, source: SourceFile): boolean {
  if (at === undefined || at === fn) return at === fn
  return runTimeOf(at, source) === 'at once' && isRunIn(fn, at.enclosing, source)
}

/** The prefixes of the names that members of an object have. */
function ownersOf(object: Node, fn: FunctionNode): string[] {
  if (object.type === 'NewExpression') return [`${nameOf(object.callee)}.prototype`]
  if (object.type !== 'ThisExpression') return [nameOf(object) ?? '']
  let at: FunctionNode | undefined = fn
  while (at?.arrow) at = at.enclosing
  return (at?.paths ?? []).map((path) => {
    const name = lastStep(path)
    const isMember = name.includes('.') && !at!.kind.endsWith('constructor')
    return isMember ? name.slice(0, name.lastIndexOf('.')) : `${name}.prototype`
  })
}

function lastStep(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
