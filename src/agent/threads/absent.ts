import type { Livepatch, OperationReport, Prepared } from '../../livepatch/core.ts'
import { UmbraError } from '../../livepatch/errors.ts'
import type { ChangeRequest, PatchRow } from '../requests.ts'
import type { SavedPatch } from './saved.ts'

interface Absent {
  patch: SavedPatch
  /** Why it could not be loaded; undefined for one that was disabled when the thread started. */
  reason: string | undefined
}

/** Patches of the process that a thread has not loaded: it was started when they were disabled, or could not take them. */
export class AbsentPatches {
  readonly #all = new Map<string, Absent>()

  add(patch: SavedPatch, reason?: string): void {
    this.#all.set(patch.name, { patch, reason })
  }

  rows(): PatchRow[] {
    return [...this.#all].map(([name, { reason }]) => ({
      name,
      enabled: false,
      transition: false,
      targets: [],
      ...(reason !== undefined && { missing: reason }),
    }))
  }

  /** Prepares what is done to an absent patch; undefined for a request that is about none. */
  prepare(request: ChangeRequest, core: () => Livepatch): Promise<Prepared> | undefined {
    const absent = 'patch' in request ? this.#all.get(request.patch) : undefined
    if (absent === undefined) return undefined
    const { name, source, copies } = absent.patch
    switch (request.op) {
      case 'enable':
        return core()
          .prepareLoad(source, request.wait, copies)
          .then((prepared) => {
            const commit = async (): Promise<OperationReport> => {
              const report = await prepared.commit()
              this.#all.delete(name)
              return report
            }
            return { ...prepared, commit }
          })
      case 'unload':
        return Promise.resolve(nothing(name, () => this.#all.delete(name)))
      case 'force':
        return Promise.resolve(nothing(name, () => refuseForce(name)))
      default:
        return Promise.resolve(nothing(name, () => {}))
    }
  }
}

function nothing(patch: string, act: () => void): Prepared {
  const commit = async (): Promise<OperationReport> => {
    act()
    return { patch, prepare: 0, switch: 0, notes: [] }
  }
  return { patch, notes: [], commit, cancel: () => {} }
}

function refuseForce(patch: string): never {
  throw new UmbraError('TRANSITION_NONE', `patch '${patch}' is not in transition`)
}
