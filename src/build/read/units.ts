import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode, Scope } from '../../instrument/scopes.ts'
import { boundNames } from '../../instrument/syntax.ts'
import { isFunction, walkOwn } from '../../livepatch/ast.ts'
import { classCallIn } from './compiled-class.ts'
import { type Enum, enumOf } from './enums.ts'
import { memberPath, returnedBy } from './expressions.ts'
import { interopHelper, requiredModule } from './imports.ts'
import { inheritanceIn } from './inheritance.ts'
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

export function onceOf(file: SourceFile, fn: FunctionNode | undefined): Once {
  const statements: Node[] = fn === undefined ? file.program.body : fn.node.body.body
  return {
    file,
    fn,
    scope: fn === undefined ? file.analysis.module : fn.body,
    units: withBundledExports(statements.flatMap((node) => unitsOf(node))),
  }
}

const byName = new WeakMap<readonly Unit[], Map<string, Unit[]>>()

/** The pieces of a scope that a name is of, in their order: files may have tens of thousands. */
export function unitsNamed(units: readonly Unit[], name: string | undefined): readonly Unit[] {
  const known = byName.get(units) ?? new Map<string, Unit[]>()
  if (!byName.has(units))
    for (const unit of units)
      for (const one of new Set(unit.names)) {
        const others = known.get(one)
        if (others === undefined) known.set(one, [unit])
        else others.push(unit)
      }
  byName.set(units, known)
  return (name === undefined ? undefined : known.get(name)) ?? []
}

/**
 * What a bundler's module exports: `__export(x, { a: () => a })` of the `x` in `module.exports = x`, or `__toCommonJS(x)`,
 * whatever a minifier calls them. Others of its calls make namespaces for the bundle's own use.
 */
function withBundledExports(units: Unit[]): Unit[] {
  const exported = new Set(['exports', 'module.exports'])
  for (const { targets, value } of units) {
    if (!targets?.some(({ path }) => path === 'module.exports')) continue
    const whole =
      value?.type === 'CallExpression' && value.arguments.length === 1 ? value.arguments[0] : value
    if (whole?.type === 'Identifier') exported.add(whole.name)
  }
  return units.map((unit) => {
    const target = givenGetters(unit.node)
    if (target === undefined) return unit
    return { ...unit, key: `${exported.has(target) ? 'call' : 'run'} __export ${target}` }
  })
}

/** What gets `{ a: () => a, b: () => b }` by a call. */
function givenGetters({ type, expression }: Node): string | undefined {
  const call = type === 'ExpressionStatement' ? unwrap(expression) : undefined
  if (call?.type !== 'CallExpression' || call.callee.type !== 'Identifier' || call.arguments.length !== 2)
    return undefined
  const [target, members] = call.arguments as [Node, Node]
  const isGetter = ({ type, kind, computed, value }: Node): boolean =>
    type === 'Property' &&
    kind === 'init' &&
    !computed &&
    isFunction(value) &&
    returnedBy(value) !== undefined
  if (members.type !== 'ObjectExpression' || members.properties.length === 0) return undefined
  return members.properties.every(isGetter) ? memberPath(target)?.path : undefined
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
    default: {
      const run = alwaysRun(node)
      // A function there is no name of the scope.
      if (run !== undefined)
        return run.flatMap((one) =>
          one.type === 'FunctionDeclaration' ? [statementUnit(one)] : unitsOf(one),
        )
      return isDead(node) ? [] : [statementUnit(node)]
    }
  }
}

/** What stands under a condition that is known beforehand, where it may stand without: nothing is declared in a block. */
function alwaysRun(node: Node): Node[] | undefined {
  if (node.type === 'TryStatement') return definedSafely(node)
  const statements = statementsUnder(node)
  return statements?.some((one) => /Declaration$/.test(one.type)) ? undefined : statements
}

function statementsUnder({ type, live }: Node): Node[] | undefined {
  if (type !== 'IfStatement' || !live) return undefined
  return live.type === 'BlockStatement' ? live.body : [live]
}

/** `try { if (Object.defineProperty) { Object.defineProperty(A.prototype, 'b', …) } } catch (e) {}`: no process of Node.js fails there. */
function definedSafely({ block, handler, finalizer }: Node): Node[] | undefined {
  if (finalizer || handler?.body.body.length !== 0) return undefined
  const statements = (block.body as Node[]).flatMap((one) => statementsUnder(one) ?? [one])
  const isSafe = ({ type, expression }: Node): boolean => {
    if (type === 'FunctionDeclaration') return true
    const done = type === 'ExpressionStatement' ? unwrap(expression) : undefined
    if (done?.type === 'AssignmentExpression') return done.operator === '=' && isFunction(unwrap(done.right))
    return done?.type === 'CallExpression' && memberPath(done.callee)?.path === 'Object.defineProperty'
  }
  return statements.every(isSafe) ? statements : undefined
}

/** `0 && (module.exports = { … })`, which tells tools what a bundle exports, and what a condition known before keeps from running. */
function isDead({ type, expression, live }: Node): boolean {
  if (live === null) return true
  if (type !== 'ExpressionStatement' || expression.type !== 'LogicalExpression') return false
  const { left, operator } = expression
  return operator === '&&' && left.type === 'Literal' && left.value === 0
}

/** `const { a, b: c } = require('x')` is an import of each name, and so is `const a = require('x').a`. */
function requireUnits({ id, init, start, end }: Node): Unit[] | undefined {
  const member = init === null ? undefined : requiredMember(init)
  if (member !== undefined && id.type === 'Identifier')
    return [{ kind: 'import', key: `name ${id.name}`, node: id, start, end, ...member, names: [id.name] }]
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

/** `require('x').a` */
function requiredMember({
  type,
  object,
  property,
  computed,
}: Node): Pick<Unit, 'source' | 'imported'> | undefined {
  const source = type === 'MemberExpression' && !computed ? requiredModule(unwrap(object)) : undefined
  return source === undefined ? undefined : { source, imported: property.name }
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
  const unit = plainUnit(node)
  const inherited = inheritanceIn(node)
  return inherited === undefined ? unit : { ...unit, key: `inherits ${inherited.of}` }
}

function plainUnit(node: Node): Unit {
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
  const classCall = classCallIn(node)
  if (classCall !== undefined) return { ...unit, key: `class ${classCall.arguments[0].name}` }
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

/** `Object.defineProperty(exports, 'a', { enumerable: true, get() { return b } })`, as compilers write `export { b as a }`. */
function exportedGetter({ callee, arguments: args }: Node): { name: string; value: Node } | undefined {
  if (memberPath(callee)?.path !== 'Object.defineProperty' || args.length !== 3) return undefined
  const [target, name, descriptor] = args as [Node, Node, Node]
  if (!/^(module\.)?exports$/.test(memberPath(target)?.path ?? '') || typeof name.value !== 'string')
    return undefined
  const properties = (descriptor.properties ?? []) as Node[]
  const given = (key: string): Node | undefined => properties.find((one) => one.key?.name === key)?.value
  const get = given('get')
  const value = given('value') ?? (get && isFunction(get) ? returnedBy(get) : undefined)
  return value && { name: name.value, value }
}

/** `var` declarations of loops and blocks. */
function declaredInside(statement: Node): string[] {
  const names = new Set<string>()
  if (isFunction(statement)) return []
  walkOwn(statement, (node) => {
    if (node.type !== 'VariableDeclaration' || node.kind !== 'var') return
    for (const one of node.declarations as Node[]) for (const name of boundNames(one.id)) names.add(name)
  })
  return [...names]
}
