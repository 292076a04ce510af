import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import { changesGiven } from './changes-given.ts'
import { calledName, memberPath } from './expressions.ts'
import { namingOf } from './given-names.ts'
import { isHandler, LISTENERS, onlyKeeps } from './run-there.ts'
import type { SourceFile, Use } from './source-file.ts'
import { functionOf } from './unit-values.ts'
import type { Once, Unit } from './units.ts'

/** What evaluating a unit does to the names of its scope. */
export interface Effects {
  /** Names that its own text reads while it is evaluated. */
  reads: Set<string>
  /** Names that it assigns, or whose objects it changes. */
  writes: Set<string>
  /** Functions of the scope that it calls. */
  calls: Set<string>
  /** Where its own text uses names of the scope while it is evaluated. */
  uses: Use[]
}

const MUTATORS = new Set(
  'push pop shift unshift splice sort reverse fill copyWithin set add delete clear append'.split(' '),
)
const MUTATES_ARGUMENT =
  /^(?:Object\.(?:assign|defineProperty|defineProperties|setPrototypeOf|freeze)|(?:util\.)?inherits)$/

export class EffectsOf {
  static readonly #known = new WeakMap<Once, EffectsOf>()
  readonly #once: Once
  readonly #units = new Map<Unit, Effects>()
  readonly #functions: Map<string, Node>

  /** Those of a scope are worked out once. */
  static in(once: Once): EffectsOf {
    const found = EffectsOf.#known.get(once) ?? new EffectsOf(once)
    EffectsOf.#known.set(once, found)
    return found
  }

  private constructor(once: Once) {
    this.#once = once
    this.#functions = new Map(
      once.units.flatMap((unit) => {
        const fn = functionOf(unit)
        return fn === undefined ? [] : unit.names.map((name) => [name, fn] as const)
      }),
    )
  }

  of(unit: Unit): Effects {
    const known = this.#units.get(unit)
    if (known !== undefined) return known
    const effects: Effects = { reads: new Set(), writes: new Set(), calls: new Set(), uses: [] }
    this.#units.set(unit, effects)
    if (unit.kind === 'function' || functionOf(unit) !== undefined) {
      // `internals.f = function …` is part of what `internals` holds, and `f = function …` what `f` does.
      for (const { root } of unit.targets ?? []) effects.writes.add(root)
      return effects
    }
    this.#collect(unit, effects, this.#once.fn)
    return effects
  }

  #collect(unit: Unit, effects: Effects, within: FunctionNode | undefined): void {
    const { file, scope } = this.#once
    for (const use of file.usesIn(unit)) {
      const binding = file.bindingOf(use)
      if (binding?.scope !== scope || file.isIdle(use)) continue
      // `const { a, b } = require('x')`: each of these names is an import by itself.
      if (unit.kind === 'import' && use.assigned && !unit.names.includes(use.node.name)) continue
      const at = file.functionAt(use)
      // What stands in a function runs when it is called; one that is handed over is taken to be, but to what keeps it.
      if (at !== within && at !== undefined && !this.#handedOver(at, within)) continue
      const { name } = use.node
      effects.reads.add(name)
      effects.uses.push(use)
      const isGiven = unit.kind === 'statement' && changesGiven(use.node, file)
      const isChanged = isGiven || changesObject(use, file) || isNamed(use, file)
      if (use.assigned || isChanged) effects.writes.add(name)
      if (isChanged) for (const other of this.#alsoNamed(name)) effects.writes.add(other)
      if (!effects.calls.has(name) && this.#isCalled(use)) {
        effects.calls.add(name)
        const fn = this.#functions.get(name)
        if (fn !== undefined) this.#called(fn, effects)
      }
    }
  }

  #called(fn: Node, effects: Effects): void {
    const { file, scope } = this.#once
    for (const use of file.usesIn(fn)) {
      const binding = file.bindingOf(use)
      if (binding?.scope !== scope || file.isIdle(use)) continue
      const { name } = use.node
      if (use.assigned || changesObject(use, file)) effects.writes.add(name)
      if (effects.calls.has(name) || !this.#isCalled(use)) continue
      effects.calls.add(name)
      const inner = this.#functions.get(name)
      if (inner !== undefined) this.#called(inner, effects)
    }
  }

  /** Variables that hold the same object: `t` of `const u = t`. */
  #alsoNamed(name: string): string[] {
    const { file, scope } = this.#once
    const binding = scope.names.get(name)
    const value = binding && !binding.assigned ? file.declaredWith(binding) : undefined
    const other = value?.type === 'Identifier' ? file.bindingFor(value) : undefined
    const isOwn = other !== undefined && other.scope === scope && other !== binding && !other.assigned
    return isOwn && file.declaredWith(other) ? [other.name, ...this.#alsoNamed(other.name)] : []
  }

  #handedOver(fn: FunctionNode, within: FunctionNode | undefined): boolean {
    for (let at: FunctionNode | undefined = fn; at !== within && at !== undefined; at = at.enclosing) {
      const { file } = this.#once
      const given = file.wrapped(at.node)
      const parent = file.parent(given)
      const runs = parent?.type === 'CallExpression' || parent?.type === 'NewExpression'
      if (!runs && parent?.type !== 'MemberExpression') return false
      if (runs && this.#isKept(given, parent)) return false
    }
    return true
  }

  #isCalled({ node }: Use): boolean {
    const parent = this.#once.file.parent(node)
    if (parent?.type !== 'CallExpression' && parent?.type !== 'NewExpression') return false
    return parent.callee === node || (parent.arguments.includes(node) && !this.#isKept(node, parent))
  }

  /**
   * Whether what a call is given is called later, if at all: as a listener, or as a function of the scope only puts it somewhere.
   * `Object.assign(f, { a })` does not call `f`.
   */
  #isKept(given: Node, call: Node): boolean {
    if (call.callee === given || call.type !== 'CallExpression') return false
    if (callsNothing(call)) return true
    const { file, scope } = this.#once
    if (LISTENERS.test(calledName(call) ?? '') || isHandler(unwrap(given))) return true
    const keeper = call.callee.type === 'Identifier' ? this.#functions.get(call.callee.name) : undefined
    const fn = keeper && file.functionOf.get(keeper)
    const isOwn = fn !== undefined && file.bindingFor(call.callee)?.scope === scope
    return isOwn && onlyKeeps(fn, (call.arguments as Node[]).indexOf(given), file)
  }
}

