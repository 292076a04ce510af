/**
 * From a file's source to the code that runs: out of the cache, or through the instrumenter, which is not even loaded
 * while the cache knows every file. Nothing that goes wrong here reaches the program: the file then runs as it is.
 */
import { readFileSync } from 'node:fs'
import { createRequire, Module } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { FileSites, Instrumented, SourceType } from '../instrument/types.ts'
import { cellName, mentionsCell, renameCell } from './cell-name.ts'
import { contentId } from './content-id.ts'
import type { FoundEntry } from './pack.ts'
import type { PackEntry } from './pack-layout.ts'
import { looksLikeModule } from './package-type.ts'
import type { Details, NewFile } from './registry.ts'
import { wantsMaps } from './source-map.ts'
import { Store } from './store.ts'
import { textOf, withoutMark } from './text.ts'
import { mayStartWorkers } from './workers.ts'

/** A file that is about to run. */
export interface Source {
  /** Its text, or that in UTF-8 as Node has read it. */
  content: string | Buffer
  filename: string
  /** Where it is more than the path's. */
  url?: string
  type: SourceType
}

/** What is to run in place of a source, or why there is nothing. */
export type Prepared =
  | {
      code: string
      /** The code within the wrapper, where it is at hand. */
      wrapped: string | undefined
      map: string | undefined
      file: NewFile
      imports: boolean
      announcesImports: boolean
      workers: boolean
      /** V8's cache data for the code; valid until the next source is prepared. */
      data: Buffer | undefined
      /** Set where the code was made just now: takes what will be its cache data. */
      made: PackEntry | undefined
      refused?: undefined
    }
  | { code?: undefined; refused: string }

type Instrumenter = typeof import('../instrument/index.ts')

export const store = new Store()

let loaded: Instrumenter | undefined
let loading = false

/** Prepares a source, for this thread or another, and keeps what it had to make. Never throws. */
export function prepare(source: Source, keep = (made: PackEntry) => store.put(made)): Prepared {
  try {
    const found = store.find(bytesOf(source.content), source.type)
    const made = found ? undefined : make(source, keep)
    const entry: FoundEntry = found ?? made!
    if (entry.refused !== undefined) return { refused: entry.refused }
    const { filename, url, type } = source
    const about = { filename, type, content: entry.id, cell: entry.cell, ...(url !== undefined && { url }) }
    const map = wantsMaps() ? mapOf(source, entry, made) : undefined
    return {
      code: entry.code,
      wrapped: found?.wrapped,
      map,
      imports: entry.imports,
      announcesImports: entry.announcesImports,
      workers: entry.workers,
      data: found?.data,
      made,
      file: { ...about, nearby: entry.nearby, details: new StoredDetails(about) },
    }
  } catch (error) {
    return { refused: reasonOf(error) }
  }
}

/** Prepares content of this format; without one it is a module only if it cannot be anything else, as in Node. */
export function prepareAs(content: string, filename: string, format: string | undefined): Prepared {
  if (format === 'module') return prepareModule(content, filename)
  const prepared = prepare({ content, filename, type: 'commonjs' })
  if (prepared.code !== undefined || format !== undefined || !looksLikeModule(content)) return prepared
  const module = prepareModule(content, filename)
  return module.code === undefined ? prepared : module
}

/**
 * Under its url, as the hooks for modules have it: one that has been imported passes here, too, when it is required, and
 * is the same file.
 */
function prepareModule(content: string, filename: string): Prepared {
  return prepare({ content, filename, url: pathToFileURL(filename).href, type: 'module' })
}

/** Takes the bytes of most texts, so that not each of them needs memory of its own; its pages are used as they are needed. */
const scratch = Buffer.allocUnsafeSlow(1 << 20)

/**
 * The bytes of a source; valid until the next call. A buffer with room for the longest text there may be would count as
 * used memory, and V8 would collect its heap early, and from then on more often.
 */
function bytesOf(content: string | Buffer): Buffer {
  if (typeof content !== 'string') return withoutMark(content)
  if (content.length * 3 > scratch.length) return Buffer.from(content)
  return scratch.subarray(0, scratch.write(content))
}

