import type { Node } from './parse.ts'
import {
  ASSIGNED,
  type ClassNode,
  type Frame,
  type FunctionNode,
  type ImportNode,
  type ParameterReference,
  type Reference,
  Scope,
  type ScopeKind,
} from './scopes.ts'

/** The paths by which a function can be named. */
export type NamePaths = (
  fn: FunctionNode,
  ancestors: readonly Node[],
  enclosing: FunctionNode | undefined,
  source: string,
) => string[]

/** Where a walk over a file is: its scope, its function and what that turns out to use. */
export class Cursor {
  readonly source: string
  readonly namePaths: NamePaths | undefined
  readonly onReference: ((reference: Reference) => void) | undefined
  /** For variables that are declared without an initialiser, which refers to nothing. */
  readonly onDeclaration: ((reference: Reference) => void) | undefined
  readonly functions: FunctionNode[] = []
  readonly classes: ClassNode[] = []
  readonly imports: ImportNode[] = []
  readonly ancestors: Node[] = []
  /** The functions whose parameters are being walked take note of every name. */
  readonly collectors: ParameterReference[][] = []
  scope!: Scope
  frame: Frame | undefined
  current: FunctionNode | undefined
  /** The function whose parameters are being walked. */
  parametersOf: FunctionNode | undefined
  importMeta = false
  dynamicImport = false

  constructor(
    source: string,
    namePaths: NamePaths | undefined,
    onReference: Cursor['onReference'],
    onDeclaration: Cursor['onDeclaration'],
  ) {
    this.onDeclaration = onDeclaration
    this.source = source
    this.namePaths = namePaths
    this.onReference = onReference
  }

  open(kind: ScopeKind, owner = this.scope.owner): Scope {
    this.scope = new Scope(kind, this.scope, owner)
    return this.scope
  }

  close(): void {
    this.scope.resolve()
    this.scope = this.scope.parent ?? this.scope
  }

  reference(node: Node, flags: number): void {
    const name: string = node.name
    this.scope.refer(name, flags)
    // Whether it is the arguments object or a variable of that name is decided when the function is complete.
    if (name === 'arguments') this.note('arguments')
    for (const collector of this.collectors) collector.push({ name, position: node.start })
    this.onReference?.({ node, scope: this.scope, assigned: (flags & ASSIGNED) !== 0 })
  }

  /** What is used belongs to the innermost function that is no arrow, or initialiser. */
  note(what: 'this' | 'arguments' | 'newTarget' | 'superGet' | 'superSet' | 'superCall' | 'eval'): void {
    for (let frame = this.frame; frame !== undefined; frame = frame.parent) {
      frame[what] = true
      if (!frame.arrow) break
    }
  }

  noteModule(what: 'importMeta' | 'dynamicImport'): void {
    if (this.current === undefined) return
    this[what] = true
    for (let fn: FunctionNode | undefined = this.current; fn !== undefined; fn = fn.enclosing) fn[what] = true
  }

  /** The function around what is walked, if no class lies between. */
  innermost(): FunctionNode | undefined {
    const around = this.ancestors.findLast((node) => node === this.current?.node || node.type === 'ClassBody')
    return around === this.current?.node ? this.current : undefined
  }

  privateName(name: string): void {
    for (let fn = this.current; fn !== undefined; fn = fn.enclosing) fn.privates.add(name)
  }
}
