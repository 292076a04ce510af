import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { nameOf } from '../read/expressions.ts'
import type { SourceFile } from '../read/source-file.ts'
import { livesOn } from './literal-fields.ts'
import type { Plan } from './plan.ts'
import { prototypeOf } from './prototype-of.ts'

/** Classes of whose objects the package makes one for a call and lets go of it, `new Parser(text).parse()`, as far as names tell. */
export class ShortLived {
  readonly #plan: Plan
  /** Where objects of each class are made. */
  #made: Map<string, Making[]> | undefined
  readonly #subclasses = new Map<string, Set<string>>()
  readonly #known = new Map<string, boolean>()

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** Whether the objects that a method or constructor works on are. */
  has(fn: FunctionNode, source: SourceFile): boolean {
    const name = ownerNameOf(fn, source)
    if (name === undefined) return false
    const known = this.#known.get(name) ?? this.#areOfCalls(name)
    this.#known.set(name, known)
    return known
  }

  /** Where the package makes none, programs do. */
  #areOfCalls(name: string): boolean {
    const all = this.#makingsOf(name, new Set())
    return (
      all.length > 0 &&
      all.every(({ node, source }) => {
        const fn = source.functionAround(node)
        return fn !== undefined && !isGiven(node, source) && !livesOn(node, fn, source)
      })
    )
  }

  #makingsOf(name: string, seen: Set<string>): Making[] {
    if (seen.has(name)) return []
    seen.add(name)
    this.#made ??= this.#findMade()
    const subclasses = [...(this.#subclasses.get(name) ?? [])]
    return [...(this.#made.get(name) ?? []), ...subclasses.flatMap((one) => this.#makingsOf(one, seen))]
  }

  #findMade(): Map<string, Making[]> {
    const found = new Map<string, Making[]>()
    for (const { pair } of this.#plan.files.values())
      pair.new.nodes.forEach((node) => {
        const made = node.type === 'NewExpression' ? nameOf(node.callee) : undefined
        if (made !== undefined) found.set(made, [...(found.get(made) ?? []), { node, source: pair.new }])
        const [name, superName] = [node.id?.name, node.superClass && nameOf(node.superClass)]
        if (name === undefined || superName === undefined) return
        this.#subclasses.set(superName, (this.#subclasses.get(superName) ?? new Set()).add(name))
      })
    return found
  }
}

interface Making {
  node: Node
  source: SourceFile
}

/** Whether it goes to another function, or object, which may keep it. */
function isGiven(node: Node, source: SourceFile): boolean {
  const parent = source.parent(source.wrapped(node))
  return /^(New|Call)Expression$/.test(parent?.type ?? '') && parent!.callee !== node
}

/** What the objects that are `this` in a function are made by. */
function ownerNameOf(fn: FunctionNode, source: SourceFile): string | undefined {
  for (let at: FunctionNode | undefined = fn; at !== undefined; at = at.enclosing) {
    const owner: string | undefined = at.class?.node.id?.name ?? prototypeOf(at, source)?.split('.').at(-1)
    if (owner !== undefined) return owner
    if (!at.arrow) return at.node.id?.name
  }
  return undefined
}
