import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { calledName, memberPath } from '../read/expressions.ts'
import { LISTENERS } from '../read/run-there.ts'
import type { SourceFile } from '../read/source-file.ts'

const KEEPERS =
  /^(push|unshift|add|addHook|set|use|tap(Async|Promise)?|register\w*|decorate\w*|defineProperty|defineProperties)$/

/** What an application is set up with, whatever sets it up: `app.setErrorHandler(f)`. */
const SET_UP =
  /^(addHook|use|decorate\w*|(add|set)\w+(Handler|Parser|Serializer|Compiler|Formatter|Middleware|Hook|Interceptor))$/

/** What a router is given a handler by: `router.get('/users', f)`. */
const ROUTES = /^(get|post|put|patch|delete|head|options|all)$/

/**
 * Whether a call keeps a function that it is given, as far as names tell: a list, a router, an interval. Listeners serve what is
 * under way, but for those of the process, and `finalizers.register(this, { f })` has `f` for no longer than there is `this`.
 */
export function isKeeper(call: Node): boolean {
  const name = calledName(call) ?? ''
  const [first] = call.arguments as Node[]
  if (name === 'setInterval' || isSetUp(call)) return true
  if (/^process\./.test(memberPath(call.callee)?.path ?? '') && LISTENERS.test(name)) return true
  return KEEPERS.test(name) && !(name === 'register' && first?.type === 'ThisExpression')
}

/** Whether a call gives an application what it goes on with: a function that sets one up may well be asynchronous. */
export function isSetUp(call: Node): boolean {
  const name = calledName(call) ?? ''
  return SET_UP.test(name) || (ROUTES.test(name) && /^[/*]/.test(String(call.arguments[0]?.value)))
}

/** Whether what a function registers serves a call that ends by a promise. */
export function isUnderWay(fn: FunctionNode | undefined, file: SourceFile): boolean {
  for (let at = fn; at !== undefined; at = at.enclosing) {
    const made = file.parent(at.node)
    if (at.async || (made?.type === 'NewExpression' && made.callee.name === 'Promise')) return true
  }
  return false
}
