import MagicString from 'magic-string'
import { type Node, unwrap } from '../../instrument/parse.ts'
import { requiredModule } from './imports.ts'
import { SourceFile } from './source-file.ts'

/** What every process has as a global variable and as a part of a module, and what programs do not put anything else in place of. */
const GLOBAL = /^(Buffer|process|URL|URLSearchParams|TextEncoder|TextDecoder)$/

/**
 * The new version of a file with global variables named as in the running one, where it has begun to import them: `import
 * process from 'node:process'`, `require('buffer').Buffer`. Lines stay where they are.
 */
export function withRunningGlobals(
  old: SourceFile,
  young: SourceFile,
  versions: readonly string[],
): SourceFile {
  const text = new MagicString(young.text)
  for (const statement of young.program.body as Node[])
    for (const list of listsOf(statement)) takeOut(list, { old, young, text })
  for (const call of young.requires) {
    const member = young.parent(call)
    const name: string | undefined = member?.type === 'MemberExpression' ? member.property.name : undefined
    if (name === undefined || member!.computed || member!.object !== call) continue
    const declarator = young.parent(member!)
    if (declarator?.type === 'VariableDeclarator' && declarator.id.name === name) continue
    if (isGlobal(requiredModule(call)!, name, name) && !isDeclared(old, name) && !isDeclared(young, name))
      text.update(member!.start, member!.end, name)
  }
  return text.hasChanged() ? SourceFile.read(young.path, text.toString(), young.type, versions) : young
}

/** Declarations that stand in a list, of which some may be left out. */
interface List {
  /** What is left out with all of them. */
  whole: Node
  items: { node: Node; from?: { source: string; imported: string; local: string } }[]
}

/** What a statement of a module declares. */
function listsOf(statement: Node): List[] {
  if (statement.type === 'ImportDeclaration') {
    const source: string = statement.source.value
    const specifiers = statement.specifiers as Node[]
    if (specifiers.length === 0) return []
    const isMixed = specifiers.length > 1 && specifiers[0]!.type === 'ImportDefaultSpecifier'
    const items = specifiers.map((node) => {
      const imported: string = node.type === 'ImportDefaultSpecifier' ? '=' : (node.imported?.name ?? '*')
      return isMixed ? { node } : { node, from: { source, imported, local: node.local.name as string } }
    })
    return [{ whole: statement, items }]
  }
  if (statement.type !== 'VariableDeclaration') return []
  const declarators = statement.declarations as Node[]
  const patterns = declarators.filter(({ id }) => id.type === 'ObjectPattern' && declarators.length === 1)
  return [
    { whole: statement, items: declarators.map(declared) },
    ...patterns.flatMap((one) => taken(one, statement)),
  ].filter(({ items }) => items.some(({ from }) => from))
}

/** `a = require('x')`, `a = require('x').a` */
function declared(node: Node): List['items'][number] {
  const value = node.init && unwrap(node.init)
  if (!value || node.id.type !== 'Identifier' || value.computed) return { node }
  const isMember = value.type === 'MemberExpression'
  const source = requiredModule(isMember ? unwrap(value.object) : value)
  const imported: string = isMember ? value.property.name : '='
  return source === undefined ? { node } : { node, from: { source, imported, local: node.id.name } }
}

/** `const { a, b: c } = require('x')` */
function taken({ id, init }: Node, whole: Node): List[] {
  const source = init ? requiredModule(unwrap(init)) : undefined
  const properties = id.properties as Node[]
  const isPlain = ({ type, computed, value }: Node): boolean =>
    type === 'Property' && !computed && value.type === 'Identifier'
  if (source === undefined || !properties.every(isPlain)) return []
  const items = properties.map((node) => ({
    node,
    from: { source, imported: (node.key.name ?? node.key.value) as string, local: node.value.name as string },
  }))
  return [{ whole, items }]
}

/** Leaves out of a list what the running version has as global variables. */
function takeOut({ whole, items }: List, { old, young, text }: Sides): void {
  const isOut = ({ from }: List['items'][number]): boolean =>
    from !== undefined &&
    isGlobal(from.source, from.imported, from.local) &&
    !isDeclared(old, from.local) &&
    !isExported(young, from.local)
  const blank = (start: number, end: number): void => {
    text.update(start, end, young.text.slice(start, end).replaceAll(/[^\n]/g, '') || ' ')
  }
  const last = items.findLastIndex((one) => !isOut(one))
  if (last === -1) return blank(whole.start, whole.end)
  for (const [at, { node }] of items.entries())
    if (at < last && isOut(items[at]!)) blank(node.start, items[at + 1]!.node.start)
  if (last < items.length - 1) blank(items[last]!.node.end, items.at(-1)!.node.end)
}

interface Sides {
  old: SourceFile
  young: SourceFile
  text: MagicString
}

/** Whether a part of a module is the global variable of a name. */
function isGlobal(source: string, imported: string, name: string): boolean {
  if (!GLOBAL.test(name)) return false
  const module = process.getBuiltinModule(source) as Record<string, unknown> | undefined
  const part = module && (imported === '=' ? module : module[imported])
  return part !== undefined && part === (globalThis as Record<string, unknown>)[name]
}

/** Whether a file has a variable of a name of its own. */
function isDeclared(file: SourceFile, name: string): boolean {
  const isIt = (use: { node: Node }): boolean => use.node.name === name
  return (
    file.analysis.functions.some((fn) => fn.parameters.names.has(name)) ||
    file.declared.some(isIt) ||
    file.uses.some((use) => isIt(use) && file.bindingOf(use) !== undefined)
  )
}

function isExported({ program }: SourceFile, name: string): boolean {
  return (program.body as Node[]).some(
    ({ type, specifiers, source }) =>
      type === 'ExportNamedDeclaration' &&
      !source &&
      (specifiers as Node[]).some(({ local }) => local.name === name),
  )
}
