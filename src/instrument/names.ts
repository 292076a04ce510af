/**
 * Numbers for everything that an accessor can do, and the scopes as they are described in FileSites.
 *
 * The numbers depend on the source text alone: `original` analyses the file again and must come to the same ones.
 */
import type { Analysis, Binding, ClassNode, FunctionNode, PrivateName, Scope } from './scopes.ts'
import type { NameInfo, ScopeInfo } from './types.ts'

export interface Operations {
  read: number
  write: number | undefined
}

export interface PrivateOperations {
  get?: number
  set?: number
  has: number
}

/** Names with a meaning of their own in some function where they might have to be written. */
const RESERVED = new Set(
  'yield await arguments eval let static implements interface package private protected public'.split(' '),
)

export class Names {
  readonly scopes: ScopeInfo[] = []
  readonly bindings = new Map<Binding, Operations>()
  readonly privates = new Map<PrivateName, PrivateOperations>()
  readonly superGet = new Map<FunctionNode, number>()
  readonly superSet = new Map<FunctionNode, number>()
  readonly superCall = new Map<FunctionNode, number>()
  readonly arguments = new Map<FunctionNode, number>()
  importMeta: number | undefined
  dynamicImport: number | undefined
  private readonly indexes = new Map<Scope, number>()
  private count = 0

  constructor(analysis: Analysis) {
    this.scopes.push({ parent: -1, names: this.describe(analysis.module) })
    this.indexes.set(analysis.module, 0)
    if (analysis.importMeta) this.importMeta = this.moduleOperation('import.meta')
    if (analysis.dynamicImport) this.dynamicImport = this.moduleOperation('import()')
    for (const fn of analysis.functions) {
      this.index(fn.outer)
      if (fn.superGet || fn.superSet) {
        this.superGet.set(fn, this.count++)
        this.superSet.set(fn, this.count++)
      }
      if (fn.superCall || fn.kind === 'derived constructor') this.superCall.set(fn, this.count++)
      if (fn.arrow && fn.arguments) this.arguments.set(fn, this.count++)
    }
    for (const record of analysis.classes) this.numberPrivates(record)
  }

  /** The index in `scopes` of the scope, or of the next one around it that has names. */
  index(scope: Scope): number {
    const known = this.indexes.get(scope)
    if (known !== undefined) return known
    const parent = this.index(scope.parent!)
    let index = parent
    if (scope.names.size > 0) {
      index = this.scopes.length
      this.scopes.push({ parent, names: this.describe(scope) })
    }
    this.indexes.set(scope, index)
    return index
  }

  private moduleOperation(name: string): number {
    const read = this.count++
    this.scopes[0]!.names[name] = { kind: 'wrapper', read }
    return read
  }

  private describe(scope: Scope): Record<string, NameInfo> {
    const names: Record<string, NameInfo> = Object.create(null)
    for (const binding of scope.names.values())
      if (!isSaidOutside(binding)) names[binding.name] = this.number(binding)
    return names
  }

  private number(binding: Binding): NameInfo {
    const { kind, name } = binding
    if (!binding.captured && kind !== 'import') {
      return { kind, why: 'captured by no function of the file' }
    }
    if (RESERVED.has(name)) return { kind, why: `'${name}' is a reserved word in some functions` }
    const read = this.count++
    const write = isWritten(binding) ? this.count++ : undefined
    this.bindings.set(binding, { read, write })
    return write === undefined ? { kind, read } : { kind, read, write }
  }

  private numberPrivates(record: ClassNode): void {
    for (const name of record.scope.privates?.values() ?? []) {
      const operations: PrivateOperations = { has: this.count++ }
      if (name.get) operations.get = this.count++
      if (name.set) operations.set = this.count++
      this.privates.set(name, operations)
    }
  }
}

/** A class's own name that no function in it uses: the variable that its declaration makes is the same. */
function isSaidOutside({ name, captured, scope }: Binding): boolean {
  return scope.isOfDeclaration && !captured && scope.parent!.names.get(name)?.assigned === false
}

/** Only what the program itself assigns may be written: anything else is a constant to the engine. */
function isWritten(binding: Binding): boolean {
  if (!binding.assigned) return false
  if (binding.kind === 'import' || binding.kind === 'const') return false
  return binding.scope.kind !== 'class' && binding.scope.kind !== 'name'
}
