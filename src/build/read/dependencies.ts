import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, posix } from 'node:path'
import semver from 'semver'
import { isFunction, walk } from '../../livepatch/ast.ts'
import { entryFor, fileAt, type Version } from './folder.ts'
import { packageNameOf, requiredModule } from './imports.ts'
import { SourceFile } from './source-file.ts'

/** Gives the package that npm would install for a name and a range. */
export type Locate = (name: string, range: string) => Promise<Version>

/** A file that comes along, as the body of a CommonJS module. */
export interface BroughtFile {
  /** Below the folder of the running package. */
  path: string
  text: string
  isModule: boolean
}

interface Placed {
  /** `node_modules/x`, below the running package. */
  at: string
  version: Version
}

/** Why a package cannot come along. */
class Unfit extends Error {}

/**
 * Packages that only the new version depends on. They come along in the patch, as npm would have put them below the
 * running package: what a package of theirs needs stands beside them, or below where two need different versions.
 */
export class Dependencies {
  readonly #old: Version
  readonly #new: Version
  readonly #locate: Locate
  readonly #placed = new Map<string, Placed>()
  readonly #files = new Map<string, BroughtFile[]>()
  readonly #refusals = new Map<string, string>()

  constructor(old: Version, young: Version, locate: Locate) {
    this.#old = old
    this.#new = young
    this.#locate = locate
  }

  /** What the new version requires by this specifier, and all that this needs in turn. */
  filesFor(specifier: string): readonly BroughtFile[] | undefined {
    return this.#files.get(specifier)
  }

  /** Why there is nothing for it. */
  refusal(specifier: string): string | undefined {
    return this.#refusals.get(specifier)
  }

  /** Gets what the new version requires by these specifiers. Returns whether anything was got, or refused. */
  async bring(specifiers: Iterable<string>): Promise<boolean> {
    const before = this.#files.size + this.#refusals.size
    for (const specifier of specifiers) {
      const name = packageNameOf(specifier)!
      const range = dependencyRange(this.#new, name)
      if (range === undefined || this.#files.has(specifier) || this.#refusals.has(specifier)) continue
      try {
        const files = new Map<string, BroughtFile>()
        await this.#specifier(await this.#place(name, range, ''), specifier, files)
        this.#files.set(specifier, [...files.values()])
      } catch (error) {
        const { message } = error as Error
        this.#refusals.set(specifier, error instanceof Unfit ? message : `it cannot be had: ${message}`)
      }
    }
    return this.#files.size + this.#refusals.size > before
  }

  /** The package that a file below `within` finds by a name. */
  async #place(name: string, range: string, within: string): Promise<Placed> {
    for (let folder = within; ; folder = posix.dirname(folder)) {
      const known = this.#placed.get(posix.join(folder, 'node_modules', name))
      if (known !== undefined && semver.satisfies(known.version.version, range)) return known
      if (folder === '' || folder === '.') break
    }
    const top = `node_modules/${name}`
    const isFree = !this.#placed.has(top) && dependencyRange(this.#old, name) === undefined
    const at = isFree ? top : posix.join(within, 'node_modules', name)
    const placed = { at, version: await this.#locate(name, range) }
    this.#placed.set(at, placed)
    return placed
  }

  /** The file that a specifier leads to, under the name by which it is asked for. */
  async #specifier(
    { at, version }: Placed,
    specifier: string,
    files: Map<string, BroughtFile>,
  ): Promise<void> {
    const name = packageNameOf(specifier)!
    const entry = entryFor(version, `.${specifier.slice(name.length)}`)
    if (entry === undefined) throw new Unfit(`it has no '${specifier}'`)
    const alias = posix.join(posix.dirname(at), ...(name.includes('/') ? ['..'] : []), specifier)
    const path = posix.join(at, entry)
    if (alias !== path && !files.has(alias)) {
      const from = posix.relative(posix.dirname(alias), path)
      const text = `module.exports = require('${from.startsWith('.') ? from : `./${from}`}')`
      files.set(alias, { path: alias, text, isModule: false })
    }
    await this.#file({ at, version }, entry, files)
  }

  async #file(placed: Placed, inside: string, files: Map<string, BroughtFile>): Promise<void> {
    const path = posix.join(placed.at, inside)
    if (files.has(path)) return
    if (inside.endsWith('.json')) {
      const json = readFileSync(join(placed.version.folder, inside), 'utf8')
      files.set(path, { path, text: `module.exports = ${json.trim()}`, isModule: false })
      return
    }
    const file = placed.version.files.get(inside)
    if (file === undefined) throw new Unfit(`'${path}' is no JavaScript`)
    const isModule = file.type === 'module'
    const text = isModule ? asCommonJs(file.text) : file.text
    files.set(path, { path, text, isModule })
    const source = new SourceFile(path, text, 'commonjs')
    checkOwnFiles(source, placed)
    for (const { specifier, isTried } of requiredIn(source)) {
      if (/^\.\.?(\/|$)/.test(specifier)) {
        const next = fileIn(placed.version, posix.join(posix.dirname(inside), specifier))
        if (next !== undefined) await this.#file(placed, next, files)
        else if (!isTried) throw new Unfit(`'${path}' needs '${specifier}', which is not there`)
      } else await this.#package(placed, specifier, isTried, files)
    }
  }

