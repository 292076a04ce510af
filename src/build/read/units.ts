import { isBuiltin } from 'node:module'
import type { Node } from '../../instrument/parse.ts'
import type { Binding, FunctionNode, Scope } from '../../instrument/scopes.ts'
import { boundNames, isFunction, walk } from '../../livepatch/ast.ts'
import type { SourceFile } from './source-file.ts'

/**
 * A scope that exists once in each loaded copy of a file: the module's, or that of a function which is called where it
 * stands. Its statements are initialisation, which a patch cannot run again in place.
 */
export interface Once {
  file: SourceFile
  /** undefined: the module. */
  fn: FunctionNode | undefined
  scope: Scope
  units: Unit[]
}

/** A piece of a once-scope that is compared, and evaluated anew, as a whole. */
export interface Unit {
  kind: 'function' | 'class' | 'variable' | 'import' | 'export' | 'statement'
  /** What it is, for matching it with the same piece of the other version. */
  key: string
  node: Node
  /** The whole text: of a declarator without its keyword. */
  start: number
  end: number
  names: string[]
  /** `var`, `let`, `const` of a variable. */
  keyword?: string
  /** Imports: the module and the name in it; `*` for its namespace, `=` for what `require` returns. */
  source?: string
  imported?: string
  /** The compiler's helper through which the module goes: `__importDefault(require('x'))`. */
  helper?: Node
  /** Statements that assign to members: `exports.a`, `A.prototype.b`; each with its root name. */
  targets?: { root: string; path: string }[]
  /** … and what they assign. */
  value?: Node
  filled?: Enum
}

/** `(function (E) { E[E["A"] = 0] = "A" })(E || (exports.E = E = {}))`, as compilers write an enum. */
export interface Enum {
  name: string
  body: Node
  isExported: boolean
}

export function onceOf(file: SourceFile, fn: FunctionNode | undefined): Once {
  const statements: Node[] = fn === undefined ? file.program.body : fn.node.body.body
  return {
    file,
    fn,
    scope: fn === undefined ? file.analysis.module : fn.body,
    units: statements.flatMap((node) => unitsOf(node)),
  }
}

export function bindingsOf(unit: Unit, { scope }: Once): Binding[] {
  return unit.names.flatMap((name) => scope.names.get(name) ?? scope.parent?.names.get(name) ?? [])
}

/** The pieces of a statement. */
export function unitsOf(node: Node): Unit[] {
  const { start, end } = node
  switch (node.type) {
    case 'EmptyStatement':
      return []
    case 'FunctionDeclaration':
      return [
        { kind: 'function', key: `name ${node.id?.name}`, node, start, end, names: boundNames(node.id) },
      ]
    case 'ClassDeclaration':
      return [{ kind: 'class', key: `name ${node.id?.name}`, node, start, end, names: boundNames(node.id) }]
    case 'VariableDeclaration':
      return node.declarations.flatMap((one: Node) => {
        const required = requireUnits(one)
        if (required !== undefined) return required
        const names = boundNames(one.id)
        const key = `name ${names.join()}`
        return { kind: 'variable', key, node: one, start: one.start, end: one.end, names, keyword: node.kind }
      })
    case 'ImportDeclaration':
      return importUnits(node)
    case 'ExportNamedDeclaration':
      return node.declaration ? unitsOf(node.declaration) : exportUnits(node)
    case 'ExportDefaultDeclaration': {
      const { declaration } = node
      const isDeclaration = /Declaration$/.test(declaration.type) && declaration.id
      return isDeclaration
        ? unitsOf(declaration)
        : [{ kind: 'export', key: 'export default', node, start, end, names: [], value: declaration }]
    }
    case 'ExportAllDeclaration':
      return [{ kind: 'export', key: `export * ${node.source.value}`, node, start, end, names: [] }]
    default:
      return isDead(node) ? [] : [statementUnit(node)]
  }
}

/** `0 && (module.exports = { … })`, which tells tools what a bundle exports, and what a condition known before keeps from running. */
function isDead({ type, expression, live }: Node): boolean {
  if (live === null) return true
  if (type !== 'ExpressionStatement' || expression.type !== 'LogicalExpression') return false
  const { left, operator } = expression
  return operator === '&&' && left.type === 'Literal' && left.value === 0
}

