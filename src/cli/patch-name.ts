import { basename } from 'node:path'
import { parseSync } from 'oxc-parser'
import { type Node, walk } from '../livepatch/ast.ts'
import type { PatchSource } from '../livepatch/patch.ts'

/**
 * The name that a patch gives itself, read from its text: running a patch is for its process only. One that computes its
 * name is known by that of its file.
 */
export function patchName({ code, filename }: PatchSource): string {
  let name: string | undefined
  walk(parseSync('patch.js', `(function(){${code}\n})`).program as unknown as Node, (node) => {
    if (node.type !== 'ObjectExpression' || propertyOf(node, 'targets') === undefined) return
    const value: unknown = propertyOf(node, 'name')?.value.value
    if (typeof value === 'string') name ??= value
  })
  return name ?? basename(filename).replace(/\..*$/, '')
}

function propertyOf({ properties }: Node, key: string): Node | undefined {
  return (properties as Node[]).find((one) => one.key?.name === key || one.key?.value === key)
}
