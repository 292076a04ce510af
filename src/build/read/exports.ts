import { type Node, unwrap } from '../../instrument/parse.ts'
import { boundNames } from '../../instrument/syntax.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { copiedInLoop, exportedWhole, spreadInExports } from './export-all.ts'
import { memberPath, propertyName, returnedBy } from './expressions.ts'
import { requiredModule } from './imports.ts'
import { assignedPaths, assignedValue, objectOf } from './unit-values.ts'
import { type Once, type Unit, unitsNamed } from './units.ts'

/** What a module hands on from another one: a name, or with `*` all. */
export interface ReExport {
  name: string
  source: string
  imported: string
}

/** `export { a } from 'x'`, `export * from 'x'`, `__exportStar(require('x'), exports)`, and names that were imported. */
export function reExportsOf(once: Once, own: Map<string, Export>): ReExport[] {
  const found: ReExport[] = []
  for (const statement of once.file.program.body as Node[]) {
    const { type, source, specifiers, exported, expression } = statement
    if (type === 'ExportAllDeclaration') {
      const name = exported?.name ?? exported?.value
      found.push({ name: name ?? '*', source: source.value, imported: '*' })
    } else if (type === 'ExportNamedDeclaration' && source) {
      for (const one of specifiers as Node[]) {
        const [name, imported] = [one.exported, one.local].map((id) => (id.name ?? id.value) as string)
        found.push({ name: name!, source: source.value, imported: imported! })
      }
    } else if (type === 'ExpressionStatement') {
      const from = exportedWhole(expression, once.units)
      const all = [...(from === undefined ? [] : [from]), ...spreadInExports(expression, once.units)]
      for (const source of all) found.push({ name: '*', source, imported: '*' })
    } else {
      const from = copiedInLoop(statement, once.units)
      if (from !== undefined) found.push({ name: '*', source: from, imported: '*' })
    }
  }
  for (const { name, local, value } of own.values()) {
    const root = local ?? (value && memberPath(value)?.root)
    const [unit] = unitsNamed(once.units, root)
    if (unit?.kind !== 'import' || unit.source === undefined) continue
    const member = local === undefined ? memberPath(value!)?.path.split('.').slice(1) : []
    if (unit.imported !== '=' && unit.imported !== '*') {
      if (member!.length === 0) found.push({ name, source: unit.source, imported: unit.imported! })
    } else if (member!.length === 1) found.push({ name, source: unit.source, imported: member![0]! })
  }
  return found
}

/** The module of which an export is the whole: `exports.a = require('./a')`, `import * as a from './a'; export { a }`. */
export function wholeModule({ local, value }: Export, { units }: Once): string | undefined {
  if (value !== undefined && requiredModule(value) !== undefined) return requiredModule(value)
  const name = local ?? (value?.type === 'Identifier' ? value.name : undefined)
  const unit = unitsNamed(units, name).find(({ kind }) => kind === 'import')
  return unit && /^[=*]$/.test(unit.imported ?? '') ? unit.source : undefined
}

/** What a module exports under a name; `module.exports` is a CommonJS module's whole export. */
export interface Export {
  name: string
  /** The module's own name for it. */
  local?: string
  /** The expression, where it is one. */
  value?: Node
  unit: Unit
  /** It is another export, as Babel's plugin writes the whole. */
  isOfAnother?: boolean
}

const EXPORTS = /^(?:module\.)?exports(?:\.(.+))?$/

/** What a file exports, as far as its text says it plainly. */
export function exportsOf(once: Once): Map<string, Export> {
  const exports = new Exports()
  if (once.file.type === 'module')
    for (const statement of once.file.program.body as Node[]) moduleExports(statement, once, exports.add)
  else {
    for (const unit of once.units) exports.unit(unit)
    exports.alias(once.units)
  }
  return exports.found
}

class Exports {
  readonly found = new Map<string, Export>()
  /** What was given to an object in the place of which another one is exported. */
  readonly #replaced = new Map<string, Export>()

