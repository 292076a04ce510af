/**
 * What is known of a file's scopes: which functions it has, which names each scope declares, and which of them are captured
 * by a function other than the one that declares them, or assigned after their initialisation.
 *
 *   file ─ Scope ─┬─ Scope (function: parameters) ── Scope (body) ─┬─ Scope (block) …
 *                 │         └ FunctionNode                         └─ Scope (class: its own name, private names)
 *                 └─ …
 *
 * Names are resolved when a scope ends: what it does not declare itself goes on to the scope around it, so that one
 * walk over the tree (analyse.ts) is enough and hoisted declarations need no second look.
 */
import type { Node } from './parse.ts'
import type { FunctionKind, NameKind } from './types.ts'

export interface Binding {
  name: string
  kind: NameKind
  scope: Scope
  /** A function other than the declaring one refers to it, or may do so by direct eval. */
  captured: boolean
  /** Assigned after its initialisation. */
  assigned: boolean
  /** How often it is initialised; a second time counts as an assignment. */
  initialised: number
}

/** How a name is referred to: by another function than the declaring one, and to be assigned. */
const CAPTURED = 1
export const ASSIGNED = 2

export type ScopeKind = 'module' | 'name' | 'parameters' | 'body' | 'block' | 'class' | 'initialiser'

export class Scope {
  readonly kind: ScopeKind
  readonly parent: Scope | undefined
  /** The function whose variables these are; undefined at the top level. */
  readonly owner: Frame | undefined
  readonly names = new Map<string, Binding>()
  /** References not yet resolved: name → flags. */
  references = new Map<string, number>()
  strict: boolean
  /** A direct eval in this scope or in one inside it sees these names. */
  eval = false
  /** Inside a `with` statement no name can be trusted. */
  with: boolean
  /** Classes only. */
  privates: Map<string, PrivateName> | undefined
  /** The scope of a class's own name, where a declaration of it stands around that. */
  isOfDeclaration = false
  /** Functions directly inside, used to decide where accessors go. */
  functions: FunctionNode[] = []

  constructor(kind: ScopeKind, parent: Scope | undefined, owner: Frame | undefined) {
    this.kind = kind
    this.parent = parent
    this.owner = owner
    this.strict = parent?.strict ?? false
    this.with = parent?.with ?? false
  }

  declare(name: string, kind: NameKind): Binding {
    const known = this.names.get(name)
    if (known !== undefined) {
      if (known.kind === 'wrapper' || (known.kind === 'var' && kind === 'function')) known.kind = kind
      return known
    }
    const binding = { name, kind, scope: this, captured: false, assigned: false, initialised: 0 }
    this.names.set(name, binding)
    return binding
  }

  refer(name: string, flags: number): void {
    this.references.set(name, (this.references.get(name) ?? 0) | flags)
  }

  /** To be called at its end: settles what it declares itself, and passes the rest on. */
  resolve(): void {
    const { parent } = this
    const crosses = parent !== undefined && parent.owner !== this.owner ? CAPTURED : 0
    for (const [name, flags] of this.references) {
      const binding = this.names.get(name)
      if (binding === undefined) parent?.refer(name, flags | crosses)
      else {
        if (flags & CAPTURED) binding.captured = true
        if (flags & ASSIGNED) binding.assigned = true
      }
    }
    if (!this.eval) return
    for (const binding of this.names.values()) binding.captured = true
    if (parent !== undefined) parent.eval = true
  }

  /** Counts initialisations of a name that it or a scope around it declares. */
  initialise(name: string): void {
    const binding = this.find(name)
    if (binding === undefined) return
    if (++binding.initialised > 1 || binding.kind === 'parameter' || binding.kind === 'function')
      binding.assigned = true
  }

  /** What a name means here. */
  find(name: string): Binding | undefined {
    for (let at: Scope | undefined = this; at !== undefined; at = at.parent) {
      const binding = at.names.get(name)
      if (binding !== undefined) return binding
    }
    return undefined
  }

  /** The scope that takes `var` declarations. */
  get forVar(): Scope {
    let at: Scope = this
    while (at.kind === 'block' || at.kind === 'class') at = at.parent!
    return at
  }
}

export interface PrivateName {
  name: string
  get: boolean
  set: boolean
}

/** What `this`, `arguments`, `super` and `new.target` belong to: a function, or the initialiser of a class field. */
export interface Frame {
  arrow: boolean
  parent: Frame | undefined
  this: boolean
  arguments: boolean
  newTarget: boolean
  superGet: boolean
  superSet: boolean
  superCall: boolean
  /** Direct eval somewhere inside, arrows included. */
  eval: boolean
}

export interface ParameterReference {
  name: string
  position: number
}

export interface FunctionNode extends Frame {
  index: number
  node: Node
  enclosing: FunctionNode | undefined
  /** The text that `toString` gives. */
  start: number
  end: number
  kind: FunctionKind
  async: boolean
  generator: boolean
  strict: boolean
  /** Its own prologue says 'use strict'. */
  ownStrict: boolean
  /** The scope around it. */
  outer: Scope
  parameters: Scope
  body: Scope
  /** Names referred to by defaults and patterns; undefined for simple parameters. */
  parameterReferences: ParameterReference[] | undefined
  /** Private names that it or a function inside it uses. */
  privates: Set<string>
  usesOwnName: boolean
  dynamicImport: boolean
  importMeta: boolean
  withInside: boolean
  /** In an asm.js module, which the engine compiles as a whole or not at all. */
  asm: boolean
  /** The class of a constructor or method. */
  class: ClassNode | undefined
  /** Steps of the path up to here; filled by paths.ts. */
  paths: string[]
}

export interface ClassNode {
  node: Node
  /** Index of the first function that begins after the class does. */
  index: number
  scope: Scope
  outer: Scope
  /** Fields, private methods or accessors of instances: something happens when super() returns. */
  instanceElements: boolean
  constructorSeen: boolean
}

export interface Reference {
  node: Node
  scope: Scope
  assigned: boolean
}

export interface Analysis {
  program: Node
  module: Scope
  functions: FunctionNode[]
  classes: ClassNode[]
  importMeta: boolean
  dynamicImport: boolean
  imports: ImportNode[]
}

/** An `import()`. */
export interface ImportNode {
  node: Node
  /** The function that it stands in; undefined in none, or where a class lies between: in a field, say. */
  fn: FunctionNode | undefined
}