/** `x.a = 1`, `x[i]++`, `delete x.a`, `x.push(…)`, `Object.assign(x, …)`. */
export function changesObject({ node }: Use, file: SourceFile): boolean {
  let top: Node = node
  let parent = file.parent(top)
  while (parent?.type === 'MemberExpression' && parent.object === top) {
    top = parent
    parent = file.parent(top)
  }
  if (parent === undefined) return false
  if (top !== node) {
    // Where a global regular expression stands is no state: whoever uses it sets it first.
    if (!top.computed && top.property.name === 'lastIndex') return false
    if (parent.type === 'AssignmentExpression' && parent.left === top) return true
    if (parent.type === 'UpdateExpression') return true
    if (parent.type === 'UnaryExpression' && parent.operator === 'delete') return true
    if (parent.type === 'CallExpression' && parent.callee === top)
      return !top.computed && MUTATORS.has(top.property.name)
  }
  if (parent.type !== 'CallExpression' || parent.arguments[0] !== top) return false
  return callsNothing(parent)
}

/** Whether a call changes an object that it is given, and calls none of what it is given. */
export function callsNothing({ callee }: Node): boolean {
  return MUTATES_ARGUMENT.test(memberPath(callee)?.path ?? '')
}

/** `__name(x, "x")` */
function isNamed({ node }: Use, file: SourceFile): boolean {
  const call = file.parent(node)
  return call !== undefined && namingOf(call, file)?.named === node
}

/**
 * Whether a value can be made a second time without anybody noticing.
 * @param isPure what else is known of calls
 */
