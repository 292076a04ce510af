import type { Livepatch, Prepared } from '../livepatch/core.ts'
import type { Patch } from '../livepatch/patch.ts'
import type { TransitionStatus } from '../livepatch/transition.ts'
import type { Request } from './protocol.ts'

/** A line of `umbra list`. */
export interface PatchRow {
  name: string
  version?: string
  enabled: boolean
  /** Which way it is in transition and what holds it up (age of the oldest task in milliseconds), else false. */
  transition: false | ({ to: 'patching' | 'unpatching' } & TransitionStatus)
  targets: string[]
  /** Why a thread of the process goes without it. */
  missing?: string
}

/** What a patch is in one thread. */
export interface ThreadRow {
  /** 0 is the main thread. */
  thread: number
  /** null where the thread does not answer. */
  enabled: boolean | null
  transition: PatchRow['transition']
  /** Why it is not in this thread: it could not be loaded there. */
  missing?: string
}

/** A patch in all threads: its row in the main one, and what it is in each. */
export type ProcessRow = PatchRow & { threads: ThreadRow[] }

export function patchRow(patch: Patch, livepatch: Livepatch): PatchRow {
  const { name, version, phase, targets } = patch
  const status = livepatch.transitionOf(patch) ?? { tasks: 0, oldest: 0, names: [] }
  return {
    name,
    ...(version !== undefined && { version }),
    enabled: phase === 'enabled' || phase === 'patching',
    transition: phase === 'patching' || phase === 'unpatching' ? { to: phase, ...status } : false,
    targets: targets.map((target) => target.written),
  }
}

/** The patches of one thread. */
export function listPatches(livepatch: Livepatch): PatchRow[] {
  return livepatch.patches.map((patch) => patchRow(patch, livepatch))
}

/** Requests that change something, in two steps; all others are answered at once. */
export type ChangeRequest = Extract<Request, { op: 'load' | 'enable' | 'disable' | 'unload' | 'force' }>

export function changes(request: Request): request is ChangeRequest {
  return ['load', 'enable', 'disable', 'unload', 'force'].includes(request.op)
}

/** Prepares what a request asks for in one thread. */
export function prepareRequest(livepatch: Livepatch, request: ChangeRequest): Promise<Prepared> {
  switch (request.op) {
    case 'load':
      return livepatch.prepareLoad(request, request.wait)
    case 'enable':
      return livepatch.prepareEnable(request.patch, request.wait)
    case 'disable':
      return livepatch.prepareDisable(request.patch, request.wait)
    case 'unload':
      return livepatch.prepareUnload(request.patch, request.wait)
    case 'force':
      return livepatch.prepareForce(request.patch)
  }
}
