/**
 * The text of accessors: functions that read and write by number the names that are in sight at some place.
 *
 *   function $um(i,v){switch(i){case 0:return a;case 1:return b=v}}        the module's, hoisted
 *   (i,v,w)=>i===7?x:i===8?x=v:$um(i,v,w)                                   a nested function's, in its cold path
 *   function $ua3(i,v,w){switch(i){case 7:return x}return $um(i,v,w)}       shared by the many functions of one scope
 *   static{$uq0=(i,v,w)=>{switch(i){case 9:return v.#p}return $um(i,v,w)}}  shared by a class with many private names
 */
import type { Edits } from './edits.ts'
import { announced } from './imports.ts'
import type { Names } from './names.ts'
import type { Planner } from './parameters.ts'
import type { Analysis, ClassNode, Frame, FunctionNode, PrivateName, Scope } from './scopes.ts'
import { isSimple } from './syntax.ts'

/** From this many direct inner functions on, a function's names get one hoisted accessor instead of many arrows. */
const SHARED_FROM = 8
/** … or from this many arms in all. */
const MOST_ARMS = 400
/**
 * A class with more private names has one accessor for all its functions, if it stands in the module itself; any other, which
 * may be made many times, hands each function only those that it uses.
 */
const MOST_PRIVATES = 8

interface Arm {
  id: number
  text: string
}

export class Accessors {
  readonly names: Names
  readonly prefix: string
  private readonly shared = new Set<FunctionNode>()
  /** Classes that share an accessor, by their scopes, and the variable that holds it. */
  private readonly classes = new Map<Scope, { record: ClassNode; variable: string }>()
  private readonly module: Scope
  /** Names that lead out of the text: the module's accessor, or the one that `original` was given. */
  readonly outermost: string
  /** The function at which the text begins, when it is one function compiled alone. */
  private readonly root: FunctionNode | undefined
  private readonly stopAt: Scope
  private readonly planOf: Planner

  constructor(analysis: Analysis, names: Names, prefix: string, planOf: Planner, root?: FunctionNode) {
    this.names = names
    this.prefix = prefix
    this.planOf = planOf
    this.module = analysis.module
    this.stopAt = root?.outer ?? analysis.module
    this.root = root
    const hasNames =
      [...analysis.module.names.values()].some((binding) => names.bindings.has(binding)) ||
      names.importMeta !== undefined ||
      names.dynamicImport !== undefined
    this.outermost = root !== undefined ? `${prefix}c` : hasNames ? `${prefix}m` : ''
    this.chooseShared(analysis)
    if (root === undefined) this.chooseClasses(analysis)
  }

  private chooseClasses({ classes, module }: Analysis): void {
    for (const record of classes) {
      const count = record.scope.privates?.size ?? 0
      if (record.outer !== module || count <= MOST_PRIVATES) continue
      this.classes.set(record.scope, { record, variable: `${this.prefix}q${this.classes.size}` })
    }
  }

  /** Inline arrows are shortest for few functions; for many they would grow as the square of the scope. */
  private chooseShared(analysis: Analysis): void {
    const direct = new Map<FunctionNode, number>()
    const inside = new Map<FunctionNode, number>()
    for (const fn of analysis.functions) {
      if (fn.enclosing !== undefined) direct.set(fn.enclosing, (direct.get(fn.enclosing) ?? 0) + 1)
      for (let outer = fn.enclosing; outer !== undefined; outer = outer.enclosing) {
        inside.set(outer, (inside.get(outer) ?? 0) + 1)
      }
    }
    for (const [fn, count] of inside) {
      const captured = this.captured(fn)
      if (captured === 0 || fn.asm) continue
      const directly = direct.get(fn) ?? 0
      if (directly >= SHARED_FROM || (directly > 1 && captured * count > MOST_ARMS)) this.shared.add(fn)
    }
  }

  /** Parameters that stay in the header: functions in them do not see what the body declares. */
  private keepsParameters(fn: FunctionNode): boolean {
    if (isSimple(fn.node.params)) return false
    return fn === this.root || this.planOf(fn).mode !== 'move'
  }

  /** What a function's own variables hide from an arrow where its site stands. */
  private ownNames(fn: FunctionNode): Set<string> {
    const names = new Set(fn.parameters.names.keys())
    if (this.planOf(fn).mode !== 'header') for (const name of fn.body.names.keys()) names.add(name)
    const outer = fn.parameters.parent!
    if (outer.kind === 'name') for (const name of outer.names.keys()) names.add(name)
    return names
  }

  /** The same for the top of its body. */
  private bodyNames(fn: FunctionNode): Set<string> {
    return new Set([...this.ownNames(fn), ...fn.body.names.keys()])
  }