  readonly add = (name: string, unit: Unit, value?: Node, local?: string): void => {
    const own = local ?? (value?.type === 'Identifier' ? (value.name as string) : undefined)
    this.found.set(name, {
      name,
      unit,
      ...(value !== undefined && { value }),
      ...(own !== undefined && { local: own }),
    })
  }

  /** What a statement of a CommonJS module exports. */
  unit(unit: Unit): void {
    if (unit.filled?.isExported) this.add(unit.filled.name, unit, undefined, unit.filled.name)
    for (const property of bundledExports(unit))
      this.add(propertyName(property)!, unit, returnedBy(property.value))
    for (const property of givenExports(unit)) this.add(propertyName(property)!, unit, property.value)
    const keyed = keyedExport(unit)
    if (keyed !== undefined) this.add(keyed.name, unit, keyed.value)
    for (const path of assignedPaths(unit)) {
      const match = EXPORTS.exec(path)
      if (match === null || (match[1] === undefined && !path.startsWith('module.'))) continue
      const given = givenBefore(unit, this.found, this.#replaced)
      const value = given === undefined ? assignedValue(unit) : given.value
      const own = given?.local ?? (unit.kind === 'variable' ? unit.names[0] : undefined)
      if (match[1] !== undefined) this.add(match[1], unit, value, own)
      else if (given === undefined) this.#whole(unit, value, own)
      else this.#another(unit, value, own)
    }
  }

  #whole(unit: Unit, value: Node | undefined, own: string | undefined): void {
    if (value?.type === 'ObjectExpression' && value.properties.every(isNamedProperty)) {
      for (const property of (value.properties as Node[]).filter(isPlainProperty))
        this.add(propertyName(property)!, unit, property.value)
    } else this.add('module.exports', unit, value, own)
  }

  /** `module.exports = exports.default`: what was given to the object before nobody gets. */
  #another(unit: Unit, value: Node | undefined, own: string | undefined): void {
    for (const [name, one] of this.found) this.#replaced.set(name, one)
    this.found.clear()
    this.#whole(unit, value, own)
    for (const one of this.found.values()) one.isOfAnother = true
  }

  /** `const x = exports` is the module's own name for the whole. */
  alias(units: readonly Unit[]): void {
    const alias = this.found.has('module.exports') ? undefined : units.find(isAliasOfExports)
    if (alias !== undefined) this.add('module.exports', alias, undefined, alias.names[0])
  }
}

/** The export that another one is: `module.exports = exports.default`, as Babel's plugin writes it. */
function givenBefore(unit: Unit, ...found: ReadonlyMap<string, Export>[]): Export | undefined {
  const value = assignedValue(unit)
  const name = value && /^exports\.([\w$]+)$/.exec(memberPath(value)?.path ?? '')?.[1]
  return name === undefined ? undefined : found.map((all) => all.get(name)).find((one) => one !== undefined)
}

function isAliasOfExports(unit: Unit): boolean {
  const value = unit.kind === 'variable' ? assignedValue(unit) : undefined
  return value !== undefined && /^(module\.)?exports$/.test(memberPath(value)?.path ?? '')
}

/** `names[exports.A = 1] = 'a'` */
function keyedExport({ node }: Unit): { name: string; value: Node } | undefined {
  const assigned = node.type === 'ExpressionStatement' ? unwrap(node.expression) : undefined
  const left: Node | undefined = assigned?.type === 'AssignmentExpression' ? assigned.left : undefined
  const key: Node | undefined = left?.computed ? left.property : undefined
  if (key?.type !== 'AssignmentExpression' || key.operator !== '=') return undefined
  const name = EXPORTS.exec(memberPath(key.left)?.path ?? '')?.[1]
  return name === undefined ? undefined : { name, value: key.right }
}

/** The members of `__export(x, { a: () => a })`, as bundlers write a module's exports. */
export function bundledExports({ key, node }: Unit): Node[] {
  if (!key.startsWith('call __export ')) return []
  const [, members] = unwrap(node.expression).arguments as Node[]
  return ((members?.properties ?? []) as Node[]).filter(
    (one) => isPlainProperty(one) && isFunction(one.value) && returnedBy(one.value) !== undefined,
  )
}

