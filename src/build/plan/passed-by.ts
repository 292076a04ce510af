import type { Node } from '../../instrument/parse.ts'

/** What methods of lists pass to the function that they get. */
const BY_LISTS = [
  { methods: /^(map|flatMap|forEach|filter|some|every|find(Last)?(Index)?)$/, passed: 3 },
  { methods: /^reduce(Right)?$/, passed: 4 },
  { methods: /^sort$/, passed: 2 },
]

/** Who gets a function, and calls it with nothing or not at all. */
const PASSES_NOTHING =
  /^(queueMicrotask|inherits|setPrototypeOf|definePropert(y|ies)|assign|create|log|String|captureStackTrace)$/

/** How many arguments a function of the platform passes to one that it gets; undefined where that is not known. */
export function passedBy({ callee, arguments: args }: Node, fn: Node, method = ''): number | undefined {
  const isMember = callee.type === 'MemberExpression'
  if (PASSES_NOTHING.test(method)) return 0
  if (/^(then|catch|finally)$/.test(method)) return isMember ? 1 : undefined
  if (method === 'Promise') return callee.type === 'Identifier' ? 2 : undefined
  if (args[0] !== fn) return undefined
  if (/^set(Timeout|Interval)$/.test(method)) return argumentsAfter(args, 2)
  if (/^(setImmediate|nextTick)$/.test(method)) return argumentsAfter(args, 1)
  if (/^(call|apply|bind)$/.test(method)) return callee.object?.name === 'Reflect' ? undefined : 0
  return isMember ? BY_LISTS.find(({ methods }) => methods.test(method))?.passed : undefined
}

function argumentsAfter(args: Node[], count: number): number {
  const isOpen = args.some(({ type }) => type === 'SpreadElement')
  return isOpen ? Number.POSITIVE_INFINITY : Math.max(0, args.length - count)
}
