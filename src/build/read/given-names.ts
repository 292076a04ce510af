import MagicString from 'magic-string'
import { type Node, unwrap } from '../../instrument/parse.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { memberPath, propertyName, returnedBy } from './expressions.ts'
import type { Version } from './folder.ts'
import { SourceFile } from './source-file.ts'

/** `{ value: name, configurable: true }` of the helper by which esbuild and its kin keep names: `__name(f, "f")`. */
const HELPER = /['"]name['"],\s*\{\s*value\b/

/** A call that gives a function or class its name. */
export interface Naming {
  call: Node
  /** What gets it: an identifier, `this` in a class, or the function itself. */
  named: Node
  name: string
}

/** What a call names, if it does nothing else. */
export function namingOf(call: Node, file: SourceFile): Naming | undefined {
  if (call.type !== 'CallExpression' || call.callee.type !== 'Identifier') return undefined
  const [named, name, ...others] = call.arguments as Node[]
  if (named === undefined || typeof name?.value !== 'string' || others.length > 0) return undefined
  return isHelper(call.callee, file) ? { call, named: unwrap(named), name: name.value } : undefined
}

/** `(target, value) => Object.defineProperty(target, 'name', { value, configurable: true })` */
function isHelper(callee: Node, file: SourceFile): boolean {
  const binding = file.bindingFor(callee)
  const made = binding && !binding.assigned ? file.declaredWith(binding) : undefined
  if (made === undefined || !isFunction(unwrap(made))) return false
  const [target, value, ...more]: Node[] = unwrap(made).params
  const returned = returnedBy(unwrap(made))
  if (value === undefined || more.length > 0 || returned?.type !== 'CallExpression') return false
  const [to, key, descriptor] = returned.arguments as Node[]
  const properties: Node[] = descriptor?.type === 'ObjectExpression' ? descriptor.properties : []
  const given = properties.find((one) => propertyName(one) === 'value')?.value
  return (
    properties.length === 2 &&
    (returned.callee.type === 'Identifier' ||
      memberPath(returned.callee)?.path === 'Object.defineProperty') &&
    to?.name === target?.name &&
    key?.value === 'name' &&
    given?.name === value.name
  )
}

/** Whether it says no more than the name that the function has by itself, but for what a bundler puts around that: `_C`, `f2`. */
export function saysItsOwn({ call, named, name }: Naming, file: SourceFile): boolean {
  const own = ownName(call, named, file)
  const at = own?.indexOf(name) ?? -1
  return at >= 0 && /^_*$/.test(own!.slice(0, at)) && /^\d*$/.test(own!.slice(at + name.length))
}

function ownName(call: Node, named: Node, file: SourceFile): string | undefined {
  if (named.type === 'Identifier') return named.name
  if (named.type === 'ThisExpression') return classAround(call, file)?.id?.name
  if (named.id) return named.id.name
  const around = file.parent(file.wrapped(call))!
  if (around.computed || !/^(VariableDeclarator|Property|Assignment)/.test(around.type)) return undefined
  const target: Node = around.id ?? around.key ?? around.left
  return target.type === 'Literal' ? String(target.value) : target.name
}

/** The class with a block of its own for such a call: `static { __name(this, "C") }`. */
function classAround(call: Node, file: SourceFile): Node | undefined {
  const statement = file.parent(call)
  const block = statement && file.parent(statement)
  if (block?.type !== 'StaticBlock' || block.body.length > 1) return undefined
  return file.parent(file.parent(block)!)
}

/**
 * The new version without calls that say the names which functions have anyway, where the running version of a file was made
 * without them. What is left stands where it stood.
 */
export function withoutGivenNames(old: Version, young: Version): Version {
  const files: Version['files'] = new Map()
  for (const [path, file] of young.files) {
    const before = old.files.get(path)
    const isNew = before !== undefined && HELPER.test(file.text) && !HELPER.test(before.text)
    const source = isNew ? SourceFile.readable(path, file.text, file.type) : undefined
    files.set(path, source === undefined ? file : { ...file, text: unnamed(source) })
  }
  return { ...young, files }
}

function unnamed(file: SourceFile): string {
  const text = new MagicString(file.text)
  const blank = (start: number, end: number): void => {
    if (start < end) text.overwrite(start, end, file.text.slice(start, end).replaceAll(/[^\r\n]/g, ' '))
  }
  file.nodes.forEach((node) => {
    const naming = namingOf(node, file)
    if (naming === undefined || !saysItsOwn(naming, file)) return
    const { named, call } = naming
    const statement = file.parent(call)!
    if (named.type === 'ThisExpression') {
      const { start, end } = file.parent(statement)!
      blank(start, end)
    } else if (statement.type === 'ExpressionStatement') blank(statement.start, statement.end)
    else if (isFunction(named) || named.type === 'ClassExpression') {
      // What is left of the call is its parentheses.
      text.overwrite(
        call.start,
        named.start,
        `${file.text.slice(call.start, named.start - 1).replaceAll(/[^\r\n]/g, ' ')}(`,
      )
      text.overwrite(
        named.end,
        call.end,
        `${file.text.slice(named.end, call.end - 1).replaceAll(/[^\r\n]/g, ' ')})`,
      )
    }
  })
  return text.toString()
}
