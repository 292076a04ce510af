import type { EventEmitter } from 'node:events'
import http, { ServerResponse } from 'node:http'
import type { Server, Socket } from 'node:net'
import { define } from '../define.ts'
import { isHttp2, listeningServers, sessionsOf } from './servers.ts'
import type { Task } from './tasks.ts'

interface Http2Stream extends EventEmitter {
  closed: boolean
}

/** The requests that are being served now. */
export function requestsInFlight(): Task[] {
  const servers = listeningServers()
  const connections = new Set([...servers.flatMap(busyConnections), ...connectionsHandedOver()])
  const streams = servers.flatMap(streamsOf)
  return [...[...connections].map(connectionTask), ...streams.map((one) => taskOf(one, 'HTTP/2 stream'))]
}

/** `_httpMessage` is the response that is sent next; those to requests that arrived behind it are queued out of sight. */
type Connection = Socket & { _httpMessage?: ServerResponse | null }

interface ConnectionsList {
  all(): { socket?: Connection | null }[]
}

function busyConnections(server: Server): Connection[] {
  const list = fieldNamed<ConnectionsList>(server, 'http.server.connections')
  return (list?.all() ?? []).flatMap(({ socket }) => (socket?._httpMessage ? [socket] : []))
}

/** Those of servers that never listen and get each connection by an event, from a master process say: they keep no list. */
function connectionsHandedOver(): Connection[] {
  const { _getActiveHandles: activeHandles } = process as unknown as { _getActiveHandles?(): object[] }
  const handles = (activeHandles?.() ?? []) as Connection[]
  return handles.filter(({ _httpMessage: message }) => message instanceof ServerResponse)
}

/** Responses to requests that began during a transition. */
const followed = new WeakSet<object>()

/** All requests that a connection has in flight now: over when it sends a later one's response, or none. */
function connectionTask(socket: Connection): Task {
  const wait = (response: ServerResponse, listener: () => void): (() => void) => {
    let stop = (): void => {}
    const unlisten = onceClosed(response, () => {
      const { _httpMessage: now } = socket
      if (now && now !== response && !followed.has(now)) stop = wait(now, listener)
      else listener()
    })
    return () => {
      unlisten()
      stop()
    }
  }
  const { req } = socket._httpMessage!
  return {
    name: requestName(req),
    startedAt: Date.now(),
    whenEnded: (listener) => wait(socket._httpMessage!, listener),
  }
}

function streamsOf(server: Server): Http2Stream[] {
  const open: Http2Stream[] = []
  for (const session of sessionsOf(server)) {
    const state = fieldNamed<{ streams: Map<number, Http2Stream> }>(session, 'state')
    open.push(...[...(state?.streams.values() ?? [])].filter((stream) => !stream.closed))
  }
  return open
}

/** A field that Node keeps under a symbol of its own. */
function fieldNamed<T>(object: object, description: string): T | undefined {
  const symbol = Object.getOwnPropertySymbols(object).find((one) => one.description === description)
  return symbol === undefined ? undefined : (object as Record<symbol, T>)[symbol]
}

function taskOf(emitter: EventEmitter & { closed?: boolean }, name: string): Task {
  return {
    name,
    startedAt: Date.now(),
    whenEnded: (listener) => onceClosed(emitter, listener),
  }
}

/** Calls back when an emitter is closed, at once if it is, unless the returned function was called before. */
function onceClosed(emitter: EventEmitter & { closed?: boolean }, listener: () => void): () => void {
  if (emitter.closed) listener()
  else emitter.once('close', listener)
  return () => void emitter.removeListener('close', listener)
}

function requestName({ method, url }: { method?: string | undefined; url?: string | undefined }): string {
  return `${method} ${url}`
}

/** A request that begins: the task that it is, and the emitters whose events belong to it. */
export type OnRequest = (task: Task, emitters: EventEmitter[], run: () => boolean) => boolean

type Emit = (this: Server, event: string | symbol, ...args: unknown[]) => boolean

/** Hands every request that begins from now on to `onRequest`, until the returned function is called. */
export function watchRequests(onRequest: OnRequest): () => void {
  // Imported, it would cost every program that is patched some 10 ms to load, with TLS; one that serves by it has it.
  const https = process.getBuiltinModule('node:https')
  const prototypes = new Set<object>([http.Server.prototype, https.Server.prototype])
  for (const server of listeningServers()) {
    if (isHttp2(server)) prototypes.add(Object.getPrototypeOf(server) as object)
  }
  const restore = [...prototypes].map((prototype) => watchEmit(prototype as { emit: Emit }, onRequest))
  return () => {
    for (const undo of restore) undo()
  }
}

function watchEmit(prototype: { emit: Emit }, onRequest: OnRequest): () => void {
  const own = Object.getOwnPropertyDescriptor(prototype, 'emit')
  const { emit } = prototype
  const watching: Emit = function (event, ...args) {
    const plain = (): boolean => emit.call(this, event, ...args)
    const begins = beginning(event, args)
    return begins === undefined ? plain() : onRequest(begins.task, begins.emitters, plain)
  }
  define(prototype, 'emit', { value: watching, writable: true, configurable: true })
  return () => {
    if (own === undefined) delete (prototype as { emit?: Emit }).emit
    else define(prototype, 'emit', own)
  }
}

function beginning(
  event: string | symbol,
  args: unknown[],
): { task: Task; emitters: EventEmitter[] } | undefined {
  switch (event) {
    case 'request':
    case 'checkContinue':
    case 'checkExpectation': {
      const [request, response] = args as [http.IncomingMessage, ServerResponse & { stream?: unknown }]
      // Over HTTP/2 the stream has begun the task already.
      if (response.stream !== undefined) return undefined
      followed.add(response)
      return { task: taskOf(response, requestName(request)), emitters: [request, response] }
    }
    case 'upgrade':
    case 'connect': {
      // The socket is the program's own from here on: a task that ends with this event.
      const [request] = args as [http.IncomingMessage]
      const task = {
        name: requestName(request),
        startedAt: Date.now(),
        whenEnded: (listener: () => void) => {
          listener()
          return () => {}
        },
      }
      return { task, emitters: [] }
    }
    case 'stream': {
      const [stream, headers] = args as [Http2Stream, Record<string, string>]
      return { task: taskOf(stream, `${headers[':method']} ${headers[':path']}`), emitters: [stream] }
    }
    default:
      return undefined
  }
}
