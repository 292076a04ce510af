import type { Socket } from 'node:net'
import type { Prepared } from '../livepatch/core.ts'
import { describeError, UmbraError } from '../livepatch/errors.ts'
import type { PatchSource } from '../livepatch/patch.ts'
import { nextTurn } from '../turn.ts'
import { JsonLines, parseRequest, type Reply, type Request, type Waiting } from './protocol.ts'

/** What the agent can do: either answers at once, or prepares something that waits for the client's word. */
export interface Commands {
  answer(request: Request): unknown
  /** `abandoned`: the client has hung up, and nothing is to be begun for it. */
  prepare(request: Request, abandoned: AbortSignal): Promise<Prepared> | undefined
  /** Loads and enables a patch before the program's first line. @throws why it is refused */
  loadNow(source: PatchSource): void
  follow(listener: (entry: unknown) => void): () => void
  /** The transition under way, if there is one. */
  waiting(): Promise<Waiting | undefined>
}

/** A client that prepared something and then says nothing would keep all others waiting. Milliseconds. */
const COMMIT_DEADLINE = 15_000

/** How often a client that waits hears that the process is alive. Milliseconds. */
const SIGN_OF_LIFE = 1_000

/** A follower that does not read what it asked for is let go of, before it takes the program's memory. Bytes. */
const LONGEST_BACKLOG = 8 << 20

/** Serves one client: one request after the other, each perhaps with its commit, for as long as it stays. */
export function serve(socket: Socket, open: () => Promise<Commands>): void {
  // The agent keeps no process alive, not even in the middle of a conversation.
  socket.unref()
  const lines = new JsonLines()
  let client: Conversation | undefined
  const done = (): void => {
    client = undefined
  }
  const heard = (chunk: Buffer): void => {
    try {
      for (const message of lines.push(chunk)) {
        if (client === undefined) client = new Conversation(socket, open, parseRequest(message), done)
        else client.further(message)
      }
    } catch (error) {
      // Nothing more is read: somebody who sends garbage at full speed is not even looked at again.
      socket.off('data', heard).pause()
      client?.hungUp()
      finish(socket, { error: describeError(error) })
    }
  }
  socket.on('data', heard)
  socket.on('error', () => socket.destroy())
  // Clients do not close one direction only.
  socket.on('end', () => client?.hungUp())
  socket.on('close', () => client?.hungUp())
}

class Conversation {
  readonly #socket: Socket
  readonly #done: () => void
  #prepared: Prepared | undefined
  readonly #abandoned = new AbortController()
  #over = false
  #leave: (() => void) | undefined
  #deadline: NodeJS.Timeout | undefined
  #signs: NodeJS.Timeout | undefined

  constructor(socket: Socket, open: () => Promise<Commands>, request: Request, done: () => void) {
    this.#socket = socket
    this.#done = done
    this.#begin(open, request).catch((error) => this.#finish({ error: describeError(error) }))
  }

  async #begin(open: () => Promise<Commands>, request: Request): Promise<void> {
    const commands = await open()
    // A process that was blocked finds a request and its end at once: whoever has given up wants nothing any more.
    await fewTurns()
    if (this.#abandoned.signal.aborted) return
    if (request.op === 'log' && request.follow) return this.#follow(commands)
    this.#signs = setInterval(() => void this.#giveSign(commands), SIGN_OF_LIFE).unref()
    const prepared = commands.prepare(request, this.#abandoned.signal)
    if (prepared === undefined) return this.#finish({ result: await commands.answer(request) })
    await this.#offer(await prepared)
  }

  async #offer(prepared: Prepared): Promise<void> {
    if (this.#abandoned.signal.aborted) return prepared.cancel()
    this.#prepared = prepared
    this.#deadline = setTimeout(() => this.#tooLate(), COMMIT_DEADLINE).unref()
    this.#send({ prepared: { patch: prepared.patch, notes: prepared.notes } })
  }

  async #giveSign(commands: Commands): Promise<void> {
    const waiting = await commands.waiting()
    if (!this.#over) this.#send({ waiting: waiting ?? null })
  }

  #follow(commands: Commands): void {
    this.#leave = commands.follow((entry) => {
      if (this.#socket.writableLength > LONGEST_BACKLOG) this.#socket.destroy()
      else this.#send({ entry })
    })
  }

  /** The only thing that a client may say after its request is that what was prepared is to be done. */
  further(message: unknown): void {
    const prepared = this.#take()
    if ((message as { commit?: unknown } | null)?.commit !== true || prepared === undefined) {
      prepared?.cancel()
      throw new UmbraError('BAD_MESSAGE', 'expected { commit: true }, once, after { prepared }')
    }
    prepared.commit().then(
      (result) => this.#finish({ result }),
      (error) => this.#finish({ error: describeError(error) }),
    )
  }

  hungUp(): void {
    this.#abandoned.abort()
    this.#leave?.()
    clearInterval(this.#signs)
    this.#take()?.cancel()
  }

  /** A process that was blocked finds its deadline over before it reads the commit that came in time. */
  async #tooLate(): Promise<void> {
    await fewTurns()
    const prepared = this.#take()
    if (prepared === undefined) return
    prepared.cancel()
    const message = `no commit came within ${COMMIT_DEADLINE / 1000} seconds; cancelled`
    this.#finish({ error: { code: 'COMMIT_DEADLINE', message } })
  }

  #take(): Prepared | undefined {
    clearTimeout(this.#deadline)
    const prepared = this.#prepared
    this.#prepared = undefined
    return prepared
  }

  #send(reply: Reply): void {
    if (!this.#socket.destroyed) this.#socket.write(`${JSON.stringify(reply)}\n`)
  }

  #finish(reply: Reply): void {
    clearInterval(this.#signs)
    this.#over = true
    this.#send(reply)
    this.#done()
  }
}

/** Long enough for what the kernel holds of a connection, its end included, to be read. */
async function fewTurns(): Promise<void> {
  for (let i = 0; i < 4; i++) await nextTurn()
}

function finish(socket: Socket, reply: Reply): void {
  if (!socket.destroyed) socket.end(`${JSON.stringify(reply)}\n`, () => socket.destroy())
}
