import { inspect } from 'node:util'
import { threadId } from 'node:worker_threads'
import type { Registry } from '../loader/registry.ts'
import { totals, variablesOf } from '../shadow/inspect.ts'
import { objectAt } from './object-path.ts'

/** What is known of one identifier, for `umbra shadow`. */
export interface IdentifierRow {
  name: string
  /** Whose identifier it is: each thread has its own, 0 is the main one. */
  thread: number
  attached: number
  detached: number
  reclaimed: number
  /** Attached to living parents now, in all and by class; missing where the store does not track them. */
  live?: number
  classes?: { name: string; live: number }[]
}

/** The shadow variables of one object, for `umbra shadow --object`. */
export interface ObjectRow {
  object: string
  variables: { name: string; data: string }[]
}

/** The identifiers of this thread. */
export function describeShadow(): IdentifierRow[] {
  return totals().map(({ name, attached, detached, reclaimed, live, classes }) => ({
    name: String(name),
    thread: threadId,
    attached,
    detached,
    reclaimed,
    ...(live !== undefined && { live }),
    ...(classes !== undefined && { classes }),
  }))
}

/** @throws UmbraError OBJECT_PATH */
export async function describeObject(
  path: string,
  registry: Registry,
  mayEvaluate: boolean,
): Promise<ObjectRow> {
  const object = await objectAt(path, registry, mayEvaluate)
  const variables = variablesOf(object).map(({ name, data }) => ({ name: String(name), data: show(data, 2) }))
  return { object: show(object, 0), variables }
}

/** As text, by none of the program's own means. */
function show(value: unknown, depth: number): string {
  return inspect(value, {
    depth,
    customInspect: false,
    showProxy: true,
    maxArrayLength: 20,
    maxStringLength: 200,
  })
}
