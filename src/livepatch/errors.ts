/**
 * An error that is meant for a person: it says what happened, why, and what to do. It crosses the control socket as
 * `{ code, message }` and is printed without a stack trace.
 */
export class UmbraError extends Error {
  override readonly name = 'UmbraError'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** What somebody is told who wants another change while a patch is in transition. */
export function transitionBusy({ patch, tasks }: { patch: string; tasks: number }): UmbraError {
  return new UmbraError(
    'TRANSITION_BUSY',
    `patch '${patch}' is in transition, held up by ${tasks} task${tasks === 1 ? '' : 's'}: wait for it (--wait), ` +
      "disable it, or end its wait with 'umbra force'",
  )
}

/** Whether an operation failed because another command turned its transition round. */
export function isReversal(error: unknown): boolean {
  return error instanceof UmbraError && error.code === 'TRANSITION_REVERSED'
}

/**
 * The `{ code, message }` of anything that was thrown; an unexpected error keeps its own code where it has one. Never
 * throws, whatever the value's getters and conversions do.
 */
export function describeError(error: unknown): { code: string; message: string } {
  try {
    if (error instanceof UmbraError) return { code: error.code, message: error.message }
    if (error instanceof Error) {
      const code = (error as { code?: unknown }).code
      return { code: typeof code === 'string' ? code : 'ERROR', message: `${error.name}: ${error.message}` }
    }
    return { code: 'ERROR', message: String(error) }
  } catch {
    return { code: 'ERROR', message: UNTELLABLE }
  }
}

/** What an error says, without its name. Never throws. */
export function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? `${error.message}` : String(error)
  } catch {
    return UNTELLABLE
  }
}

const UNTELLABLE = 'something was thrown that cannot be converted to text'
