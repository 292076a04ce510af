import type { Node } from '../../instrument/parse.ts'
import { memberKey } from './expressions.ts'
import type { SourceFile } from './source-file.ts'

const indexes = new WeakMap<SourceFile, Map<string, Node[]>>()

/** Where a file asks for members of a name, `x.name` and `x['name']`, whosever they are: found once for all names. */
export function membersNamed(name: string, source: SourceFile): readonly Node[] {
  let index = indexes.get(source)
  if (index === undefined) {
    index = new Map()
    indexes.set(source, index)
    source.nodes.forEach((node) => {
      const key = node.type === 'MemberExpression' ? memberKey(node) : undefined
      if (key === undefined) return
      const known = index!.get(key)
      if (known === undefined) index!.set(key, [node])
      else known.push(node)
    })
  }
  return index.get(name) ?? []
}