  private captured(fn: FunctionNode): number {
    let count = 0
    for (const scope of [fn.parameters, fn.body]) {
      for (const binding of scope.names.values()) if (this.names.bindings.has(binding)) count++
    }
    return count
  }

  isShared(fn: FunctionNode): boolean {
    return this.shared.has(fn)
  }

  /** A function's accessor declaration that its inner functions share; goes into its body. */
  sharedDeclaration(fn: FunctionNode): string {
    const arms: Arm[] = []
    for (const scope of [fn.body, fn.parameters]) this.scopeArms(scope, arms, new Set())
    const { i, v, w } = this.parameters()
    const cases = arms.map((arm) => `case ${arm.id}:return ${arm.text}`).join(';')
    const outer = this.chain(fn, [], this.bodyNames(fn)).text
    const rest = outer === 'void 0' ? '' : `;return ${outer}`
    return `function ${this.prefix}a${fn.index}(${i},${v},${w}){switch(${i}){${cases}}${rest}}`
  }

  moduleDeclaration(): string {
    const arms: Arm[] = []
    this.scopeArms(this.module, arms, new Set())
    const { i, v, w } = this.parameters()
    if (this.names.importMeta !== undefined) arms.push({ id: this.names.importMeta, text: 'import.meta' })
    if (this.names.dynamicImport !== undefined) {
      arms.push({ id: this.names.dynamicImport, text: `import(${announced(v)},${w})` })
    }
    const cases = arms.map((arm) => `case ${arm.id}:return ${arm.text}`).join(';')
    return `function ${this.prefix}m(${i},${v},${w}){switch(${i}){${cases}}}`
  }

  /** Has each class that shares an accessor make it before anything else of it runs. */
  writeClasses(edits: Edits): void {
    const { i, v, w } = this.parameters()
    for (const { record, variable } of this.classes.values()) {
      const arms: Arm[] = []
      for (const name of record.scope.privates!.values()) this.privateArms(name, arms)
      this.scopeArms(record.scope.parent!, arms, new Set())
      const cases = arms.map((arm) => `case ${arm.id}:return ${arm.text}`).join(';')
      const rest = this.outermost === '' ? '' : `;return ${this.outermost}(${i},${v},${w})`
      const text = `static{${variable}=(${i},${v},${w})=>{switch(${i}){${cases}}${rest}}}`
      // What begins the text of the first member comes after it.
      edits.openInside(record.node.body.start + 1, text, record.index - 1)
    }
  }

  /** Declares what they make it in. */
  classVariables(): string {
    const variables = [...this.classes.values()].map(({ variable }) => variable)
    return variables.length === 0 ? '' : `var ${variables.join()};`
  }

  /** The expression that a function's site hands over as its accessor; `super()` may be somebody else's business. */
  expression(fn: FunctionNode, withSuperCall = true): string {
    const { i, v, w } = this.parameters()
    const arms: Arm[] = []
    this.ownArms(fn, arms, withSuperCall)
    const { text, next } = this.chain(fn, arms, this.ownNames(fn))
    if (arms.length > 0) return `(${i},${v},${w})=>${text}`
    return next === '' ? 'void 0' : next
  }

  /** Names that functions around it declare and its own variables hide from its accessor. */
  hidden(fn: FunctionNode): string[] {
    const own = this.ownNames(fn)
    const hidden: string[] = []
    this.climb(fn, (scope) => {
      for (const binding of scope.names.values()) {
        if (own.has(binding.name) && this.names.bindings.has(binding)) hidden.push(binding.name)
      }
    })
    return hidden
  }

  /**
   * The name by which a derived constructor calls itself again to run its super(); undefined where it has none, or
   * where that would keep a class alive that nothing kept before. An arrow with `super()` in it, which is the other
   * way, makes V8 put `this` of every such object into a context: 9 against 48 ns.
   */
  constructorName(fn: FunctionNode): string | undefined {
    const record = fn.class
    if (record === undefined || fn.kind !== 'derived constructor' || record.node.id === null) return undefined
    if (fn.superGet || fn.superSet || this.planOf(fn).mode === 'header') return undefined
    const name: string = record.node.id.name
    const binding = record.scope.parent!.names.get(name)!
    const kept = binding.captured || record.outer === this.module
    return kept && !this.ownNames(fn).has(name) ? name : undefined
  }