/** The members of `Object.assign(exports, { a, b })`. */
function givenExports(unit: Unit): Node[] {
  if (!/^call Object\.assign (module\.)?exports$/.test(unit.key)) return []
  const literal = objectOf(unit)
  return literal?.properties.every(isNamedProperty) ? literal.properties.filter(isPlainProperty) : []
}

function isNamedProperty(property: Node): boolean {
  return property.type === 'Property' && propertyName(property) !== undefined
}

function isPlainProperty(property: Node): boolean {
  return isNamedProperty(property) && property.kind === 'init'
}

/** The accessors of `module.exports = { get a() { … } }`, by kind and name. */
export function exportedAccessors({ units }: Once): Map<string, Node> {
  const literals = units
    .filter((unit) => assignedPaths(unit).includes('module.exports'))
    .map(assignedValue)
    .filter((value) => value?.type === 'ObjectExpression')
  const properties = literals.flatMap((literal) => (literal!.properties as Node[]).filter(isNamedProperty))
  const accessors = properties.filter(({ kind }) => kind !== 'init')
  return new Map(accessors.map((one) => [`${one.kind} ${propertyName(one)}`, one]))
}

function moduleExports(
  statement: Node,
  once: Once,
  add: (name: string, unit: Unit, value?: Node, local?: string) => void,
): void {
  const unitOf = (name: string | undefined): Unit =>
    unitsNamed(once.units, name)[0] ?? once.units.find((unit) => unit.node === statement) ?? once.units[0]!
  if (statement.type === 'ExportDefaultDeclaration') {
    const { declaration } = statement
    const local = declaration.type === 'Identifier' ? declaration.name : declaration.id?.name
    add('default', unitOf(local), declaration, local)
  } else if (statement.type === 'ExportNamedDeclaration') {
    if (statement.declaration) {
      const { declaration } = statement
      const names = declaration.declarations
        ? declaration.declarations.flatMap((one: Node) => boundNames(one.id))
        : boundNames(declaration.id)
      for (const name of names) add(name, unitOf(name), undefined, name)
    } else if (statement.source === null) {
      for (const one of statement.specifiers as Node[]) {
        add(one.exported.name ?? one.exported.value, unitOf(one.local.name), undefined, one.local.name)
      }
    }
  }
}

/** The member of another module that an export is. */
export interface Origin {
  source: string
  /** How the whole of the module was got. */
  whole: string
  steps: string[]
}

/** `require('x').a`, and the same by a name that the module has for `require('x')` or for its `a`. */
export function importOf({ value, local }: Export, { units, scope }: Once): Origin | undefined {
  const steps: string[] = []
  let root = value === undefined ? undefined : unwrap(value)
  while (root?.type === 'MemberExpression' && !root.computed && !root.optional) {
    steps.unshift(root.property.name)
    root = unwrap(root.object)
  }
  const required = root && requiredModule(root)
  if (required !== undefined) return { source: required, whole: '=', steps }
  const name = root?.type === 'Identifier' ? root.name : root === undefined ? local : undefined
  const unit = unitsNamed(units, name).find(({ kind, names }) => kind === 'import' && names[0] === name)
  if (unit?.source === undefined || unit.imported === undefined) return undefined
  // One that is assigned may be anything.
  if (scope.names.get(name)?.assigned) return undefined
  const whole = unit.helper?.name ?? (unit.imported === '*' ? '*' : '=')
  const [own] = /^[=*]$/.test(unit.imported) ? [] : [unit.imported]
  return { source: unit.source, whole, steps: own === undefined ? steps : [own, ...steps] }
}

export function isSameOrigin(a: Origin | undefined, b: Origin): boolean {
  return a !== undefined && a.source === b.source && a.whole === b.whole && a.steps.join() === b.steps.join()
}

/** A statement that does nothing but say what the module exports. */
export function isExportOnly(unit: Unit, { fn }: Once): boolean {
  if (fn !== undefined) return false
  if (bundledExports(unit).length > 0 || givenExports(unit).length > 0) return true
  return unit.targets?.every(({ path }) => /^(module\.)?exports(\.|$)/.test(path)) ?? false
}
