import { existsSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, isAbsolute, join, parse, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { LoadedFile } from '../loader/registry.ts'
import type { Additions } from './additions.ts'
import { UmbraError } from './errors.ts'
import { type Import, importFrom, type ModulePlace } from './import-from.ts'
import { type Package, packageOf } from './package.ts'

/** A file that the patch brings along, as the body of a CommonJS module. */
export type PatchFile = (
  require: (specifier: string) => unknown,
  exports: unknown,
  module: { exports: unknown; import: Import },
  filename: string,
  dirname: string,
) => void

interface IsolatedModule {
  exports: unknown
  require(specifier: string): unknown
}

/** One whose block is being evaluated. */
interface UnfinishedModule extends IsolatedModule, ModulePlace {
  /** What it will export, to be held by a module that it needs and that needs it, and not to be looked into yet. */
  partial(): unknown
  finish(): { exports: unknown }
}

interface BroughtModule {
  exports: unknown
  import: Import
  isModule: boolean
}

const SUFFIXES = ['', '.js', '.cjs', '.mjs', '.json', `${sep}index.js`]

/**
 * What modules of the new version see of each other while a patch evaluates parts of them: files that the patch brings
 * along, what it adds to running ones, and the running ones themselves for all the rest. Each new file is evaluated
 * once for each copy of its package.
 */
export class Isolation {
  readonly #files: Record<string, PatchFile>
  readonly #additions = new Map<string, Additions>()
  readonly #made = new Map<string, BroughtModule>()

  constructor(files: Record<string, PatchFile>) {
    this.#files = files
  }

  /** What a patch adds to a loaded file, for the others that require it. */
  register({ type }: LoadedFile, filename: string, additions: Additions): void {
    // Node.js 20 reads an ES module that runs once more where a patch requires it; that is no other instance.
    if (type === 'module' && this.#additions.has(filename)) return
    this.#additions.set(filename, additions)
  }

  /** What a file of the running version requires, as the new version sees it: with what the patch adds to that file itself. */
  requireFor(file: LoadedFile): (specifier: string) => unknown {
    const filename = file.filename ?? file.url
    return this.#requireFrom(filename, packageOf(filename), { hasOwn: true })
  }

  /** @param isEarly whether it gets nothing of modules that have not run to their end */
  moduleFor(file: LoadedFile, isEarly = false): UnfinishedModule {
    const filename = file.filename ?? file.url
    const empty = {}
    const running = createRequire(filename)
    const require = this.#requireFrom(filename, packageOf(filename), { isEarly })
    let state: 'unfinished' | 'held' | 'finished' = 'unfinished'
    const refuse = (): never => {
      throw new UmbraError(
        'SCOPE_CYCLE',
        `the new part of '${filename}' needs itself to be made: another one that it needs looks into it`,
      )
    }
    const place = file.filename === undefined ? {} : { filename, dirname: dirname(filename) }
    const module = {
      exports: empty as unknown,
      require,
      meta: { url: file.url, ...place },
      import: this.#importFrom(filename, packageOf(filename), file.url),
      partial: () => {
        state = 'held'
        return over(load(running, filename), empty, () => {
          if (state !== 'finished') refuse()
        })
      },
      finish: () => {
        const added = module.exports as Record<string, unknown>
        if (added !== empty && state === 'held') refuse()
        state = 'finished'
        if (added === empty && Object.keys(added).length === 0) return { exports: undefined }
        return { exports: added === empty || isPlain(added) ? over(load(running, filename), added) : added }
      },
    }
    return module
  }

  /** `owner` is the running package, to whose folder the paths of brought files are relative. */
  #requireFrom(
    filename: string,
    owner: Package | undefined,
    { hasOwn = false, isEarly = false } = {},
  ): (specifier: string) => unknown {
    const running = createRequire(filename)
    const { resolve, cache, main, extensions } = running
    const require = (specifier: string): unknown => {
      if (isBuiltin(specifier)) return running(specifier)
      const isRelative = /^\.\.?(\/|$)/.test(specifier)
      if (!isRelative && !isAbsolute(specifier))
        return this.#package(filename, specifier, owner)?.exports ?? running(specifier)
      const path = isRelative ? join(dirname(filename), specifier) : specifier
      const brought = this.#found(path, owner)
      if (brought !== undefined) return brought.exports
      const resolved = existsSync(path) && /\.[cm]?js$/.test(path) ? path : running.resolve(specifier)
      if (isEarly && (resolved === filename || cache[resolved]?.loaded === false))
        throw new UmbraError('SCOPE_TOO_EARLY', `'${resolved}' has not run to its end yet`)
      // A module that requires itself while it is made anew asks for what runs.
      if (resolved === filename && !hasOwn) return load(running, resolved)
      const known = this.#additions.get(resolved)?.exports
      if (known !== undefined) return known
      const loaded = load(running, resolved)
      // The patch has been applied to it while it was loaded, if it was loaded now.
      return this.#additions.get(resolved)?.exports ?? loaded
    }
    return Object.assign(require, { resolve, cache, main, extensions })
  }

  /** The same for `import()`, by the conditions of that. */
  #importFrom(filename: string, owner: Package | undefined, url: string): Import {
    let running: Import | undefined
    return async (specifier, options) => {
      const isRelative = /^\.\.?\//.test(specifier)
      const path = join(dirname(filename), specifier)
      const brought = isRelative ? this.#found(path, owner) : this.#package(filename, specifier, owner)
      if (brought !== undefined) return namespaceOf(brought)
      running ??= importFrom(url)
      const loaded = await running(specifier, options)
      return (isRelative ? this.#additions.get(path)?.exports : undefined) ?? loaded
    }
  }

  /** A package that the patch brings along, in a `node_modules` below the running package or program. */
  #package(filename: string, specifier: string, owner: Package | undefined): BroughtModule | undefined {
    const outermost = owner?.folder ?? parse(filename).root
    for (let folder = dirname(filename); folder.startsWith(outermost); folder = dirname(folder)) {
      const found = this.#found(join(folder, 'node_modules', specifier), owner)
      if (found !== undefined) return found
      if (folder === dirname(folder)) break
    }
    return undefined
  }

  #found(path: string, owner: Package | undefined): BroughtModule | undefined {
    const plain = path.endsWith(sep) ? path.slice(0, -1) : path
    for (const suffix of SUFFIXES) {
      const brought = this.#brought(plain + suffix, owner)
      if (brought !== undefined) return brought
    }
    return undefined
  }

  #brought(filename: string, owner: Package | undefined): BroughtModule | undefined {
    const inside = (folder: string): string => relative(folder, filename).split(sep).join('/')
    const file =
      (owner && this.#files[`${owner.name}@${owner.version}/${inside(owner.folder)}`]) ??
      this.#files[filename]
    if (file === undefined) return undefined
    const known = this.#made.get(filename)
    if (known !== undefined) return known
    const module = {
      exports: {} as unknown,
      import: this.#importFrom(filename, owner, pathToFileURL(filename).href),
      // An ES module has none of the names that a CommonJS module is called with last.
      isModule: file.length < 5,
    }
    this.#made.set(filename, module)
    try {
      file.call(
        module.exports,
        this.#requireFrom(filename, owner),
        module.exports,
        module,
        filename,
        dirname(filename),
      )
    } catch (error) {
      this.#made.delete(filename)
      throw error
    }
    return module
  }
}

