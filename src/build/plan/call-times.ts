import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { constructorOf } from '../read/compare-class.ts'
import { calledName, memberKey } from '../read/expressions.ts'
import { ON_THE_SPOT, runTimeOf } from '../read/run-there.ts'
import type { SourceFile, Use } from '../read/source-file.ts'
import { memberOf } from './affected.ts'
import type { FilePlan } from './file-plan.ts'
import type { Plan } from './plan.ts'
import { runByCall } from './run-by-call.ts'
import { SameFiles } from './same-files.ts'

/** A function that others are given to. */
interface Taker {
  source: SourceFile
  node: Node
  /** Both versions of it are the same: what start-up code has run is the old one. */
  isSame: boolean
}

/** When functions of the package call those that start-up code gives them. */
export class CallTimes {
  readonly #plan: Plan
  readonly #same: SameFiles

  constructor(plan: Plan) {
    this.#plan = plan
    this.#same = new SameFiles(plan)
  }

  /**
   * Whether a use stands in a function, which the running version has too, that start-up code hands to one which makes others of it
   * and calls it in those alone: `exports.map = dual(2, (self, f) => used(self, f))`. What is made is the same, and the function
   * in it is redirected.
   */
  isLater(file: FilePlan, use: Use, startUp: FunctionNode | undefined): boolean {
    const { new: source, functions } = file.pair
    for (let fn = source.functionAt(use); fn !== undefined && fn !== startUp; fn = fn.enclosing) {
      const taken = functions.has(fn) ? this.#takenAs(file, source.wrapped(fn.node)) : undefined
      if (taken?.taker.isSame && callsInMadeAlone(taken)) return true
    }
    return false
  }

  /**
   * Whether start-up code has run what stands in a function: it is called there, or by what it is given to.
   * @param within what is known to have run
   */
  hasRun(file: FilePlan, fn: FunctionNode | undefined, within?: Node): boolean {
    if (fn === undefined || file.onces.some(({ pair }) => pair.new.fn === fn)) return true
    if (within !== undefined && fn.start <= within.start && within.end <= fn.end) return true
    const { new: source } = file.pair
    return (
      (fn.node.hasRun === true || runTimeOf(fn, source) !== undefined || this.#isCalledAtOnce(file, fn)) &&
      this.hasRun(file, fn.enclosing, within)
    )
  }

  #isCalledAtOnce(file: FilePlan, fn: FunctionNode): boolean {
    const taken = this.#takenAs(file, file.pair.new.wrapped(fn.node))
    return taken !== undefined && callsAtOnce(taken)
  }

  /** What a function is an argument of, and as which of its parameters. */
  #takenAs(file: FilePlan, value: Node): Taken | undefined {
    const { new: source } = file.pair
    const call = source.parent(value)
    if (!/^(Call|New)Expression$/.test(call?.type ?? '') || call!.callee === value) return undefined
    const [callee] = source.usesIn(call!.callee)
    const taker = callee && this.#taker(file, callee)
    const args = call!.arguments as Node[]
    if (taker === undefined || args.some(({ type }) => type === 'SpreadElement')) return undefined
    const fn = taker.source.functionOf.get(taker.node)
    const parameter: Node | undefined = taker.node.params[args.indexOf(value)]
    return fn && parameter?.type === 'Identifier' ? { taker, fn, parameter } : undefined
  }

  #taker(file: FilePlan, callee: Use): Taker | undefined {
    const { affected } = this.#plan
    const meant = affected.meant(file, callee)
    const own = meant && affected.fileOf(meant)?.pair
    if (meant === undefined || own === undefined) return this.#takerElsewhere(file, callee)
    const node = isFunction(meant) ? meant : constructorOf(meant)
    const fn = node && own.new.functionOf.get(node)
    return fn && { source: own.new, node: fn.node, isSame: own.functions.has(fn) && !own.changed.has(fn) }
  }

  #takerElsewhere(file: FilePlan, { node }: Use): Taker | undefined {
    const source = file.pair.new
    const binding = source.bindingFor(node)
    const unit = binding && file.onceOf(binding.scope)?.unitOf(node.name)
    if (unit?.kind !== 'import') return undefined
    const name = /^[=*]$/.test(unit.imported!) ? memberOf(node, source) : unit.imported!
    const found = name === undefined ? undefined : this.#same.exported(file.path, unit.source!, name)
    return found && { ...found, isSame: true }
  }
}

interface Taken {
  taker: Taker
  fn: FunctionNode
  parameter: Node
}

/** Whether a parameter is used by what a call only makes, for whoever gets it. */
function callsInMadeAlone({ taker: { source }, fn, parameter }: Taken): boolean {
  if (fn.arguments || fn.node.async || fn.node.generator) return false
  const run = runByCall(fn, source)
  return source.usesOf(source.bindingFor(parameter)).every((use) => {
    if (use.node === parameter) return true
    let at = source.functionAt(use)
    while (at !== undefined && at !== fn && at.enclosing !== fn) at = at.enclosing
    return !use.assigned && at !== undefined && at !== fn && !run.has(at)
  })
}

/** Whether a call itself calls a parameter. */
function callsAtOnce({ taker: { source }, fn, parameter }: Taken): boolean {
  const run = runByCall(fn, source)
  return source.usesOf(source.bindingFor(parameter)).some((use) => {
    const at = source.functionAt(use)
    return (at === fn || (at !== undefined && run.has(at))) && isCalled(use.node, source)
  })
}

/** `f()`, `f.call(x)`, `list.map(f)` */
function isCalled(node: Node, source: SourceFile): boolean {
  const parent = source.parent(node)
  if (parent?.type === 'MemberExpression')
    return parent.object === node && /^(call|apply)$/.test(memberKey(parent) ?? '')
  if (parent?.type !== 'CallExpression') return false
  return parent.callee === node || ON_THE_SPOT.test(calledName(parent) ?? '')
}