export function isRepeatable(
  node: Node | null | undefined,
  isPure: (call: Node) => boolean = () => false,
): boolean {
  const isSo = (one: Node | null | undefined): boolean => isRepeatable(one, isPure)
  if (node === null || node === undefined) return true
  if (isFunction(node)) return true
  switch (node.type) {
    case 'Literal':
    case 'Identifier':
    case 'TemplateElement':
    case 'ThisExpression':
    case 'ClassExpression':
    case 'ClassDeclaration':
      return true
    case 'TemplateLiteral':
      return node.expressions.every((one: Node) => isSo(one))
    case 'ParenthesizedExpression':
    case 'ChainExpression':
      return isSo(node.expression)
    case 'UnaryExpression':
    case 'SpreadElement':
      return node.operator !== 'delete' && isSo(node.argument)
    case 'BinaryExpression':
    case 'LogicalExpression':
      return isSo(node.left) && isSo(node.right)
    case 'ConditionalExpression':
      return isSo(node.test) && isSo(node.consequent) && isSo(node.alternate)
    case 'MemberExpression':
      return isSo(node.object) && (!node.computed || isSo(node.property))
    case 'ArrayExpression':
      return node.elements.every((one: Node) => isSo(one))
    case 'ObjectExpression':
      return node.properties.every((one: Node) => isSo(one.type === 'SpreadElement' ? one : one.value))
    case 'NewExpression':
      return (
        isPureCallee(memberPath(node.callee)?.path ?? '') && node.arguments.every((one: Node) => isSo(one))
      )
    case 'CallExpression':
      return (
        isRepeatableCall(node, isSo) || ((node.arguments as Node[]).every((one) => isSo(one)) && isPure(node))
      )
    default:
      return false
  }
}

const PURE =
  /^(?:require|RegExp|Map|Set|WeakMap|WeakSet|Array|Symbol\.for|String|Number|Boolean|BigInt|Date|URL|TextEncoder|TextDecoder|Object\.\w+|Math\.\w+|JSON\.\w+|Array\.\w+|String\.\w+|Buffer\.\w+|Function\.prototype\.\w+|(?:util\.)?(?:promisify|deprecate)|(?:path|url)\.\w+)$/

/** What `os` says of the machine, and as good as always says. */
export const OF_PLATFORM =
  /^os\.(?:arch|endianness|homedir|hostname|machine|platform|release|tmpdir|type|version)$/

function isPureCallee(path: string): boolean {
  return PURE.test(path) || OF_PLATFORM.test(path)
}

/** What is called in `Function('return this')()`. */
function isGlobalObject({ type, callee, arguments: args }: Node): boolean {
  return (
    type === 'CallExpression' &&
    callee.name === 'Function' &&
    args.length === 1 &&
    args[0].value === 'return this'
  )
}

function isRepeatableCall(
  { callee, arguments: args }: Node,
  isSo: (one: Node | null | undefined) => boolean,
): boolean {
  if (!(args as Node[]).every((one) => isSo(one))) return false
  if (isGlobalObject(callee)) return true
  // require('debug')('name'), require('x').y(…), 'a b'.split(' '), Function.call.bind(…)
  if (callee.type === 'CallExpression')
    return isRepeatableCall(callee, isSo) && callee.callee.name === 'require'
  const path = memberPath(callee)?.path
  if (path !== undefined && isPureCallee(path)) return true
  // Taken from Object before: `const { freeze } = Object`.
  if (callee.type === 'Identifier' && /^(freeze|seal|fromEntries)$/.test(callee.name)) return true
  if (callee.type !== 'MemberExpression' || callee.computed) return false
  if (callee.object.type === 'CallExpression' && callee.object.callee.name === 'require') return true
  return (
    /^(split|join|bind|map|filter|concat|slice|replace|toString|keys|values|reduce|trim|toLowerCase|toUpperCase|repeat|from|source)$/.test(
      callee.property.name,
    ) && isSo(callee.object)
  )
}

/** Made of nothing but what is written there. */
export function isData(value: Node): boolean {
  return !containsNode(value, (node, ancestors) => {
    const isKey = ancestors.at(-1)?.type === 'Property' && ancestors.at(-1)?.key === node
    const isValue = /^(Literal|ArrayExpression|ObjectExpression|Property|ParenthesizedExpression)$/.test(
      node.type,
    )
    const isTemplate =
      node.type === 'TemplateElement' || (node.type === 'TemplateLiteral' && node.expressions.length === 0)
    const isSigned = node.type === 'UnaryExpression' && /^[-+!]$|^void$/.test(node.operator)
    if (!isKey && !isValue && !isTemplate && !isSigned) return true
    return node.type === 'Property'
      ? node.computed || node.kind !== 'init'
      : /[gy]/.test(node.regex?.flags ?? '')
  })
}
