import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, walk } from '../../livepatch/ast.ts'
import { callsNothing } from '../read/effects.ts'
import { memberKey, propertyName } from '../read/expressions.ts'
import { runTimeOf } from '../read/run-there.ts'
import { ownerOf, type SourceFile, type Use } from '../read/source-file.ts'

/** What a value passes on its way to where it is put. */
const ON_ITS_WAY = /^(Parenthesized|Conditional|Logical|Sequence|ObjectExp|ArrayExp|Property$|Spread)/

/** Methods that call what they are given when something happens, and not before they return. */
const LISTEN = /^(on|once|addListener|prependListener|prependOnceListener|addEventListener)$/

const known = new WeakMap<FunctionNode, ReadonlySet<FunctionNode>>()

/**
 * The functions inside of one that a call of it may run; the others it only makes, for whoever gets them. What those do
 * when they are called is no part of what the call does.
 */
export function runByCall(maker: FunctionNode, source: SourceFile): ReadonlySet<FunctionNode> {
  const found = known.get(maker) ?? new RunByCall(maker, source).find()
  known.set(maker, found)
  return found
}

class RunByCall {
  readonly #maker: FunctionNode
  readonly #source: SourceFile
  readonly #run = new Set<FunctionNode>()
  /** Names of members that running code calls; undefined where it calls any. */
  #members: Set<string> | undefined
  /** Variables, and `this`, that are being asked for: one may be put into another. */
  readonly #asked = new Set<Binding | 'this'>()

  constructor(maker: FunctionNode, source: SourceFile) {
    this.#maker = maker
    this.#source = source
  }

  /** What is run may run more. */
  find(): ReadonlySet<FunctionNode> {
    const { start, end } = this.#maker
    const inside = this.#source.analysis.functions.filter(
      (fn) => fn !== this.#maker && fn.start >= start && fn.end <= end,
    )
    for (let size = -1; size !== this.#run.size; ) {
      size = this.#run.size
      this.#members = this.#membersCalled()
      for (const fn of inside) if (this.#mayRun(fn)) this.#run.add(fn)
    }
    return this.#run
  }

  #isRunning(fn: FunctionNode | undefined): boolean {
    return fn === this.#maker || (fn !== undefined && this.#run.has(fn))
  }

  #membersCalled(): Set<string> | undefined {
    const names = new Set<string | undefined>()
    walk(this.#maker.node, (node) => {
      const isCall = node.type === 'CallExpression' && node.callee.type === 'MemberExpression'
      if (isCall && this.#isRunning(this.#source.functionAround(node))) names.add(memberKey(node.callee))
    })
    return names.has(undefined) ? undefined : (names as Set<string>)
  }

  #isCalledAs(name: string | undefined): boolean {
    return this.#members === undefined || name === undefined || this.#members.has(name)
  }

  #mayRun(fn: FunctionNode): boolean {
    if (!this.#isRunning(fn.enclosing)) return false
    if (fn.node.type === 'FunctionDeclaration') return this.#isNameRun(fn.node.id)
    return runTimeOf(fn, this.#source) !== undefined || this.#isRun(this.#source.wrapped(fn.node))
  }

  /** Whether somebody may call, while the call runs, what stands there. */
  #isRun(value: Node): boolean {
    let at = value
    let parent = this.#source.parent(at)
    for (; parent !== undefined && ON_ITS_WAY.test(parent.type); parent = this.#source.parent(at)) {
      const isMember = parent.type === 'Property'
      if (isMember && (parent.kind === 'get' || this.#isCalledAs(propertyName(parent)))) return true
      at = parent
    }
    switch (parent?.type) {
      case 'ReturnStatement':
        return this.#source.functionAround(parent) !== this.#maker
      case 'ArrowFunctionExpression':
        return parent !== this.#maker.node
      case 'VariableDeclarator':
        return parent.init !== at || this.#isNameRun(parent.id)
      case 'AssignmentExpression':
        if (parent.right !== at) return true
        return parent.left.type === 'MemberExpression'
          ? this.#isCalledAs(memberKey(parent.left)) || this.#isObjectRun(parent.left)
          : this.#isNameRun(parent.left)
      case 'CallExpression':
        return parent.callee === at || !keeps(parent)
      default:
        return true
    }
  }

  /** Whether running code calls what a variable has, or hands it to somebody who may. */
  #isNameRun(id: Node | null): boolean {
    const binding = id?.type === 'Identifier' ? this.#source.bindingFor(id) : undefined
    const owner = binding && ownerOf(binding.scope)
    // What others see they may call, or hand on.
    if (binding === undefined || (owner !== this.#maker && !this.#run.has(owner!))) return true
    return this.#ask(binding, () =>
      this.#source.usesOf(binding).some((use) => use.node !== id && this.#isUseRun(use)),
    )
  }

  /** Nothing is run for what has been put into itself. */
  #ask(what: Binding | 'this', isRun: () => boolean): boolean {
    if (this.#asked.has(what)) return false
    this.#asked.add(what)
    const answer = isRun()
    this.#asked.delete(what)
    return answer
  }

  #isUseRun(use: Use): boolean {
    if (!this.#isRunning(this.#source.functionAt(use))) return false
    const parent = this.#source.parent(use.node)
    if ((parent?.id ?? parent?.left) === use.node) return false
    return parent?.type === 'MemberExpression' ? this.#isMethodCall(parent) : this.#isRun(use.node)
  }

  /** Whether running code calls methods of the object whose member it is, or hands it to somebody. */
  #isObjectRun(member: Node): boolean {
    let root = member
    while (root.type === 'MemberExpression') root = root.object
    if (root.type === 'Identifier') return this.#isPassed(root) || this.#isNameRun(root)
    return root.type !== 'ThisExpression' || this.#ask('this', () => this.#isThisRun())
  }

  #isThisRun(): boolean {
    return containsNode(this.#maker.node, (node) => {
      if (node.type !== 'ThisExpression') return false
      const parent = this.#source.parent(node)
      return parent?.type === 'MemberExpression' ? this.#isMethodCall(parent) : this.#isRun(node)
    })
  }

  #isPassed({ name }: Node): boolean {
    return [this.#maker, ...this.#run].some(({ parameters }) => parameters.names.has(name))
  }

  #isMethodCall(member: Node): boolean {
    const parent = this.#source.parent(member)
    return parent?.type === 'CallExpression' && parent.callee === member
  }
}

/** Whether a call does not call what it is given before it returns. */
function keeps(call: Node): boolean {
  return (
    callsNothing(call) ||
    (call.callee.type === 'MemberExpression' && LISTEN.test(memberKey(call.callee) ?? ''))
  )
}
