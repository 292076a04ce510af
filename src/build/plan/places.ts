import type { Place } from './running-data.ts'

/** What a module exports, as an object: its members are the business of changed-exports.ts. */
export function isExports({ once, module, keys }: Place): boolean {
  return once === undefined && module === undefined && keys.length === 0
}
