/**
 * What the instrumenter tells about a file: which functions it has, what their entry sites hand over, and which
 * names can be reached from them. The livepatch core resolves paths, `scope` and `original` with it.
 */

import type { CellForm } from './cell.ts'

export type SourceType = 'module' | 'commonjs'

export interface InstrumentOptions {
  /** Appears in the map and in messages only. */
  url: string
  type: SourceType
  /** The identifier of the file's cell; unique in the process. Default: derived from the url. */
  cell?: string
  /** What its cell is (cell.ts). Default: what costs least in this version of Node. */
  cellForm?: CellForm | undefined
}

export interface Instrumented {
  code: string
  /** A source map v3 (JSON object) from `code` to `source`, composed with the source's own map if it has one. */
  map: object
  sites: FileSites
  /** True for CommonJS that calls `$umbraImport`, if it is declared, before every `import()` that it may run. */
  announcesImports: boolean
}

/** A file's functions and scopes. Plain data: it is stored in the cache beside the code. */
export interface FileSites {
  /** In source order. The index in this array is the index in the file's table. */
  functions: FunctionInfo[]
  /** Scopes with names that replacements can reach; `scopes[0]` is the module's. */
  scopes: ScopeInfo[]
  /** What moved columns, as `columns.ts` reads it. */
  shifts: number[]
  /** Where the texts of functions, then of classes, lie: start and end in the original, start and end in the code. */
  texts: number[]
}

export type FunctionKind =
  | 'function'
  | 'arrow'
  | 'method'
  | 'getter'
  | 'setter'
  | 'constructor'
  | 'derived constructor'

export interface FunctionInfo {
  /** Accepted paths (livepatch.md, "Paths of functions"); the first is the one that is shown. */
  paths: string[]
  kind: FunctionKind
  async: boolean
  generator: boolean
  /** UTF-16 offsets of the text that `toString` gives (for methods the member without `static`). */
  start: number
  end: number
  /** 1-based line and column of `start`. */
  line: number
  column: number
  /** Index in `scopes` of the innermost scope around the function (its own scope excluded). */
  scope: number
  /** What its site hands over, or why it has none. */
  site: SiteInfo | { missing: string }
}

/**
 * A site calls `table[index].call(this, accessor, ...extras, ...parameters)`. Arrows that do not use `this` pass
 * undefined for it, derived constructors too.
 */
export interface SiteInfo {
  missing?: undefined
  /** Number of declared parameters that are passed, as passed, before defaults and destructuring. */
  parameters: number
  /** True when all arguments beyond them are passed as well (the original uses `arguments` or a rest parameter). */
  rest: boolean
  /** Values passed between the accessor and the parameters, only where the original uses them. */
  extras: Extra[]
  /** Accessor operations of this function beside its names. */
  super?: { get: number; set: number }
  /** Derived constructors: `accessor(call, argsArray)` calls `super(...argsArray)` and returns `this`. */
  superCall?: number
  /** Arrows that use the `arguments` of the function around them: `accessor(arguments)` reads it. */
  arguments?: number
  /** Names around it that its own variables hide from its accessor: not to be reached from here. */
  hidden?: string[]
  /**
   * Private names in sight: '#x' → operations; `set` only where it can be written. Of a class with very many, only
   * those that the function itself uses.
   */
  privates?: Record<string, { get?: number; set?: number; has: number }>
}

/** 'self': the function itself, where a named function expression uses its own name. */
export type Extra = 'new.target' | 'self'

export interface ScopeInfo {
  /** Index of the scope around this one; -1 for the module's. */
  parent: number
  /** In the module's scope also 'import.meta' and 'import()' (`accessor(id, specifier, options)`) where used. */
  names: Record<string, NameInfo>
}

/**
 * A name of the original program. Accessors are called as
 *   accessor(id)             read a name; super get: accessor(id, key)
 *   accessor(id, value)      write a name (id is `write`)
 *   accessor(id, object)     read a private name; accessor(id, object, value) writes it
 */
export type NameInfo =
  | { read: number; write?: number; why?: undefined; kind: NameKind }
  /** In sight, but cannot be reached: the reason, as it is shown to the author. */
  | { read?: undefined; why: string; kind: NameKind }

export type NameKind =
  | 'import'
  | 'const'
  | 'let'
  | 'var'
  | 'function'
  | 'class'
  | 'parameter'
  | 'catch'
  | 'wrapper'
