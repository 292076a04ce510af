import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { boundIdentifiers } from '../../instrument/syntax.ts'
import { memberKey, propertyName } from '../read/expressions.ts'
import { isFresh } from '../read/pure-calls.ts'
import { runsOnce } from '../read/runs-once.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'
import { isOfRequest } from './of-request.ts'
import { isKeeper, isUnderWay } from './under-way.ts'

/** What does no more with a value than look at it. */
const ASKS =
  /^(ExpressionStatement|IfStatement|WhileStatement|DoWhileStatement|ForStatement|ForInStatement|Unary|Binary|Template|Switch)/

/**
 * What happens to something that holds a closure, as what a function gives to those who call it: whether that outlives these
 * calls. A key is that of the member which the closure is; without one it may be anywhere in it.
 */
export class Holders {
  readonly #file: SourceFile
  /** Whether a function goes on being called that has the holder in sight. */
  readonly #livesOn: (fn: FunctionNode) => boolean
  readonly #seen = new Map<object, Set<string | undefined>>()

  constructor(file: SourceFile, livesOn: (fn: FunctionNode) => boolean) {
    this.#file = file
    this.#livesOn = livesOn
  }

  /** Who has what a function returns are its callers alone where it is called by its name, and no more. */
  isReturnKept(maker: FunctionNode, key?: string): boolean {
    if (this.#isSeen(maker, key)) return false
    const calls = callsOf(maker, this.#file)
    if (calls === undefined) return this.#isCallbackKept(maker)
    return calls.some((call) => this.#isOfStartUp(call) || this.#isKept(call, key))
  }

  /** What a callback returns is held by those to whom it is given: no longer than a call lasts that ends by a promise. */
  #isCallbackKept(maker: FunctionNode): boolean {
    const value = this.#file.wrapped(maker.node)
    const call = this.#file.parent(value)
    if (call?.type !== 'CallExpression' || call.callee === value) return true
    return parameterFor(call, value, this.#file) !== undefined || this.#isGivenKept(call, value, undefined)
  }

  /** Whether an object is kept that gets the closure for a member: one that the function itself has made may end with it, or a request. */
  isObjectKept(object: Node, key: string | undefined): boolean {
    if (isOfRequest(object, this.#file)) return false
    const binding = object.type === 'Identifier' ? this.#file.bindingFor(object) : undefined
    const owner = binding && ownerOf(binding.scope)
    if (owner === undefined || binding!.assigned || owner !== this.#file.functionAround(object)) return true
    return !isFresh(this.#file.declaredWith(binding!)) || this.#isVariableKept(object, key)
  }

  #isSeen(one: object, key: string | undefined): boolean {
    const keys = this.#seen.get(one) ?? new Set()
    this.#seen.set(one, keys)
    return keys.size === keys.add(key).size
  }

  #isRun(around: FunctionNode | undefined): boolean {
    return around === undefined || runsOnce(around, this.#file)
  }

  /** Whether start-up code makes a call, and does something with what comes of it. */
  #isOfStartUp(call: Node): boolean {
    const isRun = this.#isRun(this.#file.functionAround(call))
    return isRun && this.#file.parent(call)?.type !== 'ExpressionStatement'
  }

  #isKept(value: Node, key: string | undefined): boolean {
    const parent = this.#file.parent(value)!
    switch (parent.type) {
      case 'AwaitExpression':
      case 'ParenthesizedExpression':
      case 'ConditionalExpression':
      case 'LogicalExpression':
      case 'SequenceExpression':
        return this.#isKept(parent, key)
      case 'Property':
      case 'ObjectExpression':
      case 'ArrayExpression':
      case 'SpreadElement':
        return this.#isKept(parent, undefined)
      case 'MemberExpression':
        return parent.object === value && this.#isMemberKept(parent, key)
      case 'VariableDeclarator':
        return this.#isPatternKept(parent.id, key)
      case 'AssignmentExpression':
        if (parent.right !== value) return false
        return parent.left.type === 'MemberExpression'
          ? this.isObjectKept(parent.left.object, undefined)
          : this.#isPatternKept(parent.left, key)
      case 'ReturnStatement':
        return this.isReturnKept(this.#file.functionAround(parent)!, key)
      case 'ArrowFunctionExpression':
        return this.isReturnKept(this.#file.functionOf.get(parent)!, key)
      case 'NewExpression':
      case 'CallExpression':
        if (parent.callee === value) return parent.type === 'NewExpression'
        return this.#isGivenKept(parent, value, key)
      default:
        return !ASKS.test(parent.type)
    }
  }

  #isMemberKept(member: Node, key: string | undefined): boolean {
    const name = memberKey(member)
    const parent = this.#file.parent(member)
    if (parent?.type === 'CallExpression' && parent.callee === member)
      // A promise gives it on, and what is bound calls it.
      return name === 'then' || (name === 'bind' && this.#isKept(parent, undefined))
    if (name !== undefined && key !== undefined && name !== key) return false
    return this.#isKept(member, undefined)
  }

  /** Who gets it may keep it, but for a function of the file that does not, and what serves a call that ends by a promise. */
  #isGivenKept(call: Node, value: Node, key: string | undefined): boolean {
    if (isKeeper(call)) return true
    const parameter = parameterFor(call, value, this.#file)
    if (parameter !== undefined) return this.#isVariableKept(parameter, key)
    return !isUnderWay(this.#file.functionAround(call), this.#file) || this.#isKept(call, undefined)
  }

  #isPatternKept(pattern: Node, key: string | undefined): boolean {
    if (pattern.type === 'Identifier') return this.#isVariableKept(pattern, key)
    const parts: Node[] =
      pattern.type === 'ObjectPattern' && key !== undefined
        ? (pattern.properties as Node[]).filter((one) => (propertyName(one) ?? key) === key)
        : [pattern]
    const names = parts.flatMap((one) =>
      boundIdentifiers(one.type === 'Property' ? one.value : (one.argument ?? one)),
    )
    return names.some((name) => this.#isVariableKept(name, undefined))
  }

  #isVariableKept(id: Node, key: string | undefined): boolean {
    const binding = this.#file.bindingFor(id)
    const owner = binding && ownerOf(binding.scope)
    if (this.#isRun(owner)) return true
    if (this.#isSeen(binding!, key)) return false
    const home = this.#file.functionAround(id)
    return this.#file.usesOf(binding).some((use) => {
      if (use.assigned || use.node.start === id.start) return false
      const at = this.#file.functionAt(use)
      return at === home || at === owner ? this.#isKept(use.node, key) : at === undefined || this.#livesOn(at)
    })
  }
}

/** The parameter of a function of the file that gets what a call gives it. */
export function parameterFor(
  { type, callee, arguments: args }: Node,
  value: Node,
  file: SourceFile,
): Node | undefined {
  const binding =
    type === 'CallExpression' && callee.type === 'Identifier' ? file.bindingFor(callee) : undefined
  const given = args as Node[]
  const index = given.some((one) => one.type === 'SpreadElement') ? -1 : given.indexOf(value)
  const parameter: Node | undefined = binding && file.functionNamed(binding)?.node.params[index]
  return parameter?.type === 'Identifier' ? parameter : undefined
}

/** The calls of a function that nobody has but by its name; undefined where it is used for more than that. */
export function callsOf({ node, generator }: FunctionNode, file: SourceFile): Node[] | undefined {
  const holder = node.type === 'FunctionDeclaration' ? node : file.parent(file.wrapped(node))
  const isNamed = holder === node || holder?.type === 'VariableDeclarator'
  const binding = isNamed && holder!.id?.type === 'Identifier' ? file.bindingFor(holder!.id) : undefined
  if (generator || binding === undefined || binding.assigned || isExported(holder!, file)) return undefined
  const calls: Node[] = []
  for (const use of file.usesOf(binding)) {
    if (use.node === holder!.id) continue
    const call = file.parent(use.node)
    if (call?.type !== 'CallExpression' || call.callee !== use.node) return undefined
    calls.push(call)
  }
  return calls
}

/** Whether an ES module gives its importers what is declared there. */
function isExported(declaration: Node, file: SourceFile): boolean {
  const parent = file.parent(declaration)
  return [parent, parent && file.parent(parent)].some((one) => /^Export/.test(one?.type ?? ''))
}
