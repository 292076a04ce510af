/**
 * The files that were prepared in this thread, and those that were not. There is one registry a thread, reached through
 * a symbol on the global object, so that every copy of the package that is loaded in the process sees the same.
 *
 * Listeners run synchronously in the thread that loads a file, before the file's first line.
 */

import { fileURLToPath, pathToFileURL } from 'node:url'
import { declareCells, getTable, setTable, type Table } from '../instrument/cell.ts'
import type { FileSites, SourceType } from '../instrument/types.ts'
import { cellName } from './cell-name.ts'

export type { Table }

/** A file that carries entry sites. All instances of it (a cleared require.cache, `?query` excepted) share one cell. */
export interface LoadedFile {
  readonly url: string
  /** Absolute path; undefined for what is no file. */
  readonly filename?: string
  readonly type: SourceType
  /** The identifier of its cell. */
  readonly cell: string
  /** Its functions and scopes. Read from the cache on demand: keep what you need, not the whole. */
  sites(): FileSites
  /** The text that was prepared: what other hooks had made of the file, if there were any. */
  source(): string
  /** What its cell holds: undefined while none of its functions is patched. */
  table(): Table | undefined
  setTable(table: Table | undefined): void
}

/** A file that was loaded without entry sites, and why. */
export interface UntouchedFile {
  readonly url: string
  readonly reason: string
}

export interface Registry {
  files(): Iterable<LoadedFile>
  /** The file that a cell belongs to. */
  byCell(cell: string): LoadedFile | undefined
  /** Calls back for each file from now on; what the listener throws is thrown by the import or require. */
  onFile(listener: (file: LoadedFile) => void): () => void
  /** Calls back for each CommonJS module from now on, when it has been evaluated. */
  onEvaluated(listener: (filename: string, exports: unknown) => void): () => void
  untouched(): UntouchedFile[]
  onUntouched(listener: (file: UntouchedFile) => void): () => void
}

/** Where a file's description comes from when somebody asks for it. */
export interface Details {
  sites(): FileSites
  source(): string
  /** The code with this cell. */
  code(cell: string): string
}

/** What a hook knows about a file that it is about to run. */
export interface NewFile {
  filename: string
  /** Its url, where that is more than the path; computed when asked for otherwise. */
  url?: string
  type: SourceType
  /** Identifies the content: another text at the same place is another file. */
  content: string
  /** The name of the cell that its code was prepared with. */
  cell: string
  /** Cells that may be declared at the same time, which is cheaper. */
  nearby?: (() => string[]) | undefined
  details: Details
}

export class PreparedFile implements LoadedFile {
  readonly filename: string
  readonly type: SourceType
  readonly cell: string
  readonly content: string
  /** True when its code begins with a call that another thread has put there. */
  readonly entered: boolean
  readonly #url: string | undefined
  readonly #details: Details

  constructor(file: NewFile, cell: string, entered: boolean) {
    this.entered = entered
    this.filename = file.filename
    this.type = file.type
    this.cell = cell
    this.content = file.content
    this.#url = file.url
    this.#details = file.details
  }

  get url(): string {
    return this.#url ?? pathToFileURL(this.filename).href
  }

  sites(): FileSites {
    return this.#details.sites()
  }

  source(): string {
    return this.#details.source()
  }

  /** What became of the source, in CommonJS without the wrapper. */
  code(): string {
    return this.#details.code(this.cell)
  }

  table(): Table | undefined {
    return getTable(this.cell)
  }

  setTable(table: Table | undefined): void {
    setTable(this.cell, table)
  }
}

/** Another thread that prepares files for this one. */
export interface Elsewhere {
  /** Registers the files that it has prepared so far. */
  take(): void
}

export class FileRegistry implements Registry {
  readonly #byPlace = new Map<string, PreparedFile>()
  readonly #byCell = new Map<string, PreparedFile>()
  readonly #untouched = new Map<string, UntouchedFile>()
  readonly #declared = new Set<string>()
  #elsewhere: Elsewhere | undefined
  readonly #fileListeners = new Set<(file: LoadedFile) => void>()
  readonly #evaluatedListeners = new Set<(filename: string, exports: unknown) => void>()
  readonly #untouchedListeners = new Set<(file: UntouchedFile) => void>()

