/** umbra/shared: shadow variables in shared memory, for worker threads. See docs/shared-table.md. */

export type { Key } from './lookup.ts'
export type { SharedTableHandle, SharedTableOptions } from './open.ts'
export type { SharedTableStats } from './stats.ts'
export { type Data, type Destructor, SharedShadowTable, type Watched } from './table.ts'
export { viewAs } from './views.ts'
export type { Constructor } from './writers.ts'