/** `const { a, b: c } = require('x')` is an import of each name. */
function requireUnits({ id, init, start, end }: Node): Unit[] | undefined {
  const helper = init === null ? undefined : interopHelper(init)
  const source = init === null ? undefined : requiredModule(helper === undefined ? init : init.arguments[0])
  if (source === undefined) return undefined
  if (helper !== undefined) {
    if (id.type !== 'Identifier') return undefined
    const common = { source, imported: '=', helper, names: [id.name as string] }
    return [{ kind: 'import', key: `name ${id.name}`, node: id, start, end, ...common }]
  }
  const unit = (local: string, imported: string, node: Node): Unit => {
    return { kind: 'import', key: `name ${local}`, node, start, end, source, imported, names: [local] }
  }
  if (id.type === 'Identifier') return [unit(id.name, '=', id)]
  const isPlain = (one: Node): boolean =>
    one.type === 'Property' && !one.computed && one.value.type === 'Identifier'
  if (id.type !== 'ObjectPattern' || !id.properties.every(isPlain)) return undefined
  return id.properties.map((one: Node) => unit(one.value.name, one.key.name ?? one.key.value, one))
}

/** What compilers put around a `require` to make an import of it: it makes nothing but another view of the module. */
export function interopHelper(node: Node): Node | undefined {
  if (node.type !== 'CallExpression' || node.arguments.length === 0) return undefined
  const { callee } = node
  const isHelper =
    callee.type === 'Identifier' &&
    /^_*(import(Default|Star)|interop(Default|Namespace|Require(Default|Wildcard))\w*|toESM)(\$\d+)?$/.test(
      callee.name,
    )
  return isHelper ? callee : undefined
}

/** `require('x')`, or `__importStar(require('x'))`, where an import does the same. */
export function isSameImport({ source, imported, helper }: Unit, value: Node): boolean {
  const through = interopHelper(value)
  const from = requiredModule(through === undefined ? value : value.arguments[0])
  return from !== undefined && from === source && imported === '=' && helper?.name === through?.name
}

