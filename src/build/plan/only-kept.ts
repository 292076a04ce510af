import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction, walk } from '../../livepatch/ast.ts'
import { constructorOf } from '../read/compare-class.ts'
import { isAssigned, memberKey } from '../read/expressions.ts'
import type { FilePlan } from './file-plan.ts'
import type { Plan } from './plan.ts'

interface Callee {
  file: FilePlan
  fn: FunctionNode
}

/**
 * Whether a call hands an object to a function that does nothing with it but keep it as a member of another one, by itself
 * or through others, and looks into none of that name: whoever asks for it later finds the one object.
 */
export function isOnlyKept(plan: Plan, file: FilePlan, value: Node): boolean {
  return new Kept(plan).isGiven(file, value)
}

class Kept {
  readonly #plan: Plan
  readonly #callees: Callee[] = []
  readonly #keys = new Set<string>()

  constructor(plan: Plan) {
    this.#plan = plan
  }

  isGiven(file: FilePlan, value: Node): boolean {
    return this.#isGiven(file, value) && !this.#callees.some((one) => this.#looksInto(one))
  }

  #isGiven(file: FilePlan, value: Node): boolean {
    const call = file.pair.new.parent(value)
    if (!/^(Call|New)Expression$/.test(call?.type ?? '') || call!.callee === value) return false
    const args = call!.arguments as Node[]
    const callee = this.#callee(file, call!.callee)
    if (callee === undefined || args.some(({ type }) => type === 'SpreadElement')) return false
    if (this.#callees.some(({ fn }) => fn === callee.fn)) return false
    this.#callees.push(callee)
    const parameter: Node | undefined = callee.fn.node.params[args.indexOf(value)]
    return parameter?.type === 'Identifier' && this.#isKept(callee, parameter)
  }

  /** Both versions of it have to be the same: what start-up code has run is the old one. */
  #callee(file: FilePlan, callee: Node): Callee | undefined {
    const use = file.pair.new.usesIn(callee).find(({ node }) => node === callee)
    const meant = use && this.#plan.affected.meant(file, use)
    const own = meant && this.#plan.affected.fileOf(meant)
    if (meant === undefined || own === undefined) return undefined
    const node = isFunction(meant) ? meant : constructorOf(meant)
    const fn = node && own.pair.new.functionOf.get(node)
    if (fn === undefined || fn.arguments || own.pair.changed.has(fn) || !own.pair.functions.has(fn))
      return undefined
    return { file: own, fn }
  }

  #isKept({ file, fn }: Callee, parameter: Node): boolean {
    const source = file.pair.new
    return source.usesOf(source.bindingFor(parameter)).every(({ node, assigned }) => {
      if (node === parameter) return true
      if (assigned || source.functionAround(node) !== fn) return false
      const parent = source.parent(node)!
      if (parent.type !== 'AssignmentExpression') return this.#isGiven(file, node)
      const key = parent.right === node && parent.operator === '=' ? memberOf(parent.left) : undefined
      if (key !== undefined) this.#keys.add(key)
      return key !== undefined && source.parent(parent)?.type === 'ExpressionStatement'
    })
  }

  #looksInto({ file, fn }: Callee): boolean {
    let found = false
    walk(fn.node, (node) => {
      const isOne = node.type === 'MemberExpression' && this.#keys.has(memberOf(node) ?? '')
      found ||= isOne && !isAssigned(node, file.pair.new.parent(node))
    })
    return found
  }
}

function memberOf(node: Node): string | undefined {
  return node.type === 'MemberExpression' ? memberKey(node) : undefined
}
