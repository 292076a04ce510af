import { type Node, unwrap } from '../../instrument/parse.ts'
import { meant, memberPath, nameOf, returnedBy } from './expressions.ts'
import { requiredModule } from './imports.ts'
import type { Unit } from './units.ts'

/** The module all of whose exports a statement hands on, as compilers write `export * from 'x'`. */
export function exportedWhole(expression: Node, units: readonly Unit[]): string | undefined {
  const { type, callee, arguments: args } = unwrap(expression)
  if (type !== 'CallExpression') return undefined
  const given = HELPERS.map(({ name, at }) =>
    name.test(memberPath(meant(callee))?.path ?? '') ? args[at] : undefined,
  )
  const [from] = given.filter((one) => one !== undefined)
  return from === undefined ? copied(callee, args, units) : requiredModule(from)
}

/** The modules all of whose exports come along: `module.exports = { ...require('./a'), own }`, `Object.assign(exports, a)`. */
export function spreadInExports(expression: Node, units: readonly Unit[]): string[] {
  const { type, operator, left, right } = unwrap(expression)
  const isWhole =
    type === 'AssignmentExpression' && operator === '=' && memberPath(left)?.path === 'module.exports'
  const made = isWhole ? unwrap(right) : unwrap(expression)
  const all =
    made.type === 'ObjectExpression' && isWhole
      ? (made.properties as Node[]).filter((one) => one.type === 'SpreadElement').map((one) => one.argument)
      : assignedTo(made, isWhole)
  return all.flatMap((one: Node) => {
    const unit = units.find(({ kind, names }) => kind === 'import' && names[0] === one.name)
    const source =
      one.type === 'Identifier' ? (unit?.imported === '=' ? unit.source : undefined) : requiredModule(one)
    return source ?? []
  })
}

/** What `Object.assign` puts on the exports, or on what becomes them. */
function assignedTo({ type, callee, arguments: args }: Node, isWhole: boolean): Node[] {
  if (type !== 'CallExpression' || memberPath(callee)?.path !== 'Object.assign') return []
  const [to, ...from] = args as Node[]
  const isExports = /^(module\.)?exports$/.test((to && memberPath(to)?.path) ?? '')
  return isWhole || isExports ? from : []
}

/** Functions that TypeScript, swc and esbuild do it with, and which of their arguments is the module. */
const HELPERS = [
  { name: /(^|\.)_*export_?star(\$\d+)?(\._)?$/i, at: 0 },
  { name: /^__export(\$\d+)?$/, at: 0 },
  { name: /^__reExport(\$\d+)?$/, at: 1 },
]

/** `Object.keys(x).forEach(function (key) { if (…) return; exports[key] = x[key] })`, as Babel and Rollup write it. */
function copied(callee: Node, [each]: Node[], units: readonly Unit[]): string | undefined {
  const isEach = callee.type === 'MemberExpression' && nameOf(callee) === 'forEach'
  const name = isEach ? listedIn(callee.object) : undefined
  const source = units.find(({ kind, names }) => kind === 'import' && names[0] === name)?.source
  if (name === undefined || source === undefined || !/Function/.test(each?.type ?? '')) return undefined
  const [key, ...more] = each!.params as Node[]
  if (key?.type !== 'Identifier' || more.length > 0) return undefined
  const { body } = each!
  const statements = ((body.type === 'BlockStatement' ? body.body : []) as Node[]).map((one) =>
    one.type === 'IfStatement' ? one.consequent : one,
  )
  const others = statements.filter((one) => one.type !== 'ReturnStatement')
  return others.length === 1 && isExported(others[0]!, name, key.name) ? source : undefined
}

/** `for (const key in x) exports[key] = x[key]` */
export function copiedInLoop({ type, left, right, body }: Node, units: readonly Unit[]): string | undefined {
  const key = left?.type === 'VariableDeclaration' ? left.declarations[0].id.name : left?.name
  if (type !== 'ForInStatement' || key === undefined || right.type !== 'Identifier') return undefined
  const statements: Node[] = body.type === 'BlockStatement' ? body.body : [body]
  const [only, ...others] = statements.map((one) => (one.type === 'IfStatement' ? one.consequent : one))
  if (only === undefined || others.length > 0 || !isExported(only, right.name, key)) return undefined
  return units.find(
    ({ kind, names, imported }) => kind === 'import' && names[0] === right.name && imported === '=',
  )?.source
}

/** The name in `Object.keys(x)`. */
function listedIn(node: Node): string | undefined {
  if (node.type !== 'CallExpression' || memberPath(node.callee)?.path !== 'Object.keys') return undefined
  return node.arguments[0]?.name
}

/** `exports[key] = x[key]`, also as an accessor. */
function isExported({ type, expression }: Node, name: string, key: string): boolean {
  const isOf = (node: Node | undefined, object: string): boolean =>
    node?.type === 'MemberExpression' &&
    node.computed &&
    node.object.name === object &&
    node.property.name === key
  if (type !== 'ExpressionStatement') return false
  const { left, right, callee, arguments: args } = unwrap(expression)
  if (left) return isOf(left, 'exports') && isOf(right, name)
  if (memberPath(callee ?? expression)?.path !== 'Object.defineProperty') return false
  const [to, at, descriptor] = args as Node[]
  const given = descriptor?.properties as Node[] | undefined
  const getter = given?.find((one) => one.key?.name === 'get')?.value
  return to?.name === 'exports' && at?.name === key && getter !== undefined && isOf(returnedBy(getter), name)
}