  files(): Iterable<LoadedFile> {
    this.#elsewhere?.take()
    return this.#byCell.values()
  }

  byCell(cell: string): PreparedFile | undefined {
    return this.#byCell.get(cell)
  }

  /** The file that a stack frame names, by path or url. */
  byScript(name: string): PreparedFile | undefined {
    const file = this.#byPlace.get(name)
    return file ?? (name.startsWith('file:') ? this.#byPlace.get(fileURLToPath(name)) : undefined)
  }

  onFile(listener: (file: LoadedFile) => void): () => void {
    this.#fileListeners.add(listener)
    return () => this.#fileListeners.delete(listener)
  }

  onEvaluated(listener: (filename: string, exports: unknown) => void): () => void {
    this.#evaluatedListeners.add(listener)
    return () => this.#evaluatedListeners.delete(listener)
  }

  tellEvaluated(filename: string, exports: unknown): void {
    for (const listener of this.#evaluatedListeners) listener(filename, exports)
  }

  untouched(): UntouchedFile[] {
    this.#elsewhere?.take()
    return [...this.#untouched.values()]
  }

  onUntouched(listener: (file: UntouchedFile) => void): () => void {
    this.#untouchedListeners.add(listener)
    return () => this.#untouchedListeners.delete(listener)
  }

  /**
   * Adds a file and declares its cell. Returns the cell that its code must use: `file.cell` unless another file has it.
   * Throws what a listener throws; the file is forgotten then.
   */
  add(file: NewFile): string {
    const known = this.#byPlace.get(file.url ?? file.filename)
    if (known?.content === file.content) return known.cell
    const cell = this.#byCell.has(file.cell) ? this.#freeName(file) : file.cell
    if (!this.#declared.has(cell)) this.#declare(cell, file)
    this.#announce(file, cell, false)
    return cell
  }

  /** Adds a file whose cell is declared. Throws what a listener throws; the file is forgotten then. */
  adopt(file: NewFile): void {
    this.#announce(file, file.cell, true)
  }

  /** Files from another thread that this one is about to run are taken from it. */
  listenTo(elsewhere: Elsewhere): void {
    this.#elsewhere = elsewhere
  }

  addUntouched(url: string, reason: string): void {
    const file = { url, reason }
    this.#untouched.set(url, file)
    for (const listener of this.#untouchedListeners) listener(file)
  }

  #announce(details: NewFile, cell: string, entered: boolean): void {
    const place = details.url ?? details.filename
    const older = this.#byPlace.get(place)
    const file = new PreparedFile(details, cell, entered)
    this.#byPlace.set(place, file)
    this.#byCell.set(cell, file)
    try {
      for (const listener of this.#fileListeners) listener(file)
    } catch (error) {
      this.#byCell.delete(cell)
      if (older) this.#byPlace.set(place, older)
      else this.#byPlace.delete(place)
      throw error
    }
  }

  /** Nothing takes a declaration back, so it outlives a module that was refused. */
  #declare(cell: string, { nearby }: NewFile): void {
    const cells = new Set([cell, ...(nearby?.() ?? [])].filter((name) => !this.#declared.has(name)))
    declareCells([...cells])
    for (const name of cells) this.#declared.add(name)
  }

  #freeName(file: NewFile): string {
    let name = file.cell
    for (let salt = 1; this.#byCell.has(name); salt++) name = cellName(placeOf(file), salt)
    return name
  }
}

/** What tells files apart within a thread. */
function placeOf({ url, filename }: NewFile): string {
  return url ?? filename
}

const slot = Symbol.for('umbra.registry')

/** This thread's registry; it is created on first use. */
export const registry: FileRegistry =
  (globalThis as never as Record<symbol, FileRegistry | undefined>)[slot] ?? create()

function create(): FileRegistry {
  const created = new FileRegistry()
  Object.defineProperty(globalThis, slot, { value: created })
  return created
}
