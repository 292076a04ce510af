import type { Node } from '../../instrument/parse.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { memberKey } from '../read/expressions.ts'
import { shape } from '../read/shape.ts'
import { containerKey, isMadeAnew, oncesOf } from './containers.ts'
import type { Finding } from './findings.ts'
import { NOTHING } from './report.ts'

const KEPT = 'it is kept in another order now, and what the running version has put there stays in its own'
const TAKEN = `${KEPT}, from which the new version takes the wrong end`

/** Lists that live on and are filled from the other end, or kept sorted, now: `unshift` and `pop` for `push` and `shift`. */
export function* otherOrder(plan: Plan): Generator<Finding> {
  for (const file of plan.files.values()) {
    if (file.pair.changed.size === 0) continue
    const [before, after] = [listsIn(file, 'old'), listsIn(file, 'new')]
    for (const [key, { puts, takes, node, name }] of after) {
      const was = before.get(key)
      const isSorted = puts.has('sort') && was?.puts.has('sort') === false
      if (was === undefined || !(isSorted || isOther(was.puts, puts)) || isMadeAnew(name, file)) continue
      const place = { file: file.path, line: file.pair.new.lineOf(node.start), what: key.split(' ').at(-1)! }
      if (isOther(was.takes, takes))
        yield { severity: 'problem', ...place, why: TAKEN, advice: 'turn it round in a pre-patch callback' }
      else yield { severity: 'note', ...place, why: KEPT, advice: NOTHING }
    }
  }
}

/** Something is done in one way no more, and in another one instead. */
function isOther(was: Set<string>, is: Set<string>): boolean {
  return [...is].some((one) => !was.has(one)) && [...was].some((one) => !is.has(one))
}

interface List {
  /** How something is put there. */
  puts: Set<string>
  /** From where something is taken. */
  takes: Set<string>
  node: Node
  name: Node | undefined
}

function listsIn(file: FilePlan, side: 'old' | 'new'): Map<string, List> {
  const source = file.pair[side]
  const onces = oncesOf(file, side)
  const all = new Map<string, List>()
  source.nodes.forEach((node) => {
    const [list, way, isPut] = putOrTaken(node, source.parent(node)) ?? []
    const fn = list && source.functionAround(node)
    const key = fn && containerKey(list, fn, source, onces)
    if (list === undefined || way === undefined || key === undefined) return
    const name = list.type === 'Identifier' ? list : undefined
    const known = all.get(key) ?? { puts: new Set(), takes: new Set(), node, name }
    const ways = isPut ? known.puts : known.takes
    all.set(key, known)
    ways.add(way)
  })
  return new Map([...all].filter(([, { puts }]) => puts.size > 0))
}

/** The list, at which end, and whether something is put there. */
function putOrTaken(node: Node, parent: Node | undefined): [Node, string, boolean] | undefined {
  const { type, callee, arguments: args, object, property, computed } = node
  if (type === 'CallExpression' && callee.type === 'MemberExpression') {
    const verb = memberKey(callee) ?? ''
    if (/^(push|unshift|sort)$/.test(verb)) return [callee.object, verb, true]
    if (verb === 'splice' && args.length > 2) return [callee.object, shape(args[0]), true]
    if (/^(shift|pop|at)$/.test(verb)) return [callee.object, [verb, ...args.map(shape)].join(), false]
  }
  const isTaken = type === 'MemberExpression' && computed && parent?.left !== node
  return isTaken && isEnd(property) ? [object, shape(property), false] : undefined
}

/** `list[0]`, `list[list.length - 1]` */
function isEnd({ type, value, left }: Node): boolean {
  if (type === 'Literal') return value === 0
  return type === 'BinaryExpression' && left.type === 'MemberExpression' && memberKey(left) === 'length'
}
