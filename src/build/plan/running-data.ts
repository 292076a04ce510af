import { isDeepStrictEqual } from 'node:util'
import { type Node, unwrap } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { containsNode, isFunction } from '../../livepatch/ast.ts'
import { matchFunctions } from '../read/compare.ts'
import { declaratorsOf } from '../read/declarators.ts'
import { isExportOnly } from '../read/exports.ts'
import { memberPath } from '../read/expressions.ts'
import type { Version } from '../read/folder.ts'
import { type Rehearsed, rehearse, type World } from '../read/rehearsal.ts'
import { runTimeOf } from '../read/run-there.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'
import { assignedValue, functionOf } from '../read/unit-values.ts'
import type { Unit } from '../read/units.ts'
import { isCalled } from './changed-values.ts'
import { DataComparison } from './compare-data.ts'
import { exportedFunctions } from './exported-functions.ts'
import type { FilePlan } from './file-plan.ts'
import { heldFunctions } from './held-functions.ts'
import type { OncePlan } from './once-plan.ts'
import type { Plan } from './plan.ts'
import { Sources } from './sources.ts'
import { Untold } from './untold.ts'

/** Where a running object is: by what the module exports or what a name of it holds, and keys from there. */
export interface Place {
  once: OncePlan | undefined
  /** What another module of the package exports. */
  module?: string
  name: string
  keys: readonly (string | number)[]
}

/** A value as an expression: text, and running objects and functions of the new version that are part of it. */
export type Expression = (string | Place | FunctionNode)[]

/** What the new version's start-up code makes otherwise of a running object. */
export interface Difference {
  place: Place
  /** Without a value: it has none. */
  members: {
    key: string
    /** Of one that is new. */
    enumerable: boolean
    old: Expression | undefined
    new: Expression | undefined
  }[]
  /** The order of its keys, where that is another one. */
  order: string[] | undefined
}

/** A list with other elements. */
export interface ListDifference {
  place: Place
  old: Expression
  new: Expression
}

/** What start-up code of both versions has made of a module's data, and how one becomes the other. */
export interface RunningData {
  objects: Difference[]
  lists: ListDifference[]
  /** New objects that stand at several places: each with its name, SHARED and its number. */
  shared: Expression[]
  /** Names that hold the same, or what is changed where it is. */
  settled: ReadonlyMap<OncePlan, ReadonlySet<string>>
  /** Modules of the running version that start-up code of the new one loads, and that of the running one does not. */
  loads: readonly string[]
  /** Functions of the new version that are the running ones, and that are not replaced. */
  kept: ReadonlySet<FunctionNode>
}

/**
 * Runs what both versions of a module do at start-up in isolation, and compares what comes of it. Undefined where that needs
 * more than the language, or differs in more than data that can be changed where it is.
 */
export function runningData(plan: Plan, file: FilePlan, young: Version['files']): RunningData | undefined {
  const { old, new: is } = file.pair
  if (old.type !== is.type || comparesOutside(file) || keepsChanged(file)) return undefined
  const sources = new Sources(plan, young)
  const [found, other] = WORLDS.map((world) => comparedIn(world, plan, file, young, sources))
  // What depends on the process that it runs in cannot be told beforehand.
  if (found === undefined || other === undefined || !isDeepStrictEqual(textsOf(found), textsOf(other)))
    return undefined
  for (const [is, was] of found.matches) matchFunctions(file.pair, was, is)
  return found
}

/**
 * Whether start-up code that differs compares what other packages give with something (`path.sep === '/'`): apart, there is nothing
 * to compare.
 */
function comparesOutside({ pair: { onces }, module }: FilePlan): boolean {
  const isOf = (units: readonly Unit[], node: Node): boolean => {
    const root = memberPath(unwrap(node))?.root
    const { source } = units.find(({ names, kind }) => kind === 'import' && names.includes(root!)) ?? {}
    return source !== undefined && !source.startsWith('.')
  }
  const compares = (unit: Unit, units: readonly Unit[]): boolean =>
    functionOf(unit) === undefined &&
    unit.kind !== 'class' &&
    containsNode(unit.node, ({ type, operator, left, right }, ancestors) => {
      if (type !== 'BinaryExpression' || !/^[!=]==?$/.test(operator) || ancestors.some(isFunction))
        return false
      const isNothing = [left, right].some(({ name, value }: Node) => name === 'undefined' || value === null)
      return !isNothing && (isOf(units, left) || isOf(units, right))
    })
  const [was, is] = [module.pair.old.units, module.pair.new.units]
  return onces.some(
    ({ added, removed, pairs }) =>
      added.some((unit) => compares(unit, is)) ||
      removed.some((unit) => compares(unit, was)) ||
      pairs.some((one) => one.changed && (compares(one.old, was) || compares(one.new, is))),
  )
}

/**
 * Whether a function that start-up code calls where it stands gives a variable, which the closures that it makes see, something of
 * a name that differs: nothing of a closure tells what it sees.
 */
function keepsChanged({ pair: { new: source }, onces }: FilePlan): boolean {
  const differing = new Set(
    onces.flatMap(({ pair }) =>
      pair.pairs.flatMap(({ changed, new: unit }) =>
        changed && unit.kind === 'variable' ? unit.names.map((name) => pair.new.scope.names.get(name)) : [],
      ),
    ),
  )
  const isOfDiffering = (node: Node): boolean =>
    source.usesIn(node).some((use) => differing.has(source.bindingOf(use)))
  return source.analysis.functions.some(
    (fn) =>
      runTimeOf(fn, source) === 'at once' &&
      !onces.some(({ pair }) => pair.new.fn === fn) &&
      declaratorsOf(fn).some(
        ({ id, init }) => init && source.bindingFor(id)?.captured && isOfDiffering(init),
      ),
  )
}

