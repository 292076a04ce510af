import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction, walk, walkOwn } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { isKept, isTaken } from '../plan/literal-fields.ts'
import { keyOf } from '../plan/made-on-this.ts'
import type { Plan } from '../plan/plan.ts'
import { isData } from '../read/effects.ts'
import { memberKey, memberPath, nameOf } from '../read/expressions.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'
import { containerKey, oncesOf, type Put, putBy } from './containers.ts'

/** Something that a function gives to what lives on. */
export interface Gift {
  /** To what, as it is told in both versions, and as a report calls it. */
  to: string
  into: string
  /** Of a literal that is given. */
  member: string
  value: Node
  kind: 'entry' | 'field' | 'option'
}

type Add = (kind: Gift['kind'], to: string, into: string, value: Node) => void

/** What the functions of one side of a file give to what lives on. */
export class Gifts {
  readonly #source: SourceFile
  readonly #plan: Plan
  readonly #onces: Set<FunctionNode | undefined>
  /** Lists and tables that are emptied again, and how many functions give a field something. */
  readonly #emptied = new Set<string>()
  readonly #setters = new Map<string, Set<FunctionNode>>()

  constructor(file: FilePlan, side: 'old' | 'new', plan: Plan) {
    this.#source = file.pair[side]
    this.#plan = plan
    this.#onces = oncesOf(file, side)
    walk(this.#source.program, (node, ancestors) => this.#look(node, ancestors))
  }

  #look(node: Node, ancestors: readonly Node[]): void {
    const fn = this.#source.functionAround(node)
    if (fn === undefined) return
    const key = node.type === 'AssignmentExpression' ? fieldOf(node.left) : undefined
    const isMaker = fn.kind.endsWith('constructor')
    if (key !== undefined && !isMaker) this.#setters.set(key, (this.#setters.get(key) ?? new Set()).add(fn))
    const list = emptiedBy(node)
    const into = list && !isMaker && containerKey(list, fn, ancestors, this.#source, this.#onces)
    if (into) this.#emptied.add(into)
  }

  /** What one of them gives. */
  of(fn: FunctionNode): Gift[] {
    const found: Gift[] = []
    const add: Add = (kind, to, into, value) => {
      for (const [key, one] of this.#partsOf(value, fn))
        if (!isFunction(one) && !isData(one))
          found.push({
            kind,
            to: `${kind} ${to} ${key}`,
            into,
            member: key,
            value: one,
          })
    }
    const isOver = this.#plan.shortLived.has(fn, this.#source)
    walkOwn(fn.node, (node, ancestors) => {
      const put = putBy(node)
      if (put !== undefined) this.#entries(put, fn, ancestors, isOver, add)
      const field =
        node.type === 'AssignmentExpression' && node.operator === '=' ? fieldOf(node.left) : undefined
      if (field !== undefined && !isOver && this.#isSetting(field, node, fn))
        add('field', field, `this.${field}`, whole(node.right))
      const made = this.#madeBy(node, fn)
      if (made !== undefined) this.#options(made, fn, add)
    })
    return found
  }

  /** What it is made with: the members of literals that are given for it, or what a literal has beside closures. */
  #options(made: Node, fn: FunctionNode, add: Add): void {
    if (made.type === 'ObjectExpression') {
      const hasClosures = (made.properties as Node[]).some(({ value }) => value && this.#isClosure(value))
      const name = fn.paths[0]!.split(/[/.]/).at(-1)!
      if (hasClosures) add('option', 'what it gives', name, made)
      return
    }
    const name = nameOf(made.callee) ?? ''
    for (const [i, one] of (made.arguments as Node[]).entries()) {
      if (one.type !== 'ObjectExpression') continue
      const isKept = made.type === 'NewExpression' || isTaken(one, made, this.#source, this.#plan)
      if (isKept) add('option', `${i} of ${name}`, made.type === 'NewExpression' ? `new ${name}` : name, one)
    }
  }

  #isClosure(value: Node): boolean {
    const binding = value.type === 'Identifier' ? this.#source.bindingFor(value) : undefined
    return isFunction(value) || (binding !== undefined && this.#source.functionNamed(binding) !== undefined)
  }

  #entries(
    { into, values }: Put,
    fn: FunctionNode,
    ancestors: readonly Node[],
    isOver: boolean,
    add: Add,
  ): void {
    if (isOver && into.type === 'MemberExpression') return
    const key = containerKey(into, fn, ancestors, this.#source, this.#onces)
    if (key === undefined || this.#emptied.has(key)) return
    for (const one of values) add('entry', key, this.#source.slice(into), one)
  }

  /** `this.x = v` of a method, where no other one gives the field anything, nor what it had before. */
  #isSetting(key: string, { right }: Node, fn: FunctionNode): boolean {
    const setters = this.#setters.get(key)
    if (fn.kind.endsWith('constructor')) return true
    let isSum = false
    walkOwn(right, (node) => {
      isSum ||= fieldOf(node) === key
    })
    return setters !== undefined && setters.size === 1 && !isSum
  }

  /** What makes something that goes to whoever called the function, or that closures which live on have. */
  #madeBy(node: Node, fn: FunctionNode): Node | undefined {
    const isReturned = node.type === 'ReturnStatement' && node.argument
    const isBody = node === fn.node && fn.node.body.type !== 'BlockStatement'
    const isDeclared =
      node.type === 'VariableDeclarator' && node.init && isKept(node.id, fn, this.#source, this.#plan)
    const value = isReturned ? node.argument : isBody ? node.body : isDeclared ? node.init : undefined
    const made = value && unwrap(value)
    if (made?.type === 'NewExpression')
      return /(Error|Exception)$/.test(nameOf(made.callee) ?? '') ? undefined : made
    return /^(Call|Object)Expression$/.test(made?.type ?? '') ? made : undefined
  }

  /** The members of a literal; anything else as a whole. */
  #partsOf(value: Node, fn: FunctionNode): [key: string, value: Node][] {
    const node = unwrap(value)
    const binding = node.type === 'Identifier' ? this.#source.bindingFor(node) : undefined
    const isOwn = binding?.kind === 'const' && ownerOf(binding.scope) === fn
    const made = isOwn ? unwrap(this.#source.declaredWith(binding) ?? node) : node
    if (made.type !== 'ObjectExpression') return [['', node]]
    return (made.properties as Node[]).flatMap((one) => {
      const key = one.type === 'Property' ? keyOf(one) : undefined
      return key === undefined ? [] : [[key, one.value] as [string, Node]]
    })
  }
}

/** `b` of `a = b = c`. */
function whole(value: Node): Node {
  return value.type === 'AssignmentExpression' && value.operator === '=' ? whole(value.right) : value
}

/** `x` of `this.x`. */
function fieldOf(node: Node): string | undefined {
  return node.type === 'MemberExpression' && node.object.type === 'ThisExpression'
    ? memberKey(node)
    : undefined
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