/** The package of a specifier; undefined for Node's own modules and for files. */
export function packageNameOf(specifier: string): string | undefined {
  if (isBuiltin(specifier) || /^[./#]/.test(specifier)) return undefined
  return /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0]
}

/** The specifier of `require('x')`. */
export function requiredModule(node: Node): string | undefined {
  if (node.type !== 'CallExpression' || node.callee.name !== 'require' || node.arguments.length !== 1)
    return undefined
  const [argument] = node.arguments
  return argument.type === 'Literal' && typeof argument.value === 'string' ? argument.value : undefined
}

function importUnits(node: Node): Unit[] {
  const { start, end } = node
  const source: string = node.source.value
  const common = { kind: 'import' as const, node, start, end, source }
  if (node.specifiers.length === 0) return [{ ...common, key: `import ${source}`, names: [] }]
  return node.specifiers.map((one: Node) => ({
    ...common,
    key: `name ${one.local.name}`,
    names: [one.local.name],
    imported:
      one.type === 'ImportNamespaceSpecifier'
        ? '*'
        : one.type === 'ImportDefaultSpecifier'
          ? 'default'
          : (one.imported.name ?? one.imported.value),
  }))
}

function exportUnits(node: Node): Unit[] {
  return node.specifiers.map((one: Node) => {
    const name = one.exported.name ?? one.exported.value
    const key = `export ${name}`
    return { kind: 'export', key, node: one, start: one.start, end: one.end, names: [] }
  })
}

function statementUnit(node: Node): Unit {
  const names = declaredInside(node)
  const filled = enumOf(node)
  if (filled !== undefined)
    return {
      kind: 'statement',
      key: `enum ${filled.name}`,
      node,
      start: node.start,
      end: node.end,
      names,
      filled,
    }
  const unit: Unit = { kind: 'statement', key: '', node, start: node.start, end: node.end, names }
  let value: Node | undefined = node.type === 'ExpressionStatement' ? unwrap(node.expression) : undefined
  const targets: { root: string; path: string }[] = []
  while (value?.type === 'AssignmentExpression' && value.operator === '=') {
    const target = memberPath(value.left)
    if (target === undefined) return unit
    targets.push(target)
    value = unwrap(value.right)
  }
  if (targets.length === 0 && value?.type === 'CallExpression') {
    const callee = memberPath(value.callee)?.path
    const first = value.arguments[0] && memberPath(value.arguments[0])?.path
    const getter = exportedGetter(value)
    if (getter !== undefined) {
      const target = { root: first!.split('.')[0]!, path: `${first}.${getter.name}` }
      return { ...unit, key: `define ${target.path}`, targets: [target], value: getter.value }
    }
    const isDefinition =
      callee !== undefined &&
      /^(Object\.(define|assign)|__export(Star)?$)/.test(callee) &&
      first !== undefined
    if (isDefinition) return { ...unit, key: `call ${callee} ${first}` }
    return callee === undefined ? unit : { ...unit, key: `run ${callee} ${value.arguments.map(argumentKey)}` }
  }
  if (targets.length === 0 || value === undefined) return unit
  return { ...unit, targets, value, key: `assign ${targets.map(({ path }) => path).join('=')}` }
}

/** What an argument is, where it is short. */
function argumentKey(argument: Node): string {
  if (argument.type === 'Literal') return argument.raw ?? String(argument.value)
  return memberPath(argument)?.path ?? '…'
}

function enumOf({ type, expression }: Node): Enum | undefined {
  const call = type === 'ExpressionStatement' ? unwrap(expression) : undefined
  if (call?.type !== 'CallExpression' || call.arguments.length !== 1) return undefined
  const fn = unwrap(call.callee)
  // `E = exports.E || (exports.E = {})` in older compilers.
  const argument = unwrap(call.arguments[0])
  const given = argument.type === 'AssignmentExpression' ? unwrap(argument.right) : argument
  const named: Node = argument.left
  const [parameter] = (isFunction(fn) ? fn.params : []) as Node[]
  if (parameter?.type !== 'Identifier' || given.type !== 'LogicalExpression' || named.type !== 'Identifier')
    return undefined
  const fills = ({ type, expression }: Node): boolean =>
    type === 'ExpressionStatement' &&
    expression.type === 'AssignmentExpression' &&
    expression.right.type === 'Literal' &&
    expression.left.object?.name === parameter.name
  if (fn.body.type !== 'BlockStatement' || !(fn.body.body as Node[]).every(fills)) return undefined
  let isExported = false
  walk(given.right, (node) => {
    isExported ||= node.type === 'MemberExpression'
  })
  return { name: named.name, body: fn.body, isExported }
}

/** `Object.defineProperty(exports, 'a', { enumerable: true, get() { return b } })`, as compilers write `export { b as a }`. */
function exportedGetter({ callee, arguments: args }: Node): { name: string; value: Node } | undefined {
  if (memberPath(callee)?.path !== 'Object.defineProperty' || args.length !== 3) return undefined
  const [target, name, descriptor] = args as [Node, Node, Node]
  if (!/^(module\.)?exports$/.test(memberPath(target)?.path ?? '') || typeof name.value !== 'string')
    return undefined
  const properties = (descriptor.properties ?? []) as Node[]
  const given = (key: string): Node | undefined => properties.find((one) => one.key?.name === key)?.value
  const get = given('get')
  const value = given('value') ?? (get && returnedBy(get))
  return value && { name: name.value, value }
}

/** The expression of a function that does nothing but return it. */
export function returnedBy({ type, body }: Node): Node | undefined {
  if (type === 'ArrowFunctionExpression' && body.type !== 'BlockStatement') return body as Node
  const [only, ...more] = (body.body ?? []) as Node[]
  return more.length === 0 && only?.type === 'ReturnStatement' ? only.argument : undefined
}

/** `var` declarations of loops and blocks. */
function declaredInside(statement: Node): string[] {
  const names = new Set<string>()
  walk(statement, (node, ancestors) => {
    if (node.type !== 'VariableDeclaration' || node.kind !== 'var' || ancestors.some(isFunction)) return
    for (const one of node.declarations as Node[]) for (const name of boundNames(one.id)) names.add(name)
  })
  return [...names]
}

/** What a unit assigns to beside its names: `exports.a` and `module.exports` of `const a = exports.a = module.exports = …`. */
export function assignedPaths(unit: Unit): string[] {
  if (unit.targets !== undefined) return unit.targets.map(({ path }) => path)
  const paths: string[] = []
  let node: Node | null = unit.kind === 'variable' ? unit.node.init : null
  while (node !== null && unwrap(node).type === 'AssignmentExpression') {
    const assignment = unwrap(node)
    const target = memberPath(assignment.left)
    if (target !== undefined) paths.push(target.path)
    node = assignment.right as Node
  }
  return paths
}

/** `a.b.c`, `a['b']`; a plain `a` is one too (`exports = module.exports = …`). */
export function memberPath(node: Node): { root: string; path: string } | undefined {
  if (node.type === 'Identifier') return { root: node.name, path: node.name }
  if (node.type !== 'MemberExpression') return undefined
  const object = memberPath(unwrap(node.object))
  if (object === undefined) return undefined
  const { property } = node
  const name = !node.computed
    ? property.name
    : property.type === 'Literal'
      ? property.value
      : property.type === 'MemberExpression'
        ? `[${memberPath(property)?.path}]`
        : undefined
  return name === undefined ? undefined : { root: object.root, path: `${object.path}.${name}` }
}

/** The name that a member expression asks for, if it is written there. */
export function memberKey({ property, computed }: Node): string | undefined {
  if (property.type === 'PrivateIdentifier') return `#${property.name}`
  if (!computed) return property.name
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined
}

/** The same for a field: also `[x]` and `[x.y]`, where a name stands for the key, as for a symbol. */
export function fieldKey(node: Node): string | undefined {
  const { property, computed } = node
  const plain = memberKey(node)
  if (plain !== undefined || !computed) return plain
  const isName =
    property.type === 'Identifier' ||
    (property.type === 'MemberExpression' && !property.computed && property.object.type === 'Identifier')
  return isName ? `[${memberPath(property)!.path}]` : undefined
}

export function unwrap(node: Node): Node {
  let inner = node
  while (inner.type === 'ParenthesizedExpression') inner = inner.expression
  return inner
}

/** Whether a function is called where it stands, and so just once for each instance of the scope around it. */
export function runsOnce(fn: FunctionNode, file: SourceFile): boolean {
  if (fn.async || fn.generator || fn.node.body.type !== 'BlockStatement') return false
  if (fn.enclosing !== undefined && !runsOnce(fn.enclosing, file)) return false
  if (isBundledModule(fn, file)) return isTopLevel(fn.node, fn.enclosing, file)
  if (isEnum(fn, file)) return false
  let node: Node = fn.node
  let parent = file.parent(node)
  const up = (): void => {
    node = parent!
    parent = file.parent(node)
  }
  while (parent?.type === 'ParenthesizedExpression') up()
  if (
    parent?.type === 'MemberExpression' &&
    parent.object === node &&
    /^(call|apply)$/.test(parent.property.name)
  )
    up()
  while (parent?.type === 'ParenthesizedExpression') up()
  if (parent?.type !== 'CallExpression') return false
  const call = parent
  if (call.callee !== node) {
    // The factory of a UMD wrapper: an argument of a function that itself is called where it stands.
    const callee = unwrap(call.callee)
    if (!isFunction(callee) || !call.arguments.includes(node)) return false
  }
  return isTopLevel(call, fn.enclosing, file)
}

const BUNDLER_PARAMETER =
  /^(_*(unused_*)?(webpack_*)?(require|exports|module|unused_webpack_module|webpack_require_*|webpack_exports_*)_*|__filename|__dirname|global|process|Buffer)$/

/** A module in a bundle's table of modules, which the bundle's own `require` calls once. */
function isBundledModule({ node }: FunctionNode, file: SourceFile): boolean {
  const names = (node.params as Node[]).map((one) => one.name as string | undefined)
  if (!names.some((name) => name !== undefined && /exports/.test(name))) return false
  if (!names.every((name) => name !== undefined && BUNDLER_PARAMETER.test(name))) return false
  const parent = file.parent(node)
  return parent?.type === 'Property' || parent?.type === 'ArrayExpression'
}

/** One that is compared, and made anew, as a whole. */
function isEnum({ node }: FunctionNode, file: SourceFile): boolean {
  let at: Node | undefined = file.parent(node)
  while (at?.type === 'ParenthesizedExpression' || at?.type === 'CallExpression') at = file.parent(at)
  return at !== undefined && enumOf(at)?.body === node.body
}

/** Not in a loop, and not in a class. */
function isTopLevel(node: Node, within: FunctionNode | undefined, file: SourceFile): boolean {
  for (let at: Node | undefined = node; at !== undefined && at !== within?.node; at = file.parent(at)) {
    if (/^(For|While|DoWhile|Class)/.test(at.type)) return false
  }
  return true
}

/** Whether what stands before a member or an argument list may end the whole chain: `a?.b.c`, `a?.b.c(d)`. */
export function isInChain(node: Node): boolean {
  for (let at: Node | undefined = node; at !== undefined; at = at.object ?? at.callee) {
    if (at.type !== 'MemberExpression' && at.type !== 'CallExpression') return false
    if (at.optional) return true
  }
  return false
}
