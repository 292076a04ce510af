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
import { register } from 'node:module'
import { pathToFileURL } from 'node:url'
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { declareCells } from '../instrument/cell.ts'
import { numberedCell } from './cell-name.ts'
import type { ModuleHooks } from './commonjs.ts'
import { moduleCode } from './finish.ts'
import { linking } from './linking.ts'
import type { PackEntry } from './pack.ts'
import { looksLikeModule, typeOf } from './package-type.ts'
import { detailsOf, mayImport, store } from './prepare.ts'
import { type NewFile, registry } from './registry.ts'

/** How many cells are declared at a time. */
const batch = 1000

/** What the hooks thread is given. */
export interface ThreadData {
  port: MessagePort
  growth: MessagePort
  /** Number of cells that are declared. */
  declared: Int32Array
  /** The pack of this program. */
  pack: string | undefined
}

/** What the hooks thread says about a file. */
export type Posted =
  | { file: Omit<NewFile, 'details' | 'nearby'>; entry?: PackEntry }
  | { url: string; reason: string; entry?: PackEntry }

export function threadedHooks(): ModuleHooks {
  let started = false
  const expect = () => {
    if (started) return
    started = true
    startThread()
  }
  const codeFor = (filename: string, text: string) => {
    const type = typeOf(filename)
    if (type === 'commonjs' || (type === undefined && !looksLikeModule(text))) return undefined
    if (mayImport(text)) expect()
    return moduleCode(pathToFileURL(filename).href, text)
  }
  return { expect, seeRequired: false, required: (compile) => linking(codeFor, compile) }
}

function startThread(): void {
  const files = new MessageChannel()
  const growth = new MessageChannel()
  const declared = new Int32Array(new SharedArrayBuffer(4))
  const grow = () => {
    const first = declared[0]!
    declareCells(Array.from({ length: batch }, (_, i) => numberedCell(first + i)))
    Atomics.store(declared, 0, first + batch)
    Atomics.notify(declared, 0)
  }
  grow()
  growth.port1.on('message', grow).unref()
  const failures = new Map<string, unknown>()
  const take = () => takeFiles(files.port1, failures)
  registry.listenTo({
    take,
    enter(cell) {
      take()
      if (!failures.has(cell)) return
      const failure = failures.get(cell)
      failures.delete(cell)
      throw failure
    },
  })
  const data: ThreadData = { port: files.port2, growth: growth.port2, declared, pack: store.path }
  register(new URL('./hooks-thread.js', import.meta.url), { data, transferList: [data.port, data.growth] })
}

/** Registers what was posted; what a listener throws is kept for the file that it is about. */
function takeFiles(port: MessagePort, failures: Map<string, unknown>): void {
  for (let received = receiveMessageOnPort(port); received; received = receiveMessageOnPort(port)) {
    const posted = received.message as Posted
    if (posted.entry) store.put(posted.entry)
    if (!('file' in posted)) {
      registry.addUntouched(posted.url, posted.reason)
      continue
    }
    const { file } = posted
    try {
      registry.adopt({ ...file, details: detailsOf(file) })
    } catch (error) {
      failures.set(file.cell, error)
    }
  }
}
