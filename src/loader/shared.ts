/** What threaded.ts and hooks-thread.ts, its side in Node's thread of hooks, tell each other. */
import type { MessagePort } from 'node:worker_threads'
import type { PackEntry } from './pack-layout.ts'
import type { NewFile } from './registry.ts'

/** What the hooks thread is given. */
export interface ThreadData {
  port: MessagePort
  growth: MessagePort
  /** See `Shared`. */
  shared: Int32Array
  /** The number of this registration. */
  registration: number
  /** The pack of this program. */
  pack: string | undefined
}

/** What the threads tell each other without a message. */
export const Shared = {
  /** Number of cells that are declared. */
  declared: 0,
  /** 1 while maps are wanted. */
  maps: 1,
  /** The registration that prepares files; older ones leave that to it. */
  registration: 2,
  /** 1 when there may be hooks of other tools in the thread. */
  others: 3,
} as const

/** What the hooks thread says about a file. */
export type Posted =
  | { file: Omit<NewFile, 'details' | 'nearby'>; entry?: PackEntry }
  | { url: string; reason: string; entry?: PackEntry }