/** What `import()` gives of a file that the patch brings along. */
function namespaceOf({ exports, isModule }: BroughtModule): unknown {
  return isModule ? exports : { ...(Object(exports) as object), default: exports }
}

/** The running module: from the cache where it is there, which loaders of other kinds have filled too. */
function load(require: NodeJS.Require, filename: string): unknown {
  return require(filename)
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value))
  )
}

/** The running module's exports with some of them replaced or added. The running ones are left as they are. */
function over(running: unknown, added: Record<string, unknown>, check = (): void => {}): unknown {
  if ((typeof running !== 'object' && typeof running !== 'function') || running === null) return added
  const isAdded = (key: PropertyKey): boolean => {
    check()
    return Object.hasOwn(added, key)
  }
  return new Proxy(Object.isExtensible(running) ? running : leadingTo(running), {
    get: (target, key, receiver) => Reflect.get(isAdded(key) ? added : target, key, receiver),
    has: (target, key) => isAdded(key) || Reflect.has(target, key),
    // Compilers' helpers copy a module member by member.
    ownKeys: (target) => {
      check()
      return [...new Set([...Reflect.ownKeys(target), ...Reflect.ownKeys(added)])]
    },
    getOwnPropertyDescriptor: (target, key) => {
      const own = Reflect.getOwnPropertyDescriptor(target, key)
      if (!isAdded(key) || own?.configurable === false || !Object.isExtensible(target)) return own
      return { value: added[key as string], writable: true, enumerable: true, configurable: true }
    },
    // Programs may get it too, and set options in it.
    defineProperty: (target, key, descriptor) =>
      Reflect.defineProperty(isAdded(key) ? added : target, key, descriptor),
    deleteProperty: (target, key) =>
      Reflect.deleteProperty(target, key) && Reflect.deleteProperty(added, key),
  })
}

/** An object that leads to the members of a namespace of an ES module: a proxy of that could show no more than it has. */
function leadingTo(namespace: object): object {
  const leading: object = Object.create(Object.getPrototypeOf(namespace))
  for (const key of Reflect.ownKeys(namespace))
    Object.defineProperty(leading, key, {
      get: () => Reflect.get(namespace, key),
      enumerable: typeof key === 'string',
      configurable: true,
    })
  return leading
}
