import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { boundIdentifiers } from '../../instrument/syntax.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { calledName, memberKey, memberPath, propertyName } from '../read/expressions.ts'
import { LISTENERS } from '../read/run-there.ts'
import { runsOnce } from '../read/runs-once.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'
import { Holders } from './holders.ts'
import { isKeeper, isSetUp, isUnderWay } from './under-way.ts'

/** What leads to an object that is there already: any other is new, and is what the call gives. */
const PLACES = /^(Identifier|MemberExpression|ThisExpression)$/

/** What calls a function once, later. */
const TIMERS = /^(setTimeout|setImmediate)$/

/** Members of a list that give nobody what is in it, and those that give it to a function. */
const LEAVES = /^(push|unshift|length|includes|indexOf|lastIndexOf|join)$/
const GIVES = /^(forEach|some|every|map|flatMap|filter|find\w*|reduce\w*|sort|toSorted)$/

/** Whether a function goes on being called after the call that made it: it is returned, or kept somewhere. */
export function outlives(fn: FunctionNode, file: SourceFile): boolean {
  return new Keeping(file, false).holds(fn)
}

/** The same, in another way than by being what a call of `maker` returns. */
export function outlivesResult(fn: FunctionNode, maker: FunctionNode, file: SourceFile): boolean {
  return new Keeping(file, true, maker).holds(fn)
}

/** The same, or it is a listener: of what, and for how long, is not known. */
export function mayOutlive(fn: FunctionNode, file: SourceFile): boolean {
  return new Keeping(file, true).holds(fn)
}

/** The same for a function where it is handed on. */
export function mayBeKept(value: Node, fn: FunctionNode, file: SourceFile): boolean {
  return new Keeping(file, true).keeps(value, fn)
}

/** What gives something that has, or calls, the function that it is given: `createEndpoint({ … }, async (ctx) => …)`, `once(f)`. */
const GIVES_ON =
  /^((create|make|define|wrap|build)([A-Z_]\w*)?|once|memo(ize)?\w*|debounce|throttle|promisify|callbackify|deprecate|partial\w*|curry\w*|freeze|seal|preventExtensions|assign|fromEntries|concat|resolve)$/

/** What puts something on the object that it is given first. */
const ON_OBJECT = /^(Object\.(assign|defineProperty|defineProperties)|Reflect\.(defineProperty|set))$/

class Keeping {
  readonly #file: SourceFile
  readonly #seen = new Set<FunctionNode | Binding>()

  readonly #withListeners: boolean
  /** Functions that hand what they return to nobody else than those who are looked at. */
  readonly #returning: Set<FunctionNode>
  readonly #holders: Holders

  constructor(file: SourceFile, withListeners: boolean, ...returning: FunctionNode[]) {
    this.#file = file
    this.#withListeners = withListeners
    this.#returning = new Set(returning)
    this.#holders = new Holders(file, (fn) => this.holds(fn))
  }

  keeps(value: Node, of: FunctionNode): boolean {
    return this.#isKept(value, of)
  }

  holds(fn: FunctionNode): boolean {
    if (this.#seen.has(fn)) return false
    this.#seen.add(fn)
    const { node, enclosing } = fn
    const id = node.type === 'FunctionDeclaration' ? node.id : undefined
    if (id)
      return this.#isVariableKept(
        (enclosing?.body ?? fn.outer).names.get(id.name) ?? fn.outer.names.get(id.name),
        fn,
      )
    return this.#isKept(node, fn)
  }

