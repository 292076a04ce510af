import { dirname, relative } from 'node:path/posix'
import type { Node } from '../../../instrument/parse.ts'
import { otherOrder } from '../../plan/key-order.ts'
import { bundledExports } from '../../read/exports.ts'
import { isName, propertyName } from '../../read/expressions.ts'
import { assignedPaths, assignedValue } from '../../read/unit-values.ts'
import type { Unit } from '../../read/units.ts'
import { propertyKey, quote } from '../edits.ts'
import type { Member } from './member.ts'
import { isPlain, type MemberValues } from './values.ts'

/** Exports of CommonJS modules; those of an ES module nobody can change. */
export function exportedMembers(values: MemberValues, lists: readonly Member[]): Member[] {
  const { changedExports, exports, pair, module } = values.file
  if (pair.new.type === 'module' || changedExports.has('module.exports')) return []
  const listed = new Set(lists.map(({ node }) => node))
  const led = new Set([...values.file.succeeded.values()].map(({ name }) => name))
  const order = orderOfLiteral(values)
  return [...changedExports].flatMap(([name, how]): Member[] => {
    const one = exports.new.get(name)
    if (one === undefined) {
      const other = how === 'added' ? handedOn(values, name) : undefined
      return other === undefined ? [] : [other]
    }
    if (listed.has(one.value ?? one.unit.node) || led.has(name) || values.file.puts(name)) return []
    // What start-up code fills is more than what it begins with.
    const isFilled = one.local !== undefined && module.initialisers(one.local).length > 0
    const id: Node | undefined = isFilled ? module.unitOf(one.local!)?.node.id : undefined
    // A declaration that begins with nothing is no use of the name.
    const isUse = id !== undefined && pair.new.usesIn(id).length > 0
    const own = isUse ? id : one.value
    const value: Node | undefined = own ?? values.localValue(one.local)
    if (value === undefined || (how === 'changed' && !isPlain(value))) return []
    const was = exports.old.get(name)
    if (was !== undefined && isGetter(was.unit)) return []
    const text = how === 'added' ? values.newExport(name, value) : values.value(value)
    if (text === undefined) return []
    // `exports.F.limit = …`
    const steps = name.split('.')
    const key = propertyKey(steps.pop()!)
    return [
      {
        holder: ['exports', ...steps].join('.'),
        enumerable: true,
        name: `exports.${name}`,
        node: one.value ?? one.unit.node,
        text: `${key}: ${text}`,
        ...values.before(key, was?.value),
        order: steps.length === 0 ? order : undefined,
      },
    ]
  })
}

/** The order of what `module.exports = { … }` gives, where new exports do not come last: programs may go through them. */
function orderOfLiteral({ file: { module } }: MemberValues): string[] | undefined {
  const isWhole = (unit: Unit): boolean => assignedPaths(unit).includes('module.exports')
  const pair = module.pair.pairs.find((one) => isWhole(one.old) && isWhole(one.new))
  const [was, is] = [pair?.old, pair?.new].map((unit) => unit && keysOf(assignedValue(unit)))
  return was && is && otherOrder(was, is)
}

function keysOf(literal: Node | undefined): string[] | undefined {
  if (literal?.type !== 'ObjectExpression') return undefined
  const keys = (literal.properties as Node[]).map((one) =>
    one.type === 'Property' ? propertyName(one) : undefined,
  )
  return keys.every((key) => key !== undefined) ? (keys as string[]) : undefined
}

/** `__exportStar(require('./other'), exports)`, where the other file is new, or what it exports there. */
function handedOn(values: MemberValues, name: string): Member | undefined {
  const { path, name: own } = values.plan.origin(values.file.path, name)
  const running = values.plan.files.get(path)
  const isNew =
    values.plan.added.has(path) ||
    (running?.pair.new.type === 'commonjs' && running.changedExports.get(own) === 'added')
  if (!isNew || !isName(name) || name !== own) return undefined
  const source = relative(dirname(values.file.path), path)
  const text = `${name}: require(${quote(source.startsWith('.') ? source : `./${source}`)}).${name}`
  const node = values.file.pair.new.program
  return { holder: 'exports', enumerable: true, name: `exports.${name}`, node, text }
}

/** Compilers export names by getters that cannot be defined again. */
function isGetter(unit: Unit): boolean {
  return unit.key.startsWith('define ') || bundledExports(unit).length > 0
}
