import { childKeys, type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import { changesObject, isRepeatable, OF_PLATFORM } from './effects.ts'
import { memberKey, memberPath } from './expressions.ts'
import { keepsNothing, replacesItself } from './keeps-nothing.ts'
import { belongsTo, type SourceFile } from './source-file.ts'

/** Methods that tell something of whatever they are called on, and change nothing. */
const TELLS =
  /^(at|char(Code)?At|codePointAt|concat|endsWith|entries|every|filter|find(Last)?(Index)?|flat|flatMap|forEach|get|has|hasOwnProperty|includes|indexOf|isPrototypeOf|join|keys|lastIndexOf|localeCompare|map|match|normalize|pad(End|Start)|reduce(Right)?|repeat|replace(All)?|slice|some|split|startsWith|substr(ing)?|toFixed|toLowerCase|toString|toUpperCase|trim(End|Start)?|values)$/
/** Those of them that call what they get. */
const CALLS = /^(every|filter|find(Last)?(Index)?|flatMap|forEach|map|reduce(Right)?|some)$/
const REPLACES = /^replace(All)?$/
const FILLS = /^(add|delete|pop|push|reverse|set|shift|sort|splice|unshift)$/
/** `Array.prototype.join.call(arguments, '|')` */
const BORROWED = /^(?:Array|Object|String)\.prototype\.(\w+)\.(?:call|apply)$/
/** Whose methods come to the same whenever they are called. */
const LANGUAGE = /^(Array|JSON|Math|Number|Object|String|BigInt|path|url)\.\w+$/
const CONVERTS =
  /^(String|Number|Boolean|BigInt|Array|RegExp|parseInt|parseFloat|isNaN|(en|de)codeURI(Component)?)$/
const MAKES =
  /^(Array|Map|Set|WeakMap|WeakSet|RegExp|URL|URLSearchParams|(Type|Range|Syntax|Reference)?Error)$/
/** But for these, which change what they get, or come to something else each time. */
const OTHERWISE = /^(Math\.random|Object\.(assign|define\w+|setPrototypeOf|freeze|seal|preventExtensions))$/

const STATEMENTS =
  /^(BlockStatement|BreakStatement|ContinueStatement|EmptyStatement|ExpressionStatement|For(In|Of)?Statement|(Do)?WhileStatement|IfStatement|LabeledStatement|ReturnStatement|Switch(Statement|Case)|ThrowStatement|TryStatement|CatchClause|VariableDeclarat(ion|or)|FunctionDeclaration)$/
const EXPRESSIONS =
  /^(Array(Expression|Pattern)|AssignmentPattern|BinaryExpression|ChainExpression|ConditionalExpression|Identifier|Literal|LogicalExpression|MemberExpression|Object(Expression|Pattern)|ParenthesizedExpression|Property|RestElement|SequenceExpression|SpreadElement|Template(Element|Literal)|UnaryExpression|(ArrowFunction|Function)Expression)$/

const files = new WeakMap<SourceFile, PureCalls>()

/** Calls of a file's functions that do nothing but work out a value, which is the same whenever they are made. */
export class PureCalls {
  readonly #source: SourceFile
  readonly #known = new Map<FunctionNode, boolean>()

  private constructor(source: SourceFile) {
    this.#source = source
  }

  static of(source: SourceFile): PureCalls {
    const known = files.get(source) ?? new PureCalls(source)
    files.set(source, known)
    return known
  }

  /** Whether the arguments are such values is not asked. */
  readonly isPure = ({ callee }: Node): boolean => {
    const fn = this.#called(callee)
    return fn !== undefined && this.#isPureFunction(fn)
  }

  /** Whether a value can be made a second time without anybody noticing, where calls of the file's functions are part of it. */
  isRepeatable(value: Node | null | undefined): boolean {
    if (isRepeatable(value)) return true
    const leavesNothing = (call: Node): boolean => this.isPure(call) && !this.#leavesState(call)
    return isRepeatable(value, leavesNothing) && this.callsPure(value!)
  }

  /** One that lives on may go on with variables of the call. */
  #leavesState({ callee }: Node): boolean {
    const fn = this.#called(callee)!
    return this.#source.analysis.functions.some((made) => {
      const parent = this.#source.parent(this.#source.wrapped(made.node))
      const isGiven = parent?.type === 'CallExpression' && parent.callee !== made.node
      return made.enclosing === fn && !isGiven && !keepsNothing(made, fn, this.#source)
    })
  }

  /** What a call of a name, or of a function where it stands, calls. */
  #called(callee: Node): FunctionNode | undefined {
    const inner = unwrap(callee)
    if (isFunction(inner)) return this.#source.functionOf.get(inner)
    const binding = inner.type === 'Identifier' ? this.#source.bindingFor(inner) : undefined
    return binding && this.#source.functionNamed(binding)
  }

  #isPureFunction(fn: FunctionNode): boolean {
    const known = this.#known.get(fn)
    if (known !== undefined) return known
    // One that calls itself is as pure as the rest of it.
    this.#known.set(fn, true)
    const isPlain = !fn.async && !fn.generator && !fn.this && !fn.eval && !fn.withInside
    const isPure =
      isPlain &&
      this.#usesSteady(fn) &&
      [...fn.node.params, fn.node.body].every((one) => this.#isCalm(one, fn))
    this.#known.set(fn, isPure)
    return isPure
  }

  /** Whether what it uses of the code around it stays what it is. */
  #usesSteady(fn: FunctionNode): boolean {
    return this.#source.usesIn(fn.node).every((use) => {
      const binding = this.#source.bindingOf(use)
      if (binding === undefined || belongsTo(binding.scope, fn)) return true
      if (binding.assigned) return false
      return this.#source.usesOf(binding).every((one) => !changesObject(one, this.#source))
    })
  }

  /** Whether evaluating an expression does nothing but work out its value. */
  onlyWorksOut(node: Node): boolean {
    return this.#isCalm(node, undefined)
  }

  /** `fn`: the function whose own variables it may change. */
  #isCalm(node: Node, fn: FunctionNode | undefined): boolean {
    if (isFunction(node) && fn !== undefined && (this.#isReturned(node) || this.#isForReturned(node)))
      return true
    if (isFunction(node) && (node.async || node.generator)) return false
    const isInside = (): boolean =>
      childKeys(node).every((key) => {
        const child = node[key] as Node | Node[] | null
        if (!child) return true
        return Array.isArray(child)
          ? child.every((one) => !one || this.#isCalm(one, fn))
          : this.#isCalm(child, fn)
      })
    switch (node.type) {
      case 'AssignmentExpression':
        return this.#isOwn(node.left, fn) && isInside()
      case 'UpdateExpression':
        return this.#isOwn(node.argument, fn)
      case 'UnaryExpression':
        return (node.operator !== 'delete' || this.#isOwn(node.argument, fn)) && isInside()
      case 'ForInStatement':
      case 'ForOfStatement':
        return (
          !node.await &&
          (node.left.type === 'VariableDeclaration' || this.#isOwn(node.left, fn)) &&
          isInside()
        )
      case 'CallExpression':
        return this.#isCalmCall(node, fn) && isInside()
      case 'NewExpression':
        return this.#isOfLanguage(node.callee) && MAKES.test(node.callee.name) && isInside()
      default:
        return (STATEMENTS.test(node.type) || EXPRESSIONS.test(node.type)) && isInside()
    }
  }

  /** A function that a call only makes, and that keeps nothing of its own: what it does is no part of what the call does. */
  #isReturned(node: Node): boolean {
    const value = this.#source.wrapped(node)
    const parent = this.#source.parent(value)
    const isArrow = parent?.type === 'ArrowFunctionExpression' && parent.body === value
    if (parent?.type !== 'ReturnStatement' && !isArrow) return false
    const own = this.#source.functionOf.get(node)!
    return this.#source.usesIn(node).every((use) => {
      const binding = this.#source.bindingOf(use)
      const isSteady = binding?.assigned !== true || replacesItself(binding, this.#source)
      return isSteady || belongsTo(binding.scope, own)
    })
  }

  /** One in a variable that only functions which are returned use. */
  #isForReturned(node: Node): boolean {
    const { id, type } = this.#source.parent(this.#source.wrapped(node)) ?? node
    const binding =
      type === 'VariableDeclarator' && id.type === 'Identifier' ? this.#source.bindingFor(id) : undefined
    if (binding === undefined || !replacesItself(binding, this.#source)) return false
    return this.#source.usesOf(binding).every((use) => {
      for (let at = this.#source.functionAt(use); at !== undefined; at = at.enclosing)
        if (at.node === node || this.#isReturned(at.node)) return true
      return use.node === id
    })
  }

  #isOfLanguage(callee: Node): boolean {
    return callee.type === 'Identifier' && this.#source.bindingFor(callee) === undefined
  }

  #isCalmCall(call: Node, fn: FunctionNode | undefined): boolean {
    const { callee } = call
    const path = memberPath(callee)?.path ?? ''
    if (this.#isOfLanguage(callee)) return CONVERTS.test(path)
    if (callee.type === 'Identifier') return this.#isLocalFunction(callee, fn) || this.isPure(call)
    if (callee.type !== 'MemberExpression' || callee.computed) return false
    if (OF_PLATFORM.test(path)) return true
    if (LANGUAGE.test(path))
      return !OTHERWISE.test(path) || (path === 'Object.assign' && isFresh(call.arguments[0]))
    const [, borrowed] = BORROWED.exec(path) ?? []
    if (borrowed !== undefined)
      return TELLS.test(borrowed) && !CALLS.test(borrowed) && !REPLACES.test(borrowed)
    const method: string = callee.property.name
    if (FILLS.test(method)) return this.#isOwn(callee, fn)
    if (/^(test|exec)$/.test(method)) return this.#isStateless(unwrap(callee.object))
    if (CALLS.test(method)) return this.#isKnownFunction(call.arguments[0])
    if (REPLACES.test(method) && !this.#isKnownFunction(call.arguments[1], true)) return false
    return TELLS.test(method)
  }

  /** Whether all methods in a value that call what they get are given functions that do nothing else. */
  callsPure(value: Node): boolean {
    if (isFunction(value)) return true
    return !containsNode(value, (node, ancestors) => {
      if (ancestors.some(isFunction)) return false
      if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false
      const given: Node | undefined = node.arguments[0]
      if (given === undefined || !CALLS.test(memberKey(node.callee) ?? '')) return false
      const fn = isFunction(given) ? this.#source.functionOf.get(given) : undefined
      return fn === undefined ? !this.#isKnownFunction(given) : !this.#isPureFunction(fn)
    })
  }

  /** One whose text is looked at with the rest, or which is pure itself; nothing else may be called by a method. */
  #isKnownFunction(node: Node | undefined, mayBeText = false): boolean {
    if (node === undefined) return false
    if (isFunction(node)) return true
    if (node.type !== 'Identifier')
      return mayBeText && /^(Literal|TemplateLiteral|BinaryExpression)$/.test(node.type)
    const binding = this.#source.bindingFor(node)
    if (binding === undefined) return CONVERTS.test(node.name)
    const fn = this.#source.functionNamed(binding)
    return fn !== undefined && this.#isPureFunction(fn)
  }

  /** A function inside, whose text is looked at with the rest. */
  #isLocalFunction(callee: Node, fn: FunctionNode | undefined): boolean {
    if (fn === undefined) return false
    const binding = this.#source.bindingFor(callee)
    const called = binding && belongsTo(binding.scope, fn) ? this.#source.functionNamed(binding) : undefined
    return called !== undefined && called !== fn && called.start > fn.start && called.end <= fn.end
  }

  /** Whether what is assigned is a variable of the function, or part of something that the function has made. */
  #isOwn(target: Node, fn: FunctionNode | undefined): boolean {
    if (fn === undefined || /Pattern$/.test(target.type)) return false
    let root = unwrap(target)
    const isPart = root.type === 'MemberExpression'
    while (root.type === 'MemberExpression') root = unwrap(root.object)
    if (root.type !== 'Identifier') return false
    const binding = this.#source.bindingFor(root)
    if (binding === undefined || !belongsTo(binding.scope, fn)) return false
    if (!isPart) return true
    const isDirect = target.type === 'MemberExpression' && unwrap(target.object) === root
    return isDirect && !binding.assigned && isFresh(this.#source.declaredWith(binding))
  }

  /** A regular expression that begins anew each time. */
  #isStateless(node: Node): boolean {
    const binding = node.type === 'Identifier' ? this.#source.bindingFor(node) : undefined
    const made = binding && !binding.assigned ? this.#source.declaredWith(binding) : node
    return made?.regex !== undefined && !/[gy]/.test(made.regex.flags)
  }
}

/** Something that nobody else has. */
export function isFresh(value: Node | undefined): boolean {
  if (value === undefined) return false
  const made = unwrap(value)
  if (/^(Object|Array)Expression$/.test(made.type)) return true
  if (!/^(Call|New)Expression$/.test(made.type)) return false
  const path = memberPath(made.callee)?.path ?? ''
  if (made.type === 'NewExpression') return /^(Map|Set|Array|URL|URLSearchParams)$/.test(path)
  if (path === 'Object.assign') return isFresh(made.arguments[0])
  return path === 'Object.create' && isRepeatable(made)
}
