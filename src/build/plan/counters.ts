import type { FilePlan } from './file-plan.ts'
import type { OncePlan } from './once-plan.ts'

/** A variable that is only counted up: the running one goes on. */
export function isCounter({ pair: { old, new: young } }: OncePlan, name: string): boolean {
  return [old, young].every(({ file, scope, units }) => {
    const init = units.find(({ names }) => names.includes(name))?.node.init
    const set = file.usesOf(scope.names.get(name)).filter(({ assigned }) => assigned)
    const counts = set.filter(({ node }) => file.parent(node)?.type === 'UpdateExpression')
    return (
      init?.type === 'Literal' &&
      typeof init.value === 'number' &&
      counts.length > 0 &&
      set.length - counts.length <= 1
    )
  })
}

/** The number that an object has got from a counter, for good: objects made before have theirs. */
export function isNumbered(file: FilePlan, ...members: PropertyDescriptor[]): boolean {
  const isNumber = members.every(
    ({ value, enumerable, writable }) => Number.isInteger(value) && !enumerable && !writable,
  )
  return (
    isNumber && file.onces.some((once) => [...once.scope.names.keys()].some((name) => isCounter(once, name)))
  )
}
