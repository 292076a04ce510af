import type MagicString from 'magic-string'
import type { Node } from '../instrument/parse.ts'
import { isFunction, isReference, isWritten, walk } from './ast.ts'
import { BEGUN } from './context.ts'
import { UmbraError } from './errors.ts'
import type { Description, Use } from './replacement.ts'
import { announcedNames, returnedNames } from './returned-names.ts'

/** A use of `scope` or `original` in a patch's text. */
export interface Reference {
  meaning: 'scope' | 'original'
  node: Node
  ancestors: Node[]
}

/**
 * Rewrites one replacement, in place and on its lines:
 *
 *   handle(req) { return original.call(this, req) + scope.step }
 *
 * becomes
 *
 *   "handle":$umbra.replacement({…},([key],older)=>({handle(call, req) { return older.slot.call(this,call, req) + call(key) }})["handle"])
 *
 * where `call` is the context of the call, `older` leads to the next older replacement and `key` is, for the target that it is
 * bound to, the number of the accessor's operation; their names begin with $umbra, as those of nothing else do. Returns what must stand before the module's first statement.
 */
export function linkReplacement(
  text: MagicString,
  code: string,
  fn: Node,
  ancestors: readonly Node[],
  references: Reference[],
  directive: string,
): string | undefined {
  return new ReplacementLinker(text, code, fn, ancestors, directive).link(references)
}

class ReplacementLinker {
  readonly #text: MagicString
  readonly #code: string
  readonly #fn: Node
  readonly #ancestors: readonly Node[]
  readonly #directive: string
  readonly #uses: Use[] = []
  readonly #keys = new Map<string, number>()
  /** `this` where it is what `original` is called with. */
  readonly #handedDown = new Set<Node>()
  #usesOriginal = false

  constructor(text: MagicString, code: string, fn: Node, ancestors: readonly Node[], directive: string) {
    this.#text = text
    this.#code = code
    this.#fn = fn
    this.#ancestors = ancestors
    this.#directive = directive
  }

  link(references: Reference[]): string | undefined {
    for (const reference of references) {
      if (reference.meaning === 'scope') this.#scope(reference)
      else this.#original(reference)
    }
    this.#ownMembers()
    this.#announceNames()
    this.#addContextParameter()
    return this.#wrap()
  }