  /** `of` is the function in question: what it does itself with its name keeps nothing. */
  #isVariableKept(binding: Binding | undefined, of: FunctionNode): boolean {
    if (binding === undefined || this.#seen.has(binding)) return false
    this.#seen.add(binding)
    return this.#file.usesOf(binding).some((use) => {
      const at = this.#file.functionAt(use)
      if (at === of) return this.#isBegunAgain(use.node, of)
      // Another function that lives on has it in sight.
      if (at !== undefined && at !== of.enclosing) return this.holds(at)
      const parent = this.#file.parent(use.node)
      return this.#isKept(parent !== undefined && isMemberFor(of, parent, this.#file) ? parent : use.node, of)
    })
  }

  /** `function poll() { …; setTimeout(poll, 1000) }`: it goes on for ever. */
  #isBegunAgain(name: Node, of: FunctionNode): boolean {
    const call = this.#file.parent(name)
    const isTimer = call?.type === 'CallExpression' && TIMERS.test(calledName(call) ?? '')
    return isTimer && call.arguments[0] === name && !isUnderWay(of.enclosing, this.#file)
  }

  #isKept(value: Node, of: FunctionNode): boolean {
    let at = value
    let parent = this.#file.parent(at)
    while (
      parent !== undefined &&
      /^(Parenthesized|Conditional|Logical|Property$|ObjectExp|ArrayExp|MethodDef|PropertyDef|ClassBody)/.test(
        parent.type,
      )
    ) {
      at = parent
      parent = this.#file.parent(at)
    }
    switch (parent?.type) {
      case 'ReturnStatement':
        return this.#isReturned(this.#file.functionAround(parent)!, of)
      case 'ArrowFunctionExpression':
        return this.#isReturned(this.#file.functionOf.get(parent)!, of)
      case 'ClassExpression':
        return this.#isKept(parent, of)
      case 'ClassDeclaration':
        return this.#isNameKept(parent.id, of)
      case 'VariableDeclarator':
        return parent.init === at && this.#isNameKept(parent.id, of)
      case 'AssignmentExpression':
        return parent.right === at && this.#isPut(parent.left, of)
      case 'SequenceExpression':
        return parent.expressions.at(-1) === at && this.#isKept(parent, of)
      case 'YieldExpression':
        return true
      case 'CallExpression':
        return parent.callee !== at && this.#isKeptByCall(parent, at, of)
      case 'MemberExpression': {
        // `f.bind(x)` is another one that calls it.
        const call = this.#file.parent(parent)
        const isBound = parent.object === at && memberKey(parent) === 'bind' && call?.callee === parent
        return isBound && this.#isKept(call!, of)
      }
      case 'NewExpression':
        // An object of a class that was made there, or one that got it.
        return (parent.callee === at ? !isFunction(at) : !isPromise(parent)) && this.#isKept(parent, of)
      default:
        return false
    }
  }

  #isKeptByCall(call: Node, given: Node, of: FunctionNode): boolean {
    const name = calledName(call) ?? ''
    const promise = resolvedBy(call, this.#file)
    if ((GIVES_ON.test(name) && this.#isKept(call, of)) || (promise && this.#isKept(promise, of))) return true
    const [target] = call.arguments as Node[]
    if (target !== given && ON_OBJECT.test(memberPath(call.callee)?.path ?? ''))
      return PLACES.test(target!.type) && this.#holders.isObjectKept(target!, undefined)
    const keeps = isKeeper(call) || (this.#withListeners && LISTENERS.test(name))
    const isOver = !isSetUp(call) && isUnderWay(of.enclosing, this.#file)
    return keeps && !isOver && this.#isKeeping(call, given, of)
  }

  /** Whether the list or table that a call puts something into outlives the call that made it, or may be anybody's. */
  #isKeeping({ callee, arguments: args }: Node, given: Node, of: FunctionNode): boolean {
    if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return true
    const [list, binding] = [callee.object as Node, this.#file.bindingFor(callee.object)]
    if (binding === undefined) return true
    const begins = binding.assigned ? undefined : this.#file.declaredWith(binding)
    const isWeak = begins?.type === 'NewExpression' && /^Weak(Map|Set)$/.test(begins.callee.name)
    if (isWeak) return args[0] !== given
    const owner = ownerOf(binding.scope)
    if (owner === undefined || binding.assigned || runsOnce(owner, this.#file)) return true
    if (begins?.type === 'ArrayExpression') return this.#isListKept(binding, of)
    // `list.reduce((memo, one) => { memo.push(…); return memo }, [])`
    const call = this.#file.parent(owner.node)
    const isCollected =
      call?.type === 'CallExpression' &&
      call.callee.property?.name === 'reduce' &&
      call.arguments[0] === owner.node &&
      call.arguments[1]?.type === 'ArrayExpression' &&
      owner.node.params[0]?.name === list.name
    if (!isCollected) return true
    this.#returning.add(owner)
    return this.#isListKept(binding, of) || this.#isPassedOn(call, of)
  }

  #isListKept(binding: Binding, of: FunctionNode): boolean {
    if (this.#seen.has(binding)) return false
    this.#seen.add(binding)
    const owner = ownerOf(binding.scope)
    return this.#file.usesOf(binding).some((use) => {
      const at = this.#file.functionAt(use)
      if (at !== undefined && at !== owner) return this.holds(at)
      return this.#isPassedOn(use.node, of)
    })
  }

  /** Whether a list, or what is made of it, goes to somebody who may keep what is in it. */
  #isPassedOn(list: Node, of: FunctionNode): boolean {
    const parent = this.#file.parent(list)
    switch (parent?.type) {
      case 'MemberExpression': {
        if (parent.object !== list) return false
        const key = memberKey(parent) ?? ''
        if (LEAVES.test(key) || GIVES.test(key)) return GIVES.test(key)
        const above = this.#file.parent(parent)
        const isCalled = above?.type === 'CallExpression' && above.callee === parent
        return this.#isPassedOn(isCalled ? above : parent, of)
      }
      case 'SpreadElement':
        return this.#isPassedOn(parent, of)
      case 'NewExpression':
      case 'ForOfStatement':
        return true
      case 'CallExpression': {
        if (parent.callee === list) return false
        const name = calledName(parent)
        return isKeeper(parent) || LISTENERS.test(name ?? '') || this.#isPassedOn(parent, of)
      }
      case 'VariableDeclarator':
      case 'AssignmentExpression': {
        const to: Node = parent.id ?? parent.left
        const binding = to.type === 'Identifier' ? this.#file.bindingFor(to) : undefined
        return binding === undefined || ownerOf(binding.scope) === undefined || this.#isListKept(binding, of)
      }
      default:
        return this.#isKept(list, of)
    }
  }

  #isNameKept(id: Node | null, of: FunctionNode): boolean {
    return id?.type === 'Identifier' && this.#isVariableKept(this.#file.bindingFor(id), of)
  }

  /** Into a variable, or on an object: one that the function itself has made is kept where it is. */
  #isPut(target: Node, of: FunctionNode): boolean {
    if (target.type.endsWith('Pattern')) return boundIdentifiers(target).some((one) => this.#isPut(one, of))
    return target.type === 'MemberExpression'
      ? this.#holders.isObjectKept(target.object, memberKey(target))
      : this.#isOfModule(target) || this.#isNameKept(target, of)
  }

  /** `cached = …` of a variable that is there once, and that somebody reads: a later call may, too. */
  #isOfModule(target: Node): boolean {
    const binding = target.type === 'Identifier' ? this.#file.bindingFor(target) : undefined
    const owner = binding && ownerOf(binding.scope)
    if (binding === undefined || (owner !== undefined && !runsOnce(owner, this.#file))) return false
    return this.#file.usesOf(binding).some((use) => {
      const parent = this.#file.parent(use.node)
      return parent?.id !== use.node && parent?.left !== use.node
    })
  }

  /** What a function returns its callers have. */
  #isReturned(maker: FunctionNode, of: FunctionNode): boolean {
    return !this.#returning.has(maker) && this.#holders.isReturnKept(maker, keyOf(of, this.#file))
  }
}

/** The promise that a call gives a value: `new Promise((resolve) => resolve(f))`. */
function resolvedBy({ callee }: Node, file: SourceFile): Node | undefined {
  const binding = callee.type === 'Identifier' ? file.bindingFor(callee) : undefined
  const executor = binding && ownerOf(binding.scope)
  const made = executor && file.parent(executor.node)
  const isResolve = binding !== undefined && executor?.node.params[0]?.name === binding.name
  return isResolve && made?.type === 'NewExpression' && isPromise(made) ? made : undefined
}

function isPromise({ callee }: Node): boolean {
  return callee.name === 'Promise'
}

/** `made.run` of `made = { run() { … } }`. */
function isMemberFor(fn: FunctionNode, member: Node, file: SourceFile): boolean {
  const key = member.type === 'MemberExpression' ? keyOf(fn, file) : undefined
  return key !== undefined && memberKey(member) === key
}

/** The name of the member that a function is of a literal. */
function keyOf({ node }: FunctionNode, file: SourceFile): string | undefined {
  const property = file.parent(node)
  return property?.type === 'Property' ? propertyName(property) : undefined
}
