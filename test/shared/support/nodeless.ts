/** A thread without Node's globals, as the workers of a browser are. See lock.test.ts. */
import type { SharedTableHandle } from 'umbra/shared'

/** Opens the table and says how many threads have it open then. */
export async function open(handle: SharedTableHandle): Promise<number> {
  Reflect.deleteProperty(globalThis, 'process')
  const { SharedShadowTable } = await import('umbra/shared')
  return SharedShadowTable.open(handle).stats().threads
}