  async #package(
    from: Placed,
    specifier: string,
    isTried: boolean,
    files: Map<string, BroughtFile>,
  ): Promise<void> {
    const name = packageNameOf(specifier)
    if (name === undefined) return
    if (name === from.version.name) return this.#specifier(from, specifier, files)
    const range = dependencyRange(from.version, name)
    if (range === undefined) {
      if (isTried) return
      throw new Unfit(`'${from.at}' needs '${specifier}', which it does not depend on`)
    }
    const running = dependencyRange(this.#old, name)
    if (running !== undefined && isSubset(running, range)) return
    await this.#specifier(await this.#place(name, range, from.at), specifier, files)
  }
}

/** An ES module as the body of a CommonJS one, which is given its file's name. esbuild is loaded only then: it takes a while. */
export function asCommonJs(text: string): string {
  const { transformSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild')
  const hasMeta = /\bimport\.meta\b/.test(text)
  const { code } = transformSync(text, {
    format: 'cjs',
    target: 'node20',
    ...(hasMeta && { define: { 'import.meta': '$meta' } }),
  })
  return `'use strict';${hasMeta ? META : ''}${code}`
}

const META =
  "const $meta = { url: require('node:url').pathToFileURL($filename).href, filename: $filename, dirname: require('node:path').dirname($filename) };"

/** The range in which a version depends on a package; undefined where it does not. */
export function dependencyRange({ manifest }: Version, name: string): string | undefined {
  const lists = [manifest.dependencies, manifest.optionalDependencies] as (
    | Record<string, string>
    | undefined
  )[]
  return lists.map((list) => list?.[name]).find((range) => range !== undefined)
}

function isSubset(range: string, of: string): boolean {
  try {
    return semver.subset(range, of)
  } catch {
    return false
  }
}

/** What does not come along must not be looked for. */
function checkOwnFiles({ program }: SourceFile, { at }: Placed): void {
  walk(program, (node) => {
    const isOwn = node.type === 'Identifier' && /^__(dirname|filename)$/.test(node.name)
    const isMade =
      node.type === 'CallExpression' && node.callee.name === 'require' && requiredModule(node) === undefined
    if (isOwn || isMade || node.type === 'ImportExpression')
      throw new Unfit(`'${at}' looks for files by names that it makes when it runs`)
  })
}

/** What a file requires; `isTried` where it goes on without. */
function requiredIn(source: SourceFile): { specifier: string; isTried: boolean }[] {
  return source.requires.map((node) => {
    let isTried = false
    for (let at = source.parent(node); at !== undefined && !isFunction(at); at = source.parent(at))
      isTried ||= at.type === 'TryStatement'
    return { specifier: requiredModule(node)!, isTried }
  })
}

function fileIn({ files, folder }: Version, path: string): string | undefined {
  return fileAt(path, (one) => files.has(one) || (one.endsWith('.json') && existsSync(join(folder, one))))
}
