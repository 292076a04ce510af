import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { requiredModule } from '../read/imports.ts'
import { type MadeName, madeNamesIn } from '../read/made-names.ts'
import type { SourceFile, Use } from '../read/source-file.ts'
import type { FilePlan } from './file-plan.ts'
import type { Plan } from './plan.ts'

/**
 * Modules that functions load as they run: `require('./a')`, `require('./plugins/' + name)`. Where the new version has another
 * one there, or one that the running version lacks, what stands for `require` has to be the patch's own.
 */
export class LoadedModules {
  readonly #plan: Plan
  readonly #names = new Map<SourceFile, ReadonlyMap<Node, MadeName>>()

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** Why a function that uses `require` there has to be replaced, if it has. */
  why(file: FilePlan, use: Use): string | undefined {
    const source = file.pair.new
    const fn = source.functionAt(use)
    const call = source.parent(use.node)
    if (fn === undefined || isOnce(file, fn) || call?.type !== 'CallExpression' || call.callee !== use.node)
      return undefined
    const specifier = requiredModule(call)
    if (specifier !== undefined)
      return this.#plan.values.readsChanged(file, call)
        ? `it requires '${specifier}', where it changed`
        : undefined
    const [path] = this.meant(source, call)
    return path && `it may load '${path}', which is new or changed`
  }

  /** The modules that a call with a name which it makes may load, and that the running version lacks or has otherwise. */
  meant(source: SourceFile, call: Node): string[] {
    const name = this.#namesIn(source).get(call)
    return name === undefined || name.isResolved ? [] : this.#others().filter((path) => name.means(path))
  }

  /** New files that names made in a file may mean. */
  addedFor(path: string): string[] {
    const source = this.#plan.added.get(path) ?? this.#plan.files.get(path)?.pair.new
    const names = source === undefined ? [] : [...this.#namesIn(source).values()]
    const loads = names.filter(({ isRequire, isResolved }) => isRequire && !isResolved)
    return [...this.#plan.added.keys()].filter((one) => loads.some((name) => name.means(one)))
  }

  /** Functions of both versions that are the same, and may load something that is not. */
  loaders(file: FilePlan): FunctionNode[] {
    const { pair, replaced } = file
    return [...replaced.keys()].filter((fn) => {
      const calls = pair.changed.has(fn) ? [] : [...this.#namesIn(pair.new).keys()]
      return calls.some((call) => isIn(call, fn) && this.meant(pair.new, call).length > 0)
    })
  }

  /** Whether the patch has what is loaded by a name, where a function does that. */
  isCarried({ by, start, isRequire, isResolved }: MadeName, skip: ReadonlySet<FunctionNode>): boolean {
    if (!isRequire || isResolved) return false
    const file = this.#plan.files.get(by)
    if (file === undefined) return this.#plan.added.has(by)
    const made = [...this.#namesIn(file.pair.new).keys()].find((node) => node.start === start)
    let fn = made && file.pair.new.functionAround(made)
    if (made?.type !== 'CallExpression' || fn === undefined || isOnce(file, fn)) return false
    // One that is new is of the patch.
    while (fn !== undefined && !file.pair.functions.has(fn)) fn = fn.enclosing
    return fn === undefined || isOnce(file, fn) || (file.replaced.has(fn) && !skip.has(fn))
  }

  #others(): string[] {
    const { added, files } = this.#plan
    const changed = [...files.values()].filter(({ changedExports }) =>
      [...changedExports.values()].includes('changed'),
    )
    return [...added.keys(), ...changed.map(({ path }) => path)]
  }

  #namesIn(source: SourceFile): ReadonlyMap<Node, MadeName> {
    const known = this.#names.get(source) ?? madeNamesIn(source)
    this.#names.set(source, known)
    return known
  }
}

function isOnce(file: FilePlan, fn: FunctionNode): boolean {
  return file.onces.some(({ pair }) => pair.new.fn === fn)
}

function isIn({ start, end }: Node, fn: FunctionNode): boolean {
  return fn.start <= start && end <= fn.end
}
