import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { enumOf } from './enums.ts'
import type { SourceFile } from './source-file.ts'

/** Whether a function is called where it stands, or by one statement alone, and so just once for each instance of the scope around it. */
export function runsOnce(fn: FunctionNode, file: SourceFile): boolean {
  return fn.node.body.type === 'BlockStatement' && isCalledOnce(fn, file, true)
}

/** Whether a function is called where it stands. */
export function runsInPlace(fn: FunctionNode, file: SourceFile): boolean {
  return fn.node.body.type === 'BlockStatement' && isCalledOnce(fn, file, false)
}

function isCalledOnce(fn: FunctionNode, file: SourceFile, byName: boolean): boolean {
  if (fn.async || fn.generator) return false
  if (fn.enclosing !== undefined && !isCalledOnce(fn.enclosing, file, byName)) return false
  if (isBundledModule(fn, file)) return isTopLevel(fn.node, fn.enclosing, file)
  if (isEnum(fn, file)) return false
  if (isGuardedModule(fn, file)) return true
  if (fn.node.type === 'FunctionDeclaration')
    return byName && isTopLevel(onlyCall(fn, file), fn.enclosing, file)
  const given = calledAs(fn.node, file)
  const call = file.parent(given)
  if (call?.type !== 'CallExpression') return false
  if (call.callee !== given) {
    // The factory of a UMD wrapper: an argument of a function that itself is called where it stands.
    const callee = unwrap(call.callee)
    if (!isFunction(callee) || !call.arguments.includes(given)) return false
  }
  return isTopLevel(call, fn.enclosing, file)
}

/** The statement that calls a function that is declared, where its name is used for nothing else. */
function onlyCall({ node, enclosing }: FunctionNode, file: SourceFile): Node | undefined {
  const uses = node.id ? file.usesOf(file.bindingFor(node.id)) : []
  const [use, ...others] = uses.filter((one) => one.node !== node.id && !file.isIdle(one))
  const call = use && file.parent(use.node)
  if (call?.type !== 'CallExpression' || call.callee !== use!.node || others.length > 0) return undefined
  const isStatement = file.parent(file.wrapped(call))?.type === 'ExpressionStatement'
  return isStatement && file.functionAt(use!) === enclosing ? call : undefined
}

/** `(f)`, `f.call` and `f.apply` of a function `f`, which are called like it. */
function calledAs(fn: Node, file: SourceFile): Node {
  const node = file.wrapped(fn)
  const member = file.parent(node)
  const isCall =
    member?.type === 'MemberExpression' &&
    member.object === node &&
    /^(call|apply)$/.test(member.property.name)
  return isCall ? file.wrapped(member) : node
}

const BUNDLER_PARAMETER =
  /^(_*(unused_*)?(webpack_*)?(require|exports|module|unused_webpack_module|webpack_require_*|webpack_exports_*)_*|__filename|__dirname|global|process|Buffer)$/

/** A module in a bundle's table of modules, which the bundle's own `require` calls once. */
function isBundledModule({ node }: FunctionNode, file: SourceFile): boolean {
  const names = (node.params as Node[]).map((one) => one.name as string | undefined)
  if (!names.some((name) => name !== undefined && /exports/.test(name))) return false
  if (!names.every((name) => name !== undefined && BUNDLER_PARAMETER.test(name))) return false
  const parent = file.parent(file.wrapped(node))
  return parent?.type === 'Property' || parent?.type === 'ArrayExpression'
}

/** A module in a bundle that its first user runs: `function requireA() { if (hasRequiredA) return a; hasRequiredA = 1; … }`. */
function isGuardedModule({ node, enclosing }: FunctionNode, file: SourceFile): boolean {
  if (node.type !== 'FunctionDeclaration' || node.params.length > 0 || enclosing !== undefined) return false
  const [guard, mark] = node.body.body as Node[]
  if (guard?.type !== 'IfStatement' || guard.alternate || guard.test.type !== 'Identifier') return false
  if (guard.consequent.type !== 'ReturnStatement' || mark?.type !== 'ExpressionStatement') return false
  const { type, operator, left, right } = mark.expression
  const binding = file.bindingFor(guard.test)
  const isMarked = type === 'AssignmentExpression' && operator === '=' && left.name === guard.test.name
  if (!isMarked || !(right.type === 'Literal' && right.value) || binding === undefined) return false
  const known = [guard.test, left, file.declarationOf(binding)?.id]
  return file.usesOf(binding).every((use) => known.includes(use.node))
}

/** `fn && (res = (0, fn[names(fn)[0]])(fn = 0))`, `t && (e = t(t = 0))`: calls what it is given once. */
const CALLS_ONCE = /([\w$]+)\s*&&\s*\(\s*[\w$]+\s*=[^=;]*\(\s*\1\s*=\s*0\s*\)\s*\)/

/** The start-up code of a module in a bundle, which its own first user has run: `__esm({ 'a.js'() { … } })`. */
export function isLazyModule({ node, enclosing }: FunctionNode, file: SourceFile): boolean {
  const member = file.parent(node)
  const given = member?.type === 'Property' ? file.parent(member)! : file.wrapped(node)
  const call = file.parent(given)
  if (enclosing !== undefined || call?.type !== 'CallExpression' || call.callee === given) return false
  const helper = call.callee.type === 'Identifier' ? file.bindingFor(call.callee) : undefined
  const made = helper && file.declaredWith(helper)
  return made !== undefined && CALLS_ONCE.test(file.slice(made))
}

/** One that is compared, and made anew, as a whole. */
function isEnum({ node }: FunctionNode, file: SourceFile): boolean {
  let at: Node | undefined = file.parent(node)
  while (at?.type === 'ParenthesizedExpression' || at?.type === 'CallExpression') at = file.parent(at)
  return at !== undefined && enumOf(at)?.body === node.body
}

/** Not in a loop, and not in a class. */
function isTopLevel(node: Node | undefined, within: FunctionNode | undefined, file: SourceFile): boolean {
  if (node === undefined) return false
  for (let at: Node | undefined = node; at !== undefined && at !== within?.node; at = file.parent(at)) {
    if (/^(For|While|DoWhile|Class)/.test(at.type)) return false
  }
  return true
}
