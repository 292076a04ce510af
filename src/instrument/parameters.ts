/**
 * How the site of a function gets the parameters as passed, before defaults and patterns run.
 *
 *   plain    function f(a, ...r) {SITE}                         nothing to change
 *   rename   function f(a) { function a() {} }                  the parameter cannot be seen: give it another name
 *   move     function f(a, {b} = {}) {…}                        →  function f(a, $p1=void 0) {SITE let {b} = … ; …}
 *   header   function* g(a, {b}) {…}                            →  function* g(a, $p1, ...{$r=SITE, b, $i=({b}=$p1)}) {…}
 *
 * 'move' is what V8 itself makes of such parameters. 'header' runs the site while parameters are bound: for
 * generators, where the call decides and not the first next(), and where moving would change what a default sees.
 */
import type { Node } from './parse.ts'
import type { FunctionNode } from './scopes.ts'
import { isSimple } from './syntax.ts'

export type Plan =
  | { mode: 'plain' }
  | { mode: 'rename' }
  | { mode: 'move'; keyword: 'let' | 'var'; from: number }
  | { mode: 'header'; from: number }
  | { mode: 'missing'; why: string }

export type Planner = (fn: FunctionNode) => Plan

/** Plans each function once. */
export function planner(): Planner {
  const plans = new Map<FunctionNode, Plan>()
  return (fn) => {
    const known = plans.get(fn)
    if (known !== undefined) return known
    const plan = planParameters(fn)
    plans.set(fn, plan)
    return plan
  }
}

const missing = (why: string): Plan => ({ mode: 'missing', why })

function planParameters(fn: FunctionNode): Plan {
  const parameters: Node[] = fn.node.params
  if (fn.outer.with) return missing('it stands inside a with statement')
  if (fn.asm) return missing('it belongs to an asm.js module')
  if (fn.generator) return planHeader(fn)
  if (isSimple(parameters)) return planSimple(fn)
  if (isSimple(parameters.slice(0, -1)) && endsInPlainRest(parameters)) {
    return conflictsWithFunction(fn) && mappedConflict(fn) ? missing(OVERWRITTEN) : { mode: 'plain' }
  }
  return planMove(fn)
}

const OVERWRITTEN = "a function of the same name overwrites a parameter that its 'arguments' shows"

function endsInPlainRest(parameters: readonly Node[]): boolean {
  const last = parameters.at(-1)
  return last?.type === 'RestElement' && last.argument.type === 'Identifier'
}

function firstMoved(fn: FunctionNode): number {
  const parameters: Node[] = fn.node.params
  const first = parameters.findIndex((parameter) => parameter.type !== 'Identifier')
  return first === -1 ? parameters.length : first
}

export function hasDuplicates(fn: FunctionNode): boolean {
  return new Set(fn.node.params.map((parameter: Node) => parameter.name)).size < fn.node.params.length
}

function conflictsWithFunction(fn: FunctionNode): boolean {
  for (const [name, binding] of fn.body.names) {
    if (binding.kind === 'function' && fn.parameters.names.has(name)) return true
  }
  return false
}

/** A body's function of a parameter's name is in place before the site runs: the value passed is gone. */
function mappedConflict(fn: FunctionNode): boolean {
  return fn.arguments || fn.eval || !isSimple(fn.node.params)
}

function planSimple(fn: FunctionNode): Plan {
  if (hasDuplicates(fn)) {
    const own = fn.body.names.get('arguments') ?? fn.parameters.names.get('arguments')
    if (own !== undefined) return missing("two parameters of one name and a variable 'arguments'")
    return conflictsWithFunction(fn) ? missing(OVERWRITTEN) : { mode: 'plain' }
  }
  if (!conflictsWithFunction(fn)) return { mode: 'plain' }
  return mappedConflict(fn) ? missing(OVERWRITTEN) : { mode: 'rename' }
}

function planMove(fn: FunctionNode): Plan {
  const from = firstMoved(fn)
  const references = fn.parameterReferences ?? []
  const header = () => planHeader(fn)
  if (fn.eval && !fn.strict) return header()
  if (references.some(({ name }) => fn.body.names.has(name))) return header()
  let keyword: 'let' | 'var' = 'let'
  for (const name of fn.parameters.names.keys()) {
    if (name === 'let') return header()
    const inBody = fn.body.names.get(name)
    if (inBody === undefined) continue
    if (inBody.kind !== 'var') return header()
    keyword = 'var'
  }
  if (keyword === 'var' && references.some(({ name }) => fn.parameters.names.has(name))) return header()
  return { mode: 'move', keyword, from }
}

function planHeader(fn: FunctionNode): Plan {
  const parameters: Node[] = fn.node.params
  if (fn.ownStrict) return missing("its own 'use strict' leaves no place where the call could be redirected")
  if (fn.kind === 'setter') return missing('a setter whose parameter and body declare the same names')
  const from = firstMoved(fn)
  const rest = parameters.at(-1)?.type === 'RestElement'
  if (fn.arrow && rest)
    return missing('an arrow with rest parameter whose parameters and body declare the same names')
  if (from === parameters.length && !fn.strict) {
    if (hasDuplicates(fn)) return missing('two parameters of one name in a generator')
    if (fn.eval || (fn.arguments && parameters.length > 0)) {
      return missing("a sloppy-mode generator whose 'arguments' is tied to its parameters")
    }
  }
  if (fn.eval && !fn.strict && from < parameters.length) {
    return missing('direct eval beside parameters with defaults or patterns')
  }
  if (rest && declaresArguments(fn)) return missing("a rest parameter and a variable 'arguments'")
  if (refersAhead(fn)) return missing('a default that refers to a parameter after it')
  return { mode: 'header', from }
}

function declaresArguments(fn: FunctionNode): boolean {
  return fn.parameters.names.has('arguments') || fn.body.names.has('arguments')
}

/** In the header form such a default would see undefined where it must throw. */
function refersAhead(fn: FunctionNode): boolean {
  if (fn.parameterReferences === undefined) return false
  const bound = new Map<string, number>()
  const bind = (pattern: Node | null): void => {
    if (pattern === null) return
    switch (pattern.type) {
      case 'Identifier':
        bound.set(pattern.name, pattern.end)
        break
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          bind(property.type === 'RestElement' ? property.argument : property.value)
        }
        break
      case 'ArrayPattern':
        for (const element of pattern.elements) bind(element)
        break
      case 'AssignmentPattern':
        bind(pattern.left)
        // A default is evaluated before its own name is bound.
        for (const name of [pattern.left.name]) if (name !== undefined) bound.set(name, pattern.end)
        break
      case 'RestElement':
        bind(pattern.argument)
        break
    }
  }
  for (const parameter of fn.node.params) bind(parameter)
  return fn.parameterReferences.some(({ name, position }) => (bound.get(name) ?? -1) > position)
}