  /** `$umbraKey0` for a use; the same use has one number. */
  #operation(use: Use): string {
    const key = JSON.stringify(use)
    const known = this.#keys.get(key)
    if (known !== undefined) return `$umbraKey${known}`
    this.#keys.set(key, this.#uses.length)
    this.#uses.push(use)
    return `$umbraKey${this.#uses.length - 1}`
  }

  #read(name: string): string {
    return this.#operation({ use: 'name', name, write: false })
  }

  #write(name: string): string {
    return this.#operation({ use: 'name', name, write: true })
  }

  #scope({ node, ancestors }: Reference): void {
    const member = ancestors.at(-1)!
    const name = member.type === 'MemberExpression' && member.object === node ? memberName(member) : undefined
    if (name === undefined) this.#fail(node, "'scope' must be followed by a name, as in scope.x")
    const parent = ancestors.at(-2)!
    const isCall = parent.type === 'CallExpression' && parent.callee === member
    if (name === 'private' && isCall) return this.#private(parent, ancestors.slice(0, -2))
    if (name === 'super' && isCall) return this.#superCall(parent)
    this.#access(member, ancestors.slice(0, -1), {
      what: `scope.${name}`,
      read: () => this.#overwrite(member, `$umbraCall(${this.#read(name!)})`),
      reference: () => {
        const [read, write] = [this.#read(name!), this.#write(name!)]
        this.#overwrite(member, `$umbra.variable($umbraCall,${read},${write}).value`)
      },
      assign: ({ right, end }) => {
        this.#rewrite(member.start, right.start, `$umbra.assign($umbraCall,${this.#write(name!)},`)
        this.#text.appendLeft(end, ')')
      },
    })
  }

  /** Rewrites a member expression by the place it stands in: read, called, assigned, or changed in another way. */
  #access(member: Node, ancestors: Node[], access: Access): void {
    const parent = ancestors.at(-1)!
    if (parent.type === 'AssignmentExpression' && parent.left === member && parent.operator === '=') {
      return access.assign(parent)
    }
    if (isWritten(member, ancestors)) return access.reference()
    if (parent.type === 'UnaryExpression' && parent.operator === 'delete') {
      this.#fail(member, `'${access.what}' cannot be deleted`)
    }
    access.read()
    // `new` would take the accessor's arguments for its own. What is called has no `this`, as the name alone had none.
    if (isConstructed(member, ancestors))
      this.#text.prependRight(member.start, '(').appendLeft(member.end, ')')
  }

  #superCall(call: Node): void {
    const operation = this.#operation({ use: 'super call' })
    this.#replaceHead(call, `$umbra.construct($umbraCall,${operation},[`, '])')
  }

  /** `scope.private(object)['#x']`: read, written, called, or asked for with `in`. */
  #private(call: Node, ancestors: Node[]): void {
    const [object] = call.arguments as Node[]
    if (object === undefined || call.arguments.length > 1) this.#fail(call, 'scope.private takes one object')
    const member = ancestors.at(-1)!
    if (member.type === 'BinaryExpression' && member.operator === 'in')
      return this.#privateIn(member, object!)
    const name = member.type === 'MemberExpression' && member.object === call ? memberName(member) : undefined
    if (!name?.startsWith('#'))
      this.#fail(call, "scope.private(object) must be followed by a name, as in ['#x']")
    const operation = (access: 'get' | 'set'): string =>
      this.#operation({ use: 'private', name: name!, access })
    const around = (head: string, end: number, tail: string): void => {
      this.#rewrite(member.start, object!.start, head)
      this.#rewrite(object!.end, end, tail)
    }
    const parent = ancestors.at(-2)!
    if (parent.type === 'CallExpression' && parent.callee === member) {
      around(`$umbra.callPrivate($umbraCall,${operation('get')},`, headEnd(this.#code, member, parent), ',[')
      this.#rewrite(parent.end - 1, parent.end, '])')
      return
    }
    this.#access(member, ancestors.slice(0, -1), {
      what: `scope.private(…)['${name}']`,
      read: () => around(`$umbraCall(${operation('get')},`, member.end, ')'),
      reference: () =>
        around(`$umbra.member($umbraCall,${operation('get')},${operation('set')},`, member.end, ').value'),
      assign: ({ right, end }) => {
        around(`$umbra.assignPrivate($umbraCall,${operation('set')},`, right.start, ',')
        this.#text.appendLeft(end, ')')
      },
    })
  }

  #privateIn(test: Node, object: Node): void {
    const name = test.left.type === 'Literal' ? String(test.left.value) : ''
    this.#rewrite(
      test.start,
      object.start,
      `$umbraCall(${this.#operation({ use: 'private', name, access: 'has' })},`,
    )
    this.#rewrite(object.end, test.end, ')')
  }

  #original({ node, ancestors }: Reference): void {
    this.#usesOriginal = true
    const parent = ancestors.at(-1)!
    const call = ancestors.at(-2)
    if (parent.type === 'CallExpression' && parent.callee === node) {
      const rest = parent.arguments.length > 0 ? ',' : ''
      this.#rewrite(
        node.start,
        headEnd(this.#code, node, parent),
        `$umbraOlder.slot.call(void 0,$umbraCall${rest}`,
      )
      return
    }
    const isCallMethod =
      parent.type === 'MemberExpression' && parent.object === node && memberName(parent) === 'call'
    const self = call?.arguments?.[0] as Node | undefined
    if (
      isCallMethod &&
      call?.type === 'CallExpression' &&
      call.callee === parent &&
      self?.type !== 'SpreadElement'
    ) {
      this.#overwrite(node, '$umbraOlder.slot')
      if (self === undefined) this.#text.appendLeft(headEnd(this.#code, parent, call), 'void 0,$umbraCall')
      else this.#text.appendLeft(self.end, ',$umbraCall')
      // In a derived constructor there is no `this` yet, and `original` makes it.
      if (self?.type === 'ThisExpression') this.#handedDown.add(self)
      return
    }
    this.#overwrite(node, '$umbra.originalOf($umbraOlder,$umbraCall)')
  }

  /** What means something else in the rewritten function than in the replacement as written. */
  #ownMembers(): void {
    const fn = this.#fn
    const mayConstruct = this.#usesOriginal || this.#uses.some(({ use }) => use === 'super call')
    walk(fn, (node, path) => {
      const inner = path
        .slice(1)
        .filter((one) => isFunction(one) || one.type === 'PropertyDefinition' || one.type === 'StaticBlock')
      if (inner.some((one) => one.type !== 'ArrowFunctionExpression')) return
      if (node.type === 'ThisExpression') this.#this(node, mayConstruct)
      else if (node.type === 'Super') this.#super(path)
      else if (node.type === 'MetaProperty' && node.meta.name === 'new') {
        this.#operation({ use: 'new.target' })
        this.#overwrite(node, '$umbraCall.newTarget')
      } else if (
        node.type === 'Identifier' &&
        node.name === 'arguments' &&
        fn.type !== 'ArrowFunctionExpression' &&
        isReference(node, path.at(-1))
      ) {
        const isShorthand = path.at(-1)!.shorthand === true
        this.#overwrite(node, `${isShorthand ? 'arguments: ' : ''}$umbra.args(arguments)`)
      }
    })
  }

  #this(node: Node, mayConstruct: boolean): void {
    if (this.#fn.type === 'ArrowFunctionExpression') {
      this.#fail(
        node,
        "a replacement that is an arrow has no 'this' of the call; write it as a function or a method",
      )
    }
    if (mayConstruct && !this.#handedDown.has(node)) this.#overwrite(node, '$umbra.self($umbraCall,this)')
  }

  #super(path: readonly Node[]): void {
    const member = path.at(-1)!
    const parent = path.at(-2)
    if (member.type !== 'MemberExpression')
      this.#fail(member, "call the superclass's constructor with scope.super(…)")
    const key = member.computed
      ? this.#code.slice(member.property.start, member.property.end)
      : JSON.stringify(member.property.name)
    const get = this.#operation({ use: 'super', access: 'get' })
    if (parent?.type === 'CallExpression' && parent.callee === member) {
      this.#replaceHead(parent, `$umbra.callSuper($umbraCall,${get},${key},this,[`, '])')
    } else if (parent?.type === 'AssignmentExpression' && parent.left === member && parent.operator === '=') {
      const set = this.#operation({ use: 'super', access: 'set' })
      this.#rewrite(member.start, parent.right.start, `$umbra.assignSuper($umbraCall,${set},${key},`)
      this.#text.appendLeft(parent.end, ')')
    } else this.#overwrite(member, `$umbraCall(${get},${key})`)
  }

  /** `callee(args)` → `head args tail`. */
  #replaceHead(call: Node, head: string, tail: string): void {
    this.#rewrite(call.start, headEnd(this.#code, call.callee, call), head)
    this.#rewrite(call.end - 1, call.end, tail)
  }

  /** A block of `scopes` begins with a way to its names, for functions that it calls before it ends. */
  #announceNames(): void {
    const [member, , scopes] = this.#ancestors.toReversed()
    const isBlock = member?.type === 'Property' && scopes?.type === 'Property' && scopes.key.name === 'scopes'
    const names = isBlock ? announcedNames(this.#fn) : ''
    if (names === '') return
    const directive = (this.#fn.body.body as Node[]).findLast((one) => one.directive !== undefined)
    this.#text.appendLeft(directive?.end ?? this.#fn.body.start + 1, `;$umbraCall(${BEGUN},{${names}});`)
  }

  #addContextParameter(): void {
    const [first] = this.#fn.params as Node[]
    if (first === undefined) {
      const from = this.#fn.id?.end ?? this.#fn.start
      this.#text.appendLeft(this.#code.indexOf('(', from) + 1, '$umbraCall')
    } else if (
      this.#fn.type === 'ArrowFunctionExpression' &&
      !this.#code.slice(this.#fn.start, first.start).includes('(')
    ) {
      this.#text.appendRight(first.start, '($umbraCall,').appendRight(first.end, ')')
    } else this.#text.appendLeft(first.start, '$umbraCall,')
  }

  #wrap(): string | undefined {
    const fn = this.#fn
    // A function with a pattern for a parameter cannot say 'use strict'.
    const operations = `[${this.#uses.map((_, i) => `$umbraKey${i}`).join(',')}]`
    const begin = `{${this.#directive}${this.#directive && `const ${operations}=$umbraKeys;`}return `
    const factory = `(${this.#directive ? '$umbraKeys' : operations},$umbraOlder)`
    const description = JSON.stringify(this.#describe())
    const holder = this.#ancestors.at(-1)!
    if (fn.type === 'FunctionDeclaration') {
      const { name } = fn.id
      this.#text.prependRight(fn.start, `function ${name}$f${factory}${begin}`).appendLeft(fn.end, '}')
      return `var ${name}=$umbra.replacement(${description},${name}$f);`
    }
    // Standing in an object literal gives the function the name that it would have had.
    const isMember = holder.type === 'Property' && holder.value === fn && !holder.computed
    const name = isMember ? String(holder.key.name ?? holder.key.value) : (holder.id?.name ?? 'replacement')
    const key = JSON.stringify(name)
    const [start, end] = isMember ? [holder.start, holder.end] : [fn.start, fn.end]
    const [open, close] = this.#directive ? [`${begin}({`, `})[${key}]})`] : ['({', `})[${key}])`]
    const head = `$umbra.replacement(${description},${factory}=>${open}`
    this.#text.prependRight(start, isMember ? `${key}:${head}` : `${head}${key}:`).appendLeft(end, close)
    return undefined
  }

  #describe(): Description {
    const params = this.#fn.params as Node[]
    return {
      kind: 'function',
      async: this.#fn.async,
      generator: this.#fn.generator,
      parameters: params.filter((one) => one.type !== 'RestElement').length,
      usesOriginal: this.#usesOriginal,
      uses: this.#uses,
      returns: returnedNames(this.#fn),
      exports: /\bexports\b/.test(this.#code.slice(this.#fn.body.start, this.#fn.body.end)),
    }
  }

  #overwrite({ start, end }: Node, by: string): void {
    this.#rewrite(start, end, by)
  }

  /** Keeps the line breaks of what it replaces, so that stack traces stay right. */
  #rewrite(start: number, end: number, by: string): void {
    this.#text.update(start, end, by + this.#code.slice(start, end).replace(/[^\n]+/g, ''))
  }

  #fail(at: Node, message: string): never {
    const line = this.#code.slice(0, at.start).split('\n').length
    throw new UmbraError('SCOPE_MISUSED', `line ${line} of the patch: ${message}`)
  }
}

/** How an expression that stands for a name of the target is rewritten in each kind of place. */
interface Access {
  /** For messages. */
  what: string
  read(): void
  /** Something with a `value` that can be read and written: for patterns, `++`, `+=` and the like. */
  reference(): void
  assign(assignment: Node): void
}

function memberName({ property, computed }: Node): string | undefined {
  if (!computed) return property.name
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined
}

/** The offset after the opening parenthesis of a call. */
function headEnd(code: string, callee: Node, call: Node): number {
  const open = code.indexOf('(', callee.end)
  return open < call.end ? open + 1 : call.end
}

/** `new scope.A(…)` and `new scope.a.B(…)`. */
function isConstructed(member: Node, ancestors: Node[]): boolean {
  let inner = member
  for (const parent of ancestors.toReversed()) {
    if (parent.type === 'NewExpression') return parent.callee === inner
    if (parent.type !== 'MemberExpression' || parent.object !== inner) return false
    inner = parent
  }
  return false
}
