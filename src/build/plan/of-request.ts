import type { Node } from '../../instrument/parse.ts'
import { memberKey } from '../read/expressions.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'

const REQUEST = /^_?req(uest)?$/
const RESPONSE = /^_?(res(ponse)?|reply)$/

/**
 * Whether an object is what a handler gets for one request: the request or its response, as parameters of these names, or what
 * a framework has around (`reply.raw`). What is put there ends with the request; `req.app` and the like are more than that.
 */
export function isOfRequest(object: Node, file: SourceFile): boolean {
  const isAround = object.type === 'MemberExpression' && memberKey(object) === 'raw'
  const root: Node = isAround ? object.object : object
  const binding = root.type === 'Identifier' ? file.bindingFor(root) : undefined
  const handler = binding && ownerOf(binding.scope)
  if (handler === undefined || binding!.scope !== handler.parameters || binding!.assigned) return false
  const names = (handler.node.params as Node[]).map(({ name }) => name ?? '')
  const isPair = names.some((name) => REQUEST.test(name)) && names.some((name) => RESPONSE.test(name))
  return isPair && (REQUEST.test(root.name) || RESPONSE.test(root.name))
}
