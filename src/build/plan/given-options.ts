import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { memberKey, nameOf } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import type { Callees, Reached } from './callees.ts'
import type { FilePlan } from './file-plan.ts'
import { type Given, givenIn } from './handed-on.ts'
import type { Plan } from './plan.ts'

/** What code of a package may pass to its own functions in their options. */
export class GivenOptions {
  readonly #plan: Plan
  readonly #callees: Callees
  readonly #given = new Map<FilePlan, Map<string, Given[]>>()
  readonly #setters = new Map<string, number>()
  readonly #callers = new Map<FunctionNode, [FunctionNode, FilePlan][]>()

  constructor(plan: Plan) {
    this.#plan = plan
    this.#callees = plan.callees
  }

  /** Whether a call of a function may get a member of this name, by way of other functions, too. */
  includes(name: string, fn: FunctionNode, file: FilePlan): boolean {
    return [...this.#plan.files.values()].some((one) =>
      this.#givenIn(one)
        .get(name)
        ?.some(({ value, to }) => {
          // What objects have under this name because it was given to them comes from somewhere else.
          if (isMember(value, name) && this.#settersOf(name) <= 1) return false
          return this.#isGiven(to, one.pair.new, fn, file)
        }),
    )
  }

  /** What a function itself returns it has given a value before, where it gets that again. */
  #isGiven(taker: Node | undefined, source: SourceFile, fn: FunctionNode, file: FilePlan): boolean {
    if (taker === undefined) return true
    if (taker.type === 'ReturnStatement') return source.functionAround(taker) !== fn
    return this.#leads(taker, source, fn, file, new Set())
  }

  /** How often anything is put into a member of this name. */
  #settersOf(name: string): number {
    const known = this.#setters.get(name)
    if (known !== undefined) return known
    let count = 0
    for (const { pair } of this.#plan.files.values())
      pair.new.nodes.forEach(({ type, left, value, key }) => {
        if (type === 'AssignmentExpression' && isMember(left, name)) count++
        if (type === 'PropertyDefinition' && key.name === name && value) count++
      })
    this.#setters.set(name, count)
    return count
  }

  #givenIn(file: FilePlan): Map<string, Given[]> {
    const known = this.#given.get(file) ?? givenIn(file.pair.new)
    this.#given.set(file, known)
    return known
  }

  #leads(call: Node, source: SourceFile, fn: FunctionNode, file: FilePlan, seen: Set<FunctionNode>): boolean {
    if (seen.has(fn)) return false
    seen.add(fn)
    if (this.#meets(call, this.#callees.of(fn, file), source)) return true
    return this.#callersOf(fn, file).some(([caller, its]) => this.#leads(call, source, caller, its, seen))
  }

  #meets({ callee }: Node, reached: Reached, source: SourceFile): boolean {
    if (callee.type !== 'Super') return this.#callees.isMet(reached, callee, source)
    let at: Node | undefined = callee
    while (at !== undefined && !/^Class(Declaration|Expression)$/.test(at.type)) at = source.parent(at)
    const name = at?.superClass ? nameOf(at.superClass) : undefined
    return name === undefined || reached.names.has(name) || reached.aliases.get(source)?.has(name) === true
  }

  /** The functions whose calls come to a call of another one. */
  #callersOf(fn: FunctionNode, file: FilePlan): [FunctionNode, FilePlan][] {
    const known = this.#callers.get(fn)
    if (known !== undefined) return known
    const found: [FunctionNode, FilePlan][] = []
    this.#callers.set(fn, found)
    const reached = this.#callees.of(fn, file)
    for (const one of this.#plan.files.values()) {
      const source = one.pair.new
      source.nodes.forEach((node) => {
        if (!/^(Call|New)Expression$/.test(node.type) || !this.#meets(node, reached, source)) return
        let at = source.functionAround(node)
        for (; at !== undefined; at = at.enclosing)
          if (!one.onces.some(({ pair }) => pair.new.fn === at)) found.push([at, one])
      })
    }
    return found
  }
}

function isMember(node: Node | undefined, name: string): boolean {
  return node?.type === 'MemberExpression' && memberKey(node) === name
}
