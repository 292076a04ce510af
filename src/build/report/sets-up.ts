import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import { isOfRequest } from '../plan/of-request.ts'
import { calledName } from '../read/expressions.ts'
import { isHandler, LISTENERS } from '../read/run-there.ts'
import type { SourceFile } from '../read/source-file.ts'

const SETS_UP =
  /^(register|install|set_?up|init(ialize)?|configure|attach|mount|plugin|decorate)([A-Z_]\w*)?$/
const LIVES_ON = /^(app|application|server|router|fastify|instance|client|pool)$/

/**
 * Whether what a function is given as a parameter is set up by it, and goes on when it has returned: as names tell
 * (`register(app)`), or because it gets functions that are called later (`app.render = () => …`, `app.on('end', () => …)`).
 */
export function setsUp(parameter: Node, fn: FunctionNode, source: SourceFile): boolean {
  const { name } = parameter
  const isGiven = (fn.node.params as Node[]).some((one) => one.type === 'Identifier' && one.name === name)
  if (!isGiven || isHandler(fn.node) || isOfRequest(parameter, source)) return false
  const isNamed = fn.paths.some((path) => SETS_UP.test(path.split(/[/.]/).at(-1)!))
  const isIt = (node: Node | undefined): boolean => node?.type === 'Identifier' && node.name === name
  return (
    isNamed ||
    LIVES_ON.test(name) ||
    containsNode(fn.node.body, (node) => {
      if (source.functionAround(node) !== fn) return false
      if (node.type === 'AssignmentExpression') return isIt(node.left.object) && isFunction(node.right)
      if (node.type !== 'CallExpression' || !isIt(node.callee.object)) return false
      return LISTENERS.test(calledName(node) ?? '') && (node.arguments as Node[]).some(isFunction)
    })
  )
}
