import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction, walkOwn } from '../../livepatch/ast.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { isKept, isTaken } from '../plan/literal-fields.ts'
import { keyOf } from '../plan/made-on-this.ts'
import { givenBy } from '../plan/merged-literals.ts'
import type { Plan } from '../plan/plan.ts'
import { isData } from '../read/effects.ts'
import { nameOf } from '../read/expressions.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'
import { putBy } from './containers.ts'
import { Targets } from './targets.ts'

/** Something that a function gives to what lives on. */
export interface Gift {
  kind: 'entry' | 'field' | 'option' | 'member'
  /** To what, as it is told in both versions, and as a report calls it. */
  to: string
  into: string
  /** Of a literal that is given. */
  member: string
  value: Node
  /** Where it is given. */
  at: Node
}

/** What makes something of a text or the like: all of that is as it was read then. */
const READS = /^(parse|compose|decode|read|deserialize|clone)([A-Z_]\w*)?$/

type Add = (kind: Gift['kind'], to: string, into: string, value: Node) => void

/** What the functions of one side of a file give to what lives on. */
export class Gifts {
  readonly #source: SourceFile
  readonly #plan: Plan
  readonly #targets: Targets

  constructor(file: FilePlan, side: 'old' | 'new', plan: Plan) {
    this.#source = file.pair[side]
    this.#plan = plan
    this.#targets = new Targets(file, side, plan)
  }

  of(fn: FunctionNode): Gift[] {
    const found: Gift[] = []
    const add: Add = (kind, to, into, value) => {
      // What a sum has in it goes on from what there was.
      for (const [member, one] of this.#partsOf(value, fn))
        if (!isFunction(one) && !isData(one) && !(kind === 'field' && this.#contains(one, into)))
          found.push({ kind, to: `${kind} ${to} ${member}`, into, member, value: one, at: value })
    }
    walkOwn(fn.node, (node) => {
      this.#puts(node, fn, add)
      this.#sets(node, fn, add)
      const made = this.#madeBy(node, fn)
      if (made !== undefined) this.#options(made, fn, add)
    })
    return found
  }

  /** `list.push(a)`, `table[key] = a` */
  #puts(node: Node, fn: FunctionNode, add: Add): void {
    const put = putBy(node)
    const key = put && this.#targets.list(put.into, fn)
    if (key !== undefined)
      for (const one of put!.values) add('entry', key, this.#source.slice(put!.into), one)
  }

  /** `this.x = v`, `options.x = v`, `limit = v`, `Object.assign(this, { x: v })` */
  #sets(node: Node, fn: FunctionNode, add: Add): void {
    if (node.type === 'AssignmentExpression' && node.operator === '=') {
      const key = this.#targets.setting(node.left, fn)
      const text = this.#source.slice(node.left)
      if (key !== undefined) add('field', key, text, whole(node.right))
      else if (this.#isMember(node.left, fn)) add('member', text, text, whole(node.right))
    }
    const isThis = ({ type }: Node): boolean => type === 'ThisExpression'
    const isOver = this.#plan.shortLived.has(fn, this.#source)
    for (const one of isOver ? [] : givenBy(node, isThis, this.#source))
      add('field', `this.${keyOf(one)}`, `this.${keyOf(one)}`, one.value)
  }

  /** `server.limit` of what the function has made, by a class or as closures, and gives. */
  #isMember(left: Node, fn: FunctionNode): boolean {
    const object = left.type === 'MemberExpression' && !READS.test(lastName(fn)) ? left.object : undefined
    const binding = object?.type === 'Identifier' ? this.#source.bindingFor(object) : undefined
    const isOwn = binding?.kind === 'const' && ownerOf(binding.scope) === fn
    const made = isOwn ? this.#source.declaredWith(binding) : undefined
    return (
      made !== undefined && this.#livesLong(unwrap(made)) && isKept(object!, fn, this.#source, this.#plan)
    )
  }

  /** Whether more than data is made: an object of a class, or what has functions. */
  #livesLong(made: Node): boolean {
    if (made.type === 'ObjectExpression') return this.#hasClosures(made)
    return made.type === 'NewExpression' && this.#isNamed(made.callee) && !isError(made)
  }

  #contains(value: Node, target: string): boolean {
    return containsNode(
      value,
      (node) => /^(Member|Identifier)/.test(node.type) && this.#source.slice(node) === target,
    )
  }

  /** What makes something that goes to whoever called the function, or that closures which live on have. */
  #madeBy(node: Node, fn: FunctionNode): Node | undefined {
    const isReturned = node.type === 'ReturnStatement' && node.argument
    const isBody = node === fn.node && fn.node.body.type !== 'BlockStatement'
    const isDeclared =
      node.type === 'VariableDeclarator' && node.init && isKept(node.id, fn, this.#source, this.#plan)
    const value = isReturned ? node.argument : isBody ? node.body : isDeclared ? node.init : undefined
    const made = value && unwrap(value)
    if (made?.type === 'NewExpression') return isError(made) ? undefined : made
    return /^(Call|Object)Expression$/.test(made?.type ?? '') ? made : undefined
  }

  /** What it is made with: what is given for it, of a literal its members; or what a literal has beside closures. */
  #options(made: Node, fn: FunctionNode, add: Add): void {
    if (made.type === 'ObjectExpression') {
      if (this.#hasClosures(made)) add('option', 'what it gives', lastName(fn), made)
      return
    }
    const [isNew, name] = [made.type === 'NewExpression', nameOf(made.callee) ?? 'this']
    const isKeeper = isNew && this.#isNamed(made.callee)
    for (const [i, one] of (made.arguments as Node[]).entries())
      if (
        isKeeper ||
        (one.type === 'ObjectExpression' && (isNew || isTaken(one, made, this.#source, this.#plan)))
      )
        add('option', `${i} of ${name}`, isNew ? `new ${name}` : name, one)
  }

  /** Whether a class is one of the package or of another one: patterns, dates and the like are values. */
  #isNamed(callee: Node): boolean {
    return callee.type !== 'Identifier' || this.#source.bindingFor(callee) !== undefined
  }

  #hasClosures({ properties }: Node): boolean {
    return (properties as Node[]).some(({ value }) => value && this.#isClosure(value))
  }

  #isClosure(value: Node): boolean {
    const binding = value.type === 'Identifier' ? this.#source.bindingFor(value) : undefined
    return isFunction(value) || (binding !== undefined && this.#source.functionNamed(binding) !== undefined)
  }

  /** The members of a literal; anything else as a whole. */
  #partsOf(value: Node, fn: FunctionNode): [member: string, value: Node][] {
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

function lastName({ paths }: FunctionNode): string {
  return paths[0]!.split(/[/.]/).at(-1)!
}

function isError({ callee }: Node): boolean {
  return /(Error|Exception)$/.test(nameOf(callee) ?? '')
}

/** `b` of `a = b = c`. */
function whole(value: Node): Node {
  return value.type === 'AssignmentExpression' && value.operator === '=' ? whole(value.right) : value
}
