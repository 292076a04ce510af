/**
 * ES modules where there is no `module.registerHooks` (Node 20): `module.register` runs the load hook in a thread of
 * Node's own, hooks-thread.ts. That thread prepares the code; this one must know the file before its first line.
 *
 *     hooks thread:  load A ─ post A ─ load B ─ post B            (posted before Node gets the code)
 *     this thread:                              link ─ enter(B): take A and B ─ B runs ─ enter(A) ─ A runs
 *
 * Every prepared module begins with a call of `enter`. The first one that runs takes all that was posted: the whole
 * graph, for Node links a graph before it runs any of it. So a function that is called through an import cycle before
 * its own module has begun finds its file registered too. Cells have numbers here and are declared in advance.
 */
import module, { syncBuiltinESMExports } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { MessagePort } from 'node:worker_threads'
import { declareCells, onEnter } from '../instrument/cell.ts'
import { standIn } from '../instrument/to-string.ts'
import { workerThreads } from '../thread.ts'
import { numberedCell } from './cell-name.ts'
import type { ModuleHooks } from './commonjs.ts'
import { moduleCode } from './finish.ts'
import { modulesLoaded } from './inlining.ts'
import { linking } from './linking.ts'
import { mayHaveOtherHooks } from './main-script.ts'
import { looksLikeModule, typeOf } from './package-type.ts'
import { mayImport, StoredDetails, store } from './prepare.ts'
import { registry } from './registry.ts'
import { type Posted, Shared, type ThreadData } from './shared.ts'
import { wantsMaps } from './source-map.ts'
import { expectWorkers } from './workers.ts'

/** How many cells are declared at a time. */
const batch = 1000

export function threadedHooks(): ModuleHooks {
  const shared = new Int32Array(new SharedArrayBuffer(4 * Object.keys(Shared).length))
  const original = module.register
  let registerOwn: (() => void) | undefined
  if (mayHaveOtherHooks()) shared[Shared.others] = 1
  const hooked = (...parameters: Parameters<typeof original>) => {
    Atomics.store(shared, Shared.others, 1)
    original(...parameters)
    registerOwn?.()
  }
  module.register = standIn(hooked as typeof original, original)
  syncBuiltinESMExports()
  const expect = () => {
    if (registerOwn) return
    registerOwn = startThread(shared, original)
    registerOwn()
  }
  const codeFor = (filename: string, text: string) => {
    const type = typeOf(filename)
    if (type === 'commonjs' || (type === undefined && !looksLikeModule(text))) return undefined
    if (mayImport(text)) expect()
    return moduleCode(pathToFileURL(filename).href, text)
  }
  return { expect, seeRequired: false, required: (compile) => linking(codeFor, compile) }
}

/**
 * What registers the hooks: once, and again whenever somebody else has registered theirs, since the last ones see what
 * all others did.
 */
function startThread(shared: Int32Array, register: typeof module.register): () => void {
  expectWorkers() // what it loads is not seen here before it runs
  const failures = new Map<string, unknown>()
  const ports: MessagePort[] = []
  const take = () => {
    Atomics.store(shared, Shared.maps, wantsMaps() ? 1 : 0)
    for (const port of ports) takeFiles(port, failures)
  }
  // Throws what a listener of the registry threw for the file.
  const enter = (cell: string) => {
    take()
    modulesLoaded() // Node links a graph before it runs any of it
    if (!failures.has(cell)) return
    const failure = failures.get(cell)
    failures.delete(cell)
    throw failure
  }
  registry.listenTo({ take })
  onEnter(enter)
  declareMore(shared)
  return () => {
    take()
    const { MessageChannel } = workerThreads()
    const files = new MessageChannel()
    const growth = new MessageChannel()
    ports.push(files.port1)
    growth.port1.on('message', () => declareMore(shared)).unref()
    const registration = Atomics.add(shared, Shared.registration, 1) + 1
    const data: ThreadData = {
      port: files.port2,
      growth: growth.port2,
      shared,
      registration,
      pack: store.path,
    }
    register(new URL(`./hooks-thread.js?${registration}`, import.meta.url), {
      data,
      transferList: [data.port, data.growth],
    })
  }
}

function declareMore(shared: Int32Array): void {
  const first = Atomics.load(shared, Shared.declared)
  declareCells(Array.from({ length: batch }, (_, i) => numberedCell(first + i)))
  Atomics.store(shared, Shared.declared, first + batch)
  Atomics.notify(shared, Shared.declared)
}

/** Registers what was posted; what a listener throws is kept for the file that it is about. */
function takeFiles(port: MessagePort, failures: Map<string, unknown>): void {
  const { receiveMessageOnPort } = workerThreads()
  for (let received = receiveMessageOnPort(port); received; received = receiveMessageOnPort(port)) {
    const posted = received.message as Posted
    if (posted.entry) store.put(posted.entry)
    if (!('file' in posted)) {
      registry.addUntouched(posted.url, posted.reason)
      continue
    }
    const { file } = posted
    try {
      registry.adopt({ ...file, details: new StoredDetails(file) })
    } catch (error) {
      failures.set(file.cell, error)
    }
  }
}
