/**
 * The cache of prepared code on disk: one pack for each program, in a folder of its user. Any number of processes may
 * use it at once. Whatever is wrong with it, from a folder that cannot be written to a pack that is damaged or not ours,
 * costs time and nothing else.
 */
import { mkdirSync, readdirSync, readFileSync, realpathSync, statSync, unlinkSync } from 'node:fs'
import { basename, dirname, join, parse, resolve } from 'node:path'
import { cellForm } from '../instrument/cell.ts'
import type { SourceType } from '../instrument/types.ts'
import { cellName } from './cell-name.ts'
import { keepCompiled } from './compile-cache.ts'
import { compilesItself } from './compiled.ts'
import { onExit } from './exit.ts'
import { modulesLoad } from './inlining.ts'
import { mainPath } from './main-path.ts'
import { type EntryCode, type EntryDetails, type FoundEntry, Pack } from './pack.ts'
import type { PackEntry } from './pack-layout.ts'
import { wantsMaps } from './source-map.ts'
import { writePack } from './write-pack.ts'

/** How long after the last new file a pack is written, in milliseconds. */
const settle = 500
/** A pack that would outgrow this begins anew, in bytes. */
const limit = 1 << 28
/** Temporary files that are older belonged to a process that died, in milliseconds. */
const abandoned = 3_600_000

export class Store {
  #path: string | undefined
  #stamp = ''
  #pack: Pack | undefined
  #opened = false
  readonly #pending = new Map<string, PackEntry>()
  /** The sources of entries that could not be written. */
  readonly #unwritten = new Map<string, string>()
  #timer: NodeJS.Timeout | undefined
  #calledOff: (() => void) | undefined

  /** The file that it keeps its entries in; undefined when they cannot be kept. */
  get path(): string | undefined {
    if (!this.#opened) this.open(packPath())
    return this.#path
  }

  /** True when an earlier run of the program has left something. */
  get hasPack(): boolean {
    return this.path !== undefined && this.#pack !== undefined
  }

  /** Opens the pack at this path. Default: the one of this program, when it is first needed. */
  open(path: string | undefined): void {
    this.#opened = true
    this.#path = path
    if (path === undefined) return
    this.#stamp = versionStamp()
    this.#pack = Pack.open(path, this.#stamp)
  }

  find(source: Buffer, type: SourceType): FoundEntry | undefined {
    if (!this.#opened) this.open(packPath())
    return this.#pack?.find(source, type)
  }

  /** Takes an entry, to be written soon. */
  put(entry: PackEntry): void {
    if (this.path === undefined) {
      this.#unwritten.set(entry.id, entry.source)
      return
    }
    this.#calledOff ??= onExit(() => this.flush())
    this.#pending.set(entry.id, entry)
    this.#timer ??= setTimeout(() => this.flush(), settle).unref()
    this.#timer.refresh()
  }

  /** The source with this id, when it could not be written to disk. */
  unwritten(id: string): string | undefined {
    return this.#unwritten.get(id)
  }

  /** What is kept about the source with this id, as far as it can still be found. */
  details(id: string): EntryDetails | undefined {
    return this.#pending.get(id) ?? this.#written((pack) => pack.details(id))
  }

  /** The code that was made of the source with this id, with its cell, as far as it can still be found. */
  code(id: string): EntryCode | undefined {
    return this.#pending.get(id) ?? this.#written((pack) => pack.code(id))
  }

  #written<T>(find: (pack: Pack) => T | undefined): T | undefined {
    const found = this.#pack && find(this.#pack)
    if (found !== undefined) return found
    this.#reopen()
    return this.#pack && find(this.#pack)
  }

  /** Writes what is pending. What cannot be written is dropped; false where that was so. */
  flush(): boolean {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#calledOff?.()
    this.#calledOff = undefined
    if (this.#path === undefined || this.#pending.size === 0) return true
    let written = true
    try {
      this.#reopen()
      const older = this.#pack && statSync(this.#path).size < limit ? this.#pack : undefined
      const missing = [...this.#pending.values()].filter(
        ({ source, type }) => !older?.find(Buffer.from(source), type),
      )
      if (missing.length > 0) {
        modulesLoad() // what V8 has compiled is kept as it is used: under its usual limits
        writePack(this.#path, this.#stamp, missing, older)
        keepCompiled()
        sweep(dirname(this.#path))
      }
      this.#reopen()
    } catch {
      written = false
      for (const { id, source } of this.#pending.values()) this.#unwritten.set(id, source)
    }
    this.#pending.clear()
    return written
  }

  #reopen(): void {
    if (this.#path === undefined) return
    const newer = Pack.open(this.#path, this.#stamp)
    if (!newer) return
    this.#pack?.close()
    this.#pack = newer
  }
}

function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.tmp')) continue
    const path = join(folder, name)
    if (Date.now() - statSync(path).mtimeMs > abandoned) unlinkSync(path)
  }
}

/** The pack of the program with this main script; undefined without a folder to keep it in. */
export function packPath(script = mainPath()): string | undefined {
  const folder = cacheFolder()
  try {
    return folder === undefined ? undefined : join(folder, `${packName(projectRoot(script))}.pack`)
  } catch {
    return undefined
  }
}

/** The folder of all that umbra caches; undefined without one that this user alone can write. */
export function cacheFolder(): string | undefined {
  const setting = process.env.UMBRA_CACHE
  if (setting === 'off') return undefined
  try {
    const folder = setting ? resolve(setting) : defaultFolder()
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const { uid, mode } = statSync(folder)
    const foreign = process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o022) !== 0)
    return foreign ? undefined : folder
  } catch {
    return undefined
  }
}

function defaultFolder(): string {
  const { homedir } = process.getBuiltinModule('node:os')
  if (process.env.XDG_CACHE_HOME) return join(process.env.XDG_CACHE_HOME, 'umbra')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'umbra')
  if (process.platform === 'win32' && process.env.LOCALAPPDATA) return join(process.env.LOCALAPPDATA, 'umbra')
  return join(homedir(), '.cache', 'umbra')
}

/** One pack a project: the folder of the nearest package.json around the main script. */
function packName(root: string): string {
  return `${basename(root).replace(/[^\w.-]/g, '_')}-${cellName(root).slice(6)}${wantsMaps() ? '-maps' : ''}${compilesItself ? `-${process.version}` : ''}`
}

function projectRoot(script: string | undefined): string {
  const start = script === undefined ? process.cwd() : dirname(realPath(resolve(script)))
  for (let folder = start; folder !== parse(folder).root; folder = dirname(folder)) {
    if (statSync(join(folder, 'package.json'), { throwIfNoEntry: false })) return folder
  }
  return start
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** Changes with everything that prepared code depends on. */
function versionStamp(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const { size, mtimeMs } = statSync(new URL('../instrument/index.js', import.meta.url))
  return `${version} ${size} ${mtimeMs} ${cellForm}`
}
