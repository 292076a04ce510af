import { isBuiltin } from 'node:module'
import type { Node } from '../../instrument/parse.ts'
import type { Unit } from './units.ts'

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

/** What an import gives. */
export function importShape({ source, imported, helper }: Unit): string {
  const from = source?.replace(/^node:/, '')
  // The module is this class itself.
  const name = from === 'events' && /^(=|default)$/.test(imported!) ? 'EventEmitter' : imported
  return `${from} ${name} ${helper === undefined ? '' : 'through a helper'}`
}
