import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FunctionInfo } from '../instrument/types.ts'
import { Livepatch } from '../livepatch/core.ts'
import { UmbraError } from '../livepatch/errors.ts'
import type { PatchLog } from '../livepatch/log.ts'
import type { Patch, PatchSource } from '../livepatch/patch.ts'
import type { LoadedFile, Registry } from '../loader/registry.ts'
import type { Commands } from './connection.ts'
import { ownVersion, processName } from './identity.ts'
import type { Hello } from './protocol.ts'
import { changes, patchRow } from './requests.ts'
import { describeObject } from './shadow.ts'
import { verify } from './signature.ts'
import { Coordinator } from './threads/coordinator.ts'
import type { ThreadHost } from './threads/roster.ts'
import type { KeyFile } from './trust.ts'

/** The functions of one loaded file, for `umbra sites`. */
export interface FileRow {
  url: string
  functions: FunctionRow[]
}

export interface FunctionRow {
  path: string
  line: number
  kind: string
  patched: boolean
  /** Why it carries no site. */
  missing?: string
}

/** What a process is told about itself before its first line. */
export interface Host {
  threads: ThreadHost
  /** Undefined where every patch is taken. */
  trusted: KeyFile[] | undefined
}

/** Binds the protocol's requests to the patches of this process. */
export function openCommands(registry: Registry, log: PatchLog, { threads, trusted }: Host): Commands {
  const livepatch = new Livepatch(registry, log)
  const coordinator = new Coordinator(livepatch, threads, log)
  const check = (source: PatchSource): void => {
    if (trusted !== undefined) verify(source, trusted)
  }
  return {
    loadNow(source) {
      check(source)
      coordinator.loadNow(source)
    },
    answer(request) {
      switch (request.op) {
        case 'hello':
          return hello(livepatch)
        case 'list':
          return coordinator.list()
        case 'info':
          return patchInfo(livepatch.find(request.patch), livepatch)
        case 'sites':
          return allSites(registry, request.file)
        case 'log':
          return log.entries()
        case 'shadow':
          return request.object === undefined
            ? coordinator.shadow()
            : describeObject(request.object, registry, trusted === undefined)
        default:
          throw new UmbraError('BAD_MESSAGE', `'${request.op}' needs a commit`)
      }
    },
    prepare(request, abandoned) {
      if (!changes(request)) return undefined
      if (request.op === 'load') check(request)
      return coordinator.prepare(request, abandoned)
    },
    follow(listener) {
      for (const entry of log.entries()) listener(entry)
      return log.follow(listener)
    },
    waiting: () => coordinator.transition(),
  }
}

function hello(livepatch: Livepatch): Hello {
  return {
    pid: process.pid,
    name: processName(),
    node: process.versions.node,
    umbra: ownVersion(),
    patches: livepatch.patches.filter((patch) => patch.phase === 'enabled').map((patch) => patch.name),
  }
}

function patchInfo(patch: Patch, livepatch: Livepatch): object {
  return {
    ...patchRow(patch, livepatch),
    filename: patch.source.filename,
    consistency: patch.consistency,
    replace: patch.replace,
    states: patch.states.map(({ id, version }) => ({ id, version })),
    details: patch.targets.map((target) => ({
      module: target.written,
      loaded: target.loaded,
      files: [...target.placements.keys()].map((file) => file.url),
      functions: Object.keys(target.functions),
      callbacks: Object.keys(target.callbacks),
      left: target.left,
    })),
  }
}

/** File by file, with turns of the event loop between: a program of thousands of modules must not be held up. */
async function allSites(registry: Registry, part = ''): Promise<{ files: FileRow[]; untouched: object[] }> {
  const files: FileRow[] = []
  for (const file of [...registry.files()]) {
    if (!file.url.includes(part)) continue
    files.push(fileRow(file))
    await nextTurn()
  }
  return { files, untouched: registry.untouched().filter(({ url }) => url.includes(part)) }
}

function fileRow(file: LoadedFile): FileRow {
  const table = file.table()
  return {
    url: file.url,
    functions: file.sites().functions.map((info, index) => functionRow(info, table?.[index] !== undefined)),
  }
}

function functionRow(info: FunctionInfo, patched: boolean): FunctionRow {
  const kind = `${info.async ? 'async ' : ''}${info.kind}${info.generator ? ' generator' : ''}`
  const row = { path: info.paths[0]!, line: info.line, kind, patched }
  return info.site.missing === undefined ? row : { ...row, missing: info.site.missing }
}
