import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { memberKey, memberPath } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import { containerKey, isMadeAnew, oncesOf } from './containers.ts'
import { setsUp } from './sets-up.ts'

/** What of one side of a file keeps what functions give it. */
export class Targets {
  readonly #file: FilePlan
  readonly #source: SourceFile
  readonly #plan: Plan
  readonly #onces: Set<FunctionNode | undefined>
  /** Lists and tables that are emptied again. */
  readonly #emptied = new Set<string>()
  /** The functions that give a field or variable something, but for constructors. */
  readonly #setters = new Map<string, Set<FunctionNode>>()

  constructor(file: FilePlan, side: 'old' | 'new', plan: Plan) {
    this.#file = file
    this.#source = file.pair[side]
    this.#plan = plan
    this.#onces = oncesOf(file, side)
    for (const node of this.#source.nodes) this.#look(node)
  }

  #look(node: Node): void {
    const isSetter = node.type === 'AssignmentExpression'
    const list = emptiedBy(node)
    const fn = isSetter || list ? this.#source.functionAround(node) : undefined
    if (fn === undefined || fn.kind.endsWith('constructor')) return
    const key = isSetter ? this.#keyOf(node.left, fn) : undefined
    if (key !== undefined) this.#setters.set(key, (this.#setters.get(key) ?? new Set()).add(fn))
    const into = list && containerKey(list, fn, this.#source, this.#onces)
    if (into !== undefined) this.#emptied.add(into)
  }

  /** How a list or table is told in which what a function puts there stays. */
  list(into: Node, fn: FunctionNode): string | undefined {
    if (into.type === 'MemberExpression' && this.#plan.shortLived.has(fn, this.#source)) return undefined
    if (this.#isMadeAnew(into)) return undefined
    const key = containerKey(into, fn, this.#source, this.#onces)
    return key !== undefined && this.#emptied.has(key) ? undefined : key
  }

  /**
   * The same for a field or variable that a function gives a value: `this.x = v`, `options.x = v`, `limit = v`. What several
   * functions give something goes up and down with what is done.
   */
  setting(left: Node, fn: FunctionNode): string | undefined {
    const key = this.#keyOf(left, fn)
    if (key === undefined || fn.kind.endsWith('constructor')) return key
    return this.#setters.get(key)?.size === 1 ? key : undefined
  }

  #isMadeAnew(name: Node): boolean {
    return name.type === 'Identifier' && this.#source === this.#file.pair.new && isMadeAnew(name, this.#file)
  }

  #keyOf(left: Node, fn: FunctionNode): string | undefined {
    let root = left
    while (root.type === 'MemberExpression' && memberKey(root) !== undefined) root = root.object
    const path = this.#source.slice(left)
    if (root.type === 'ThisExpression' && root !== left)
      return this.#plan.shortLived.has(fn, this.#source) ? undefined : path
    if (root.type !== 'Identifier' || this.#isMadeAnew(root)) return undefined
    if (/^(module\.)?exports\./.test(path)) return path
    const owner = containerKey(root, fn, this.#source, this.#onces)
    if (owner !== undefined) return `${owner} ${path}`
    return root !== left && setsUp(root, fn, this.#source) ? path : undefined
  }
}

/** `list.shift()`, `list.length = 0`, `list = []`: what is put there does not stay. */
function emptiedBy({ type, operator, left, right, callee }: Node): Node | undefined {
  if (type === 'CallExpression' && callee.type === 'MemberExpression')
    return /^(shift|pop|splice|clear)$/.test(memberKey(callee) ?? '') ? callee.object : undefined
  if (type !== 'AssignmentExpression' || operator !== '=') return undefined
  if (left.type === 'MemberExpression' && memberKey(left) === 'length') return left.object
  const isNew =
    /^(Array|Object|New)Expression$/.test(right.type) ||
    memberPath(right.callee ?? right)?.path === 'Object.create'
  return isNew ? left : undefined
}
