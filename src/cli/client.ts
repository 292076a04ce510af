import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { JsonLines, type Reply, type Request } from '../agent/protocol.ts'
import { UmbraError } from '../livepatch/errors.ts'
import type { ProcessCard } from './find.ts'

/** How long a process may take to answer or to prepare: a blocked event loop does neither. Milliseconds. */
export const ANSWER_DEADLINE = Number(process.env.UMBRA_DEADLINE ?? 5_000)

/** A change of patches and their callbacks may take this long once it was committed. Milliseconds. */
const COMMIT_DEADLINE = 120_000

/** A conversation with one prepared process. */
export class Client {
  readonly process: ProcessCard
  readonly #socket: Socket
  readonly #replies: AsyncIterator<Reply>

  private constructor(card: ProcessCard, socket: Socket) {
    this.process = card
    this.#socket = socket
    this.#replies = readReplies(socket)
  }

  /** @throws UmbraError PROCESS_NOT_FOUND when the process ended in the meantime */
  static async open(card: ProcessCard): Promise<Client> {
    const socket = connect(card.socket)
    try {
      await once(socket, 'connect')
    } catch (error) {
      throw new UmbraError(
        (error as NodeJS.ErrnoException).code === 'EACCES' ? 'PROCESS_OF_OTHER_USER' : 'PROCESS_NOT_FOUND',
        `process ${card.pid} cannot be reached (${(error as Error).message}); did it just end?`,
      )
    }
    return new Client(card, socket)
  }

  /** Asks once and hangs up. */
  static async ask<T>(card: ProcessCard, request: Request): Promise<T> {
    const client = await Client.open(card)
    try {
      client.#say(request)
      return (await client.#hear('result', ANSWER_DEADLINE)) as T
    } finally {
      client.close()
    }
  }

  /** First step of a change; nothing has happened yet. */
  async prepare(request: Request): Promise<{ patch: string; notes: string[] }> {
    this.#say(request)
    return (await this.#hear('prepared', ANSWER_DEADLINE)) as { patch: string; notes: string[] }
  }

  /** Second step: from here on the change is carried out whatever becomes of this client. */
  async commit<T>(): Promise<T> {
    this.#say({ commit: true })
    return (await this.#hear('result', COMMIT_DEADLINE, this.#unfinished())) as T
  }

  /** The entries of the log as they come. */
  async *follow(): AsyncGenerator<unknown> {
    this.#say({ op: 'log', follow: true })
    for (;;) {
      const { value, done } = await this.#replies.next()
      if (done) return
      yield (value as { entry: unknown }).entry
    }
  }

  close(): void {
    this.#socket.destroy()
  }

  #say(message: object): void {
    this.#socket.write(`${JSON.stringify(message)}\n`)
  }

  async #hear(what: 'result' | 'prepared', deadline: number, late = this.#silent()): Promise<unknown> {
    const reply = await this.#next(deadline, late)
    if ('error' in reply) throw new UmbraError(reply.error.code, reply.error.message)
    return (reply as Record<string, unknown>)[what]
  }

  async #next(deadline: number, late: UmbraError): Promise<Reply> {
    let timer: NodeJS.Timeout | undefined
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(late), deadline)
    })
    try {
      const { value, done } = await Promise.race([this.#replies.next(), tooLate])
      if (!done) return value
      throw new UmbraError(
        'PROCESS_GONE',
        `process ${this.process.pid} hung up without an answer; did it end?`,
      )
    } finally {
      clearTimeout(timer)
    }
  }

  #silent(): UmbraError {
    return new UmbraError(
      'PROCESS_BLOCKED',
      `process ${this.process.pid} did not answer within ${ANSWER_DEADLINE / 1000} s: its event loop is blocked. Nothing ` +
        'was changed, and nothing will be when it wakes',
    )
  }

  #unfinished(): UmbraError {
    return new UmbraError(
      'COMMIT_UNFINISHED',
      `process ${this.process.pid} has begun, but is not done after ${COMMIT_DEADLINE / 1000} s; 'umbra list' and ` +
        "'umbra log' show how far it is",
    )
  }
}

async function* readReplies(socket: Socket): AsyncGenerator<Reply> {
  const lines = new JsonLines()
  try {
    for await (const chunk of socket) yield* lines.push(chunk as Buffer) as Reply[]
  } catch {
    // A connection that breaks is one that ended.
  }
}
