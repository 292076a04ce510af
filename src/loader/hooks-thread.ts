/** What Node loads into its thread of hooks, once for each registration (threaded.ts). All of them share hooks.ts. */
import type { LoadHook } from 'node:module'
import { loadFor } from './hooks.ts'
import type { ThreadData } from './shared.ts'

let own: LoadHook

export function initialize(data: ThreadData): void {
  own = loadFor(data)
}

export const load: LoadHook = (url, context, next) => own(url, context, next)
