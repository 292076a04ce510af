import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode, Scope } from '../../instrument/scopes.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import { constructorOf } from '../read/compare-class.ts'
import { isClassCall } from '../read/compiled-class.ts'
import type { Export } from '../read/exports.ts'
import { isName, memberPath, propertyName } from '../read/expressions.ts'

import type { FilePair, OncePair } from '../read/file-pair.ts'
import { runsOnce } from '../read/runs-once.ts'
import { assignedPaths, assignedValue, classOf, functionOf } from '../read/unit-values.ts'
import { type Once, onceOf, type Unit, unitsNamed, unitsOf } from '../read/units.ts'

/** A function of the module, and where it is to be found in what that exports. */
export interface Entry {
  fn: FunctionNode
  path: string
  /** Whose names it sees. */
  once: Once
}

/**
 * How programs reach what names of the running version hold: `Key.formats = formats` of a module that exports `Key` makes
 * `exports.Key.formats` a way to `formats`.
 */
export class Exposed {
  readonly #pair: FilePair
  /** Of the running version: those that differ, and those around them. */
  readonly #onces: Once[]
  readonly #paths = new Map<Scope, Map<string, string>>()
  #entry: Entry | undefined
  #isSought = false
  /** How many functions have a path. */
  readonly #named = new Map<string | undefined, number>()
  /** The class whose private members that function sees. */
  #entered: Node | undefined

