/**
 * Scope analysis: which functions a file has, which names each scope declares, and which of them are captured by a
 * function other than the one that declares them, or assigned after their initialisation.
 *
 *   file ─ Scope ─┬─ Scope (function: parameters) ── Scope (body) ─┬─ Scope (block) …
 *                 │         └ FunctionNode                         └─ Scope (class: its own name, private names)
 *                 └─ …
 *
 * Names are resolved when a scope ends: what it does not declare itself goes on to the scope around it, so that one
 * walk over the tree is enough and hoisted declarations need no second look.
 */
import { childKeys, InstrumentError, type Node } from './parse.ts'
import type { FunctionKind, NameKind, SourceType } from './types.ts'

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

const CAPTURED = 1
const ASSIGNED = 2

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
  /** Functions directly inside, used to decide where accessors go. */
  functions: FunctionNode[] = []

  constructor(kind: ScopeKind, parent: Scope | undefined, owner: Frame | undefined) {
    this.kind = kind
    this.parent = parent
    this.owner = owner
    this.strict = parent?.strict ?? false
    this.with = parent?.with ?? false
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

export const WRAPPER_NAMES = ['exports', 'require', 'module', '__filename', '__dirname']

export function isSimple(parameters: readonly Node[]): boolean {
  return parameters.every((parameter) => parameter.type === 'Identifier')
}

export function analyse(
  program: Node,
  source: string,
  type: SourceType,
  namePaths?: (
    fn: FunctionNode,
    ancestors: readonly Node[],
    enclosing: FunctionNode | undefined,
    source: string,
  ) => string[],
  onReference?: (reference: Reference) => void,
): Analysis {
  return new Walker(source, namePaths, onReference).run(program, type)
}

class Walker {
  readonly source: string
  readonly namePaths:
    | ((
        fn: FunctionNode,
        ancestors: readonly Node[],
        enclosing: FunctionNode | undefined,
        source: string,
      ) => string[])
    | undefined
  readonly onReference: ((reference: Reference) => void) | undefined
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

  constructor(source: string, namePaths: Walker['namePaths'], onReference: Walker['onReference']) {
    this.source = source
    this.namePaths = namePaths
    this.onReference = onReference
  }

  run(program: Node, type: SourceType): Analysis {
    const module = new Scope('module', undefined, undefined)
    module.strict = type === 'module' || hasDirective(program, 'use strict')
    if (type === 'commonjs') for (const name of WRAPPER_NAMES) this.declareIn(module, name, 'wrapper')
    this.scope = module
    this.ancestors.push(program)
    this.declareStatements(program.body)
    this.children(program)
    this.close()
    return {
      program,
      module,
      functions: this.functions,
      classes: this.classes,
      importMeta: this.importMeta,
      dynamicImport: this.dynamicImport,
      imports: this.imports,
    }
  }

  // ── scopes ──────────────────────────────────────────────────────────────────────────────────────────────────────

  open(kind: ScopeKind, owner = this.scope.owner): Scope {
    this.scope = new Scope(kind, this.scope, owner)
    return this.scope
  }

  /** Ends the current scope: resolves what it declares, passes the rest on. */
  close(): void {
    const scope = this.scope
    const parent = scope.parent
    const crosses = parent !== undefined && parent.owner !== scope.owner ? CAPTURED : 0
    for (const [name, flags] of scope.references) {
      const binding = scope.names.get(name)
      if (binding !== undefined) {
        if (flags & CAPTURED) binding.captured = true
        if (flags & ASSIGNED) binding.assigned = true
      } else if (parent !== undefined) {
        parent.references.set(name, (parent.references.get(name) ?? 0) | flags | crosses)
      }
    }
    if (scope.eval) {
      for (const binding of scope.names.values()) binding.captured = true
      if (parent !== undefined) parent.eval = true
    }
    if (parent !== undefined) this.scope = parent
  }

  declareIn(scope: Scope, name: string, kind: NameKind): Binding {
    const known = scope.names.get(name)
    if (known !== undefined) {
      if (known.kind === 'wrapper' || (known.kind === 'var' && kind === 'function')) known.kind = kind
      return known
    }
    const binding = { name, kind, scope, captured: false, assigned: false, initialised: 0 }
    scope.names.set(name, binding)
    return binding
  }

  declarePattern(scope: Scope, pattern: Node | null, kind: NameKind): void {
    if (pattern === null) return
    switch (pattern.type) {
      case 'Identifier':
        this.declareIn(scope, pattern.name, kind)
        break
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          this.declarePattern(
            scope,
            property.type === 'RestElement' ? property.argument : property.value,
            kind,
          )
        }
        break
      case 'ArrayPattern':
        for (const element of pattern.elements) this.declarePattern(scope, element, kind)
        break
      case 'AssignmentPattern':
        this.declarePattern(scope, pattern.left, kind)
        break
      case 'RestElement':
        this.declarePattern(scope, pattern.argument, kind)
        break
    }
  }

  /** The scope that takes `var` declarations. */
  varScope(from: Scope = this.scope): Scope {
    let scope = from
    while (scope.kind === 'block' || scope.kind === 'class') scope = scope.parent!
    return scope
  }

  /** Declares what the statements of a block declare lexically, functions included. */
  declareStatements(statements: readonly Node[]): void {
    for (const statement of statements) this.declareStatement(statement)
  }

  declareStatement(statement: Node): void {
    const scope = this.scope
    switch (statement.type) {
      case 'FunctionDeclaration':
        this.declareFunction(statement)
        break
      case 'ClassDeclaration':
        if (statement.id !== null) this.declareIn(scope, statement.id.name, 'class')
        break
      case 'VariableDeclaration':
        if (statement.kind !== 'var') {
          const kind = statement.kind === 'let' ? 'let' : 'const'
          for (const declarator of statement.declarations) this.declarePattern(scope, declarator.id, kind)
        }
        break
      case 'ImportDeclaration':
        for (const specifier of statement.specifiers) this.declareIn(scope, specifier.local.name, 'import')
        break
      case 'ExportNamedDeclaration':
      case 'ExportDefaultDeclaration':
        if (statement.declaration !== null) this.declareStatement(statement.declaration)
        break
      case 'LabeledStatement':
        this.declareStatement(statement.body)
        break
    }
  }

  declareFunction(statement: Node): void {
    if (statement.id === null) return
    const scope = this.scope
    const name: string = statement.id.name
    if (scope.kind !== 'block') {
      this.declareIn(scope, name, 'function')
      return
    }
    this.declareIn(scope, name, 'function')
    if (scope.strict || statement.async || statement.generator) return
    // Sloppy mode: the name is also a `var` of the function, unless something between would clash with it.
    let outer = scope.parent!
    for (; outer.kind === 'block'; outer = outer.parent!) if (outer.names.has(name)) return
    if (outer.kind === 'class') return
    const known = outer.names.get(name)
    if (known !== undefined && known.kind !== 'var' && known.kind !== 'function') return
    if (known === undefined && outer.kind === 'body' && outer.parent!.names.has(name)) return
    const binding = this.declareIn(outer, name, 'var')
    binding.assigned = true
  }

  // ── references ──────────────────────────────────────────────────────────────────────────────────────────────────

  reference(node: Node, flags: number): void {
    const name: string = node.name
    const references = this.scope.references
    references.set(name, (references.get(name) ?? 0) | flags)
    if (name === 'arguments') this.noteArguments()
    for (const collector of this.collectors) collector.push({ name, position: node.start })
    this.onReference?.({ node, scope: this.scope, assigned: (flags & ASSIGNED) !== 0 })
  }

  noteArguments(): void {
    // Whether it is the arguments object or a variable of that name is decided when the function is complete.
    for (let frame = this.frame; frame !== undefined; frame = frame.parent) {
      frame.arguments = true
      if (!frame.arrow) break
    }
  }

  note(what: 'this' | 'newTarget' | 'superGet' | 'superSet' | 'superCall' | 'eval'): void {
    for (let frame = this.frame; frame !== undefined; frame = frame.parent) {
      frame[what] = true
      if (!frame.arrow) break
    }
  }

  /** A pattern that assigns to or initialises what it names. */
  target(pattern: Node | null, flags: number, parent: Node): void {
    if (pattern === null) return
    switch (pattern.type) {
      case 'Identifier':
        if (flags === 0) this.initialise(pattern.name)
        this.reference(pattern, flags)
        break
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') this.target(property.argument, flags, property)
          else {
            if (property.computed) this.visit(property.key, property)
            this.target(property.value, flags, property)
          }
        }
        break
      case 'ArrayPattern':
        for (const element of pattern.elements) this.target(element, flags, pattern)
        break
      case 'AssignmentPattern':
        this.target(pattern.left, flags, pattern)
        this.ancestors.push(pattern)
        this.visit(pattern.right, pattern)
        this.ancestors.pop()
        break
      case 'RestElement':
        this.target(pattern.argument, flags, pattern)
        break
      case 'MemberExpression':
        if (pattern.object.type === 'Super') this.note('superSet')
        this.visit(pattern, parent)
        break
      default:
        if (pattern.type === 'ParenthesizedExpression') this.target(pattern.expression, flags, pattern)
        else this.visit(pattern, parent)
    }
  }

  /** Counts initialisations of a name that the current or an outer scope declares. */
  initialise(name: string): void {
    for (let scope: Scope | undefined = this.scope; scope !== undefined; scope = scope.parent) {
      const binding = scope.names.get(name)
      if (binding !== undefined) {
        if (++binding.initialised > 1 || binding.kind === 'parameter' || binding.kind === 'function') {
          binding.assigned = true
        }
        return
      }
    }
  }

  // ── the walk ────────────────────────────────────────────────────────────────────────────────────────────────────

  children(node: Node): void {
    const ancestors = this.ancestors
    ancestors.push(node)
    for (const key of childKeys(node)) {
      const child = node[key]
      if (child === null || child === undefined) continue
      if (Array.isArray(child)) {
        for (const element of child) if (element !== null) this.visit(element, node)
      } else this.visit(child, node)
    }
    ancestors.pop()
  }

  visit(node: Node, parent: Node): void {
    switch (node.type) {
      case 'Identifier':
        this.reference(node, 0)
        break
      case 'Literal':
      case 'TemplateElement':
        break
      case 'ThisExpression':
        this.note('this')
        break
      case 'MemberExpression':
        this.member(node)
        break
      case 'BinaryExpression':
        this.binary(node)
        break
      case 'Property':
        this.ancestors.push(node)
        if (node.computed) this.visit(node.key, node)
        this.visit(node.value, node)
        this.ancestors.pop()
        break
      case 'AssignmentExpression':
        this.ancestors.push(node)
        if (
          node.operator !== '=' &&
          node.left.type === 'MemberExpression' &&
          node.left.object.type === 'Super'
        ) {
          this.note('superSet')
        }
        this.target(node.left, ASSIGNED, node)
        this.visit(node.right, node)
        this.ancestors.pop()
        break
      case 'UpdateExpression':
        this.target(node.argument, ASSIGNED, node)
        break
      case 'VariableDeclaration':
        this.variables(node)
        break
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.function(node, parent)
        break
      case 'ClassDeclaration':
      case 'ClassExpression':
        this.class(node)
        break
      case 'MethodDefinition':
      case 'PropertyDefinition':
      case 'AccessorProperty':
      case 'StaticBlock':
        throw new Error('class elements are visited by their class')
      case 'BlockStatement':
        this.block(node, node.body)
        break
      case 'ForStatement':
        this.open('block')
        if (node.init?.type === 'VariableDeclaration') this.declareStatement(node.init)
        this.children(node)
        this.close()
        break
      case 'ForInStatement':
      case 'ForOfStatement':
        this.forEach(node)
        break
      case 'SwitchStatement':
        this.visitIn(node, node.discriminant)
        this.open('block')
        for (const branch of node.cases) this.declareStatements(branch.consequent)
        this.ancestors.push(node)
        for (const branch of node.cases) this.children(branch)
        this.ancestors.pop()
        this.close()
        break
      case 'CatchClause':
        this.open('block')
        if (node.param !== null) {
          this.declarePattern(this.scope, node.param, 'catch')
          this.target(node.param, 0, node)
        }
        this.visitIn(node, node.body)
        this.close()
        break
      case 'WithStatement':
        this.with(node)
        break
      case 'IfStatement':
        this.visitIn(node, node.test)
        this.branch(node, node.consequent)
        if (node.alternate !== null) this.branch(node, node.alternate)
        break
      case 'LabeledStatement':
        this.visitIn(node, node.body)
        break
      case 'BreakStatement':
      case 'ContinueStatement':
        break
      case 'CallExpression':
        this.call(node)
        break
      case 'YieldExpression':
      case 'AwaitExpression':
        // An early error of the language; with its parameters moved the function would be valid.
        if (this.current !== undefined && this.current === this.parametersOf) throw invalid(node, this.source)
        this.children(node)
        break
      case 'MetaProperty':
        if (node.meta.name === 'new') this.note('newTarget')
        else this.noteModule('importMeta')
        break
      case 'ImportExpression':
        this.noteModule('dynamicImport')
        this.imports.push({ node, fn: this.innermost() })
        this.children(node)
        break
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        break
      case 'ExportNamedDeclaration':
        if (node.declaration !== null) this.visitIn(node, node.declaration)
        else if (node.source === null) {
          for (const specifier of node.specifiers) {
            if (specifier.local.type === 'Identifier') this.reference(specifier.local, 0)
          }
        }
        break
      default:
        this.children(node)
    }
  }

  visitIn(parent: Node, child: Node): void {
    this.ancestors.push(parent)
    this.visit(child, parent)
    this.ancestors.pop()
  }

  /** Long sums lean to the left, thousands deep in generated code: no recursion there. */
  binary(node: Node): void {
    const nodes: Node[] = []
    let leftmost = node
    for (; leftmost.type === 'BinaryExpression'; leftmost = leftmost.left) nodes.push(leftmost)
    if (leftmost.type === 'PrivateIdentifier') this.privateName(leftmost.name)
    else this.visitIn(node, leftmost)
    for (const outer of nodes.reverse()) this.visitIn(outer, outer.right)
  }

  member(node: Node): void {
    this.ancestors.push(node)
    if (node.object.type === 'Super') {
      this.note('this')
      this.note('superGet')
    } else this.visit(node.object, node)
    if (node.property.type === 'PrivateIdentifier') this.privateName(node.property.name)
    else if (node.computed) this.visit(node.property, node)
    this.ancestors.pop()
  }

  call(node: Node): void {
    if (node.callee.type === 'Super') {
      this.note('superCall')
      this.note('this')
      this.ancestors.push(node)
      for (const argument of node.arguments) this.visit(argument, node)
      this.ancestors.pop()
      return
    }
    if (node.callee.type === 'Identifier' && node.callee.name === 'eval' && !node.optional) {
      this.scope.eval = true
      this.note('this')
      this.note('eval')
      for (let frame = this.frame; frame !== undefined; frame = frame.parent) frame.eval = true
    }
    this.children(node)
  }

  noteModule(what: 'importMeta' | 'dynamicImport'): void {
    if (this.current === undefined) return
    this[what] = true
    for (let fn: FunctionNode | undefined = this.current; fn !== undefined; fn = fn.enclosing) fn[what] = true
  }

  /** The function around what is walked, if no class lies between. */
  private innermost(): FunctionNode | undefined {
    const around = this.ancestors.findLast((node) => node === this.current?.node || node.type === 'ClassBody')
    return around === this.current?.node ? this.current : undefined
  }

  privateName(name: string): void {
    for (let fn = this.current; fn !== undefined; fn = fn.enclosing) fn.privates.add(name)
  }

  block(node: Node, statements: readonly Node[]): void {
    this.open('block')
    this.declareStatements(statements)
    this.ancestors.push(node)
    for (const statement of statements) this.visit(statement, node)
    this.ancestors.pop()
    this.close()
  }

  /** `if (x) function f() {}` declares in a block of its own. */
  branch(node: Node, statement: Node): void {
    if (statement.type === 'FunctionDeclaration') this.block(node, [statement])
    else this.visitIn(node, statement)
  }

  variables(node: Node): void {
    const isVar = node.kind === 'var'
    this.ancestors.push(node)
    for (const declarator of node.declarations) {
      if (isVar) this.declareVars(declarator.id)
      this.ancestors.push(declarator)
      if (declarator.init !== null) {
        this.target(declarator.id, 0, declarator)
        this.visit(declarator.init, declarator)
      } else this.patternExpressions(declarator.id)
      this.ancestors.pop()
    }
    this.ancestors.pop()
  }

  /** A declaration without initialiser: `let x`, or the left side of for-in and for-of. */
  patternExpressions(pattern: Node): void {
    if (pattern.type !== 'Identifier') this.target(pattern, 0, pattern)
  }

  /** `var` goes to the function's scope, past blocks; a catch parameter of that name takes the initialisation. */
  declareVars(pattern: Node): void {
    const scope = this.varScope()
    const names = new Scope('block', undefined, undefined)
    this.declarePattern(names, pattern, 'var')
    for (const name of names.names.keys()) {
      if (scope.kind === 'body' && !scope.names.has(name) && scope.parent!.names.has(name)) {
        // `function f(a) { var a }`: one variable where parameters are simple, two otherwise.
        if (isSimple(scope.owner === undefined ? [] : (scope.owner as FunctionNode).node.params)) continue
      }
      this.declareIn(scope, name, 'var')
    }
  }

  forEach(node: Node): void {
    this.open('block')
    const left: Node = node.left
    this.ancestors.push(node)
    if (left.type === 'VariableDeclaration') {
      this.declareStatement(left)
      // A loop variable of `var` is assigned again and again; one of `let` is a new one for each round.
      if (left.kind === 'var') this.loopVariable(left)
      else this.variables(left)
    } else this.target(left, ASSIGNED, node)
    this.visit(node.right, node)
    this.visit(node.body, node)
    this.ancestors.pop()
    this.close()
  }

  loopVariable(left: Node): void {
    const [declarator] = left.declarations
    this.declareVars(declarator.id)
    this.target(declarator.id, ASSIGNED, left)
    if (declarator.init !== null) this.visit(declarator.init, declarator)
  }

  with(node: Node): void {
    this.visitIn(node, node.object)
    for (let fn = this.current; fn !== undefined; fn = fn.enclosing) fn.withInside = true
    this.open('block')
    this.scope.with = true
    this.visitIn(node, node.body)
    this.close()
  }

  // ── functions ───────────────────────────────────────────────────────────────────────────────────────────────────

  function(node: Node, parent: Node): void {
    const arrow = node.type === 'ArrowFunctionExpression'
    const outer = this.scope
    const member =
      parent.value === node &&
      (parent.type === 'MethodDefinition' || (parent.type === 'Property' && isMethod(parent)))
    const simple = isSimple(node.params)
    const fn: FunctionNode = {
      index: this.functions.length,
      node,
      start: member ? memberStart(parent, this.source) : node.start,
      end: node.end,
      kind: arrow ? 'arrow' : member ? 'method' : 'function',
      async: node.async,
      generator: node.generator,
      arrow,
      parent: this.frame,
      enclosing: this.current,
      this: false,
      arguments: false,
      newTarget: false,
      superGet: false,
      superSet: false,
      superCall: false,
      eval: false,
      ownStrict: hasDirective(node.body, 'use strict'),
      strict: false,
      outer,
      parameters: outer,
      body: outer,
      parameterReferences: simple ? undefined : [],
      privates: new Set(),
      usesOwnName: false,
      dynamicImport: false,
      importMeta: false,
      withInside: false,
      asm: this.current?.asm === true || hasDirective(node.body, 'use asm'),
      class: undefined,
      paths: [],
    }
    if (fn.ownStrict && !simple) throw invalid(node, this.source)
    this.functions.push(fn)
    outer.functions.push(fn)
    fn.strict = outer.strict || fn.ownStrict
    if (member && parent.type === 'MethodDefinition') {
      fn.class = this.classes.find((candidate) => candidate.scope === outer)
      fn.kind = parent.kind === 'constructor' ? 'constructor' : accessorKind(parent.kind)
      if (fn.kind === 'constructor' && fn.class?.node.superClass) fn.kind = 'derived constructor'
    } else if (member) fn.kind = accessorKind(parent.kind)
    if (this.namePaths !== undefined) fn.paths = this.namePaths(fn, this.ancestors, this.current, this.source)

    // The name of a function expression has a scope of its own, outside the parameters.
    const named = node.type === 'FunctionExpression' && node.id !== null && !member
    if (named) {
      this.open('name', fn)
      this.scope.strict = fn.strict
      this.declareIn(this.scope, node.id.name, 'function')
    }
    fn.parameters = this.open('parameters', fn)
    this.scope.strict = fn.strict
    for (const parameter of node.params) this.declarePattern(this.scope, parameter, 'parameter')
    const before = this.frame
    this.frame = fn
    this.current = fn
    this.ancestors.push(node)
    if (!simple) this.parameterExpressions(fn)
    this.body(fn)
    this.ancestors.pop()
    this.frame = before
    this.current = fn.enclosing
    if (!arrow && fn.arguments) fn.arguments = refersToArguments(fn)
    this.close()
    if (named) {
      fn.usesOwnName = this.scope.references.has(node.id.name) || this.scope.eval
      this.close()
    }
  }

  parameterExpressions(fn: FunctionNode): void {
    const collected: ParameterReference[] = []
    const before = this.parametersOf
    this.collectors.push(collected)
    this.parametersOf = fn
    for (const parameter of fn.node.params) this.bindParameter(parameter)
    this.parametersOf = before
    this.collectors.pop()
    fn.parameterReferences = collected
  }

  /** Visits what a parameter evaluates, not the names that it binds. */
  bindParameter(pattern: Node | null): void {
    if (pattern === null) return
    switch (pattern.type) {
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') continue
          if (property.computed) this.visitIn(property, property.key)
          this.bindParameter(property.value)
        }
        break
      case 'ArrayPattern':
        for (const element of pattern.elements) this.bindParameter(element)
        break
      case 'AssignmentPattern':
        this.bindParameter(pattern.left)
        this.visitIn(pattern, pattern.right)
        break
      case 'RestElement':
        this.bindParameter(pattern.argument)
        break
    }
  }

  body(fn: FunctionNode): void {
    const body: Node = fn.node.body
    fn.body = this.open('body')
    if (body.type === 'BlockStatement') {
      this.declareStatements(body.body)
      this.ancestors.push(body)
      for (const statement of body.body) this.visit(statement, body)
      this.ancestors.pop()
    } else this.visit(body, fn.node)
    this.close()
  }

  class(node: Node): void {
    const outer = this.scope
    // The heritage sees the name of the class, but not its private names.
    const named = this.open('class')
    named.strict = true
    if (node.id !== null) this.declareIn(named, node.id.name, 'class')
    this.ancestors.push(node)
    const index = this.functions.length
    if (node.superClass !== null) this.visit(node.superClass, node)
    const scope = this.open('class')
    scope.privates = privateNames(node)
    const record: ClassNode = { node, index, scope, outer, instanceElements: false, constructorSeen: false }
    this.classes.push(record)
    this.ancestors.push(node.body)
    for (const element of node.body.body) this.classElement(element, record)
    this.ancestors.pop()
    this.ancestors.pop()
    this.close()
    this.close()
  }

  classElement(element: Node, record: ClassNode): void {
    this.ancestors.push(element)
    if (element.computed) this.visit(element.key, element)
    switch (element.type) {
      case 'MethodDefinition':
        if (element.kind === 'constructor') record.constructorSeen = true
        if (!element.static && element.key.type === 'PrivateIdentifier') record.instanceElements = true
        this.visit(element.value, element)
        break
      case 'StaticBlock':
        this.initialiser(() => {
          this.declareStatements(element.body)
          for (const statement of element.body) this.visit(statement, element)
        })
        break
      default:
        if (!element.static) record.instanceElements = true
        if (element.value !== null) this.initialiser(() => this.visit(element.value, element))
    }
    this.ancestors.pop()
  }

  /** Field initialisers and static blocks run like methods: `this` is theirs, and they capture what they mention. */
  initialiser(walk: () => void): void {
    const before = this.frame
    const frame: Frame = {
      arrow: false,
      parent: undefined,
      this: false,
      arguments: false,
      newTarget: false,
      superGet: false,
      superSet: false,
      superCall: false,
      eval: false,
    }
    this.frame = frame
    this.open('initialiser', frame)
    walk()
    this.close()
    this.frame = before
  }
}

