import type { Walker } from './analyse.ts'
import { declarePattern, declareStatements } from './declarations.ts'
import { InstrumentError, type Node } from './parse.ts'
import type { ClassNode, FunctionNode, ParameterReference } from './scopes.ts'
import { hasDirective, isSimple, skipTrivia } from './syntax.ts'
import type { FunctionKind } from './types.ts'

export function walkFunction(walker: Walker, node: Node, parent: Node): void {
  const fn = newFunction(walker, node, parent)
  if (fn.ownStrict && !isSimple(node.params)) throw invalid(node, walker.source)
  walker.functions.push(fn)
  fn.outer.functions.push(fn)
  if (walker.namePaths !== undefined)
    fn.paths = walker.namePaths(fn, walker.ancestors, walker.current, walker.source)
  // The name of a function expression has a scope of its own, outside the parameters.
  const isNamed = node.type === 'FunctionExpression' && node.id !== null && !isMember(node, parent)
  if (isNamed) {
    walker.open('name', fn).strict = fn.strict
    walker.scope.declare(node.id.name, 'function')
  }
  walkInside(walker, fn)
  if (isNamed) {
    fn.usesOwnName = walker.scope.references.has(node.id.name) || walker.scope.eval
    walker.close()
  }
}

function walkInside(walker: Walker, fn: FunctionNode): void {
  const { node } = fn
  fn.parameters = walker.open('parameters', fn)
  fn.parameters.strict = fn.strict
  for (const parameter of node.params) declarePattern(fn.parameters, parameter, 'parameter')
  const before = walker.frame
  walker.frame = fn
  walker.current = fn
  walker.ancestors.push(node)
  if (fn.parameterReferences !== undefined) walkParameters(walker, fn)
  walkBody(walker, fn)
  walker.ancestors.pop()
  walker.frame = before
  walker.current = fn.enclosing
  if (!fn.arrow && fn.arguments) fn.arguments = refersToArguments(fn)
  walker.close()
}

function walkParameters(walker: Walker, fn: FunctionNode): void {
  const collected: ParameterReference[] = []
  const before = walker.parametersOf
  walker.collectors.push(collected)
  walker.parametersOf = fn
  for (const parameter of fn.node.params) bindParameter(walker, parameter)
  walker.parametersOf = before
  walker.collectors.pop()
  fn.parameterReferences = collected
}

/** Visits what a parameter evaluates, not the names that it binds. */
function bindParameter(walker: Walker, pattern: Node | null): void {
  if (pattern === null) return
  switch (pattern.type) {
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') continue
        if (property.computed) walker.visitIn(property, property.key)
        bindParameter(walker, property.value)
      }
      break
    case 'ArrayPattern':
      for (const element of pattern.elements) bindParameter(walker, element)
      break
    case 'AssignmentPattern':
      bindParameter(walker, pattern.left)
      walker.visitIn(pattern, pattern.right)
      break
    case 'RestElement':
      bindParameter(walker, pattern.argument)
      break
  }
}

function walkBody(walker: Walker, fn: FunctionNode): void {
  const body: Node = fn.node.body
  fn.body = walker.open('body')
  if (body.type === 'BlockStatement') {
    declareStatements(walker.scope, body.body)
    walker.ancestors.push(body)
    for (const statement of body.body) walker.visit(statement, body)
    walker.ancestors.pop()
  } else walker.visit(body, fn.node)
  walker.close()
}

/** As far as it is known before its parameters and its body are walked. */
function newFunction(walker: Walker, node: Node, parent: Node): FunctionNode {
  const { scope: outer, current } = walker
  const arrow = node.type === 'ArrowFunctionExpression'
  const member = isMember(node, parent)
  const ownStrict = hasDirective(node.body, 'use strict')
  const around =
    member && parent.type === 'MethodDefinition'
      ? walker.classes.find(({ scope }) => scope === outer)
      : undefined
  return {
    arrow,
    parent: walker.frame,
    this: false,
    arguments: false,
    newTarget: false,
    superGet: false,
    superSet: false,
    superCall: false,
    eval: false,
    index: walker.functions.length,
    node,
    start: member ? memberStart(parent, walker.source) : node.start,
    end: node.end,
    kind: arrow ? 'arrow' : member ? memberKind(parent, around) : 'function',
    async: node.async,
    generator: node.generator,
    enclosing: current,
    ownStrict,
    strict: outer.strict || ownStrict,
    outer,
    parameters: outer,
    body: outer,
    parameterReferences: isSimple(node.params) ? undefined : [],
    privates: new Set(),
    usesOwnName: false,
    dynamicImport: false,
    importMeta: false,
    withInside: false,
    asm: current?.asm === true || hasDirective(node.body, 'use asm'),
    class: around,
    paths: [],
  }
}

/** Whether a function is a method, of a class or of a literal. */
function isMember(node: Node, { type, value, method, kind }: Node): boolean {
  if (value !== node) return false
  return type === 'MethodDefinition' || (type === 'Property' && (method || kind === 'get' || kind === 'set'))
}

function memberKind({ kind }: Node, around: ClassNode | undefined): FunctionKind {
  if (kind === 'constructor' && around !== undefined)
    return around.node.superClass ? 'derived constructor' : 'constructor'
  return kind === 'get' ? 'getter' : kind === 'set' ? 'setter' : 'method'
}

/** Where the text of a method begins for `toString`: after `static`. */
function memberStart(member: Node, source: string): number {
  if (!member.static) return member.start
  return skipTrivia(source, member.start + 'static'.length)
}

/** `arguments` is the arguments object unless the function declares something else of that name. */
function refersToArguments(fn: FunctionNode): boolean {
  const own = fn.body.names.get('arguments') ?? fn.parameters.names.get('arguments')
  return own === undefined || own.kind === 'var'
}

export function invalid(node: Node, source: string): InstrumentError {
  const line = source.slice(0, node.start).split('\n').length
  return new InstrumentError(`line ${line} is not valid JavaScript`)
}