  /** Private names that the function's accessor reaches; of those that classes share, too, or without. */
  privatesInSight(fn: FunctionNode, upTo?: Scope, withShared = true): Map<string, PrivateName> {
    const found = new Map<string, PrivateName>()
    for (
      let scope: Scope | undefined = fn.outer;
      scope !== upTo && scope !== undefined;
      scope = scope.parent
    ) {
      const isShared = this.classes.has(scope)
      const privates = [...(scope.privates?.values() ?? [])]
      for (const name of privates) {
        if (found.has(name.name) || (isShared && !withShared)) continue
        if (!isShared && privates.length > MOST_PRIVATES && !fn.privates.has(name.name)) continue
        found.set(name.name, name)
      }
    }
    return found
  }

  private parameters(): { i: string; v: string; w: string } {
    return { i: `${this.prefix}i`, v: `${this.prefix}v`, w: `${this.prefix}w` }
  }

  private ownArms(fn: FunctionNode, arms: Arm[], withSuperCall: boolean): void {
    const { v, w } = this.parameters()
    const add = (id: number | undefined, text: string) => {
      if (id !== undefined) arms.push({ id, text })
    }
    if (this.root !== undefined && sharesFrame(fn, this.root)) {
      const { superGet, superSet, superCall } = this.names
      const c = this.outermost
      add(superGet.get(fn), `${c}(${superGet.get(this.root)},${v})`)
      add(superSet.get(fn), `${c}(${superSet.get(this.root)},${v},${w})`)
      add(superCall.get(fn), `${this.prefix}z=${c}(${superCall.get(this.root)},${v})`)
      const own = this.names.arguments.get(this.root)
      add(this.names.arguments.get(fn), own === undefined ? 'arguments' : `${c}(${own})`)
    } else {
      add(this.names.superGet.get(fn), `super[${v}]`)
      add(this.names.superSet.get(fn), `super[${v}]=${w}`)
      if (withSuperCall) add(this.names.superCall.get(fn), `super(...${v})`)
      add(this.names.arguments.get(fn), 'arguments')
    }
    for (const name of this.privatesInSight(fn, this.stopAt, false).values()) this.privateArms(name, arms)
  }

  private privateArms(name: PrivateName, arms: Arm[]): void {
    const { v, w } = this.parameters()
    const { get, set, has } = this.names.privates.get(name)!
    if (get !== undefined) arms.push({ id: get, text: `${v}.#${name.name}` })
    if (set !== undefined) arms.push({ id: set, text: `${v}.#${name.name}=${w}` })
    arms.push({ id: has, text: `#${name.name} in ${v}` })
  }

  /** Calls `visit` for the scopes around a function whose names must be read in place; says what comes after. */
  private climb(fn: FunctionNode, visit: (scope: Scope) => void): string {
    let from: Scope | undefined
    for (let scope: Scope | undefined = fn.outer; scope !== undefined; from = scope, scope = scope.parent) {
      if (scope === this.stopAt) return this.outermost
      const shared = this.classes.get(scope)
      if (shared !== undefined) return shared.variable
      const owner = scope.owner
      if (owner !== undefined && 'index' in owner) {
        const outer = owner as FunctionNode
        const inParameters = scope === outer.parameters && from !== outer.body
        if ((scope === outer.body || scope === outer.parameters) && this.shared.has(outer)) {
          if (!(inParameters && this.keepsParameters(outer))) return `${this.prefix}a${outer.index}`
        }
      }
      visit(scope)
    }
    return this.outermost
  }

  /** Adds the names around a function to `arms`; says what all arms are in one expression, and what comes last. */
  private chain(fn: FunctionNode, arms: Arm[], hidden: Set<string>): { text: string; next: string } {
    const { i, v, w } = this.parameters()
    const seen = new Set(hidden)
    const next = this.climb(fn, (scope) => this.scopeArms(scope, arms, seen))
    const rest = next === '' ? 'void 0' : `${next}(${i},${v},${w})`
    return { text: `${arms.map((arm) => `${i}===${arm.id}?${arm.text}:`).join('')}${rest}`, next }
  }

  private scopeArms(scope: Scope, arms: Arm[], seen: Set<string>): void {
    for (const binding of scope.names.values()) {
      if (seen.has(binding.name)) continue
      seen.add(binding.name)
      const operations = this.names.bindings.get(binding)
      if (operations === undefined) continue
      // Compiled alone, a function is not what its own name meant: that is handed over.
      const isSelf = scope.kind === 'name' && scope.owner === this.root
      arms.push({ id: operations.read, text: isSelf ? `${this.prefix}f` : binding.name })
      if (operations.write !== undefined) {
        arms.push({ id: operations.write, text: `${binding.name}=${this.prefix}v` })
      }
    }
  }
}

/** Whether `this`, `super` and `arguments` in an inner arrow are those of `root`. */
export function sharesFrame(fn: FunctionNode, root: FunctionNode): boolean {
  let frame: Frame | undefined = fn
  while (frame !== root && frame?.arrow) frame = frame.parent
  return frame === root
}