/** As different as programs can be that run the module. */
const WORLDS: readonly World[] = [
  { platform: 'linux', version: 'v20.19.0', variable: undefined, hasMembers: true, hasNewer: false },
  { platform: 'win32', version: 'v26.0.0', variable: '1', hasMembers: false, hasNewer: true },
]

function comparedIn(
  world: World,
  plan: Plan,
  file: FilePlan,
  young: Version['files'],
  sources: Sources,
): (RunningData & { matches: Map<FunctionNode, FunctionNode> }) | undefined {
  const run = (side: 'old' | 'new', first: string[]): Rehearsed | undefined => {
    const files = side === 'old' ? plan.running : young
    const onces = file.onces.map(({ pair }) => pair[side])
    return rehearse(files, file.path, onces, (path) => sources.of(path, side), world, first)
  }
  const both = (first: string[]): [Rehearsed, Rehearsed] | undefined => {
    const [before, after] = [run('old', first), run('new', first)]
    return before && after && [before, after]
  }
  let made = both([])
  if (made === undefined) return undefined
  const [had, has] = made.map(({ paths }) => new Set(paths))
  const loads = [...has!].filter((path) => !had!.has(path))
  // A module that one version alone needs counts as loaded: the program may have it, and the patch loads it.
  const others = [...loads, ...[...had!].filter((path) => !has!.has(path))]
  const isThere = (path: string): boolean => plan.running.has(path) && young.has(path)
  if (others.length > 0 && file.pair.new.type === 'commonjs' && others.every(isThere))
    made = both(others.sort())
  if (made === undefined) return undefined
  file.exposed.enterBy(exportedFunctions(made[0], file.pair.old, sources))
  for (const begin of ['exports', 'modules', 'prototypes'] as const) {
    const found = told(() => new DataComparison(plan, file, sources, ...made).run(begin))
    if (found !== undefined) return { ...found, loads: loads.filter(isThere) }
  }
  return undefined
}

function told<T>(find: () => T): T | undefined {
  try {
    return find()
  } catch (error) {
    if (error instanceof Untold) return undefined
    throw error
  }
}

function textsOf({ objects, lists, shared }: RunningData): unknown {
  const text = (parts: Expression | undefined): unknown =>
    parts?.map((one) => (typeof one === 'string' ? one : 'keys' in one ? [one.name, one.keys] : one.start))
  return [
    shared.map(text),
    objects.map(({ place, members, order }) => [
      [place.name, place.keys],
      members.map(({ key, old, new: is }) => [key, text(old), text(is)]),
      order,
    ]),
    lists.map(({ place, old, new: is }) => [[place.name, place.keys], text(old), text(is)]),
  ]
}

/** Whether start-up code calls a function of the scope that changed, and that works with nothing but the language. */
function callsChanged({ file, pair, effects }: OncePlan): boolean {
  const source = file.pair.new
  const isOther = (node: Node): boolean => {
    const fn = source.functionOf.get(node)
    const old = fn && file.pair.changed.has(fn) ? file.pair.functions.get(fn) : undefined
    return old !== undefined && isOfLanguage(node, source) && isOfLanguage(old.node, file.pair.old)
  }
  const changed = pair.new.units.filter((unit) => {
    const own = functionOf(unit)
    return own ? isOther(own) : heldFunctions(file, unit).some(isOther)
  })
  const names = changed.flatMap((unit) => unit.names)
  if (names.length === 0) return false
  return pair.new.units.some((unit) => {
    const { calls, uses } = effects.of(unit)
    return (
      names.some((name) => calls.has(name)) ||
      uses.some(({ node }) => names.includes(node.name) && isCalled(node, source))
    )
  })
}

function isOfLanguage(fn: Node, source: SourceFile): boolean {
  return source.usesIn(fn).every((use) => {
    const binding = source.bindingOf(use)
    if (binding === undefined)
      return /^(Object|Array|Symbol|Map|Set|RegExp|JSON|String|Number|undefined|NaN)$/.test(use.node.name)
    const owner = ownerOf(binding.scope)
    return owner !== undefined && fn.start <= owner.start && owner.end <= fn.end
  })
}

/** `isThere ? function …() {…} : other` */
function isChoice(value: Node | undefined): boolean {
  return value !== undefined && /^(Conditional|Logical)Expression$/.test(value.type)
}

/** Whether start-up code differs that does more than to declare functions and to export them: a choice of one, too. */
export function differsAtStart(file: FilePlan): boolean {
  if (file.onces.some((once) => callsChanged(once))) return true
  return file.pair.onces.some(({ added, removed, pairs, old, new: is }) => {
    const differs = (unit: Unit, once: typeof old): boolean =>
      unit.kind === 'variable' ||
      (unit.kind === 'statement' && (!isExportOnly(unit, once) || isChoice(assignedValue(unit))))
    return (
      added.some((unit) => differs(unit, is)) ||
      removed.some((unit) => differs(unit, old)) ||
      pairs.some(({ changed, new: unit }) => changed && differs(unit, is))
    )
  })
}
