import type { FunctionNode } from '../../instrument/scopes.ts'
import type { FilePlan } from '../plan/file-plan.ts'
import { outlives } from '../plan/outlives.ts'
import type { Plan } from '../plan/plan.ts'
import { prototypeOf } from '../plan/prototype-of.ts'
import { usesOfThis } from '../read/this.ts'
import type { Finding } from './findings.ts'
import { NOTHING, RESTART } from './report.ts'

/** Methods that are new in classes and objects which a function makes: those that it has made are without them. */
export function* madeBefore(plan: Plan): Generator<Finding> {
  for (const file of plan.files.values()) {
    const { functions, changed, new: source } = file.pair
    for (const fn of changed)
      for (const methods of methodsMadeIn(fn, file)) {
        const known = methods.filter((one) => functions.has(one) && outlives(one, source))
        const added = methods.filter((one) => !functions.has(one) && one.kind !== 'constructor')
        if (known.length === 0) continue
        for (const method of added) {
          const name = method.paths[0]!.split(/[/.]/).at(-1)!
          const isNeeded = known.some(({ node }) => usesOfThis(node).has(name))
          if (!isNeeded && source.parent(method.node)?.type === 'Property') continue
          yield {
            severity: isNeeded ? 'problem' : 'note',
            file: file.path,
            line: source.lineOf(method.start),
            what: method.paths[0]!,
            why: `a new method: what the function has made before the patch is without it${isNeeded ? ', and its other methods call it' : ''}`,
            advice: isNeeded ? RESTART : NOTHING,
          }
        }
      }
  }
}

/** The functions in one, by the class, literal or prototype whose methods they are. */
function methodsMadeIn(fn: FunctionNode, { pair, onces }: FilePlan): FunctionNode[][] {
  const source = pair.new
  if (onces.some((once) => once.pair.new.fn === fn)) return []
  const owners = new Map<unknown, FunctionNode[]>()
  for (const one of source.functionsIn(fn)) {
    const parent = source.parent(one.node)
    const isMember = parent?.type === 'Property' || parent?.type === 'MethodDefinition'
    const owner = isMember ? source.parent(parent) : prototypeOf(one, source)
    if (owner !== undefined) owners.set(owner, [...(owners.get(owner) ?? []), one])
  }
  return [...owners.values()]
}
