import type { FunctionNode } from '../../instrument/scopes.ts'
import type { OncePair } from '../read/file-pair.ts'
import type { Use } from '../read/source-file.ts'
import { functionOf } from '../read/unit-values.ts'
import type { Unit } from '../read/units.ts'
import type { FilePlan } from './file-plan.ts'
import { outlivesResult } from './outlives.ts'

/**
 * `const memoized = memoize(parse)`: whether nobody has a function, which a call of the running version has made, but for
 * variables that are made anew. Whoever asked them is replaced, and asks the new ones.
 */
export function isMadeAgain(fn: FunctionNode, file: FilePlan): boolean {
  let maker = fn
  const isOnce = (one: FunctionNode | undefined): boolean =>
    file.onces.some(({ pair }) => pair.new.fn === one)
  while (!isOnce(maker.enclosing)) maker = maker.enclosing!
  const once = file.onces.find(({ pair }) => pair.new.fn === maker.enclosing)!
  const old = file.pair.functions.get(maker)
  if (maker === fn || old === undefined || outlivesResult(fn, maker, file.pair.new)) return false
  const unit = once.pair.old.units.find((one) => functionOf(one) === old.node)
  if (unit === undefined || unit.names.length !== 1 || isExported(unit, file)) return false
  const calls = usesOf(unit.names[0]!, once.pair).filter(({ node }) => node !== unit.node.id)
  return calls.every((use) => {
    const variable = variableMadeBy(use, once.pair)
    const [name] = variable?.names ?? []
    if (name === undefined || isExported(variable!, file)) return false
    const isGone = once.unitOf(name) === undefined
    return (isGone || once.changed.has(name)) && isOnlyCalled(variable!, once.pair)
  })
}

/** Where the running version uses a name of a scope. */
function usesOf(name: string, { old: { file, scope } }: OncePair): readonly Use[] {
  return file.usesOf(scope.names.get(name))
}

/** The variable that start-up code declares with what a call returns. */
function variableMadeBy({ node }: Use, { old }: OncePair): Unit | undefined {
  const call = old.file.parent(node)
  if (call?.type !== 'CallExpression' || call.callee !== node) return undefined
  return old.units.find(
    (unit) => unit.kind === 'variable' && unit.node.init === call && unit.names.length === 1,
  )
}

function isOnlyCalled({ names, node }: Unit, pair: OncePair): boolean {
  const { file, fn } = pair.old
  return usesOf(names[0]!, pair).every((use) => {
    if (use.node === node.id) return true
    const parent = file.parent(use.node)
    const isCall = parent?.type === 'CallExpression' && parent.callee === use.node
    return isCall && file.functionAt(use) !== fn
  })
}

function isExported({ node, names }: Unit, { pair, exports }: FilePlan): boolean {
  const parent = pair.old.parent(node)
  const isDeclared =
    /^Export/.test(parent?.type ?? '') || /^Export/.test(pair.old.parent(parent!)?.type ?? '')
  return isDeclared || [...exports.old.values()].some(({ local }) => local === names[0])
}
