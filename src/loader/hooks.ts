/** The load hook of threaded.ts, in the thread that Node runs it in. */
import { readFileSync } from 'node:fs'
import type { LoadHook, LoadHookContext } from 'node:module'
import { fileURLToPath } from 'node:url'
import { renameCell } from './cell-name.ts'
import { withEntry } from './enter.ts'
import { isOwn, leftOut } from './options.ts'
import type { PackEntry } from './pack-layout.ts'
import { prepare, store } from './prepare.ts'
import { type Posted, Shared, type ThreadData } from './shared.ts'
import { askForMaps } from './source-map.ts'
import { bufferOf } from './text.ts'
import { nextCell } from './thread-cells.ts'

/** The load hook of one registration. */
export function loadFor(thread: ThreadData): LoadHook {
  store.open(thread.pack)
  askForMaps(() => Atomics.load(thread.shared, Shared.maps) === 1)
  return async (url, context, next) => {
    const alone = Atomics.load(thread.shared, Shared.others) === 0
    const result = await next(url, alone ? withSource(url, context) : context)
    if (Atomics.load(thread.shared, Shared.registration) !== thread.registration) return result
    const { format, source } = result
    // CommonJS whose source no other hook has changed comes without it, and passes the compile hook
    if ((format !== 'module' && format !== 'commonjs') || source == null || !url.startsWith('file:'))
      return result
    const code = codeFor(thread, url, bufferOf(source), format)
    return code === undefined ? result : { ...result, source: code }
  }
}

/**
 * Node's load hook takes a source that it is given. Read here it is there at once; Node reads a file in four steps, each
 * of which passes through its thread pool. Other hooks might ask for another url with the same context.
 */
function withSource(url: string, context: LoadHookContext): LoadHookContext {
  if (context.format !== 'module' || !url.startsWith('file:')) return context
  try {
    return { ...context, source: readFileSync(new URL(url)) } as LoadHookContext
  } catch {
    return context // the error is Node's to find
  }
}

function codeFor(
  thread: ThreadData,
  url: string,
  content: string | Buffer,
  type: 'module' | 'commonjs',
): string | undefined {
  const filename = fileURLToPath(url)
  if (isOwn(filename)) return undefined
  const reason = leftOut(filename)
  if (reason !== undefined) return untouched(thread, url, reason)
  let entry: PackEntry | undefined
  const prepared = prepare({ content, url, filename, type }, (made) => {
    entry = made
  })
  if (prepared.code === undefined) return untouched(thread, url, prepared.refused, entry)
  const cell = nextCell(thread)
  if (cell === undefined)
    return untouched(thread, url, 'the thread that loads it did not declare its cell in time', entry)
  const { details: _, nearby: __, ...file } = prepared.file
  post(thread, { file: { ...file, cell } }, entry)
  return withEntry(renameCell(prepared.code, file.cell, cell), cell, type, prepared.map)
}

function untouched(thread: ThreadData, url: string, reason: string, entry?: PackEntry): undefined {
  post(thread, { url, reason }, entry)
}

function post(thread: ThreadData, posted: Posted, entry: PackEntry | undefined): void {
  thread.port.postMessage(entry ? { ...posted, entry } : posted)
}