/** What the engine refuses must stay refused: such a file is loaded as it is. */
function invalid(node: Node, source: string): InstrumentError {
  const line = source.slice(0, node.start).split('\n').length
  return new InstrumentError(`line ${line} is not valid JavaScript`)
}

function isMethod(property: Node): boolean {
  return property.method || property.kind === 'get' || property.kind === 'set'
}

function accessorKind(kind: string): FunctionKind {
  return kind === 'get' ? 'getter' : kind === 'set' ? 'setter' : 'method'
}

/** Where the text of a method begins for `toString`: after `static`. */
function memberStart(member: Node, source: string): number {
  if (!member.static) return member.start
  return skipTrivia(source, member.start + 'static'.length)
}

/** The next position that is neither white space nor a comment. */
export function skipTrivia(source: string, from: number): number {
  let at = from
  for (;;) {
    const next = source[at]
    if (next === '/' && source[at + 1] === '/') {
      while (at < source.length && !/[\n\r\u2028\u2029]/.test(source[at]!)) at++
    } else if (next === '/' && source[at + 1] === '*') at = source.indexOf('*/', at + 2) + 2
    else if (next !== undefined && /\s/.test(next)) at++
    else return at
  }
}

function hasDirective(block: Node, directive: string): boolean {
  if (!Array.isArray(block.body)) return false
  for (const statement of block.body) {
    if (typeof statement.directive !== 'string') return false
    if (statement.directive === directive) return true
  }
  return false
}

/** `arguments` is the arguments object unless the function declares something else of that name. */
function refersToArguments(fn: FunctionNode): boolean {
  const own = fn.body.names.get('arguments') ?? fn.parameters.names.get('arguments')
  return own === undefined || own.kind === 'var'
}

function privateNames(node: Node): Map<string, PrivateName> | undefined {
  let privates: Map<string, PrivateName> | undefined
  for (const element of node.body.body) {
    if (element.key?.type !== 'PrivateIdentifier') continue
    privates ??= new Map()
    const name: string = element.key.name
    const entry = privates.get(name) ?? { name, get: false, set: false }
    if (element.type === 'MethodDefinition') {
      if (element.kind !== 'set') entry.get = true
      if (element.kind === 'set') entry.set = true
    } else entry.get = entry.set = true
    privates.set(name, entry)
  }
  return privates
}
