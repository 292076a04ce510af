/**
 * ES modules that are reached through `require` where there is no `module.registerHooks` (Node 20). The first one passes
 * the compile hook; what it imports passes no hook at all. But Node reads it through `fs.openSync`: while such a graph
 * is being loaded, opening a module for Node's loader opens a copy that is prepared. Everybody else gets the file.
 */
import fs from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Makes what is to run in place of an ES module's text; undefined when it runs as it is. */
export type ModuleCode = (filename: string, text: string) => string | undefined

let active = false
let copies = 0

/** Runs what loads a graph of ES modules by `require`. */
export function linking<T>(codeFor: ModuleCode, run: () => T): T {
  if (active) return run()
  const open = fs.openSync
  fs.openSync = (path, flags, mode) => {
    const code = path instanceof URL && nodeLoads() ? codeOf(path, codeFor) : undefined
    return code === undefined ? open(path, flags, mode) : openCopy(code, open)
  }
  active = true
  try {
    return run()
  } finally {
    fs.openSync = open
    active = false
  }
}

/** True when it is Node's own loader that opens a file, below `getSourceSync` and `readFileSync`. */
function nodeLoads(): boolean {
  const { stackTraceLimit, prepareStackTrace } = Error
  Error.stackTraceLimit = 6
  Error.prepareStackTrace = (_, frames) => frames.map((frame) => frame.getFileName())
  const files = new Error().stack as unknown as (string | null)[]
  Error.stackTraceLimit = stackTraceLimit
  if (prepareStackTrace) Error.prepareStackTrace = prepareStackTrace
  else delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace
  return files.includes('node:internal/modules/esm/load')
}

function codeOf(url: URL, codeFor: ModuleCode): string | undefined {
  const filename = fileURLToPath(url)
  return codeFor(filename, fs.readFileSync(filename, 'utf8'))
}

/** Opens a file with this content that has no name any more. */
function openCopy(content: string, open: typeof fs.openSync): number {
  const { tmpdir } = process.getBuiltinModule('node:os')
  const path = join(tmpdir(), `umbra-${process.pid}-${copies++}-${Math.random().toString(36).slice(2)}`)
  fs.writeFileSync(path, content, { flag: 'wx', mode: 0o600 })
  try {
    return open(path, 'r')
  } finally {
    fs.unlinkSync(path)
  }
}
