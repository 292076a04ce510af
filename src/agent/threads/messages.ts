import type { OperationReport } from '../../livepatch/core.ts'
import type { LogEntry } from '../../livepatch/log.ts'
import { workerThreads } from '../../thread.ts'
import type { ChangeRequest, PatchRow } from '../requests.ts'
import type { IdentifierRow } from '../shadow.ts'

/** What the main thread says to all others. */
export type ToThreads =
  | { to: 'threads'; operation: number; step: 'prepare'; request: ChangeRequest }
  | { to: 'threads'; operation: number; step: 'commit' | 'cancel' }
  | { to: 'threads'; operation: number; step: 'list' | 'shadow' }

/** What a thread answers; each step of an operation has one answer. */
export type FromThread =
  | { to: 'main'; thread: number; operation: number; answer: Answer }
  | { to: 'main'; thread: number; entry: LogEntry }

export type Answer =
  | { prepared: string[] }
  | { report: OperationReport }
  | { rows: PatchRow[] }
  | { identifiers: IdentifierRow[] }
  | { error: { code: string; message: string } }

/** The channel of the process's threads; it keeps none of them alive. */
export function openChannel<In, Out>(heard: (message: In) => void): (message: Out) => void {
  const { BroadcastChannel } = workerThreads()
  const channel = new BroadcastChannel(`umbra.${process.pid}`)
  channel.onmessage = (event) => heard((event as { data: In }).data)
  channel.unref()
  return (message) => channel.postMessage(message)
}
