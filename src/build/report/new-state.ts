import type { Binding, FunctionNode } from '../../instrument/scopes.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { mayOutlive } from '../plan/outlives.ts'
import type { Plan } from '../plan/plan.ts'
import { changesObject } from '../read/effects.ts'
import type { SourceFile, Use } from '../read/source-file.ts'
import type { Finding } from './findings.ts'

/**
 * New variables into which one function puts what another one looks for: calls of the running version have put nothing there.
 * A function that looks for what it has put there itself finds nothing the first time, as in the release.
 */
export function* newState(plan: Plan): Generator<Finding> {
  for (const file of plan.files.values()) {
    const candidates = new Map([...ofModule(file), ...ofFunctions(file)])
    if (candidates.size === 0) continue
    for (const [binding, uses] of usesOf(candidates, file)) {
      if (!isFilledForOthers(uses, candidates.get(binding), file)) continue
      const { node } = uses[0]!
      yield {
        severity: 'note',
        file: file.path,
        line: file.pair.new.lineOf(node.start),
        what: binding.name,
        why: 'a new variable: what calls before the patch would have put into it is not there',
        advice: 'nothing, if that is right; else fill it in a pre-patch callback',
      }
    }
  }
}

/** With the function whose variable it is; undefined: the module's. */
type Candidate = [Binding, FunctionNode | undefined]

function ofModule({ onces }: FilePlan): Candidate[] {
  return onces.flatMap(({ pair, scope }) =>
    pair.added
      .filter(({ kind }) => kind === 'variable')
      .flatMap(({ names }) => names.flatMap((name) => scope.names.get(name) ?? []))
      .map((binding): Candidate => [binding, pair.new.fn]),
  )
}

function ofFunctions({ pair, onces }: FilePlan): Candidate[] {
  return [...pair.functions].flatMap(([young, old]) => {
    if (!pair.changed.has(young) || onces.some((once) => once.pair.new.fn === young)) return []
    const isNew = ({ name, kind }: Binding): boolean =>
      !/^(function|class)$/.test(kind) && !old.body.names.has(name) && !old.parameters.names.has(name)
    return [...young.body.names.values()].filter(isNew).map((binding): Candidate => [binding, young])
  })
}

function usesOf(candidates: Map<Binding, unknown>, { pair }: FilePlan): Map<Binding, Use[]> {
  const names = new Set([...candidates.keys()].map(({ name }) => name))
  const found = new Map<Binding, Use[]>()
  for (const use of pair.new.uses) {
    const binding = names.has(use.node.name) ? pair.new.bindingOf(use) : undefined
    if (binding !== undefined && candidates.has(binding))
      found.set(binding, [...(found.get(binding) ?? []), use])
  }
  return found
}

function isFilledForOthers(uses: Use[], owner: FunctionNode | undefined, { pair }: FilePlan): boolean {
  const source = pair.new
  const fillers = new Set<FunctionNode>()
  const readers = new Set<FunctionNode>()
  for (const use of uses) {
    const fn = source.functionAt(use)
    if (fn === undefined || fn === owner) continue
    if (!use.assigned && !changesObject(use, source)) readers.add(fn)
    else if (pair.functions.has(fn) && (owner === undefined || mayOutlive(fn, source))) fillers.add(fn)
  }
  for (const fn of fillers) readers.delete(fn)
  return fillers.size > 0 && (readers.size > 0 || uses.some((use) => isCounted(use, uses, source)))
}

/** `seen.set(x, seen.get(x) + 1)` */
function isCounted({ node }: Use, uses: Use[], source: SourceFile): boolean {
  const call = source.parent(source.parent(node) ?? node)
  return (
    call?.type === 'CallExpression' &&
    call.callee.object === node &&
    uses.some((use) => use.node.start > call.callee.end && use.node.end < call.end)
  )
}
