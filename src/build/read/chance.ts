import type { Node } from '../../instrument/parse.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import { memberPath } from './expressions.ts'

const CHANCE = /^(Math\.random|(crypto\.)?(randomBytes|randomUUID|randomInt|getRandomValues|nanoid))$/
const TIME = /^(Date\.now|performance\.now|process\.(hrtime|uptime)(\.bigint)?)$/

/** Whether a value is another one whenever it is made. */
export function asksForChance(value: Node): boolean {
  return asks(value, CHANCE)
}

/** `Date.now()`, `new Date()` */
export function asksForTime(value: Node): boolean {
  const isNow = ({ type, callee, arguments: args }: Node): boolean =>
    /^(New|Call)Expression$/.test(type) && callee.name === 'Date' && args.length === 0
  return asks(value, TIME) || containsNode(value, isNow)
}

function asks(value: Node, whom: RegExp): boolean {
  return containsNode(
    value,
    ({ type, callee }, ancestors) =>
      type === 'CallExpression' && whom.test(memberPath(callee)?.path ?? '') && !ancestors.some(isFunction),
  )
}
