import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { JsonLines, type Reply, type Request, type Waiting } from '../agent/protocol.ts'
import { isAlive } from '../agent/stale.ts'
import type { OperationReport } from '../livepatch/core.ts'
import { UmbraError } from '../livepatch/errors.ts'
import { notPrepared, type ProcessCard } from './find.ts'

/** How long a process may be silent: one with a blocked event loop is. Milliseconds; UMBRA_DEADLINE sets it. */
const ANSWER_DEADLINE = Number(process.env.UMBRA_DEADLINE) || 5_000

/** Silence is counted in these: while the client itself is kept from running, nobody is silent. Milliseconds. */
const TICK = 100

/** A process that was told to go ahead will do so as soon as it can; after this there is no use in waiting. Milliseconds. */
const COMMIT_DEADLINE = 120_000

/** A big patch takes its time to be read and compiled, in one go: milliseconds of silence allowed per megabyte. */
const PER_MEGABYTE = 2_000

/** Hears what an operation waits for, once a second. */
export type OnWaiting = (waiting: Waiting | null) => void

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

  /** @throws UmbraError PROCESS_NOT_FOUND, PROCESS_NOT_PREPARED, PROCESS_OF_OTHER_USER or PROCESS_BLOCKED when it cannot be reached */
  static async open(card: ProcessCard): Promise<Client> {
    const end = Date.now() + ANSWER_DEADLINE
    for (;;) {
      const socket = connect(card.socket)
      try {
        await once(socket, 'connect')
        return new Client(card, socket)
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        const queueIsFull = code === 'EAGAIN'
        if (!queueIsFull && !(code === 'ENOENT' && isStarting(card)))
          throw unreachable(card, error as NodeJS.ErrnoException)
        if (Date.now() > end) throw silent(card)
        await delay(10)
      }
    }
  }

  /** Asks once and hangs up. */
  static async ask<T>(card: ProcessCard, request: Request): Promise<T> {
    const client = await Client.open(card)
    try {
      return await client.request<T>(request)
    } finally {
      client.close()
    }
  }

  /** Prepares a change, has it carried out, and hangs up. */
  static async change(card: ProcessCard, request: Request, onWaiting?: OnWaiting): Promise<OperationReport> {
    const client = await Client.open(card)
    try {
      await client.prepare(request, onWaiting)
      return await client.commit(onWaiting)
    } finally {
      client.close()
    }
  }

  /** Asks for something that changes nothing. */
  async request<T>(request: Request): Promise<T> {
    this.#say(request)
    return (await this.#hear('result', ANSWER_DEADLINE, silent(this.process))) as T
  }

  /**
   * First step of a change; nothing has happened yet.
   *
   * @throws UmbraError with the process's reason to refuse, PROCESS_BLOCKED
   */
  async prepare(request: Request, onWaiting?: OnWaiting): Promise<{ patch: string; notes: string[] }> {
    const size = this.#say(request)
    const deadline = ANSWER_DEADLINE + (size / 1e6) * PER_MEGABYTE
    return (await this.#hear('prepared', deadline, silent(this.process), onWaiting)) as {
      patch: string
      notes: string[]
    }
  }

  /** Second step: from here on the change is carried out whatever becomes of this client. */
  async commit(onWaiting?: OnWaiting): Promise<OperationReport> {
    this.#say({ commit: true })
    return (await this.#hear('result', COMMIT_DEADLINE, this.#unfinished(), onWaiting)) as OperationReport
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

  /** Returns the message's size in bytes. */
  #say(message: object): number {
    const line = Buffer.from(`${JSON.stringify(message)}\n`)
    this.#socket.write(line)
    return line.length
  }

  async #hear(
    what: 'result' | 'prepared',
    deadline: number,
    late: UmbraError,
    onWaiting?: OnWaiting,
  ): Promise<unknown> {
    for (;;) {
      const reply = await this.#next(deadline, late)
      if ('error' in reply) throw new UmbraError(reply.error.code, reply.error.message)
      if (!('waiting' in reply)) return (reply as Record<string, unknown>)[what]
      onWaiting?.(reply.waiting)
    }
  }

  async #next(deadline: number, late: UmbraError): Promise<Reply> {
    let timer: NodeJS.Timeout | undefined
    let silence = 0
    let read = this.#socket.bytesRead
    const tooLate = new Promise<never>((_, reject) => {
      timer = setInterval(() => {
        // A long reply arrives in pieces, and who sends them is not silent.
        silence = this.#socket.bytesRead === read ? silence + TICK : 0
        read = this.#socket.bytesRead
        if (silence >= deadline) reject(late)
      }, TICK)
    })
    try {
      const { value, done } = await Promise.race([this.#replies.next(), tooLate])
      if (!done) return value
      throw new UmbraError(
        'PROCESS_GONE',
        `process ${this.process.pid} hung up without an answer; did it end?`,
      )
    } finally {
      clearInterval(timer)
    }
  }

  #unfinished(): UmbraError {
    return new UmbraError(
      'COMMIT_UNFINISHED',
      `process ${this.process.pid} was told to go ahead, and has been silent for ${COMMIT_DEADLINE / 1000} s since: its ` +
        "event loop is blocked. It goes on when it wakes; 'umbra list' and 'umbra log' will show it",
    )
  }
}

/** Whether it is still on its way to the first turn of its event loop, with which its socket comes. */
function isStarting({ pid, socket }: ProcessCard): boolean {
  return isAlive(pid) && existsSync(socket.replace(/sock$/, 'json'))
}

function silent({ pid }: ProcessCard): UmbraError {
  return new UmbraError(
    'PROCESS_BLOCKED',
    `process ${pid} did not answer within ${ANSWER_DEADLINE / 1000} s: its event loop is blocked. Nothing ` +
      'was changed, and nothing will be when it wakes',
  )
}

function unreachable({ pid, socket }: ProcessCard, { code, message }: NodeJS.ErrnoException): UmbraError {
  if (code === 'ECONNREFUSED') {
    // Another process has the pid now of one that died without cleaning up.
    for (const file of [socket, socket.replace(/sock$/, 'json')]) rmSync(file, { force: true })
    return notPrepared(pid)
  }
  if (code === 'EACCES') {
    return new UmbraError('PROCESS_OF_OTHER_USER', `the socket of process ${pid} belongs to another user`)
  }
  return new UmbraError(
    'PROCESS_NOT_FOUND',
    `process ${pid} cannot be reached (${message}); did it just end?`,
  )
}

async function* readReplies(socket: Socket): AsyncGenerator<Reply> {
  const lines = new JsonLines()
  try {
    for await (const chunk of socket) yield* lines.push(chunk as Buffer) as Reply[]
  } catch {
    // A connection that breaks is one that ended.
  }
}
