import type { Node } from './parse.ts'
import { type FunctionNode, Scope } from './scopes.ts'
import { isSimple } from './syntax.ts'
import type { NameKind } from './types.ts'

/** Declares what the statements of a block declare lexically, functions included. */
export function declareStatements(scope: Scope, statements: readonly Node[]): void {
  for (const statement of statements) declareStatement(scope, statement)
}

export function declareStatement(scope: Scope, statement: Node): void {
  switch (statement.type) {
    case 'FunctionDeclaration':
      declareFunction(scope, statement)
      break
    case 'ClassDeclaration':
      if (statement.id !== null) scope.declare(statement.id.name, 'class')
      break
    case 'VariableDeclaration':
      if (statement.kind !== 'var') {
        const kind = statement.kind === 'let' ? 'let' : 'const'
        for (const declarator of statement.declarations) declarePattern(scope, declarator.id, kind)
      }
      break
    case 'ImportDeclaration':
      for (const specifier of statement.specifiers) scope.declare(specifier.local.name, 'import')
      break
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      if (statement.declaration !== null) declareStatement(scope, statement.declaration)
      break
    case 'LabeledStatement':
      declareStatement(scope, statement.body)
      break
  }
}

function declareFunction(scope: Scope, statement: Node): void {
  if (statement.id === null) return
  const name: string = statement.id.name
  if (scope.kind !== 'block') {
    scope.declare(name, 'function')
    return
  }
  scope.declare(name, 'function')
  if (scope.strict || statement.async || statement.generator) return
  // Sloppy mode: the name is also a `var` of the function, unless something between would clash with it.
  let outer = scope.parent!
  for (; outer.kind === 'block'; outer = outer.parent!) if (outer.names.has(name)) return
  if (outer.kind === 'class') return
  const known = outer.names.get(name)
  if (known !== undefined && known.kind !== 'var' && known.kind !== 'function') return
  if (known === undefined && outer.kind === 'body' && outer.parent!.names.has(name)) return
  const binding = outer.declare(name, 'var')
  binding.assigned = true
}

export function declarePattern(scope: Scope, pattern: Node | null, kind: NameKind): void {
  if (pattern === null) return
  switch (pattern.type) {
    case 'Identifier':
      scope.declare(pattern.name, kind)
      break
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        declarePattern(scope, property.type === 'RestElement' ? property.argument : property.value, kind)
      }
      break
    case 'ArrayPattern':
      for (const element of pattern.elements) declarePattern(scope, element, kind)
      break
    case 'AssignmentPattern':
      declarePattern(scope, pattern.left, kind)
      break
    case 'RestElement':
      declarePattern(scope, pattern.argument, kind)
      break
  }
}

/** `var` goes to the function's scope, past blocks; a catch parameter of that name takes the initialisation. */
export function declareVars(scope: Scope, pattern: Node): void {
  const outer = scope.forVar
  const names = new Scope('block', undefined, undefined)
  declarePattern(names, pattern, 'var')
  for (const name of names.names.keys()) {
    if (outer.kind === 'body' && !outer.names.has(name) && outer.parent!.names.has(name)) {
      // `function f(a) { var a }`: one variable where parameters are simple, two otherwise.
      if (isSimple(outer.owner === undefined ? [] : (outer.owner as FunctionNode).node.params)) continue
    }
    outer.declare(name, 'var')
  }
}
