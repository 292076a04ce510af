import type { FunctionNode } from '../../instrument/scopes.ts'
import type { Version } from '../read/folder.ts'
import { SourceFile } from '../read/source-file.ts'
import type { Plan } from './plan.ts'

export interface Found {
  fn: FunctionNode
  source: SourceFile
}

/** Files of both versions, those that do not differ too. */
export class Sources {
  readonly #plan: Plan
  readonly #young: Version['files']
  readonly #same = new Map<string, SourceFile>()
  readonly #functions = new Map<SourceFile, Map<string, FunctionNode[]>>()
  /** Functions of the new version and what they were, and the latter. */
  readonly pairs: ReadonlyMap<FunctionNode, FunctionNode>
  readonly paired: ReadonlySet<FunctionNode>

  constructor(plan: Plan, young: Version['files']) {
    this.#plan = plan
    this.#young = young
    this.pairs = new Map([...plan.files.values()].flatMap(({ pair }) => [...pair.functions]))
    this.paired = new Set(this.pairs.values())
  }

  of(path: string, side: 'old' | 'new'): SourceFile | undefined {
    const own = this.#plan.files.get(path)?.pair[side] ?? this.#same.get(path)
    const file = this.#plan.running.get(path)
    if (own !== undefined || file === undefined || this.#young.get(path)?.text !== file.text) return own
    // What cannot be read is the same in both versions, and nothing that can be tried out.
    const source = SourceFile.readable(path, file.text, file.type)
    if (source !== undefined) this.#same.set(path, source)
    return source
  }

  /** Whether a file is the same in both versions. */
  isUnchanged(path: string): boolean {
    const { running } = this.#plan
    return running.has(path) && running.get(path)!.text === this.#young.get(path)?.text
  }

  /** Whether a text stands in a file that is the same in both versions. */
  isOfSame(text: string, paths: readonly string[]): boolean {
    return paths.some((path) => {
      const file = this.#plan.files.has(path) ? undefined : this.#plan.running.get(path)
      return file?.text.includes(text) && file.text === this.#young.get(path)?.text
    })
  }

  /** The functions of a version that look like one. */
  alike(text: string, paths: readonly string[], side: 'old' | 'new'): Found[] {
    return paths.flatMap((path) => {
      const source = this.of(path, side)
      return source === undefined ? [] : (this.#textsOf(source).get(text) ?? []).map((fn) => ({ fn, source }))
    })
  }

  #textsOf(source: SourceFile): Map<string, FunctionNode[]> {
    const known = this.#functions.get(source)
    if (known !== undefined) return known
    const found = new Map<string, FunctionNode[]>()
    for (const fn of source.analysis.functions) {
      const parent = source.parent(fn.node)
      const isMethod =
        parent?.type === 'MethodDefinition' || (parent?.type === 'Property' && parent.value === fn.node)
      const texts = [source.slice(fn.node)]
      if (isMethod) texts.push(source.slice(parent!).replace(/^static\s+/, ''))
      for (const text of texts) found.set(text, [...(found.get(text) ?? []), fn])
    }
    this.#functions.set(source, found)
    return found
  }
}
