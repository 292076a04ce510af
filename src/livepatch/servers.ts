import { subscribe } from 'node:diagnostics_channel'
import type { EventEmitter } from 'node:events'
import type { Server } from 'node:net'

/**
 * The servers of this thread, noted when they begin to listen, so that a transition can ask them which requests they are
 * serving. Nothing is done per connection or per request while no patch is in transition.
 */
const servers = new Set<WeakRef<Server>>()
const sessions = new WeakMap<Server, Set<EventEmitter>>()

/**
 * Begins to note servers. Called once a thread, before the program's first line. Listening is heard of through Node's
 * diagnostics channel: `node:net` is not loaded for it, and stays as it is.
 */
export function noteServers(): void {
  subscribe('tracing:net.server.listen:asyncStart', (message) => note((message as { server: Server }).server))
}

function note(server: Server): void {
  if (isHttp2(server) && !sessions.has(server)) noteSessions(server)
  for (const known of servers) {
    const other = known.deref()
    if (other === server) return
    if (other === undefined) servers.delete(known)
  }
  servers.add(new WeakRef(server))
}

/** HTTP/2 servers do not tell their sessions before Node 24. */
function noteSessions(server: Server): void {
  const open = new Set<EventEmitter>()
  sessions.set(server, open)
  server.on('session', (session: EventEmitter) => {
    open.add(session)
    session.once('close', () => open.delete(session))
  })
}

export function isHttp2(server: Server): boolean {
  return /^Http2(?:Secure)?Server$/.test(server.constructor.name)
}

export function listeningServers(): Server[] {
  return [...servers].flatMap((known) => known.deref() ?? [])
}

/** The open sessions of an HTTP/2 server. */
export function sessionsOf(server: Server): Iterable<EventEmitter> {
  return sessions.get(server) ?? []
}
