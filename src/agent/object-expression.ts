import type { Runtime } from 'node:inspector'
import { UmbraError } from '../livepatch/errors.ts'

/** An expression that takes longer than this is ended; the program stands still meanwhile. Milliseconds. */
const DEADLINE = 500

/** A global for as long as the evaluation takes, which is less than a turn. V8 holds `Symbol.for` for a side effect. */
const slot = '$umbraInspected'
const world = globalThis as unknown as Record<string, unknown>

/**
 * Evaluates an expression over the names of `scope` and the globals, without side effects: V8 stops it before it would
 * change anything that it has not made itself, which is how DevTools shows results while somebody is still typing.
 *
 * @throws UmbraError OBJECT_PATH when it would have a side effect, throws, takes too long or does not parse
 */
export async function evaluateWithoutEffect(expression: string, scope: object): Promise<unknown> {
  const { Session } = await import('node:inspector')
  const session = new Session()
  session.connect()
  const post = (method: string, parameters: object): Runtime.EvaluateReturnType => {
    let [failure, answer]: [Error | null, unknown] = [null, undefined]
    session.post(method, parameters, (error, result) => {
      failure = error
      answer = result
    })
    // That of the deadline has no better message.
    if (failure !== null)
      throw refused(expression, `it took more than ${DEADLINE} ms, or cannot be evaluated`)
    return answer as Runtime.EvaluateReturnType
  }
  try {
    const names = mentioned(expression, scope)
    world[slot] = names
    const value = post('Runtime.evaluate', {
      expression: `(({ ${Object.keys(names).join(', ')} }) => (${expression}\n))(globalThis.${slot})`,
      throwOnSideEffect: true,
      silent: true,
      timeout: DEADLINE,
    })
    if (value.exceptionDetails !== undefined) throw refused(expression, reasonOf(value))
    return take(value.result, post)
  } finally {
    delete world[slot]
    session.disconnect()
  }
}

/** Exports can have these names, variables cannot. */
const RESERVED =
  /^(?:await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|import|in|instanceof|let|new|null|return|static|super|switch|this|throw|true|try|typeof|var|void|while|with|yield)$/

/** What the scope has of the names that the expression mentions, as plain data: getters of the program do not run. */
function mentioned(expression: string, scope: object): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  if (scope === globalThis) return found
  for (const name of new Set(expression.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu))) {
    if (RESERVED.test(name)) continue
    const property = Object.getOwnPropertyDescriptor(scope, name)
    if (property !== undefined && 'value' in property) found[name] = property.value
  }
  return found
}

/** From the inspector's handle to the value itself. */
function take(
  { objectId, value }: Runtime.RemoteObject,
  post: (method: string, parameters: object) => unknown,
): unknown {
  if (objectId === undefined) return value
  const functionDeclaration = `function () { globalThis.${slot} = this }`
  post('Runtime.callFunctionOn', { objectId, functionDeclaration })
  return world[slot]
}

function reasonOf({ exceptionDetails, result }: Runtime.EvaluateReturnType): string {
  const text = result.description ?? exceptionDetails!.text
  const [line = ''] = text.split('\n')
  return /^EvalError: Possible side-effect/.test(line) ? 'it could change something' : line
}

function refused(expression: string, why: string): UmbraError {
  return new UmbraError('OBJECT_PATH', `'${expression}' is not evaluated: ${why}`)
}
