import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Prepared } from '../livepatch/core.ts'
import { describeError, UmbraError } from '../livepatch/errors.ts'
import { JsonLines, parseRequest, type Reply, type Request } from './protocol.ts'

/** What the agent can do: either answers at once, or prepares something that waits for the client's word. */
export interface Commands {
  answer(request: Request): unknown
  prepare(request: Request): Promise<Prepared> | undefined
  follow(listener: (entry: unknown) => void): () => void
}

/** A client that prepared something and then says nothing would keep all others waiting. Milliseconds. */
const COMMIT_DEADLINE = 15_000

/** Serves one client: one request, then perhaps its commit. */
export function serve(socket: Socket, open: () => Promise<Commands>): void {
  // The agent keeps no process alive, not even in the middle of a conversation.
  socket.unref()
  const lines = new JsonLines()
  let client: Conversation | undefined
  socket.on('error', () => socket.destroy())
  socket.on('close', () => client?.hungUp())
  socket.on('data', (chunk) => {
    try {
      for (const message of lines.push(chunk)) {
        if (client === undefined) client = new Conversation(socket, open, parseRequest(message))
        else client.further(message)
      }
    } catch (error) {
      client?.hungUp()
      finish(socket, { error: describeError(error) })
    }
  })
}

class Conversation {
  readonly #socket: Socket
  #prepared: Prepared | undefined
  #gone = false
  #leave: (() => void) | undefined
  #deadline: NodeJS.Timeout | undefined

  constructor(socket: Socket, open: () => Promise<Commands>, request: Request) {
    this.#socket = socket
    this.#begin(open, request).catch((error) => finish(socket, { error: describeError(error) }))
  }

  async #begin(open: () => Promise<Commands>, request: Request): Promise<void> {
    const commands = await open()
    if (request.op === 'log' && request.follow) {
      this.#leave = commands.follow((entry) => send(this.#socket, { entry }))
      return
    }
    // A process that was blocked finds a request and its end at once: whoever has given up wants nothing any more.
    await nextTurn()
    if (this.#gone) return
    const prepared = await commands.prepare(request)
    if (prepared === undefined) return finish(this.#socket, { result: await commands.answer(request) })
    if (this.#gone) return prepared.cancel()
    this.#prepared = prepared
    this.#deadline = setTimeout(() => this.#tooLate(), COMMIT_DEADLINE).unref()
    send(this.#socket, { prepared: { patch: prepared.patch, notes: prepared.notes } })
  }

  /** The only thing that a client may say after its request is that what was prepared is to be done. */
  further(message: unknown): void {
    const prepared = this.#take()
    if ((message as { commit?: unknown } | null)?.commit !== true || prepared === undefined) {
      prepared?.cancel()
      throw new UmbraError('BAD_MESSAGE', 'expected { commit: true }, once, after { prepared }')
    }
    prepared.commit().then(
      (result) => finish(this.#socket, { result }),
      (error) => finish(this.#socket, { error: describeError(error) }),
    )
  }

  hungUp(): void {
    this.#gone = true
    this.#leave?.()
    this.#take()?.cancel()
  }

  #tooLate(): void {
    this.#take()?.cancel()
    const message = `no commit came within ${COMMIT_DEADLINE / 1000} seconds; cancelled`
    finish(this.#socket, { error: { code: 'COMMIT_DEADLINE', message } })
  }

  #take(): Prepared | undefined {
    clearTimeout(this.#deadline)
    const prepared = this.#prepared
    this.#prepared = undefined
    return prepared
  }
}

function send(socket: Socket, reply: Reply): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(reply)}\n`)
}

function finish(socket: Socket, reply: Reply): void {
  if (!socket.destroyed) socket.end(`${JSON.stringify(reply)}\n`)
}