  constructor(pair: FilePair, exported: Map<string, Export>) {
    this.#pair = pair
    this.#onces = pair.onces.map(({ old }) => old)
    for (const { fn } of this.#onces)
      for (let at = fn?.enclosing; at !== undefined; at = at.enclosing)
        if (!this.#onces.some((one) => one.fn === at) && runsOnce(at, pair.old))
          this.#onces.push(onceOf(pair.old, at))
    for (const { scope } of this.#onces) this.#paths.set(scope, new Map())
    for (const once of this.#onces) this.#factory(once)
    for (const once of this.#onces) this.#givenExports(once)
    for (const { name, local } of exported.values())
      if (local !== undefined && (name === 'module.exports' || isName(name)))
        this.#add(this.#onces[0]!, local, name === 'module.exports' ? 'exports' : `exports.${name}`)
    this.#inDefault(exported.get('default'))
    for (const { name, value } of exported.values())
      if (isName(name)) this.#inLiteral(this.#onces[0]!, value, `exports.${name}`)
    for (let before = -1; before !== this.#size; ) {
      before = this.#size
      for (const once of this.#onces)
        for (const unit of once.units) {
          this.#unit(once, unit)
          this.#prototypeAlias(once, unit)
        }
    }
  }

  /** `export default { create, table }`: nothing of the module itself leads to that object. */
  #inDefault(given: Export | undefined): void {
    if (this.#pair.old.type !== 'module') return
    for (const one of membersOf(given?.value)) {
      const key = propertyName(one)
      if (key !== undefined && isName(key) && one.value.type === 'Identifier')
        this.#add(this.#onces[0]!, one.value.name, `exports.default.${key}`)
    }
  }

  /** Values that stand as members in an object: `exports.ERRORS = { INVALID, GONE }`. What a function is, others may have replaced. */
  #inLiteral(once: Once, value: Node | undefined, way: string): void {
    for (const one of membersOf(value)) {
      const key = one.shorthand === true && one.value.type === 'Identifier' ? propertyName(one) : undefined
      const [unit] = unitsNamed(once.units, key)
      if (unit?.kind !== 'variable' || (functionOf(unit) ?? classOf(unit)) !== undefined) continue
      const isGiven = new RegExp(`\\.${key!.replaceAll('$', '\\$')}\\s*=(?!=)`)
      if (!isGiven.test(this.#pair.old.text)) this.#add(once, key!, `${way}.${key}`)
    }
  }

  /** From `exports` of the running module. Undefined where nothing leads there, or not for good. */
  path({ old }: OncePair, name: string): string | undefined {
    return this.#paths.get(old.scope)!.get(name)
  }

  /**
   * A function of the module itself that can be called from outside so that its site answers, and where it is to be
   * found: by it the running module's names are reached.
   */
  get entry(): Entry | undefined {
    if (!this.#isSought) for (const once of this.#onces) this.#entry ??= this.#findEntry(once)
    this.#isSought = true
    return this.#entry
  }

  /** Whether that function sees the names of a scope. */
  isEntered({ old }: OncePair): boolean {
    for (let at: Scope | undefined = this.entry?.once.scope; at !== undefined; at = at.parent)
      if (at === old.scope) return true
    return false
  }

  /** Has one of these be that function where the text tells of none. */
  enterBy(ways: Iterable<{ fn: FunctionNode; path: string }>): void {
    if (this.entry !== undefined) return
    for (const { fn, path } of ways) {
      const once = this.#onces.find((one) => one.fn === fn.enclosing)
      if (once === undefined || !isCallable(fn) || !this.#isAlone(fn)) continue
      this.#entry = { fn, path, once }
      return
    }
  }

  /** Has a method of a class be that function, as it sees the private members; false where there is none, or another class has. */
  enterClass(node: Node): boolean {
    if (this.#entered !== undefined) return this.#entered === node
    const once = this.entry?.once
    const found = once && this.#findEntry(once, (fn) => fn.class?.node === node)
    if (found === undefined) return false
    this.#entered = node
    this.#entry = found
    return true
  }

  #findEntry(once: Once, isMeant: (fn: FunctionNode) => boolean = () => true): Entry | undefined {
    const { functions } = this.#pair.old.analysis
    const found = functions
      .filter((fn) => fn.enclosing === once.fn && isCallable(fn) && isMeant(fn))
      .flatMap((fn) =>
        fn.paths
          .filter((path) => isWhatIsNamed(fn, path, once))
          .flatMap((path) => this.#wayTo(path, once) ?? [])
          .map((path) => ({ fn, path, once })),
      )
      .filter(({ fn }) => this.#isAlone(fn))
    const made = found.filter(({ fn }) => !this.#isUnderCondition(fn))
    const likely = made.length > 0 ? made : found
    return likely.find(({ path }) => !path.includes('prototype')) ?? likely[0]
  }

  /** `if (perf) exports.mark = (tag) => …`: the running module may be without. */
  #isUnderCondition({ node }: FunctionNode): boolean {
    for (
      let at = this.#pair.old.parent(node);
      at !== undefined && !isFunction(at);
      at = this.#pair.old.parent(at)
    )
      if (/^(If|Conditional|Logical|Switch|For|While|DoWhile|Try)/.test(at.type)) return true
    return false
  }

  /** Whether its path names no other function. */
  #isAlone(fn: FunctionNode): boolean {
    if (this.#named.size === 0)
      for (const { paths } of this.#pair.old.analysis.functions)
        this.#named.set(paths[0], (this.#named.get(paths[0]) ?? 0) + 1)
    return this.#named.get(fn.paths[0]) === 1
  }

  /** Where a function of a scope stands in what the module exports, by its path. */
  #wayTo(path: string, once: Once): string | undefined {
    const [, owner, member] = /^([\w$]+)((?:\.[\w$]+)*)$/.exec(path.split('/').at(-1)!) ?? []
    if (owner === undefined || member === undefined) return undefined
    const isWhole = this.#onces[0]!.units.some((unit) => assignedPaths(unit).includes('module.exports'))
    if (owner === 'module' && this.#isModule(once.scope))
      return /^\.exports(?=\.|$)/.test(member) ? member.slice(1) : undefined
    if (owner === 'exports' && once.fn === undefined && !isWhole) return path
    const way = this.#paths.get(once.scope)!.get(owner)
    return way === undefined ? undefined : way + member
  }

  /** All names of scopes that differ which programs can reach. */
  *names(): Generator<{ once: OncePair; name: string; path: string }> {
    for (const once of this.#pair.onces)
      for (const [name, path] of this.#paths.get(once.old.scope)!) yield { once, name, path }
  }

  /** `(function (global, factory) { … factory(exports) … })(this, function (exports) { … })` */
  #factory(once: Once): void {
    const whole = once.fn && this.#pair.old.wrapped(once.fn.node)
    const parent = whole && this.#pair.old.parent(whole)
    if (parent?.type !== 'CallExpression' || !parent.arguments.includes(whole)) return
    const head = this.#pair.old.slice(unwrap(parent.callee))
    const [, factory] = /\bfunction\s*\([^)]*?([\w$]+)\s*\)/.exec(head) ?? []
    if (factory === undefined || !/\btypeof\s+(module|exports)\b/.test(head)) return
    const calls = (text: string): boolean => head.replaceAll(/\s/g, '').includes(text)
    const name: string | undefined = once.fn!.node.params[0]?.name
    const isKept = name !== undefined && once.fn!.parameters.names.get(name)?.assigned === false
    if (isKept && calls(`${factory}(exports)`) && !calls('module.exports='))
      this.#paths.get(once.scope)!.set(name, 'exports')
    const last = once.fn!.node.body.body.at(-1) as Node | undefined
    if (calls(`module.exports=${factory}()`) && last?.argument?.type === 'Identifier')
      this.#add(once, last.argument.name, 'exports')
  }

  /** `(function (exports) { … })(exports)` */
  #givenExports({ fn, scope }: Once): void {
    const parent = fn && this.#pair.old.parent(this.#pair.old.wrapped(fn.node))
    if (fn === undefined || fn.enclosing !== undefined || parent?.type !== 'CallExpression') return
    if (unwrap(parent.callee) !== fn.node) return
    const isWhole = this.#onces[0]!.units.some((unit) => assignedPaths(unit).includes('module.exports'))
    for (const [i, { type, name }] of (fn.node.params as Node[]).entries()) {
      const given = parent.arguments[i] && this.#pair.old.slice(parent.arguments[i])
      const isExports = given === 'module.exports' || (given === 'exports' && !isWhole)
      const isKept = type === 'Identifier' && fn.parameters.names.get(name)?.assigned === false
      if (isExports && isKept) this.#paths.get(scope)!.set(name, 'exports')
    }
  }

  get #size(): number {
    return [...this.#paths.values()].reduce((sum, { size }) => sum + size, 0)
  }

  #add(once: Once, name: string, path: string): void {
    const paths = this.#paths.get(once.scope)!
    if (!paths.has(name) && timesAssigned(once, name) <= 1) paths.set(name, path)
  }

  #unit(once: Once, unit: Unit): void {
    for (const inner of exportedIf(unit)) this.#unit(once, inner)
    const targets = unit.targets ?? assignedPaths(unit).map((path) => ({ root: path.split('.')[0]!, path }))
    const names = [...unit.names, ...targets.map(({ path }) => path).filter((path) => !path.includes('.'))]
    const ways = targets.flatMap(({ root, path }) => {
      if (path === 'module.exports' && this.#isModule(once.scope)) return ['exports']
      const [, ...steps] = path.split('.')
      const to = this.#paths.get(once.scope)!.get(root)
      return to === undefined || steps.length === 0 || !steps.every(isName) ? [] : [[to, ...steps].join('.')]
    })
    const known = names.flatMap((name) => this.#paths.get(once.scope)!.get(name) ?? [])
    const [way] = [...ways, ...known]
    if (way === undefined || unit.kind === 'function' || unit.kind === 'class') return
    for (const name of names) this.#add(once, name, way)
    const value = assignedValue(unit)
    if (value?.type === 'Identifier') this.#add(once, value.name, way)
    const inner = value && this.#returned(value)
    if (inner !== undefined) this.#add(inner.once, inner.name, way)
    this.#inLiteral(once, value, way)
    const made = value && constructorIn(value, once)
    if (made !== undefined) this.#add(once, made, `${way}.__proto__.constructor`)
  }

  /** `const proto = C.prototype` */
  #prototypeAlias(once: Once, { kind, names, node }: Unit): void {
    const [name, ...more] = names
    const value = kind === 'variable' && node.init ? memberPath(unwrap(node.init)) : undefined
    if (name === undefined || more.length > 0 || value?.path !== `${value?.root}.prototype`) return
    const way = this.#paths.get(once.scope)!.get(value.root)
    if (way !== undefined && keepsPrototype(value.root, once, node.end))
      this.#add(once, name, `${way}.prototype`)
  }

  /** Whether `module` is the file's there. */
  #isModule(scope: Scope): boolean {
    if (this.#pair.old.type === 'module') return false
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
      const binding = at.names.get('module')
      if (binding !== undefined) return binding.kind === 'wrapper'
    }
    return true
  }

  /** The name that a function which is called where it stands returns. */
  #returned(value: Node): { once: Once; name: string } | undefined {
    if (value.type !== 'CallExpression') return undefined
    const callee = unwrap(value.callee)
    const fn = callee.type === 'MemberExpression' ? unwrap(callee.object) : callee
    if (!isFunction(fn)) return undefined
    const once = this.#onces.find((one) => one.fn?.node === fn)
    const name = returnedName(fn)
    return once === undefined || name === undefined ? undefined : { once, name }
  }
}

/** The members of a literal; none where `...others` may stand in for them. */
function membersOf(value: Node | undefined): Node[] {
  const literal = value && unwrap(value)
  const members: Node[] = literal?.type === 'ObjectExpression' ? literal.properties : []
  return members.every(({ type }) => type === 'Property') ? members : []
}

/** The function or class of a scope that an object is made by, and that the object leads to: `new C(…)`. */
function constructorIn(value: Node, once: Once): string | undefined {
  if (value.type !== 'NewExpression' || value.callee.type !== 'Identifier') return undefined
  const { name } = value.callee
  const unit = once.units.find(({ names }) => names.includes(name))
  const node = unit && (functionOf(unit) ?? classOf(unit))
  if (node === undefined || !keepsPrototype(name, once)) return undefined
  const maker = isFunction(node) ? node : constructorOf(node)
  return maker !== undefined && returnsSomething(maker) ? undefined : name
}

/** Whether the prototype that a function or class has there is the one that it goes on having, and leads back to it. */
function keepsPrototype(name: string, { units }: Once, from = 0): boolean {
  const own = [`${name}.prototype`, `${name}.prototype.constructor`]
  return !units.some((unit) => unit.start >= from && assignedPaths(unit).some((path) => own.includes(path)))
}

/** Whether a constructor may give another object than the one that it is called on. */
function returnsSomething({ body }: Node): boolean {
  return containsNode(
    body,
    ({ type, argument }, ancestors) =>
      type === 'ReturnStatement' && argument !== null && !ancestors.some(isFunction),
  )
}

/** Whether the site of a function answers when it is called from outside. */
function isCallable(fn: FunctionNode): boolean {
  return /^(function|method|arrow)$/.test(fn.kind) && !fn.async && !fn.generator && !fn.eval && !fn.withInside
}

/** `if (typeof module === 'object') module.exports = …`, as modules for any loader end. */
function exportedIf({ node }: Unit): Unit[] {
  if (node.type !== 'IfStatement') return []
  const isAboutModules = containsNode(
    node.test,
    ({ type, operator, argument }) =>
      type === 'UnaryExpression' && operator === 'typeof' && /^(module|exports)$/.test(argument.name),
  )
  const { consequent } = node
  if (!isAboutModules) return []
  return ((consequent.type === 'BlockStatement' ? consequent.body : [consequent]) as Node[]).flatMap((one) =>
    unitsOf(one),
  )
}

/** The name that a function ends with: `return C`, `return _createClass(C, [ … ])`. */
export function returnedName({ body }: Node): string | undefined {
  const last: Node | undefined = body.type === 'BlockStatement' ? body.body.at(-1) : undefined
  const given = last?.type === 'ReturnStatement' && last.argument ? unwrap(last.argument) : undefined
  const value: Node | undefined = given && isClassCall(given) ? given.arguments[0] : given
  return value?.type === 'Identifier' ? value.name : undefined
}

/** How often a name gets a value, by its declaration, too. */
export function timesAssigned({ file, scope }: Once, name: string): number {
  const binding = scope.names.get(name)
  if (binding === undefined || /^(wrapper|import)$/.test(binding.kind)) return Number.POSITIVE_INFINITY
  const begun = /^(function|class)$/.test(binding.kind) || file.declaredWith(binding) !== undefined ? 1 : 0
  return begun + (binding.assigned ? file.usesOf(binding).filter(({ assigned }) => assigned).length : 0)
}

/** The object that an expression of `exports` means, where each step may be gone. */
export function optional(path: string): string {
  const [first, ...steps] = path.split('.')
  return [first, steps.join('?.')].filter(Boolean).join('.')
}

/** Whether a value is nothing but another name for it. */
export function isAlias(unit: Unit, name: string): boolean {
  const value = assignedValue(unit)
  return value?.type === 'Identifier' && value.name === name
}

/** Whether the name that a path begins with is that of what the function is in, not of something that a call is given. */
function isWhatIsNamed(fn: FunctionNode, path: string, { units }: Once): boolean {
  const [owner] = path.split('/').at(-1)!.split('.')
  const unit = units.find(({ start, end }) => start <= fn.start && fn.end <= end)
  if (unit === undefined || /^(module|exports)$/.test(owner!)) return true
  const isOwn = unit.names.includes(owner!) || assignedPaths(unit).some((one) => one.split('.')[0] === owner)
  return isOwn && (path.endsWith(`${owner}`) ? functionOf(unit) === fn.node : true)
}