/** True for text that can import modules while it runs. */
export function mayImport(text: string): boolean {
  return text.includes('import') && /\bimport\s*(?:\(|\/[/*])/.test(text)
}

/** Asks the instrumenter. What it refuses is remembered too: one broken file must not make every start load it. */
function make(source: Source, keep: (made: PackEntry) => void): PackEntry {
  const { type, filename } = source
  const text = textOf(source.content)
  const url = urlOf(source)
  const cell = cellName(source.url ?? filename)
  const about = {
    id: contentId(text, type),
    url,
    type,
    cell,
    source: text,
    imports: mayImport(text),
    workers: mayStartWorkers(text),
  }
  let entry: PackEntry
  try {
    if (mentionsCell(text, cell)) throw new Error('it carries entry sites already')
    const prepared = instrument(text, { url, type, cell })
    const map = wantsMaps() ? JSON.stringify(prepared.map) : ''
    const { code, announcesImports } = prepared
    entry = { ...about, code, announcesImports, sites: JSON.stringify(prepared.sites), map }
  } catch (error) {
    entry = {
      ...about,
      code: '',
      announcesImports: false,
      sites: '',
      map: '',
      refused: reasonOf(error),
    }
  }
  keep(entry)
  return entry
}

/** The source's map: the entry has none when it was made for a process in which nobody read maps. */
function mapOf(source: Source, { id, cell }: FoundEntry, made: PackEntry | undefined): string {
  const url = urlOf(source)
  const stored = made ?? store.details(id)
  if (stored?.map)
    return stored.url === url
      ? stored.map
      : stored.map.replaceAll(JSON.stringify(stored.url), JSON.stringify(url))
  const again = instrument(textOf(source.content), { url, type: source.type, cell })
  return JSON.stringify(again.map)
}

function urlOf({ url, filename }: { url?: string; filename: string }): string {
  return url ?? pathToFileURL(filename).href
}

function loadInstrumenter(): Instrumenter {
  loaded ??= apart(() => createRequire(import.meta.url)('#dist/instrument/index.js') as Instrumenter)
  return loaded
}

const instrument: Instrumenter['instrument'] = (source, options) =>
  apart(() => loadInstrumenter().instrument(source, options))

/**
 * Runs what may load the instrumenter or one of its parsers. That takes place inside a hook of the program's loading:
 * what is loaded meanwhile is not the program's, and does not stay in its `require.cache`.
 */
function apart<T>(run: () => T): T {
  const cache = (Module as unknown as { _cache: Record<string, unknown> })._cache
  const before = Object.keys(cache).length
  const outer = loading
  loading = true
  try {
    return run()
  } finally {
    loading = outer
    for (const added of Object.keys(cache).slice(before)) delete cache[added]
  }
}

/** What the cache knows of a file, found when it is asked for: nothing of it is kept in memory. */
export class StoredDetails implements Details {
  readonly #file: Omit<NewFile, 'details' | 'nearby'>

  constructor(file: Omit<NewFile, 'details' | 'nearby'>) {
    this.#file = file
  }

  source(): string {
    const { filename, type, content: id } = this.#file
    const text = store.details(id)?.source ?? store.unwritten(id) ?? readFileSync(filename, 'utf8')
    if (contentId(text, type) === id) return text
    throw new Error(
      `${filename} has changed on disk since this process loaded it, and its cached copy is gone: restart the process`,
    )
  }

  sites(): FileSites {
    const stored = store.details(this.#file.content)?.sites
    return stored ? (JSON.parse(stored) as FileSites) : this.#again().sites
  }

  code(name: string): string {
    const { content, cell } = this.#file
    const found = store.code(content) ?? { cell, code: this.#again().code }
    return renameCell(found.code, found.cell, name)
  }

  #again(): Instrumented {
    const { type, cell } = this.#file
    return instrument(this.source(), { url: urlOf(this.#file), type, cell })
  }
}

/** True while modules are loaded that are not the program's: hooks leave them alone. */
export function loadsInstrumenter(): boolean {
  return loading
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!
}
