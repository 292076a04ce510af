/** One walk over the tree of a file: finds its functions, its classes and its scopes (scopes.ts). */
import { walkClass } from './analyse-classes.ts'
import { invalid, walkFunction } from './analyse-functions.ts'
import { Cursor, type NamePaths } from './cursor.ts'
import { declarePattern, declareStatement, declareStatements, declareVars } from './declarations.ts'
import { childKeys, type Node } from './parse.ts'
import { type Analysis, ASSIGNED, type Reference, Scope } from './scopes.ts'
import { hasDirective } from './syntax.ts'
import type { SourceType } from './types.ts'

const WRAPPER_NAMES = ['exports', 'require', 'module', '__filename', '__dirname']

export function analyse(
  program: Node,
  source: string,
  type: SourceType,
  namePaths?: NamePaths,
  onReference?: (reference: Reference) => void,
  onDeclaration?: (reference: Reference) => void,
): Analysis {
  return new Walker(source, namePaths, onReference, onDeclaration).run(program, type)
}

export class Walker extends Cursor {
  run(program: Node, type: SourceType): Analysis {
    const module = new Scope('module', undefined, undefined)
    module.strict = type === 'module' || hasDirective(program, 'use strict')
    if (type === 'commonjs') for (const name of WRAPPER_NAMES) module.declare(name, 'wrapper')
    this.scope = module
    this.ancestors.push(program)
    declareStatements(this.scope, program.body)
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

  /** A pattern that assigns to or initialises what it names. */
  target(pattern: Node | null, flags: number, parent: Node): void {
    if (pattern === null) return
    switch (pattern.type) {
      case 'Identifier':
        if (flags === 0) this.scope.initialise(pattern.name)
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
        return this.reference(node, 0)
      case 'Literal':
      case 'TemplateElement':
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        return
      case 'ThisExpression':
        return this.note('this')
      case 'MemberExpression':
        return this.member(node)
      case 'BinaryExpression':
        return this.binary(node)
      case 'Property':
        return this.property(node)
      case 'AssignmentExpression':
        return this.assignment(node)
      case 'UpdateExpression':
        return this.target(node.argument, ASSIGNED, node)
      case 'VariableDeclaration':
        return this.variables(node)
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return walkFunction(this, node, parent)
      case 'ClassDeclaration':
      case 'ClassExpression':
        return walkClass(this, node)
      case 'BlockStatement':
        return this.block(node, node.body)
      case 'ForStatement':
        return this.for(node)
      case 'ForInStatement':
      case 'ForOfStatement':
        return this.forEach(node)
      case 'SwitchStatement':
        return this.switch(node)
      case 'CatchClause':
        return this.catch(node)
      case 'WithStatement':
        return this.with(node)
      case 'IfStatement':
        return this.if(node)
      case 'LabeledStatement':
        return this.visitIn(node, node.body)
      case 'CallExpression':
        return this.call(node)
      case 'YieldExpression':
      case 'AwaitExpression':
        return this.suspension(node)
      case 'MetaProperty':
        return node.meta.name === 'new' ? this.note('newTarget') : this.noteModule('importMeta')
      case 'ImportExpression':
        return this.import(node)
      case 'ExportNamedDeclaration':
        return this.export(node)
      default:
        return this.children(node)
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

  property(node: Node): void {
    this.ancestors.push(node)
    if (node.computed) this.visit(node.key, node)
    this.visit(node.value, node)
    this.ancestors.pop()
  }

  assignment(node: Node): void {
    const { left, right, operator } = node
    this.ancestors.push(node)
    if (operator !== '=' && left.type === 'MemberExpression' && left.object.type === 'Super')
      this.note('superSet')
    this.target(left, ASSIGNED, node)
    this.visit(right, node)
    this.ancestors.pop()
  }

  suspension(node: Node): void {
    // An early error of the language; with its parameters moved the function would be valid.
    if (this.current !== undefined && this.current === this.parametersOf) throw invalid(node, this.source)
    this.children(node)
  }

  import(node: Node): void {
    this.noteModule('dynamicImport')
    this.imports.push({ node, fn: this.innermost() })
    this.children(node)
  }

  export(node: Node): void {
    if (node.declaration !== null) this.visitIn(node, node.declaration)
    else if (node.source === null)
      for (const { local } of node.specifiers) if (local.type === 'Identifier') this.reference(local, 0)
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

  block(node: Node, statements: readonly Node[]): void {
    this.open('block')
    declareStatements(this.scope, statements)
    this.ancestors.push(node)
    for (const statement of statements) this.visit(statement, node)
    this.ancestors.pop()
    this.close()
  }

  if(node: Node): void {
    this.visitIn(node, node.test)
    this.branch(node, node.consequent)
    if (node.alternate !== null) this.branch(node, node.alternate)
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
      if (isVar) declareVars(this.scope, declarator.id)
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
    else this.onDeclaration?.({ node: pattern, scope: this.scope, assigned: false })
  }

  for(node: Node): void {
    this.open('block')
    if (node.init?.type === 'VariableDeclaration') declareStatement(this.scope, node.init)
    this.children(node)
    this.close()
  }

  forEach(node: Node): void {
    this.open('block')
    const left: Node = node.left
    this.ancestors.push(node)
    if (left.type === 'VariableDeclaration') {
      declareStatement(this.scope, left)
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
    declareVars(this.scope, declarator.id)
    this.target(declarator.id, ASSIGNED, left)
    if (declarator.init !== null) this.visit(declarator.init, declarator)
  }

  switch(node: Node): void {
    this.visitIn(node, node.discriminant)
    this.open('block')
    for (const branch of node.cases) declareStatements(this.scope, branch.consequent)
    this.ancestors.push(node)
    for (const branch of node.cases) this.children(branch)
    this.ancestors.pop()
    this.close()
  }

  catch(node: Node): void {
    this.open('block')
    if (node.param !== null) {
      declarePattern(this.scope, node.param, 'catch')
      this.target(node.param, 0, node)
    }
    this.visitIn(node, node.body)
    this.close()
  }

  with(node: Node): void {
    this.visitIn(node, node.object)
    for (let fn = this.current; fn !== undefined; fn = fn.enclosing) fn.withInside = true
    this.open('block')
    this.scope.with = true
    this.visitIn(node, node.body)
    this.close()
  }
}
