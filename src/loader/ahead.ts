/**
 * Prepares a program before it is ever started, so that its first start finds all of it in the cache: what its script
 * reaches by imports and requires that can be read from the text. esbuild follows them, as Node would; the modules are
 * prepared in the order in which they will be loaded, which is the order that a pack is read in.
 */
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { build, type Loader, type Plugin } from 'esbuild'
import { UmbraError } from '../livepatch/errors.ts'
import { scriptOf } from './compiled.ts'
import { isOwn, leftOut } from './options.ts'
import { typeOf } from './package-type.ts'
import { prepareAs, store } from './prepare.ts'
import { packPath } from './store.ts'
import { textOf } from './text.ts'
import { withoutTypes } from './typescript.ts'

/** What was done for one script. */
export interface PreparedAhead {
  script: string
  /** The file that holds what was prepared. */
  pack: string
  /** How many modules are in it now, and how many of them were not before. */
  modules: number
  made: number
  untouched: { file: string; reason: string }[]
}

/**
 * Prepares what the script at this path reaches, and writes it into the program's pack. Not to be called again before
 * it has settled.
 *
 * @throws UmbraError NO_CACHE
 */
export async function prepareAhead(script: string, progress: (text: string) => void): Promise<PreparedAhead> {
  const pack = packPath(script)
  if (pack === undefined)
    throw new UmbraError(
      'NO_CACHE',
      'prepared code cannot be kept: UMBRA_CACHE is off, or its folder cannot be written or belongs to others too',
    )
  store.open(pack)
  const files = (await reachable(script)).filter((file) => !isOwn(file) && leftOut(file) === undefined)
  const done: PreparedAhead = { script, pack, modules: 0, made: 0, untouched: [] }
  for (const [i, file] of files.entries()) {
    if (i % 100 === 0) {
      progress(`preparing ${i} of ${files.length} modules`)
      await nextTurn()
    }
    prepareFile(file, done)
  }
  if (!store.flush()) throw new UmbraError('NO_CACHE', `${pack} cannot be written`)
  return done
}

function prepareFile(filename: string, done: PreparedAhead): void {
  const text = sourceOf(filename)
  if (text === undefined) return
  const prepared = prepareAs(text, filename, typeOf(filename))
  if (prepared.code === undefined) {
    done.untouched.push({ file: filename, reason: prepared.refused })
    return
  }
  done.modules++
  if (!prepared.made) return
  done.made++
  if (prepared.file.type === 'commonjs') scriptOf(prepared, filename)
}

/** The text that Node's loader would hand to umbra; undefined for a file that it would not load. */
function sourceOf(filename: string): string | undefined {
  const text = textOf(readFileSync(filename))
  return loaderOf(filename) === 'ts' ? withoutTypes(text, filename, pathToFileURL(filename).href) : text
}

/** How esbuild reads a file; undefined for what is no module with functions. */
function loaderOf(path: string): Loader | undefined {
  const extension = extname(path)
  if (extension === '' || /^\.[cm]?js$/.test(extension)) return 'js'
  return /^\.[cm]?ts$/.test(extension) ? 'ts' : undefined
}

/** The files that can be reached from a script, that one included. */
async function reachable(script: string): Promise<string[]> {
  const imports = new Map<string, string[]>()
  const follow: Plugin = {
    name: 'follow',
    setup(esbuild) {
      const resolving = {}
      esbuild.onResolve({ filter: /.*/ }, async ({ path, pluginData, ...from }) => {
        if (pluginData === resolving) return undefined
        const { errors, ...found } = await esbuild.resolve(path, { ...from, pluginData: resolving })
        // what is not there may be optional, and what is asked for by `require.resolve` is not loaded
        if (errors.length > 0 || found.external || from.kind === 'require-resolve')
          return { path, external: true }
        if (loaderOf(found.path)) imports.get(from.importer)?.push(found.path)
        return { path: found.path }
      })
      esbuild.onLoad({ filter: /.*/ }, ({ path }) => {
        const loader = loaderOf(path)
        if (!loader) return { contents: '' }
        imports.set(path, [])
        return { contents: readFileSync(path), loader }
      })
    },
  }
  const following = build({
    entryPoints: [script],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    conditions: 'require_module' in process.features ? ['module-sync'] : [],
    tsconfigRaw: '{}',
    logLevel: 'silent',
    plugins: [follow],
  })
  // a file that is no JavaScript, say, is for the program itself to fail with
  await following.catch(() => {})
  return inOrder(script, imports)
}

/** Each file before what it loads. No recursion: chains of imports may be long. */
function inOrder(script: string, imports: Map<string, string[]>): string[] {
  const files = new Set<string>()
  const waiting = [script]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file) || !imports.has(file)) continue
    files.add(file)
    waiting.push(...imports.get(file)!.toReversed())
  }
  return [...files]
}
