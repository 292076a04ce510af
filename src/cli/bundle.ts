import { existsSync, readFileSync, statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, dirname, resolve } from 'node:path'
import { type BuildFailure, build, type Message, type Plugin } from 'esbuild'
import { parseSync } from 'oxc-parser'
import { PATCH_FILE, parsePatchFile } from '../agent/patch-file.ts'
import type { Node } from '../instrument/parse.ts'
import { walk } from '../livepatch/ast.ts'
import { UmbraError } from '../livepatch/errors.ts'
import { link } from '../livepatch/link.ts'
import type { PatchSource } from '../livepatch/patch.ts'
import { alignLines } from './align.ts'

/**
 * Makes a patch file, TypeScript or JavaScript, ready to be sent to a process: bundled with the packages that it imports,
 * and linked. One that is so already, as signed ones are, is sent as it is. `umbra`, Node's own modules and packages that a target belongs to stay imports: they come from the process.
 *
 * @throws UmbraError PATCH_FILE, PATCH_SYNTAX or SCOPE_MISUSED, with the place and the reason
 */
export async function bundlePatch(file: string): Promise<PatchSource> {
  const filename = resolve(file)
  if (!existsSync(filename) || !statSync(filename).isFile()) {
    throw new UmbraError('PATCH_FILE', `there is no patch file ${file}`)
  }
  const text = readFileSync(filename, 'utf8')
  if (filename.endsWith(PATCH_FILE)) return parsePatchFile(text, file)
  const code = await bundle(text, filename)
  return { ...link(code, filename), filename }
}

async function bundle(source: string, filename: string): Promise<string> {
  const external = targetPackages(source, filename)
  if (standsAlone(source, filename, external)) return source
  try {
    const { outputFiles } = await build({
      stdin: {
        contents: source,
        sourcefile: filename,
        resolveDir: dirname(filename),
        loader: loaderFor(filename),
      },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      sourcemap: 'external',
      outfile: 'patch.mjs',
      legalComments: 'none',
      logLevel: 'silent',
      plugins: [fromTheProcess(external)],
    })
    const text = (end: string): string => outputFiles.find((one) => one.path.endsWith(end))!.text
    return alignLines(text('.mjs'), JSON.parse(text('.map')), filename)
  } catch (error) {
    throw syntaxError(error as BuildFailure)
  }
}

/** A JavaScript file that imports nothing but what comes from the process has no need of a bundler. */
function standsAlone(source: string, filename: string, packages: Set<string>): boolean {
  if (loaderFor(filename) === 'ts') return false
  const { staticImports, dynamicImports } = parseSync(filename, source).module
  const isFromTheProcess = (path: string): boolean =>
    /^umbra(\/|$)/.test(path) || isBuiltin(path) || (!/^[./]/.test(path) && packages.has(packageName(path)))
  return (
    dynamicImports.length === 0 &&
    staticImports.every(({ moduleRequest }) => isFromTheProcess(moduleRequest.value))
  )
}

function loaderFor(filename: string): 'ts' | 'js' {
  return /\.[cm]?ts$/.test(filename) ? 'ts' : 'js'
}

function fromTheProcess(packages: Set<string>): Plugin {
  return {
    name: 'from-the-process',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        if (kind === 'entry-point') return undefined
        const name = packageName(path)
        return name === 'umbra' || isBuiltin(path) || packages.has(name)
          ? { path, external: true }
          : undefined
      })
    },
  }
}

/**
 * The packages of all `module: '…'`. Read from the text, because running a patch is for its process only.
 *
 * @throws UmbraError SCOPE_MISUSED for a `this` at the top, which the bundler would silently make undefined
 */
function targetPackages(source: string, filename: string): Set<string> {
  const packages = new Set<string>()
  walk(parseSync(filename, source).program as unknown as Node, (node, ancestors) => {
    if (node.type === 'ThisExpression' && !ancestors.some(hasOwnThis)) refuseTopLevelThis(source, node)
    if (node.type !== 'Property' || node.key.name !== 'module' || typeof node.value.value !== 'string') return
    if (!/^[./]|^file:/.test(node.value.value)) packages.add(packageName(node.value.value))
  })
  return packages
}

function hasOwnThis({ type }: Node): boolean {
  return type === 'FunctionDeclaration' || type === 'FunctionExpression' || type.startsWith('Class')
}

function refuseTopLevelThis(source: string, { start }: Node): never {
  throw new UmbraError(
    'SCOPE_MISUSED',
    `line ${source.slice(0, start).split('\n').length} of the patch: there is no 'this' here; a replacement that is an ` +
      "arrow has no 'this' of the call, write it as a function or a method",
  )
}

/** `@s/pkg@^1/lib/x.js` → `@s/pkg`. */
function packageName(specifier: string): string {
  return /^(?:@[^/]+\/)?[^/@]+/.exec(specifier)?.[0] ?? specifier
}

function syntaxError(error: BuildFailure): unknown {
  const [first] = error.errors ?? []
  if (first === undefined) return error
  return new UmbraError('PATCH_SYNTAX', `the patch cannot be read: ${placeOf(first)}${first.text}`)
}

function placeOf({ location }: Message): string {
  return location ? `${basename(location.file)}:${location.line}:${location.column + 1}: ` : ''
}
