import { UmbraError } from '../livepatch/errors.ts'
import type { PatchSource } from '../livepatch/patch.ts'

/**
 * The control protocol: one JSON document a line, one request after the other.
 *
 *   client                             process
 *   { op: 'list' }                 →
 *                                  ←   { result } or { error: { code, message } }
 *
 * Operations that change something take two steps, so that a client that is killed, gives up, or finds one of several
 * processes unwilling, leaves everything as it was:
 *
 *   { op: 'load', code, … } →
 *                                  ←   { prepared: { patch, notes } } or { error }
 *   { commit: true }               →
 *                                  ←   { result } or { error }
 *
 * Until they answer, and again until they are done, they send `{ waiting }` once a second: a sign of life, and what the
 * wait is for. A client that hears nothing at all knows that the event loop is blocked.
 *
 * `log` with `follow` answers with one `{ entry }` a line until the client hangs up.
 */
export type Request =
  | { op: 'hello' }
  | { op: 'list' }
  | { op: 'info'; patch: string }
  | { op: 'sites'; file?: string }
  | { op: 'log'; follow?: boolean }
  | { op: 'shadow'; object?: string }
  | ({ op: 'load'; wait?: boolean } & PatchSource)
  | { op: 'enable' | 'disable' | 'unload'; patch: string; wait?: boolean }
  | { op: 'force'; patch: string }

export type Reply =
  | { result: unknown }
  | { prepared: { patch: string; notes: string[] } }
  | { entry: unknown }
  | { waiting: Waiting | null }
  | { error: { code: string; message: string } }

/** The transition under way, and the tasks that hold it up; the age of the oldest in milliseconds. */
export interface Waiting {
  patch: string
  tasks: number
  oldest: number
}

/** What a process says of itself. */
export interface Hello {
  pid: number
  name: string
  /** Node's version, without the v. */
  node: string
  umbra: string
  /** Names of the patches that are enabled. */
  patches: string[]
}

type FieldType = 'string' | 'string?' | 'boolean?' | 'list of strings'

const FIELDS: Record<Request['op'], Record<string, FieldType>> = {
  hello: {},
  list: {},
  info: { patch: 'string' },
  sites: { file: 'string?' },
  log: { follow: 'boolean?' },
  shadow: { object: 'string?' },
  load: {
    code: 'string',
    imports: 'list of strings',
    filename: 'string',
    signature: 'string?',
    wait: 'boolean?',
  },
  enable: { patch: 'string', wait: 'boolean?' },
  disable: { patch: 'string', wait: 'boolean?' },
  unload: { patch: 'string', wait: 'boolean?' },
  force: { patch: 'string' },
}

/** @throws UmbraError BAD_MESSAGE, saying what is wrong */
export function parseRequest(message: unknown): Request {
  const op = (message as { op?: unknown } | null)?.op
  if (typeof op !== 'string' || !Object.hasOwn(FIELDS, op)) {
    throw new UmbraError(
      'BAD_MESSAGE',
      `not a request: expected { op } with one of ${Object.keys(FIELDS).join(', ')}`,
    )
  }
  for (const [field, type] of Object.entries(FIELDS[op as Request['op']])) {
    const value = (message as Record<string, unknown>)[field]
    if (!fits(value, type)) {
      throw new UmbraError('BAD_MESSAGE', `'${op}': field '${field}' should be a ${type.replace('?', '')}`)
    }
  }
  return message as Request
}

function fits(value: unknown, type: FieldType): boolean {
  if (type === 'list of strings') return Array.isArray(value) && value.every((one) => typeof one === 'string')
  return (value === undefined && type.endsWith('?')) || typeof value === type.replace('?', '')
}

/** A patch with everything bundled into it is a few megabytes; beyond this somebody is not speaking the protocol. */
const LONGEST_LINE = 64 << 20

const OPENING = '{'.charCodeAt(0)

/**
 * Splits a byte stream into its JSON lines.
 *
 * @throws UmbraError BAD_MESSAGE from `push`, for a line that is no JSON or has no end
 */
export class JsonLines {
  #pending: Buffer[] = []
  #length = 0

  push(chunk: Buffer): unknown[] {
    // Whoever does not speak the protocol is told at the first byte, not after a buffer full of it.
    if (this.#length === 0 && chunk.length > 0 && chunk[0] !== OPENING) throw notJson()
    const messages: unknown[] = []
    let rest = chunk
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = Buffer.concat([...this.#pending, rest.subarray(0, end)])
      this.#pending = []
      this.#length = 0
      rest = rest.subarray(end + 1)
      messages.push(parseLine(line))
    }
    this.#length += rest.length
    if (this.#length > LONGEST_LINE)
      throw new UmbraError('BAD_MESSAGE', `a message of more than ${LONGEST_LINE} bytes`)
    if (rest.length > 0) this.#pending.push(rest)
    return messages
  }
}

function parseLine(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'))
  } catch {
    throw notJson()
  }
}

function notJson(): UmbraError {
  return new UmbraError('BAD_MESSAGE', 'a message that is not a JSON object on one line')
}
