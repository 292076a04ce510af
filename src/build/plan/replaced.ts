import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { fieldKey } from '../read/expressions.ts'
import { functionOf } from '../read/unit-values.ts'
import { type ChangedLocal, changedLocals, isReturnedBefore } from './changed-locals.ts'
import type { FilePlan } from './file-plan.ts'
import { GrownLiterals } from './grown-literals.ts'
import type { OncePlan } from './once-plan.ts'
import { mayOutlive } from './outlives.ts'
import type { Plan } from './plan.ts'

/** A function, and a closure that it makes. */
type Beside = [fn: FunctionNode, closure: FunctionNode | undefined]

/** Functions of the new version that are put in place of the running ones. */
export class ReplacedFunctions {
  readonly #plan: Plan
  readonly #locals = new Map<FunctionNode, ReadonlyMap<Binding, ChangedLocal>>()
  readonly #besides = new Map<FunctionNode, ReadonlyMap<Binding, ChangedLocal>>()

  constructor(plan: Plan) {
    this.#plan = plan
  }

  find(file: FilePlan): void {
    for (const fn of file.pair.changed) file.replaced.set(fn, 'it changed')
    for (const [fn, [first]] of file.pair.initialised)
      if (!file.replaced.has(fn))
        file.replaced.set(fn, `it makes the field '${file.pair.new.slice(first!.element.key)}'`)
    for (const use of file.pair.new.uses) {
      const why = this.#plan.usesChanged(file, use)
      if (why === undefined) continue
      const fn = file.pair.new.functionAt(use)
      if (fn !== undefined && file.pair.functions.has(fn) && !file.replaced.has(fn) && !isOnce(file, fn))
        file.replaced.set(fn, why)
    }
    this.#converted(file)
    for (const { className } of file.constructed.values())
      for (const use of file.pair.new.uses) {
        const isMade = use.node.name === className && file.pair.new.parent(use.node)?.type === 'NewExpression'
        const fn = isMade ? file.pair.new.functionAt(use) : undefined
        if (fn !== undefined && file.pair.functions.has(fn) && !file.replaced.has(fn))
          file.replaced.set(fn, `it makes an object of '${className}', which has got a constructor`)
      }
    this.#locals.clear()
    this.#besides.clear()
    for (const fn of filling(file)) this.#closures(file, fn)
    for (const call of this.#plan.parameters.calls(file)) {
      const fn = file.pair.new.functionAround(call)
      if (fn !== undefined && file.pair.functions.has(fn) && !file.replaced.has(fn) && !isOnce(file, fn))
        file.replaced.set(fn, 'it passes parameters that are new')
    }
    for (const once of file.onces) this.#startUpOnly(once)
  }

  /** Whoever asks for a field of which objects have another kind of collection. */
  #converted(file: FilePlan): void {
    const { fields } = this.#plan
    const { new: source } = file.pair
    if (fields.hasConverted)
      source.nodes.forEach((node) => {
        const key =
          node.type === 'MemberExpression'
            ? fieldKey(node)
            : node.type === 'Property'
              ? node.key.name
              : undefined
        const fn = fields.isConverted(key) ? source.functionAround(node) : undefined
        if (fn !== undefined && file.pair.functions.has(fn) && !file.replaced.has(fn) && !isOnce(file, fn))
          file.replaced.set(fn, `it asks for '${key}', which is another kind of object`)
      })
  }

  /**
   * A function that fills, at start-up, tables that the patch makes anew has its new version there. Put in place of the
   * running one it would fill the patch's tables where a module that is loaded later fills its own.
   */
  #startUpOnly(once: OncePlan): void {
    const { file } = once
    const old = once.pair.old.scope.names
    for (const unit of once.pair.new.units) {
      const node = functionOf(unit)
      const [name] = unit.names
      const fn = node && file.pair.new.functionOf.get(node)
      if (fn === undefined || name === undefined || !file.replaced.has(fn)) continue
      const fills = once.pair.new.units.some((one) => {
        const { calls, writes } = once.effects.of(one)
        return calls.has(name) && [...writes].some((written) => once.changed.has(written) && old.has(written))
      })
      const isUsedLater = file.pair.new.usesOf(once.scope.names.get(name)).some((use) => {
        const at = file.pair.new.functionAt(use)
        return at !== once.pair.new.fn && at !== fn
      })
      if (fills && !isUsedLater && !file.isExported(name)) file.replaced.delete(fn)
    }
  }

  /** Functions that the running version has made and that go on being called, with variables that changed. */
  #closures(file: FilePlan, outer: FunctionNode): void {
    const changed = this.changedLocals(file, outer)
    if (changed.size === 0) return
    const { new: source } = file.pair
    for (const fn of source.analysis.functions) {
      if (fn === outer || fn.start < outer.start || fn.end > outer.end) continue
      if (!file.pair.functions.has(fn) || file.replaced.has(fn) || !mayOutlive(fn, source)) continue
      const found = source.usesIn(fn.node).find((use) => {
        const binding = source.bindingOf(use)
        return binding !== undefined && this.changedFor(fn, binding, file, outer) !== undefined
      })
      if (found !== undefined) file.replaced.set(fn, `it uses '${found.node.name}', which changed`)
    }
  }

  /** Variables of a function that calls of the running version may have given other values, and why. */
  changedLocals(file: FilePlan, fn: FunctionNode): ReadonlyMap<Binding, ChangedLocal> {
    const known = this.#locals.get(fn)
    if (known !== undefined) return known
    const old = file.pair.functions.get(fn)
    const changed =
      old === undefined
        ? new Map<Binding, ChangedLocal>()
        : this.#compare(file, [old, undefined], [fn, undefined])
    this.#locals.set(fn, changed)
    return changed
  }

  /** The same for a variable of `owner`, as a closure that the running version has made meets it. */
  changedFor(
    closure: FunctionNode | undefined,
    binding: Binding,
    file: FilePlan,
    owner: FunctionNode,
  ): ChangedLocal | undefined {
    const found = this.changedLocals(file, owner).get(binding)
    if (found === undefined || closure === undefined) return found
    if (isReturnedBefore(closure, found, owner, file.pair.new)) return undefined
    let beside: FunctionNode | undefined = closure
    while (beside !== undefined && beside !== owner && !file.pair.functions.has(beside))
      beside = beside.enclosing
    if (beside === undefined || beside === owner) return found
    const changed =
      this.#besides.get(beside) ??
      this.#compare(file, [file.pair.functions.get(owner)!, file.pair.functions.get(beside)], [owner, beside])
    this.#besides.set(beside, changed)
    return changed.get(binding)
  }

  #compare(file: FilePlan, [old, running]: Beside, [fn, beside]: Beside): ReadonlyMap<Binding, ChangedLocal> {
    return changedLocals(
      { fn: old, source: file.pair.old, beside: running },
      { fn, source: file.pair.new, beside },
      (use) => this.#plan.usesChanged(file, use),
      new GrownLiterals(this.#plan.fields, file.pair.new, (key) => this.#plan.knewMember(key, file)),
    )
  }
}

/** What is replaced, and the functions around it, whose variables it may have filled as they were called. */
function filling(file: FilePlan): Set<FunctionNode> {
  const found = new Set<FunctionNode>()
  for (const fn of file.replaced.keys())
    for (let at: FunctionNode | undefined = fn; at !== undefined; at = at.enclosing)
      if (file.pair.functions.has(at) && !isOnce(file, at)) found.add(at)
  return found
}

function isOnce(file: FilePlan, fn: FunctionNode): boolean {
  return file.onces.some(({ pair }) => pair.new.fn === fn)
}
